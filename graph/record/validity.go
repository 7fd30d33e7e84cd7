package record

import (
	"time"

	"bordergraph/graph/query"
)

// Certainty derives from when to when a fact is certainly in force: from the last day of the period
// that ValidFrom means (of StatedOn where there is none) to the first day of the period of ValidTo.
// An empty string is no bound; without a first day, nothing is certain.
//
// A date of the precision UNKNOWN is read as its YEAR: such a date is no better than that, and to
// read it as a day would claim certainty that nobody has.
func Certainty(x Facts) (from, to string) {
	from = last(x.StatedOn, x.StatedOnPrecision)
	if x.ValidFrom != "" {
		from = last(x.ValidFrom, x.ValidFromPrecision)
	}
	return from, first(x.ValidTo, x.ValidToPrecision)
}

// first is the first day of the period of a date; empty if it is no date.
func first(date, precision string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	switch precision {
	case "DAY":
		return date
	case "MONTH":
		return day.Format("2006-01") + "-01"
	default:
		return day.Format("2006") + "-01-01"
	}
}

// last is the last day of the period of a date; empty if it is no date.
func last(date, precision string) string {
	day, err := time.Parse(time.DateOnly, first(date, precision))
	if err != nil {
		return ""
	}
	switch precision {
	case "DAY":
		return date
	case "MONTH":
		return day.AddDate(0, 1, -1).Format(time.DateOnly)
	default:
		return day.AddDate(1, 0, -1).Format(time.DateOnly)
	}
}

// validityProblems says what is wrong with the dates among each other; what is wrong with one
// alone, Check says.
func validityProblems(x Facts) []Problem {
	var problems []Problem
	expect := func(field, date, precision, bound string) {
		if message := periodProblem(date, precision, bound); message != "" {
			problems = append(problems, Problem{Field: field, Message: message})
		}
	}
	expect("validFrom", x.ValidFrom, x.ValidFromPrecision, first(x.ValidFrom, x.ValidFromPrecision))
	expect("statedOn", x.StatedOn, x.StatedOnPrecision, first(x.StatedOn, x.StatedOnPrecision))
	expect("validTo", x.ValidTo, x.ValidToPrecision, last(x.ValidTo, x.ValidToPrecision))
	if isDate(x.ValidFrom) && isDate(x.ValidTo) && x.ValidTo < x.ValidFrom {
		problems = append(problems, Problem{Field: "validTo",
			Message: quote(x.ValidTo) + " is before validFrom " + quote(x.ValidFrom) + "; the last day cannot be before the first"})
	}
	return problems
}

// CheckDates says what is wrong with the own dates, which begin at a position, of what is new or changed: one of a
// month or a year is its first day, and none is before the one that it follows. Check takes others, because they may
// be stored.
func CheckDates(properties []*query.Property, begin int, values []any) []Problem {
	var problems []Problem
	for _, p := range properties[begin:] {
		if p.Kind != query.Date || p.List {
			continue
		}
		date, precision := textOf(values[p.Index]), precisionOf(p, properties, values)
		if message := periodProblem(date, precision, first(date, precision)); message != "" {
			problems = append(problems, Problem{Field: p.Name, Message: message})
		}
		if other := p.NotBefore; other != nil {
			begun := textOf(values[other.Index])
			if end := last(date, precision); end != "" && end < first(begun, precisionOf(other, properties, values)) {
				problems = append(problems, Problem{Field: p.Name,
					Message: quote(date) + " is before " + other.Name + " " + quote(begun) + "; write that day or a later one"})
			}
		}
	}
	return problems
}

// precisionOf is how exact a date is: to the day where nothing else can be said.
func precisionOf(date *query.Property, properties []*query.Property, values []any) string {
	for i, p := range properties {
		if p.Name == date.Name+"Precision" {
			return textOf(values[i])
		}
	}
	return "DAY"
}

// periodProblem says what is wrong with a date that stands for a month or a year, and is to be a bound of it.
func periodProblem(date, precision, bound string) string {
	exact := precision == "MONTH" || precision == "YEAR"
	if !exact || bound == "" || date == bound {
		return ""
	}
	return quote(date) + " does not stand for its " + precision + "; write " + quote(bound)
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
