package embedded

import (
	"strconv"

	"bordergraph/graph/query"
)

// period is the year, quarter, month or day of a date; nil if that is not known.
func period(c *query.Period, m member) any {
	date, dated := m.value(c.Of, c.Date).(string)
	if !dated || c.Precision != nil && c.Unit > exactness(m.value(c.Of, c.Precision)) {
		return nil
	}
	switch year, month := date[:len("2024")], date[:len("2024-07")]; c.Unit {
	case query.Year:
		return year
	case query.Quarter:
		number, _ := strconv.Atoi(month[len("2024-"):])
		return year + "-Q" + strconv.Itoa((number+2)/3)
	case query.Month:
		return month
	}
	return date
}

// exactness is the shortest unit that a date of this precision tells.
func exactness(precision any) query.Unit {
	switch precision {
	case "DAY":
		return query.Day
	case "MONTH":
		return query.Month
	}
	return query.Year
}
