package importer

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// sheetReader is a sheet while it is read.
type sheetReader struct {
	*workbook
	name    string
	decoder *xml.Decoder
	// line is the row that was read last, and first the first one in which something stands; 0 before there is one.
	line, first int
	byFormula   computed
}

// rows calls yield with each row in which something stands. Below the first, no cells may be merged: their
// value stands in one of them alone.
func (w *workbook) rows(s *sheet, yield func(line int, cells []cell) error) error {
	file, err := w.open(s.part)
	if err != nil {
		return err
	}
	if file == nil {
		return fmt.Errorf("the sheet %q is missing", s.name)
	}
	defer file.Close()
	limited := &io.LimitedReader{R: file, N: maxPart}
	r := &sheetReader{workbook: w, name: s.name, decoder: xml.NewDecoder(limited)}
	for {
		token, err := r.decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case limited.N <= 0:
			return fmt.Errorf("the sheet %q is larger than %d MiB", s.name, maxPart>>20)
		case err != nil:
			return fmt.Errorf("the sheet %q is damaged: %w", s.name, err)
		}
		if start, is := token.(xml.StartElement); is {
			if err := r.element(&start, yield); err != nil {
				return err
			}
		}
	}
}

func (r *sheetReader) element(start *xml.StartElement, yield func(line int, cells []cell) error) error {
	switch start.Name.Local {
	case "row":
		cells, err := r.readRow(start)
		if err != nil || len(cells) == 0 {
			return err
		}
		if r.first == 0 {
			r.first = r.line
		}
		return yield(r.line, cells)
	case "mergeCell":
		if r.first == 0 {
			return nil
		}
		if err := checkMerged(start, r.first); err != nil {
			return fmt.Errorf("the sheet %q, %w", r.name, err)
		}
	}
	return nil
}

func (r *sheetReader) readRow(start *xml.StartElement) ([]cell, error) {
	var row xmlRow
	if err := r.decoder.DecodeElement(&row, start); err != nil {
		return nil, fmt.Errorf("the sheet %q is damaged: %w", r.name, err)
	}
	if r.line++; row.Number > 0 {
		r.line = row.Number
	}
	cells, err := r.cells(&row)
	if err != nil {
		return nil, fmt.Errorf("the sheet %q, row %d: %w", r.name, r.line, err)
	}
	return cells, nil
}

// cells are those of a row up to the last in which something stands.
func (r *sheetReader) cells(row *xmlRow) ([]cell, error) {
	var cells []cell
	next := 0
	for i := range row.Cells {
		x := &row.Cells[i]
		if x.Place != "" {
			next = columnOf(x.Place)
		}
		if next < 0 || next >= maxColumns {
			return nil, fmt.Errorf("there are more than %d columns", maxColumns)
		}
		if x.Formula != nil {
			if err := r.byFormula.add(x.Formula, r.line, next); err != nil {
				return nil, err
			}
		}
		c := r.cell(x)
		if x.Formula != nil || r.byFormula.has(r.line, next) {
			c = cell{fault: "holds a formula, which is not computed here; put its value in its place."}
		}
		if c != (cell{}) {
			for len(cells) <= next {
				cells = append(cells, cell{})
			}
			cells[next] = c
		}
		next++
	}
	return cells, nil
}

func (w *workbook) cell(x *xmlCell) cell {
	value := strings.TrimSpace(x.Value)
	switch {
	case x.Type == "inlineStr":
		return cell{text: x.Inline.String()}
	case x.Type == "s":
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(w.texts) {
			return cell{fault: "cannot be read: the workbook is damaged."}
		}
		return cell{text: w.texts[i]}
	case x.Type == "b":
		return cell{text: strconv.FormatBool(value == "1")}
	case x.Type == "e":
		return cell{fault: "holds the error " + value + "."}
	case x.Type == "d":
		day, _, _ := strings.Cut(value, "T")
		return w.date(x, day)
	case x.Type == "str":
		return cell{text: trimmed(unescaped(value))}
	case value == "":
		return cell{}
	}
	return w.number(x, value)
}

func (w *workbook) number(x *xmlCell, value string) cell {
	number, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return cell{fault: "cannot be read: the workbook is damaged."}
	}
	if w.layout(x) == "" {
		return cell{text: strconv.FormatFloat(number, 'f', -1, 64)}
	}
	if number != float64(int(number)) || number < 61 { // the days before have other numbers in some programs
		return cell{fault: "holds a time of day, or a day before March 1900; give a date alone."}
	}
	return w.date(x, w.epoch.AddDate(0, 0, int(number)).Format(time.DateOnly))
}

// xmlRow is a row of a sheet as it is written.
type xmlRow struct {
	Number int       `xml:"r,attr"`
	Cells  []xmlCell `xml:"c"`
}

type xmlCell struct {
	Place   string      `xml:"r,attr"`
	Type    string      `xml:"t,attr"`
	Style   int         `xml:"s,attr"`
	Formula *xmlFormula `xml:"f"`
	Value   string      `xml:"v"`
	Inline  richText    `xml:"is"`
}
