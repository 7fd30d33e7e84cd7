package cypher

import "bordergraph/graph/query"

// period cuts a date, which is stored as yyyy-mm-dd.
func period(p *query.Period, f frame) string {
	date := f.property(p.Of, p.Date)
	text := periods[p.Unit](date)
	if p.Precision == nil || p.Unit == query.Year {
		return text
	}
	return "CASE WHEN " + f.property(p.Of, p.Precision) + " IN " + exactFor[p.Unit] + " THEN " + text + " END"
}

var periods = map[query.Unit]func(date string) string{
	query.Year: func(date string) string { return "left(" + date + ", 4)" },
	query.Quarter: func(date string) string {
		return "left(" + date + ", 4) + '-Q' + toString((toInteger(substring(" + date + ", 5, 2)) + 2) / 3)"
	},
	query.Month: func(date string) string { return "left(" + date + ", 7)" },
	query.Day:   func(date string) string { return date },
}

// exactFor are the precisions of a date whose unit is known.
var exactFor = map[query.Unit]string{
	query.Quarter: "['DAY', 'MONTH']",
	query.Month:   "['DAY', 'MONTH']",
	query.Day:     "['DAY']",
}
