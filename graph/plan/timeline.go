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
		s = &scope{Scope: s.overAllTime(), date: s.date}
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
	start := &query.Moments{}
	var conditions []query.Condition
	for _, m := range l.timeline.moments {
		start.Of = append(start.Of, m.Moment)
		if len(m.Where) > 0 {
			conditions = append(conditions, &query.Or{Any: []query.Condition{&query.Not{Condition: b.isMoment(m)}, b.has(m.Where)}})
		}
	}
	if during, given := arguments["during"]; given && during != nil {
		conditions = append(conditions, b.momentsDuring(l.timeline.moments, during)...)
	}
	if l.timeline.where != nil {
		conditions = append(conditions, l.timeline.where)
	}
	l.set.Start = start
	if len(conditions) > 0 {
		l.set.Where = all(conditions)
	}
	l.order = []query.Key{{By: momentDate, Descending: arguments["newestFirst"] == true}, nodeIDKey, {By: momentKind}}
}

// isMoment is the condition that a member is this moment of its object.
func (b *builder) isMoment(m *derive.Moment) query.Condition {
	return all([]query.Condition{
		&query.OfType{Types: []*query.Type{m.Type}},
		&query.Compare{Of: query.Link, Property: momentKind.Property, Operator: query.Equal, Value: b.param(m.Kind)},
	})
}

// has is the condition that an object has some values.
func (b *builder) has(values []derive.ViaValue) query.Condition {
	conditions := make([]query.Condition, len(values))
	for i, v := range values {
		conditions[i] = &query.Compare{Property: v.Property, Operator: query.Equal, Value: b.param(v.Value)}
	}
	return all(conditions)
}

// momentsDuring is the condition that a moment lies in a period. That it lies in the years of the
// period is said apart: a store may go by it alone to where the period stands among all dates.
func (b *builder) momentsDuring(moments []*derive.Moment, v any) []query.Condition {
	const where = "Argument \"during\""
	p, ok := b.period(v, where)
	if !ok {
		return nil
	}
	var conditions []query.Condition
	if p.from != "" {
		conditions = append(conditions, b.momentIs(query.GreaterOrEqual, p.from))
	}
	if p.to != "" {
		conditions = append(conditions, b.momentIs(query.LessOrEqual, p.to))
	}
	dated := &datedProperty{first: momentDate.Property, precision: momentPrecision.Property}
	first := all(b.during(query.Link, dated, v, where))
	var last []query.Condition
	for _, m := range moments {
		if m.Last {
			last = append(last, b.isMoment(m))
		}
	}
	if len(last) == 0 {
		return append(conditions, first)
	}
	dated.end = true
	ends := &query.Or{Any: last}
	return append(conditions, &query.Or{Any: []query.Condition{
		&query.And{All: []query.Condition{&query.Not{Condition: ends}, first}},
		&query.And{All: append([]query.Condition{ends}, b.during(query.Link, dated, v, where)...)},
	}})
}

// momentIs is the condition that the date of a moment lies in the year of a day, or beyond.
func (b *builder) momentIs(operator query.Operator, day string) query.Condition {
	t, _ := time.Parse(time.DateOnly, day) // a coerced Date is one
	bound, last := yearly(t)
	if operator == query.LessOrEqual {
		bound = last
	}
	return &query.Compare{Of: query.Link, Property: momentDate.Property, Operator: operator, Value: b.param(bound.Format(time.DateOnly))}
}

// undatedMoments counts the objects that lack all the dates of their moments.
func (b *builder) undatedMoments(parent *row, l *listed) response.Value {
	start, lacking := &query.All{}, &query.Or{}
	for _, t := range l.target.Types {
		if lacks := b.lacks(t, l.timeline.moments); lacks != nil {
			start.Types = append(start.Types, t)
			lacking.Any = append(lacking.Any, lacks)
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

// lacks is the condition that an object is of a type, should have a moment, and has none; nil if
// none has to be.
func (b *builder) lacks(t *query.Type, moments []*derive.Moment) query.Condition {
	expected := &query.Or{}
	conditions := []query.Condition{&query.OfType{Types: []*query.Type{t}}, expected}
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
	return all(conditions)
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
