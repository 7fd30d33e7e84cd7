package embedded

import (
	"slices"

	"bordergraph/graph/query"
)

// scope is a query.Scope with its values.
type scope struct {
	time      query.Time
	date      string
	clearance int64
}

func (r *reader) scope(s *query.Scope) scope {
	in := scope{time: s.Time, clearance: r.args[s.Clearance].(int64)}
	if s.Time != query.AnyTime {
		in.date = r.args[s.Date].(string)
	}
	return in
}

// sees: the fact, whose facts begin at this position, is not marked above the clearance.
func (in scope) sees(values []any, facts int) bool {
	marking, marked := values[facts+query.FactMarking].(int64)
	return marked && marking <= in.clearance
}

// holds: the node is in force.
func (in scope) holds(n *node) bool {
	return !n.typ.Dated || in.begun(n.values, query.NodeFacts) && in.lasts(n.values, query.NodeFacts)
}

// begun: the fact is in force as far as its beginning says.
func (in scope) begun(values []any, facts int) bool {
	switch in.time {
	case query.Possible:
		from, dated := values[facts+query.FactValidFrom].(string)
		return !dated || from <= in.date
	case query.Certain:
		from, dated := values[facts+query.FactCertainFrom].(string)
		return dated && from <= in.date
	default:
		return true
	}
}

// lasts: the fact is in force as far as its end says.
func (in scope) lasts(values []any, facts int) bool {
	end := query.FactValidTo
	switch in.time {
	case query.AnyTime:
		return true
	case query.Certain:
		end = query.FactCertainTo
	}
	to, ends := values[facts+end].(string)
	return !ends || in.date <= to
}

// leads: the relationship is seen and in force, and leads to a node that the step may lead to.
func (in scope) leads(s *query.Step, l *link, to *node) bool {
	return in.sees(l.values, query.LinkFacts) && in.sees(to.values, query.NodeFacts) &&
		in.begun(l.values, query.LinkFacts) && in.lasts(l.values, query.LinkFacts) &&
		in.reaches(s.Relationship, to) && (s.To == nil || slices.Contains(s.To, to.typ))
}

// anyType stands, in a Step, for all types.
var anyType []*query.Type

// reaches: the node at the other end does not keep the relationship from being in force.
func (in scope) reaches(r *query.Relationship, to *node) bool {
	if r.Lasting && to.typ.Dated {
		return in.begun(to.values, query.NodeFacts)
	}
	return in.holds(to)
}
