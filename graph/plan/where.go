package plan

import (
	"fmt"
	"slices"

	"golang.org/x/text/unicode/norm"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/text"
)

// whereContext is what a condition is about.
type whereContext struct {
	of    query.Subject
	scope *scope
	depth int
	// row bears the cost.
	row *row
	// shared is what the lists of a view have in common; nil for conditions of an operation, which may have
	// the same values by chance only.
	shared *shared
}

// shared are conditions, and values that nodes are compared with, each by what tells it from others, so that a store finds once
// what they mean.
type shared struct {
	conditions map[string]query.Condition
	values     map[string]query.Param
}

func newShared() *shared {
	return &shared{conditions: map[string]query.Condition{}, values: map[string]query.Param{}}
}

// valueOf makes a value of a condition a parameter of the query.
func (b *builder) valueOf(v any, c *whereContext) query.Param {
	if c.shared == nil {
		return b.param(v)
	}
	key := fmt.Sprintf("%#v", v)
	p, known := c.shared.values[key]
	if !known {
		p = b.param(v)
		c.shared.values[key] = p
	}
	return p
}

// condition reads a where object. Its fields are taken in the order of the schema, so that the query
// is the same in whatever order they were written. All must hold.
func (b *builder) condition(input string, fields map[string]any, c *whereContext, where string) query.Condition {
	var conditions []query.Condition
	for _, def := range b.API.Schema.Types[input].Fields {
		v, given := fields[def.Name]
		if !given {
			continue
		}
		if !b.spend() {
			break
		}
		where := where + "." + def.Name
		if v == nil {
			b.problem(BadInput, "%s is null, which is no condition; leave it out, or ask for what is missing with isNull or none.", where)
			continue
		}
		conditions = append(conditions, b.field(input, def.Name, v, c, where)...)
	}
	return all(conditions)
}

// all joins conditions; a single one stands for itself.
func all(conditions []query.Condition) query.Condition {
	if len(conditions) == 1 {
		return conditions[0]
	}
	return &query.And{All: conditions}
}

func (b *builder) field(input, name string, v any, c *whereContext, where string) []query.Condition {
	fields, _ := v.(map[string]any)
	switch meaning := b.API.Input(input, name).(type) {
	case derive.Logic:
		return b.logic(meaning, input, v, c, where)
	case *derive.Property:
		dated := &datedProperty{first: meaning.Property, precision: meaning.Precision}
		return b.compare(meaning.Property, dated, fields, c, where)
	case *derive.Fact:
		return b.compare(c.fact(meaning.Position), c.datedFact(meaning.Position), fields, c, where)
	case *derive.Sources:
		return b.cites(meaning, fields, c, where)
	case derive.Part:
		return b.partConditions(meaning, fields, c, where)
	case *derive.ToOne:
		return []query.Condition{&query.Some{Set: b.reached(meaning.Traversal, fields, c, where)}}
	case *derive.Connection:
		return b.listConditions(meaning.Traversal, fields, c, where)
	case derive.Alternatives:
		return b.alternatives(meaning, fields, c, where)
	case *derive.Touching:
		return []query.Condition{b.touching(meaning, v.([]any), c)}
	}
	panic(fmt.Sprintf("the derived API does not say what %s.%s means", input, name))
}

// fact is the property of one of the facts, as query.FactValidFrom counts them.
func (c *whereContext) fact(position int) *query.Property {
	if c.of == query.Link {
		return query.LinkProperties[query.LinkFacts+position]
	}
	return query.NodeProperties[query.NodeFacts+position]
}

func (b *builder) partConditions(part derive.Part, fields map[string]any, c *whereContext, where string) []query.Condition {
	switch part {
	case derive.PartFacts:
		return []query.Condition{b.condition("FactsFilter", fields, c, where)}
	case derive.PartDuring:
		return b.inForceDuring(fields, c, where)
	case derive.PartType:
		return b.typeConditions(fields, c, where)
	default:
		return b.names(fields, c, where)
	}
}

// alternatives reads a condition on a field of an interface: an object is of exactly one of the types.
func (b *builder) alternatives(alternatives derive.Alternatives, fields map[string]any, c *whereContext, where string) []query.Condition {
	either := &query.Or{}
	problems := len(b.problems)
	for _, t := range b.API.Model.Types {
		var conditions []query.Condition
		switch meaning := alternatives[t.Name].(type) {
		case *derive.ToOne:
			conditions = []query.Condition{&query.Some{Set: b.reached(meaning.Traversal, fields, c, where)}}
		case *derive.Connection:
			conditions = b.listConditions(meaning.Traversal, fields, c, where)
		default:
			continue
		}
		if len(b.problems) > problems {
			break // the other types would only repeat it
		}
		ofType := &query.OfType{Of: c.of, Types: []*query.Type{t}}
		either.Any = append(either.Any, all(append([]query.Condition{ofType}, conditions...)))
	}
	return []query.Condition{either}
}

func (b *builder) typeConditions(filter map[string]any, c *whereContext, where string) []query.Condition {
	var conditions []query.Condition
	for _, name := range []string{"eq", "in"} {
		v, given := filter[name]
		if !given {
			continue
		}
		if v == nil {
			b.problem(BadInput, "%s.%s is null, which is no type; leave it out.", where, name)
			continue
		}
		conditions = append(conditions, &query.OfType{Of: c.of, Types: b.nodeTypes(v)})
	}
	return conditions
}

// nodeTypes are the types that one or several values of NodeType mean.
func (b *builder) nodeTypes(values any) []*query.Type {
	named, several := values.([]any)
	if !several {
		named = []any{values}
	}
	return slices.DeleteFunc(slices.Clone(b.API.Model.Types), func(t *query.Type) bool {
		return !slices.Contains(named, any(derive.NodeTypeValue(t)))
	})
}

func (b *builder) logic(logic derive.Logic, input string, v any, c *whereContext, where string) []query.Condition {
	if logic == derive.Not {
		return []query.Condition{&query.Not{Condition: b.condition(input, v.(map[string]any), c, where)}}
	}
	var conditions []query.Condition
	for i, member := range v.([]any) {
		fields, _ := member.(map[string]any)
		conditions = append(conditions, b.condition(input, fields, c, fmt.Sprintf("%s[%d]", where, i)))
	}
	if logic == derive.Or {
		return []query.Condition{&query.Or{Any: conditions}}
	}
	return conditions
}

var operators = []struct {
	name     string
	operator query.Operator
}{
	{"eq", query.Equal}, {"in", query.OneOf}, {"lt", query.Less}, {"lte", query.LessOrEqual}, {"gt", query.Greater}, {"gte", query.GreaterOrEqual},
	{"contains", query.Contains}, {"startsWith", query.StartsWith}, {"endsWith", query.EndsWith}, {"has", query.Has},
}

// compare reads a filter on one property. A date is known as exactly as dated says.
func (b *builder) compare(of *query.Property, dated *datedProperty, filter map[string]any, c *whereContext, where string) []query.Condition {
	var conditions []query.Condition
	if period, given := filter["during"]; given {
		conditions = append(conditions, b.during(c.of, dated, period, where+".during")...)
	}
	for _, o := range operators {
		v, given := filter[o.name]
		if !given {
			continue
		}
		if v == nil {
			b.refuseNull(where + "." + o.name)
			continue
		}
		conditions = append(conditions, &query.Compare{Of: c.of, Property: of, Operator: o.operator, Value: b.valueOf(normal(v), c)})
	}
	if v, given := filter["isNull"]; given {
		missing := query.Condition(&query.Missing{Of: c.of, Property: of})
		switch v {
		case true:
			conditions = append(conditions, missing)
		case false:
			conditions = append(conditions, &query.Not{Condition: missing})
		default:
			b.refuseNull(where + ".isNull")
		}
	}
	return conditions
}

// cites reads a filter on the sources of a fact: only those that the asker may see are cited.
func (b *builder) cites(sources *derive.Sources, filter map[string]any, c *whereContext, where string) []query.Condition {
	cited := &citations{b, sources, c}
	var conditions []query.Condition
	if id, given := filter["has"]; given {
		if id == nil {
			b.refuseNull(where + ".has")
		}
		set := cited.set(nil, where)
		set.Where = &query.Compare{Of: query.Node, Property: query.NodeProperties[query.NodeID], Operator: query.Equal, Value: b.param(normal(id))}
		conditions = append(conditions, &query.Some{Set: set})
	}
	if isNull, given := filter["isNull"]; given {
		some := query.Condition(&query.Some{Set: cited.set(nil, where)})
		switch isNull {
		case true:
			conditions = append(conditions, &query.Not{Condition: some})
		case false:
			conditions = append(conditions, some)
		default:
			b.refuseNull(where + ".isNull")
		}
	}
	conditions = append(conditions, b.quantified(filter, nil, where, cited.set)...)
	return append(conditions, b.counts(filter, "independent", where, cited.originals)...)
}

// citations are the sources of the facts that a condition is about.
type citations struct {
	*builder
	sources *derive.Sources
	about   *whereContext
}

// set is the sources that are like some fields.
func (s *citations) set(fields map[string]any, where string) *query.Set {
	set := &query.Set{Start: &query.Cited{By: s.about.of, Types: s.sources.Types}, Scope: s.about.scope.Scope}
	s.walks++
	s.about.row.cost += costOfCondition
	if s.deeper(s.about.depth+1) && len(fields) > 0 {
		inner := &whereContext{of: query.Node, scope: s.about.scope, depth: s.about.depth + 1, row: s.about.row}
		set.Where = s.condition(s.sources.Where, fields, inner, where)
	}
	return set
}

// originals are the sources, each as what it copies.
func (s *citations) originals(where string) *query.Set {
	set := s.set(nil, where)
	set.Start.(*query.Cited).CopyOf = s.sources.CopyOf
	return set
}

func (b *builder) refuseNull(where string) {
	b.problem(BadInput, "%s is null, which nothing compares with; ask for what is missing with isNull: true.", where)
}

// normal composes letters and marks, as stored texts are.
func normal(v any) any {
	switch v := v.(type) {
	case string:
		return norm.NFC.String(v)
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	}
	return v
}

func (b *builder) names(filter map[string]any, c *whereContext, where string) []query.Condition {
	var conditions []query.Condition
	for _, name := range []string{"eq", "matches", "startsWith"} {
		v, given := filter[name]
		if !given {
			continue
		}
		typed, ok := v.(string)
		if !ok {
			b.refuseNull(where + "." + name)
			continue
		}
		pattern := text.NewPattern(typed)
		if len(pattern.Words) == 0 {
			b.problem(BadInput, "%s.%s: %s has no letter and no digit to look for.", where, name, shown(typed))
			continue
		}
		condition := &query.Names{Of: c.of}
		switch name {
		case "eq":
			condition.Match, condition.Folded, condition.Spelled = query.Whole, b.param([]any{pattern.Whole}), b.param(query.ListOf(pattern.Spelled))
		case "matches":
			condition.Match, condition.Folded, condition.Spelled = query.Words, b.param(query.ListOf(pattern.Words)), b.param(query.ListOf(pattern.Spelled))
		case "startsWith":
			condition.Match, condition.Folded, condition.Spelled = query.Prefix, b.param([]any{pattern.Prefix}), b.param(query.ListOf(pattern.SpelledPrefix))
		}
		conditions = append(conditions, condition)
	}
	return conditions
}

// reached is the set that a traversal leads to, of the members that are like this; nil fields are no condition.
func (b *builder) reached(t *derive.Traversal, fields map[string]any, c *whereContext, where string) *query.Set {
	set := &query.Set{Start: walk(b, t, c.of), Scope: c.scope.Scope}
	b.walks++
	c.row.cost += costOfCondition
	if b.deeper(c.depth+1) && len(fields) > 0 {
		inner := &whereContext{of: query.Node, scope: c.scope, depth: c.depth + 1, row: c.row, shared: c.shared}
		set.Where = b.condition(t.Target.Where, fields, inner, where)
	}
	return set
}

func (b *builder) listConditions(t *derive.Traversal, filter map[string]any, c *whereContext, where string) []query.Condition {
	var conditions []query.Condition
	if v, given := filter["edge"]; given && v == nil {
		b.problem(BadInput, "%s.edge is null, which is no condition; give {} for any.", where)
	}
	edge := b.edgeCondition(t, filter, c, where+".edge")
	if edge != nil && len(filter) == 1 {
		filter = map[string]any{"some": map[string]any{}}
	}
	reached := func(fields map[string]any, where string) *query.Set { return b.reached(t, fields, c, where) }
	conditions = append(conditions, b.quantified(filter, edge, where, reached)...)
	return append(conditions, b.counts(filter, "count", where, func(where string) *query.Set {
		set := b.reached(t, nil, c, where)
		b.onlyEdges(set, edge)
		return set
	})...)
}

// quantified reads what some, none or all members of a list are to be like. The members that are like
// some fields are a set; of an edge condition, only the members are looked at for which it holds.
func (b *builder) quantified(filter map[string]any, edge query.Condition, where string, like func(fields map[string]any, where string) *query.Set) []query.Condition {
	var conditions []query.Condition
	for _, name := range []string{"some", "none", "all"} {
		v, given := filter[name]
		if !given {
			continue
		}
		where := where + "." + name
		fields, ok := v.(map[string]any)
		if !ok {
			b.refuseNoCondition(where)
			continue
		}
		set := like(fields, where)
		if name == "all" {
			if set.Where == nil {
				continue // holds for whatever there is
			}
			set.Where = &query.Not{Condition: set.Where}
		}
		b.onlyEdges(set, edge)
		condition := query.Condition(&query.Some{Set: set})
		if name != "some" {
			condition = &query.Not{Condition: condition}
		}
		conditions = append(conditions, condition)
	}
	return conditions
}

func (b *builder) refuseNoCondition(where string) {
	b.problem(BadInput, "%s is null, which is no condition; give {} for any.", where)
}

// edgeCondition reads a condition on the relationship, or on the node in the middle of a shortcut; nil if there is none.
func (b *builder) edgeCondition(t *derive.Traversal, given map[string]any, c *whereContext, where string) query.Condition {
	fields, ok := given["edge"].(map[string]any)
	if !ok {
		return nil
	}
	about := &whereContext{of: query.Link, scope: c.scope, depth: c.depth + 1, row: c.row}
	if t.Via != nil {
		about.of = query.Via
	}
	return b.condition(t.EdgeWhere, fields, about, where)
}

// onlyEdges restricts a set to what is reached over certain edges.
func (b *builder) onlyEdges(set *query.Set, edge query.Condition) {
	switch {
	case edge == nil:
	case set.Where == nil:
		set.Where = edge
	default:
		set.Where = &query.And{All: []query.Condition{edge, set.Where}}
	}
}

// counts reads a condition on a number of members.
func (b *builder) counts(filter map[string]any, name, where string, set func(where string) *query.Set) []query.Condition {
	number, given := filter[name]
	if !given {
		return nil
	}
	where += "." + name
	fields, ok := number.(map[string]any)
	if !ok {
		b.refuseNoCondition(where)
	}
	var conditions []query.Condition
	for _, o := range operators {
		v, given := fields[o.name]
		if !given {
			continue
		}
		if v == nil {
			b.problem(BadInput, "%s.%s is null, which nothing compares with; leave it out.", where, o.name)
			continue
		}
		conditions = append(conditions, &query.Counted{Set: set(where), Operator: o.operator, Value: b.param(v)})
	}
	return conditions
}
