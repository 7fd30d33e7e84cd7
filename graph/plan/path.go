package plan

import (
	"fmt"
	"slices"
	"strings"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

// nodeTypes is the enum of the names of types.
const nodeTypes = "NodeType"

// keyPath is what a path leads to, seen from the object that it starts from.
type keyPath struct {
	column query.Column
	// dated holds where there is a date as exact as the path asks; nil where it leads to none.
	dated query.Condition
	// object is what the path leads to, if that is an object, else nil.
	object *derive.Target
	// enum is the name of the enum of which the value is, NodeType where it is the name of a type, else empty.
	enum string
	kind query.Kind
}

// pathReader reads one path.
type pathReader struct {
	*builder
	scope *scope
	// row bears the cost.
	row *row
	// depth is the number of relationships from the root to the object that is being read from.
	depth int
	// begun is whether a relationship has been gone over.
	begun bool
	where string
}

// read reads a path from an object with these conditions; nil if there is no such path.
func (p *pathReader) read(input string, names []string) *keyPath {
	if !p.offers(input, names[0]) {
		p.refuse(input, names[0])
		return nil
	}
	rest := names[1:]
	switch meaning := p.API.Input(input, names[0]).(type) {
	case *derive.Property:
		return p.property(meaning, input, names)
	case *derive.Fact:
		return p.property(factProperty(meaning.Position), input, names)
	case derive.Part:
		if meaning == derive.PartFacts {
			return p.facts(rest)
		}
		return p.last(names, &keyPath{column: &query.TypeName{}, enum: nodeTypes, kind: query.String})
	case *derive.ToOne:
		start := walk(p.builder, meaning.Traversal, query.Node)
		if p.severalInTime() {
			return p.toMany(start, len(meaning.Steps), meaning.Target, rest)
		}
		return p.toOne(start, meaning.Target, rest)
	case *derive.Connection:
		return p.toMany(walk(p.builder, meaning.Traversal, query.Node), len(meaning.Steps), meaning.Target, rest)
	case derive.Alternatives:
		start, target, toOne := p.linkedBy(meaning)
		if toOne && !p.severalInTime() {
			return p.toOne(start, target, rest)
		}
		return p.toMany(start, 1, target, rest)
	}
	panic(fmt.Sprintf("the path %s.%s is offered, but cannot be read", input, names[0]))
}

// severalInTime is whether the object that a path starts from may lead to one object after another. Further on, over
// all time, it is the present one, or else the last.
func (p *pathReader) severalInTime() bool { return !p.begun && p.scope.Time == query.AnyTime }

func (p *pathReader) refuse(input, name string) {
	if _, toMany := p.API.Input(input, name).(*derive.Connection); toMany {
		p.problem(BadInput, "%s: %s leads to many objects; only the first field of a path may.", p.where, name)
		return
	}
	of := strings.TrimSuffix(strings.TrimSuffix(input, "Where"), "Filter")
	p.problem(BadInput, "%s: %s has no path %s; there are: %s.", p.where, of, shown(name), strings.Join(p.names(input), ", "))
}

// names are the paths that begin at an object with these conditions, in the order of the schema.
func (p *pathReader) names(input string) []string {
	var names []string
	for _, f := range p.API.Schema.Types[input].Fields {
		if p.offers(input, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

func (p *pathReader) offers(input, name string) bool {
	switch meaning := p.API.Input(input, name).(type) {
	case *derive.Property:
		return !meaning.List && meaning.Property != query.NodeProperties[query.NodeID]
	case *derive.Fact:
		return !factProperty(meaning.Position).List && meaning.Position != query.FactEvidence // which objects have not
	case derive.Part:
		return meaning == derive.PartFacts || meaning == derive.PartType
	case *derive.ToOne:
		return true
	case *derive.Connection:
		return !p.begun
	case derive.Alternatives:
		start, _, toOne := p.linkedBy(meaning)
		return start != nil && (toOne || !p.begun)
	}
	return false
}

// factProperty is one of the facts of an object, with what says how exact it is.
func factProperty(position int) *derive.Property {
	dated := (&whereContext{}).datedFact(position)
	return &derive.Property{Property: dated.first, Precision: dated.precision}
}

func (p *pathReader) facts(rest []string) *keyPath {
	if len(rest) == 0 {
		p.problem(BadInput, "%s: facts are no value; go on with one of: %s.", p.where, strings.Join(p.names("FactsFilter"), ", "))
		return nil
	}
	return p.read("FactsFilter", rest)
}

// last is what a path leads to if nothing follows.
func (p *pathReader) last(names []string, k *keyPath) *keyPath {
	if len(names) == 1 {
		return k
	}
	p.problem(BadInput, "%s: %s is a value: nothing follows it.", p.where, names[0])
	return nil
}

func (p *pathReader) property(property *derive.Property, input string, names []string) *keyPath {
	if property.Kind == query.Date {
		return p.date(property, names)
	}
	k := &keyPath{column: &query.Value{Property: property.Property}, kind: property.Kind}
	if property.Kind == query.Enum {
		k.enum = strings.TrimSuffix(p.API.Schema.Types[input].Fields.ForName(names[0]).Type.Name(), "Filter")
	}
	return p.last(names, k)
}

var units = map[string]query.Unit{"YEAR": query.Year, "QUARTER": query.Quarter, "MONTH": query.Month, "DAY": query.Day}

func (p *pathReader) date(date *derive.Property, names []string) *keyPath {
	unit, known := units[names[len(names)-1]]
	if len(names) != 2 || !known {
		p.problem(BadInput, "%s: %[2]s is a date: it ends in a unit of time, as %[2]s.YEAR, %[2]s.QUARTER, %[2]s.MONTH or %[2]s.DAY.", p.where, names[0])
		return nil
	}
	return &keyPath{
		column: &query.Period{Date: date.Property, Precision: date.Precision, Unit: unit},
		dated:  p.known(date, unit),
		kind:   query.String,
	}
}

// known is the condition that a date is known as exactly as a unit.
func (p *pathReader) known(date *derive.Property, unit query.Unit) query.Condition {
	given := &query.Not{Condition: &query.Missing{Property: date.Property}}
	if date.Precision == nil || unit == query.Year {
		return given
	}
	exact := []any{"DAY"}
	if unit != query.Day {
		exact = append(exact, "MONTH")
	}
	return all([]query.Condition{given, &query.Compare{Property: date.Precision, Operator: query.OneOf, Value: p.param(exact)}})
}

// toOne goes on over a relationship to at most one object.
func (p *pathReader) toOne(start query.Start, target *derive.Target, rest []string) *keyPath {
	k := p.onward(target, rest)
	if k == nil {
		return nil
	}
	first := &query.Select{Set: p.set(start), Order: toOneOrder, Limit: p.param(int64(1)), Columns: []query.Column{k.column}}
	k.column = &query.First{Select: first}
	p.reach(k, start)
	return k
}

// toMany goes on over relationships to many objects.
func (p *pathReader) toMany(start query.Start, steps int, target *derive.Target, rest []string) *keyPath {
	k := p.onward(target, rest)
	if k == nil {
		return nil
	}
	each := &query.Select{Set: p.set(start), Order: []query.Key{nodeIDKey, linkIDKey, viaIDKey}[:1+steps], Limit: query.NoLimit, Columns: []query.Column{k.column}}
	k.column = &query.List{Select: each}
	p.reach(k, start)
	return k
}

func (p *pathReader) set(start query.Start) *query.Set {
	return &query.Set{Start: start, Scope: p.scope.Scope}
}

// onward reads the rest of a path from the object at the other end of a relationship.
func (p *pathReader) onward(target *derive.Target, rest []string) *keyPath {
	p.walks++
	p.row.cost += costOfCondition
	p.depth++
	if !p.deeper(p.depth) {
		return nil
	}
	if len(rest) == 0 {
		return &keyPath{column: nodeIDKey.By, object: target, kind: query.String}
	}
	p.begun = true
	return p.read(target.Where, rest)
}

// reach says of a date that it is at the other end of a relationship.
func (p *pathReader) reach(k *keyPath, start query.Start) {
	if k.dated != nil {
		reached := p.set(start)
		reached.Where = k.dated
		k.dated = &query.Some{Set: reached}
	}
}

// linkedBy is how a field of an interface leads from an object of any of its types to a target: over
// relationships that their names tell from all others of these types. It is nil where they do not.
func (p *pathReader) linkedBy(alternatives derive.Alternatives) (start *query.Linked, target *derive.Target, toOne bool) {
	start, toOne = &query.Linked{}, true
	own := map[*query.Relationship]bool{}
	for _, t := range p.API.Model.Types {
		var traversal *derive.Traversal
		switch meaning := alternatives[t.Name].(type) {
		case *derive.ToOne:
			traversal = meaning.Traversal
		case *derive.Connection:
			traversal, toOne = meaning.Traversal, false
		default:
			continue
		}
		step := traversal.Steps[0]
		if len(traversal.Steps) != 1 || target != nil && (target.Name != traversal.Target.Name || start.Direction != step.Direction) {
			return nil, nil, false
		}
		target, start.Direction, start.To = traversal.Target, step.Direction, traversal.Target.Types
		own[step.Relationship] = true
	}
	for _, r := range p.API.Model.Relationships {
		if !slices.ContainsFunc(p.API.Model.Relationships, func(o *query.Relationship) bool { return own[o] && o.Name == r.Name }) {
			continue
		}
		if !own[r] && meets(r, alternatives, start.To) {
			return nil, nil, false
		}
		start.Relationships = append(start.Relationships, r)
	}
	return start, target, toOne
}

// meets is whether a relationship may join an object of some types with another of some types.
func meets(r *query.Relationship, from derive.Alternatives, to []*query.Type) bool {
	joins := func(one, other []*query.Type) bool {
		return slices.ContainsFunc(one, func(t *query.Type) bool { return from[t.Name] != nil }) &&
			slices.ContainsFunc(other, func(t *query.Type) bool { return slices.Contains(to, t) })
	}
	return joins(r.From, r.To) || joins(r.To, r.From)
}
