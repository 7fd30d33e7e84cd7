package embedded

import (
	"math"
	"slices"

	"bordergraph/graph/query"
)

// validity is what the scope tests of a fact. It is read from the fact's values once, because
// nearly all that a query does is to test it.
type validity struct {
	marking                int64
	from, to               day
	certainFrom, certainTo day
}

// day is a date as a number, such as 20240731.
type day int32

// The days before and after all others.
const (
	always day = math.MinInt32
	never  day = math.MaxInt32
)

// validityOf reads the facts that begin at this position.
func validityOf(values []any, facts int) validity {
	v := validity{
		marking: math.MaxInt64,
		from:    dayOf(values[facts+query.FactValidFrom], always), to: dayOf(values[facts+query.FactValidTo], never),
		certainFrom: dayOf(values[facts+query.FactCertainFrom], never), certainTo: dayOf(values[facts+query.FactCertainTo], never),
	}
	if marking, marked := values[facts+query.FactMarking].(int64); marked {
		v.marking = marking
	}
	return v
}

// validityOfNode is that of a node, which is always in force if its type is not dated.
func validityOfNode(n *query.NodeRecord) validity {
	v := validityOf(n.Values, query.NodeFacts)
	if !n.Type.Dated {
		v.from, v.to, v.certainFrom, v.certainTo = always, never, always, never
	}
	return v
}

// dayOf is the day that a value says, or else missing.
func dayOf(value any, missing day) day {
	date, dated := value.(string)
	if !dated {
		return missing
	}
	number := day(0)
	for _, c := range []byte(date) {
		if c != '-' {
			number = number*10 + day(c-'0')
		}
	}
	return number
}

// scope is a query.Scope with its values.
type scope struct {
	time      query.Time
	date      day
	clearance int64
}

func (r *reader) scope(s *query.Scope) scope {
	in := scope{time: s.Time, clearance: r.args[s.Clearance].(int64)}
	if s.Time != query.AnyTime {
		in.date = dayOf(r.args[s.Date], never)
	}
	return in
}

// sees: the fact is not marked above the clearance. One without a marking nobody sees.
func (in scope) sees(v *validity) bool { return v.marking <= in.clearance }

// holds: the fact is in force.
func (in scope) holds(v *validity) bool { return in.begun(v) && in.lasts(v) }

// begun: the fact is in force as far as its beginning says.
func (in scope) begun(v *validity) bool {
	switch in.time {
	case query.Possible:
		return v.from <= in.date
	case query.Certain:
		return v.certainFrom <= in.date
	default:
		return true
	}
}

// lasts: the fact is in force as far as its end says.
func (in scope) lasts(v *validity) bool {
	switch in.time {
	case query.Possible:
		return in.date <= v.to
	case query.Certain:
		return in.date <= v.certainTo
	default:
		return true
	}
}

// leads: the relationship is in force, and leads to a node that the step may lead to.
func (in scope) leads(s *query.Step, l *link, to *node) bool {
	return in.sees(&l.validity) && in.sees(&to.validity) && in.holds(&l.validity) &&
		in.reaches(l.relationship, to) && (s.To == nil || slices.Contains(s.To, to.typ))
}

// anyType stands, in a Step, for all types.
var anyType []*query.Type

// reaches: the node at the other end does not keep the relationship from being in force.
func (in scope) reaches(r *query.Relationship, to *node) bool {
	return in.begun(&to.validity) && (r.Lasting || in.lasts(&to.validity))
}
