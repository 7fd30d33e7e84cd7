package cypher

import (
	"strings"

	"bordergraph/graph/query"
)

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
	if where := f.moments[0].Where; where != nil {
		indexed = append(indexed, c.condition(where, f, false))
	}
	return append(indexed, c.nodeScope(n, f.types[query.Node], scope, inForce)...)
}

// momentsAmong finds the moments that each of some nodes has.
func (c *compiler) momentsAmong(all *query.Moments, nodes members, f frame) members {
	n, each := f.variables[query.Node], make([]string, len(all.Of))
	for i, m := range all.Of {
		one := f
		one.moments = all.Of[i : i+1]
		is := []string{hasType(n, []*query.Type{m.Type}), property(n, m.Date) + " IS NOT NULL"}
		if m.Where != nil {
			is = append(is, c.condition(m.Where, one, false))
		}
		each[i] = "CASE WHEN " + strings.Join(is, " AND ") + " THEN " + one.momentMap() + " END"
	}
	f.moments = all.Of
	r := f.link(query.Link)
	moments := "UNWIND [" + indent("\n"+strings.Join(each, ",\n")) + "\n] AS " + r + "\nWITH " + n + ", " + r
	return members{f, strings.Join(append(nodes.clauses(), moments), "\n"), []string{r + " IS NOT NULL"}}
}

// stretches are what together lies beyond the position of a Select. Many moments may be of one day:
// there an index is to begin at the position, not at the day.
func (c *compiler) stretches(s *query.Set, page *query.Select) []stretch {
	if page.Beyond == nil || !ofMoments(s.Start) || !byDate(page.Order) {
		return []stretch{c.beyond}
	}
	return []stretch{c.onTheDay, c.onOtherDays}
}

// ofMoments says of a start that it is of moments. What leads somewhere is listed for these however
// much it is: to test it of each kind of moment took a planner longer than any list.
func ofMoments(start query.Start) bool {
	_, moments := start.(*query.Moments)
	return moments
}

func byDate(order []query.Key) bool {
	v, ok := order[0].By.(*query.Value)
	return ok && v.Of == query.Link && v.Property == query.MomentProperties[query.MomentDate]
}

func (c *compiler) onTheDay(position *query.Keyset, keys []key) string {
	return keys[0].text + " = " + c.param(position.Values[0]) + " AND " + c.beyondFrom(1, position, keys)
}

func (c *compiler) onOtherDays(position *query.Keyset, keys []key) string {
	return keys[0].sides(c.param(position.Values[0]), position.Before).strict
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
