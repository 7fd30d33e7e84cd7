package plan

import (
	"fmt"

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
		return b.compare(&query.Compare{Of: c.of, Property: meaning.Property}, fields, where)
	case *derive.Fact:
		if sources, ok := b.API.Field("Facts", "sources").(*derive.Sources); ok && meaning.Position == query.FactSources {
			return b.cites(sources.Target, fields, c, where)
		}
		return b.compare(&query.Compare{Of: c.of, Property: query.NodeProperties[query.NodeFacts+meaning.Position]}, fields, where)
	case derive.Part:
		if meaning == derive.PartFacts {
			return []query.Condition{b.condition("FactsFilter", fields, c, where)}
		}
		return b.names(fields, c, where)
	case *derive.ToOne:
		return []query.Condition{&query.Some{Set: b.reached(meaning.Traversal, fields, c, where)}}
	case *derive.Connection:
		return b.listConditions(meaning.Traversal, fields, c, where)
	}
	panic(fmt.Sprintf("the derived API does not say what %s.%s means", input, name))
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

// compare reads a filter on one property: like is what all its comparisons have in common.
func (b *builder) compare(like *query.Compare, filter map[string]any, where string) []query.Condition {
	var conditions []query.Condition
	for _, o := range operators {
		v, given := filter[o.name]
		if !given {
			continue
		}
		if v == nil {
			b.refuseNull(where + "." + o.name)
			continue
		}
		c := *like
		c.Operator, c.Value = o.operator, b.param(normal(v))
		conditions = append(conditions, &c)
	}
	if v, given := filter["isNull"]; given {
		missing := query.Condition(&query.Missing{Of: like.Of, Property: like.Property})
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
func (b *builder) cites(sources *derive.Target, filter map[string]any, c *whereContext, where string) []query.Condition {
	cited := func(like query.Condition) query.Condition {
		c.row.cost += costOfCondition
		return &query.Some{Set: &query.Set{Start: &query.Cited{By: c.of, Types: sources.Types}, Where: like, Scope: c.scope.Scope}}
	}
	var conditions []query.Condition
	if id, given := filter["has"]; given {
		if id == nil {
			b.refuseNull(where + ".has")
		}
		conditions = append(conditions, cited(&query.Compare{Of: query.Node, Property: query.NodeProperties[query.NodeID], Operator: query.Equal, Value: b.param(normal(id))}))
	}
	if isNull, given := filter["isNull"]; given {
		switch isNull {
		case true:
			conditions = append(conditions, &query.Not{Condition: cited(nil)})
		case false:
			conditions = append(conditions, cited(nil))
		default:
			b.refuseNull(where + ".isNull")
		}
	}
	return conditions
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
			condition.Match, condition.Folded, condition.Spelled = query.Whole, b.param([]any{pattern.Whole}), b.param(anys(pattern.Spelled))
		case "matches":
			condition.Match, condition.Folded, condition.Spelled = query.Words, b.param(anys(pattern.Words)), b.param(anys(pattern.Spelled))
		case "startsWith":
			condition.Match, condition.Folded, condition.Spelled = query.Prefix, b.param([]any{pattern.Prefix}), b.param(anys(pattern.SpelledPrefix))
		}
		conditions = append(conditions, condition)
	}
	return conditions
}

func anys(texts []string) []any {
	values := make([]any, len(texts))
	for i, t := range texts {
		values[i] = t
	}
	return values
}

// reached is the set that a traversal leads to, of the members that are like this; nil fields are no condition.
func (b *builder) reached(t *derive.Traversal, fields map[string]any, c *whereContext, where string) *query.Set {
	set := &query.Set{Start: walk(b, t, c.of), Scope: c.scope.Scope}
	c.row.cost += costOfCondition
	if b.deeper(c.depth+1) && len(fields) > 0 {
		inner := &whereContext{of: query.Node, scope: c.scope, depth: c.depth + 1, row: c.row}
		set.Where = b.condition(t.Target.Where, fields, inner, where)
	}
	return set
}

func (b *builder) listConditions(t *derive.Traversal, filter map[string]any, c *whereContext, where string) []query.Condition {
	var conditions []query.Condition
	for _, name := range []string{"some", "none", "all", "count"} {
		v, given := filter[name]
		if !given {
			continue
		}
		fields, ok := v.(map[string]any)
		where := where + "." + name
		if !ok {
			b.problem(BadInput, "%s is null, which is no condition; give {} for any.", where)
			continue
		}
		if name == "count" {
			conditions = append(conditions, b.counts(t, fields, c, where)...)
			continue
		}
		set := b.reached(t, fields, c, where)
		if name == "all" {
			if set.Where == nil {
				continue // holds for whatever there is
			}
			set.Where = &query.Not{Condition: set.Where}
		}
		condition := query.Condition(&query.Some{Set: set})
		if name != "some" {
			condition = &query.Not{Condition: condition}
		}
		conditions = append(conditions, condition)
	}
	return conditions
}

func (b *builder) counts(t *derive.Traversal, filter map[string]any, c *whereContext, where string) []query.Condition {
	var conditions []query.Condition
	for _, o := range operators {
		v, given := filter[o.name]
		if !given {
			continue
		}
		if v == nil {
			b.problem(BadInput, "%s.%s is null, which nothing compares with; leave it out.", where, o.name)
			continue
		}
		conditions = append(conditions, &query.Counted{Set: b.reached(t, nil, c, where), Operator: o.operator, Value: b.param(v)})
	}
	return conditions
}
