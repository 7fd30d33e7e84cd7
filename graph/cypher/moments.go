package cypher

import "bordergraph/graph/query"

// moment finds the nodes that have one date, by the index of that date: whatever is asked of the
// moment is asked of the node's own properties.
func (c *compiler) moment(m query.Moment, scope *query.Scope, outer frame) members {
	f := outer.inner()
	n := f.node(query.Node, []*query.Type{m.Type})
	f.moments = []query.Moment{m}
	return members{f, "MATCH " + node(n, f.types[query.Node]), c.momentScope(f, scope)}
}

func (c *compiler) momentScope(f frame, scope *query.Scope) []string {
	n := f.variables[query.Node]
	indexed := []string{
		property(n, f.moments[0].Date) + " IS NOT NULL",
		property(n, query.NodeProperties[query.NodeID]) + " IS NOT NULL",
	}
	return append(indexed, c.nodeScope(n, f.types[query.Node], scope, inForce)...)
}

// momentProperty is a property of the one moment of a frame, read from the node.
func (f frame) momentProperty(p *query.Property) string {
	m, n := f.moments[0], f.variables[query.Node]
	switch {
	case p == query.MomentProperties[query.MomentDate]:
		return property(n, m.Date)
	case p == query.MomentProperties[query.MomentKind]:
		return literal(m.Kind)
	case m.Precision == nil:
		return literal("DAY")
	}
	return property(n, m.Precision)
}

// constant says whether all members have the same value.
func (f frame) constant(of query.Subject, p *query.Property) bool {
	if of != query.Link || len(f.moments) != 1 {
		return false
	}
	return p == query.MomentProperties[query.MomentKind] || p == query.MomentProperties[query.MomentPrecision] && f.moments[0].Precision == nil
}

// momentMap is the one moment of a frame, as what it is among moments of other dates.
func (f frame) momentMap() string {
	text := "{"
	for i, p := range query.MomentProperties {
		if i > 0 {
			text += ", "
		}
		text += quote(p.Name) + ": " + f.momentProperty(p)
	}
	return text + "}"
}
