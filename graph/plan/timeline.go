package plan

import (
	"slices"
	"time"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// timeline is what a list of moments is made of.
type timeline struct {
	moments []*derive.Moment
	// where is the condition asked for; nil if there is none.
	where query.Condition
}

var (
	momentDate      = &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentDate]}
	momentPrecision = &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentPrecision]}
	momentKind      = &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentKind]}
)

// timeline plans the moments of objects. It is about all time unless a time is asked for.
func (b *builder) timeline(root *row, target *derive.Target, g *group, s *scope) response.Value {
	if !s.given {
		s = &scope{Scope: s.overAllTime(), date: s.date, recordedAt: s.recordedAt}
	}
	return b.connection(root, &listed{
		target: target, connection: "MomentConnection", edge: "MomentEdge", scope: s,
		set:      &query.Set{Start: &query.Moments{}, Scope: s.Scope},
		timeline: &timeline{moments: b.API.Moments()},
	}, g)
}

// readTimeline reads which moments are wanted, after the condition on their objects.
func (b *builder) readTimeline(l *listed, arguments map[string]any) {
	l.timeline.where = l.set.Where
	if kinds, given := arguments["kinds"].([]any); given {
		l.timeline.moments = slices.DeleteFunc(slices.Clone(l.timeline.moments), func(m *derive.Moment) bool { return !slices.Contains(kinds, any(m.Kind)) })
		if len(l.timeline.moments) == 0 {
			b.problem(BadInput, "Argument \"kinds\" names no kind that any object has; leave it out for all.")
		}
	}
	during := arguments["during"]
	if during != nil {
		if _, ok := b.period(during, duringArgument); !ok {
			return // each moment would only repeat it
		}
	}
	start := &query.Moments{}
	for _, m := range l.timeline.moments {
		one := m.Moment
		one.Where = b.momentWhere(m, during)
		start.Of = append(start.Of, one)
	}
	l.set.Start = start
	newestFirst := arguments["newestFirst"] == true // all keys in one direction, as indexes have them
	l.order = []query.Key{{By: momentDate, Descending: newestFirst}, {By: nodeID, Descending: newestFirst}, {By: momentKind, Descending: newestFirst}}
}

// momentWhere is what an object with a moment is like, in a period if there is one; nil for no condition.
func (b *builder) momentWhere(m *derive.Moment, during any) query.Condition {
	var conditions []query.Condition
	if len(m.Where) > 0 {
		conditions = append(conditions, b.has(m.Where))
	}
	if during != nil {
		conditions = append(conditions, b.momentDuring(m, during)...)
	}
	if len(conditions) == 0 {
		return nil
	}
	return all(conditions)
}

const duringArgument = "Argument \"during\""

// momentDuring is the condition that a moment lies in a period. That it lies in the years of the period
// is said apart: a store may go by it alone to where the period stands among all dates.
func (b *builder) momentDuring(m *derive.Moment, v any) []query.Condition {
	p, _ := b.period(v, duringArgument)
	var conditions []query.Condition
	if p.from != "" {
		conditions = append(conditions, b.yearBound(m, query.GreaterOrEqual, p.from))
	}
	if p.to != "" {
		conditions = append(conditions, b.yearBound(m, query.LessOrEqual, p.to))
	}
	dated := &datedProperty{first: m.Date, precision: m.Precision, end: m.Last}
	return append(conditions, b.during(query.Node, dated, v, duringArgument)...)
}

// yearBound is the condition that a moment lies in the year of a day, or on its other side.
func (b *builder) yearBound(m *derive.Moment, operator query.Operator, day string) query.Condition {
	t, _ := time.Parse(time.DateOnly, day) // a coerced Date is one
	bound, last := yearly(t)
	if operator == query.LessOrEqual {
		bound = last
	}
	return &query.Compare{Property: m.Date, Operator: operator, Value: b.param(bound.Format(time.DateOnly))}
}

// has is the condition that an object has some values.
func (b *builder) has(values []derive.ViaValue) query.Condition {
	conditions := make([]query.Condition, len(values))
	for i, v := range values {
		conditions[i] = &query.Compare{Property: v.Property, Operator: query.Equal, Value: b.param(v.Value)}
	}
	return all(conditions)
}

// undatedMoments counts the objects that lack all the dates of their moments. The condition is one
// conjunction, a part for each type: of a disjunction of types, databases make every combination of its parts.
func (b *builder) undatedMoments(parent *row, l *listed) response.Value {
	start, lacking := &query.All{}, &query.And{}
	for _, t := range l.target.Types {
		lacks := b.lacks(t, l.timeline.moments)
		if lacks == nil {
			continue
		}
		start.Types = append(start.Types, t)
		other := &query.Not{Condition: &query.OfType{Types: []*query.Type{t}}}
		for _, condition := range lacks {
			lacking.All = append(lacking.All, &query.Or{Any: []query.Condition{other, condition}})
		}
	}
	if len(start.Types) == 0 {
		return &response.Constant{JSON: []byte("0")}
	}
	set := &query.Set{Start: start, Where: lacking, Scope: l.scope.Scope}
	b.onlyEdges(set, l.timeline.where)
	parent.cost += costOfCount
	return &response.Leaf{Column: parent.add(&query.Count{Set: set}), Kind: query.Int}
}

// lacks are the conditions under which an object of a type should have a moment and has none; nil if
// none has to be.
func (b *builder) lacks(t *query.Type, moments []*derive.Moment) []query.Condition {
	expected := &query.Or{}
	conditions := []query.Condition{expected}
	for _, m := range moments {
		if m.Type != t {
			continue
		}
		if m.Expected {
			expected.Any = append(expected.Any, b.has(m.Where))
		}
		dated := &query.Not{Condition: &query.Missing{Property: m.Date}}
		conditions = append(conditions, &query.Not{Condition: all([]query.Condition{b.has(m.Where), dated})})
	}
	if len(expected.Any) == 0 {
		return nil
	}
	return conditions
}

// moment is what an edge of a timeline says of the moment.
func (s *subject) moment(part derive.Part, g *group) response.Value {
	date, precision, kind := s.row.expression(momentDate), s.row.expression(momentPrecision), s.row.expression(momentKind)
	switch part {
	case derive.PartMomentKind:
		return &response.Leaf{Column: kind, Kind: query.String}
	case derive.PartMomentLabel:
		return &response.Text{Column: kind, Called: s.labels(derive.MomentKinds, s.words(g))}
	case derive.PartMomentDate:
		return stored(date, momentDate.Property)
	case derive.PartMomentPrecision:
		return stored(precision, momentPrecision.Property)
	}
	return &response.DateLabel{Date: date, Precision: precision, Vietnamese: s.words(g).vietnamese}
}
