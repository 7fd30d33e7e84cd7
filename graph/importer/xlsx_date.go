package importer

import (
	"strings"
	"time"
)

// date is as much of the day of a cell as it shows: Excel makes the first day of a month that is typed.
func (w *workbook) date(x *xmlCell, day string) cell {
	switch layout := w.layout(x); layout {
	case layoutAmbiguous:
		return cell{fault: "is shown with a day in some languages and without one in others; choose the format yyyy-mm-dd, yyyy-mm or yyyy."}
	case layoutMonth, layoutYear:
		return cell{text: day[:min(len(layout), len(day))], date: true}
	}
	return cell{text: day, date: true}
}

// layout is that of what a cell shows of a date; empty if it shows none.
func (w *workbook) layout(x *xmlCell) string {
	if x.Style < 0 || x.Style >= len(w.dates) {
		return ""
	}
	return w.dates[x.Style]
}

// Layouts of what a format shows of a date.
const (
	layoutDay       = time.DateOnly
	layoutMonth     = "2006-01"
	layoutYear      = "2006"
	layoutAmbiguous = "?" // with a day or without one
)

// builtInLayout is what one of the formats that every workbook has shows of a date. What some of them show
// depends on the language of the program.
func builtInLayout(id int) string {
	switch id {
	case 14, 15, 16, 22, 28, 29, 30, 31, 51, 53, 54, 58:
		return layoutDay
	case 17:
		return layoutMonth
	case 27, 36, 50, 52, 55, 56, 57:
		return layoutAmbiguous
	}
	return ""
}

// layoutOf is what a format shows of a date, beside its literal texts and colours.
func layoutOf(code string) string {
	shown := shownLetters(code)
	switch {
	case strings.Contains(shown, "d"):
		return layoutDay
	case !strings.Contains(shown, "y"):
		return ""
	case strings.Contains(shown, "m"):
		return layoutMonth
	}
	return layoutYear
}

// shownLetters is a format without its literal texts and colours, in lower case.
func shownLetters(code string) string {
	var shown strings.Builder
	literal := rune(0)
	for _, c := range strings.ToLower(code) {
		switch {
		case literal == '\\':
			literal = 0
		case literal != 0:
			if c == literal {
				literal = 0
			}
		case c == '"' || c == '\\':
			literal = c
		case c == '[':
			literal = ']'
		default:
			shown.WriteRune(c)
		}
	}
	return shown.String()
}
