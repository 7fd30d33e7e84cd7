package response

import (
	"fmt"
	"strings"
	"time"

	"bordergraph/graph/query"
)

// NewConstant is a text that does not depend on the row.
func NewConstant(text string) *Constant { return &Constant{JSON: appendString(nil, text)} }

// Each is a list with a fixed number of objects, whose values all stand in the same row.
type Each struct{ Objects []*Object }

// Text is a value of any kind as text, or as what it is called.
type Text struct {
	Column *Column
	// Called has another name for some of the texts.
	Called map[string]string
}

// Period is what people call a time such as 2024, 2024-Q3, 2024-07 or 2024-07-31, in Vietnamese or in English.
type Period struct {
	Column     *Column
	Vietnamese bool
}

// DateLabel is what people call a date, as exactly as it is known.
type DateLabel struct {
	Date, Precision *Column
	Vietnamese      bool
}

// InFirst is a value in the first row of a list; null if the list is empty.
type InFirst struct {
	Column *Column
	Value  Value
}

// Label is a text, or another where it is missing.
type Label struct {
	Of      Value
	Missing string
}

func (e *Each) write(w *writer, row query.Row) bool {
	return w.list(len(e.Objects), func(i int) bool { return w.object(e.Objects[i], row) })
}

func (t *Text) write(w *writer, row query.Row) bool {
	text, ok := asText(row[t.Column.Index])
	if !ok {
		return false
	}
	if called, is := t.Called[text]; is {
		text = called
	}
	w.buffer = appendString(w.buffer, text)
	return true
}

func asText(value any) (text string, ok bool) {
	switch v := value.(type) {
	case nil:
		return "", false
	case float64:
		return string(appendFloat(nil, v)), true
	}
	return fmt.Sprint(value), true
}

func (p *Period) write(w *writer, row query.Row) bool {
	period, ok := row[p.Column.Index].(string)
	if !ok {
		return false
	}
	w.buffer = appendString(w.buffer, periodLabel(period, p.Vietnamese))
	return true
}

var romanQuarters = map[string]string{"1": "I", "2": "II", "3": "III", "4": "IV"}

func periodLabel(period string, vietnamese bool) string {
	if day, err := time.Parse(time.DateOnly, period); err == nil {
		return dateIn(day, vietnamese, "ngày 2 tháng 1 năm 2006", "2 January 2006")
	}
	if month, err := time.Parse("2006-01", period); err == nil {
		return dateIn(month, vietnamese, "tháng 1 năm 2006", "January 2006")
	}
	year, quarter, quarterly := strings.Cut(period, "-Q")
	switch {
	case quarterly && vietnamese:
		return "quý " + romanQuarters[quarter] + " năm " + year
	case quarterly:
		return "Q" + quarter + " " + year
	case vietnamese:
		return "năm " + year
	}
	return year
}

func dateIn(t time.Time, vietnamese bool, vietnameseLayout, englishLayout string) string {
	if vietnamese {
		return t.Format(vietnameseLayout)
	}
	return t.Format(englishLayout)
}

func (d *DateLabel) write(w *writer, row query.Row) bool {
	period, _ := row[d.Date.Index].(string)
	if len(period) != len(time.DateOnly) {
		return false
	}
	switch row[d.Precision.Index] {
	case "DAY":
	case "MONTH":
		period = period[:len("2006-01")]
	default:
		period = period[:len("2006")]
	}
	w.buffer = appendString(w.buffer, periodLabel(period, d.Vietnamese))
	return true
}

func (f *InFirst) write(w *writer, row query.Row) bool {
	rows, _ := row[f.Column.Index].([]any)
	return len(rows) > 0 && f.Value.write(w, rows[0].(query.Row))
}

func (l *Label) write(w *writer, row query.Row) bool {
	if !l.Of.write(w, row) {
		w.buffer = appendString(w.buffer, l.Missing)
	}
	return true
}
