package plan

import (
	"time"

	"bordergraph/graph/query"
)

// datedProperty is a date with what says how exact it is.
type datedProperty struct {
	first *query.Property
	// precision is nil where the date is a day.
	precision *query.Property
	// end says that the date is the last day of its period, not the first.
	end bool
}

func (c *whereContext) datedFact(position int) *datedProperty {
	switch position {
	case query.FactValidFrom:
		return &datedProperty{first: c.fact(position), precision: c.fact(query.FactValidFromPrecision)}
	case query.FactValidTo:
		return &datedProperty{first: c.fact(position), precision: c.fact(query.FactValidToPrecision), end: true}
	case query.FactStatedOn:
		return &datedProperty{first: c.fact(position), precision: c.fact(query.FactStatedOnPrecision)}
	}
	return &datedProperty{first: c.fact(position)}
}

// period is a period of days, both included; an empty day is no bound.
type period struct {
	from, to string
	certain  bool
}

func (b *builder) period(v any, where string) (period, bool) {
	fields, _ := v.(map[string]any)
	from, _ := fields["from"].(string)
	to, _ := fields["to"].(string)
	switch {
	case from == "" && to == "":
		b.problem(BadInput, "%s has no day; give from, to or both.", where)
	case from != "" && to != "" && to < from:
		b.problem(BadInput, "%s ends on %s, before it begins on %s.", where, to, from)
	default:
		return period{from, to, fields["certainty"] == "CERTAIN"}, true
	}
	return period{}, false
}

// during is the condition that a date lies in a period. What is known of the date is a period itself,
// whose bounds are compared: the date's own bound as it is, the other by how exact the date is.
func (b *builder) during(of query.Subject, dated *datedProperty, v any, where string) []query.Condition {
	p, ok := b.period(v, where)
	if !ok {
		return nil
	}
	var conditions []query.Condition
	// Possibly: the date's period begins before the other ends, and ends after it begins. Certainly:
	// it does not begin before the other begins, nor end after it ends.
	if p.to != "" {
		conditions = append(conditions, b.bound(of, dated, p.certain != dated.end, query.LessOrEqual, p.to))
	}
	if p.from != "" {
		conditions = append(conditions, b.bound(of, dated, p.certain == dated.end, query.GreaterOrEqual, p.from))
	}
	return conditions
}

// bound compares one end of a date's period with a day: the end that the date itself is, or the other.
func (b *builder) bound(of query.Subject, dated *datedProperty, other bool, operator query.Operator, day string) query.Condition {
	compare := func(day string) query.Condition {
		return &query.Compare{Of: of, Property: dated.first, Operator: operator, Value: b.param(day)}
	}
	if !other || dated.precision == nil {
		return compare(day)
	}
	exactly := func(precision string) query.Condition {
		return &query.Compare{Of: of, Property: dated.precision, Operator: query.Equal, Value: b.param(precision)}
	}
	or := func(any ...query.Condition) query.Condition { return &query.Or{Any: any} }
	isDay, isMonth := exactly("DAY"), exactly("MONTH")
	// A conjunction: of a disjunction, databases make every combination of its parts.
	return &query.And{All: []query.Condition{
		or(&query.Not{Condition: isDay}, compare(day)),
		or(&query.Not{Condition: isMonth}, compare(dated.nearest(day, operator, monthly))),
		// A precision that is not known is read as a year, as when facts are written.
		or(isDay, isMonth, compare(dated.nearest(day, operator, yearly))),
	}}
}

// span is the first and the last day of the month or year that a day lies in.
type span func(day time.Time) (first, last time.Time)

func monthly(day time.Time) (first, last time.Time) {
	first = day.AddDate(0, 0, 1-day.Day())
	return first, first.AddDate(0, 1, -1)
}

func yearly(day time.Time) (first, last time.Time) {
	first = day.AddDate(0, 0, 1-day.YearDay())
	return first, first.AddDate(1, 0, -1)
}

// nearest is the outermost day that a date may be, so that the other end of its period compares with a day as wanted.
func (d *datedProperty) nearest(day string, operator query.Operator, in span) string {
	t, _ := time.Parse(time.DateOnly, day) // a coerced Date is one
	first, last := in(t)
	switch {
	case !d.end && operator == query.LessOrEqual && last.After(t): // the last day must not be after t
		_, last = in(first.AddDate(0, 0, -1))
	case d.end && operator == query.GreaterOrEqual && first.Before(t): // the first day must not be before t
		first, _ = in(last.AddDate(0, 0, 1))
	}
	if operator == query.LessOrEqual {
		return last.Format(time.DateOnly)
	}
	return first.Format(time.DateOnly)
}

// inForceDuring is the condition that a fact is in force on some day of a period.
func (b *builder) inForceDuring(v any, c *whereContext, where string) []query.Condition {
	p, ok := b.period(v, where)
	if !ok {
		return nil
	}
	begin, end := c.fact(query.FactValidFrom), c.fact(query.FactValidTo)
	if p.certain {
		begin, end = c.fact(query.FactCertainFrom), c.fact(query.FactCertainTo)
	}
	var conditions []query.Condition
	if p.to != "" {
		begun := query.Condition(&query.Compare{Of: c.of, Property: begin, Operator: query.LessOrEqual, Value: b.param(p.to)})
		if !p.certain {
			begun = &query.Or{Any: []query.Condition{&query.Missing{Of: c.of, Property: begin}, begun}}
		}
		conditions = append(conditions, begun)
	} else if p.certain {
		conditions = append(conditions, &query.Not{Condition: &query.Missing{Of: c.of, Property: begin}})
	}
	if p.from != "" {
		conditions = append(conditions, &query.Or{Any: []query.Condition{
			&query.Missing{Of: c.of, Property: end},
			&query.Compare{Of: c.of, Property: end, Operator: query.GreaterOrEqual, Value: b.param(p.from)},
		}})
	}
	return conditions
}
