package plan

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// difference plans what two days have not in common.
type difference struct {
	*builder
	root           *row
	target         *derive.Target
	earlier, later *scope
	where          map[string]any // nil for any
}

// changes is what of an object is compared: its relationships on two days.
type changes struct{ earlier, later *scope }

func (b *builder) difference(root *row, target *derive.Target, g *group, scope *scope) response.Value {
	b.refuseDay(g)
	problems := len(b.problems)
	arguments := b.arguments(g)
	if len(b.problems) > problems {
		return response.Null{}
	}
	from, to := arguments["from"].(string), arguments["to"].(string)
	if to < from {
		b.problem(BadInput, "Argument \"to\" is %s, before \"from\", which is %s.", to, from)
	}
	d := &difference{builder: b, root: root, target: target, earlier: b.on(from, scope), later: b.on(to, scope)}
	d.where, _ = arguments["where"].(map[string]any)
	object := &response.Object{Name: "Difference"}
	for _, g := range b.collect(object.Name, g.selections()...) {
		if !b.spend() {
			break
		}
		b.path = append(b.path, ast.PathName(g.key))
		b.refuseAsOf(g)
		object.Fields = append(object.Fields, response.NewField(g.key, g.name, d.field(g), g.nonNull()))
		b.path = b.path[:len(b.path)-1]
	}
	return &response.Nested{Object: object}
}

// refuseDay refuses a day beside the two.
func (b *builder) refuseDay(g *group) {
	directive := g.fields[0].Directives.ForName("asOf")
	if directive == nil {
		return
	}
	for _, name := range []string{"date", "any"} {
		if directive.Arguments.ForName(name) != nil {
			b.problem(BadInput, "Directive @asOf, argument %q: %q has two days of its own; give certainty only.", name, g.name)
		}
	}
}

// on is a scope of another day.
func (b *builder) on(day string, like *scope) *scope {
	s := &scope{Scope: &query.Scope{Time: like.Time, Date: b.param(day), Clearance: b.param(int64(b.Clearance))}, date: day, dateGiven: true, recordedAt: like.recordedAt}
	if s.Time == query.AnyTime {
		s.Time = query.Possible
	}
	return s
}

func (d *difference) field(g *group) response.Value {
	switch d.API.Field("Difference", g.name) {
	case derive.PartAppeared:
		return d.only(d.later, d.earlier, g)
	case derive.PartEnded:
		return d.only(d.earlier, d.later, g)
	case derive.PartChanged:
		return d.changed(g)
	}
	return typeName("Difference")
}

// only is what is in force on one day and not on another.
func (d *difference) only(on, not *scope, g *group) response.Value {
	dated := slices.DeleteFunc(d.types(), func(t *query.Type) bool { return !t.Dated })
	set := &query.Set{Start: &query.All{Types: dated}, Scope: on.Scope, Where: d.like(on, &query.Not{Condition: &query.InForce{Scope: not.Scope}})}
	return d.connection(d.root, &listed{target: d.target, connection: "NodeConnection", edge: "NodeEdge", set: set, scope: on}, g)
}

func (d *difference) changed(g *group) response.Value {
	c := &changes{d.earlier, d.later}
	d.walks += 2
	d.root.cost += 2 * costOfCondition
	some := &query.Or{Any: []query.Condition{&query.Some{Set: c.links(d.builder, true)}, &query.Some{Set: c.links(d.builder, false)}}}
	set := &query.Set{Start: &query.All{Types: d.types()}, Scope: d.later.Scope, Where: d.like(d.later, &query.InForce{Scope: d.earlier.Scope}, some)}
	return d.connection(d.root, &listed{target: d.target, connection: "DifferenceConnection", edge: "DifferenceEdge", set: set, scope: d.later, changes: c}, g)
}

// types are those that the caller's condition asks for, so that no others are looked through.
func (d *difference) types() []*query.Type {
	types := slices.Clone(d.target.Types)
	filter, _ := d.where["type"].(map[string]any)
	for _, wanted := range filter {
		types = slices.DeleteFunc(types, func(t *query.Type) bool { return !slices.Contains(d.nodeTypes(wanted), t) })
	}
	return types
}

// like is the caller's condition, and others.
func (d *difference) like(on *scope, others ...query.Condition) query.Condition {
	if d.where != nil {
		about := &whereContext{of: query.Node, scope: on, depth: 1, row: d.root}
		others = append([]query.Condition{d.condition(d.target.Where, d.where, about, "Argument \"where\"")}, others...)
	}
	return all(others)
}

// links are the relationships of a node that are in force on one of the days only.
func (c *changes) links(b *builder, before bool) *query.Set {
	on, not := c.later, c.earlier
	if before {
		on, not = not, on
	}
	return &query.Set{
		Start: b.linked(query.Node, nil, nil),
		Where: &query.Not{Condition: &query.InForce{Of: query.Link, Scope: not.Scope}},
		Scope: on.Scope,
	}
}

// changedLinks are those of the object of an edge.
func (s *subject) changedLinks(before bool, g *group) response.Value {
	scope := s.listed.changes.later
	if before {
		scope = s.listed.changes.earlier
	}
	t := s.API.Field("Node", "links").(*derive.Connection).Traversal
	set := s.listed.changes.links(s.builder, before)
	return s.connection(s.row, &listed{target: t.Target, connection: t.Connection, edge: t.Edge, traversal: t, set: set, scope: scope}, g)
}
