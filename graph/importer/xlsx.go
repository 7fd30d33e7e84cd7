package importer

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds on a workbook, which is read as a whole and may be compressed a thousandfold.
const (
	maxWorkbook = 64 << 20
	maxPart     = 512 << 20
	maxColumns  = 1000
)

// workbook is a file of the format XLSX (Office Open XML): a zip of XML documents. Formulas are not computed.
type workbook struct {
	files  *zip.Reader
	sheets []sheet
	texts  []string // shared by cells
	dates  []string // by style: the layout of as much of a date as is shown; empty where it is none
	epoch  time.Time
}

type sheet struct{ name, part string }

// xlsx reads the table on a sheet of a workbook, of which the first row is the header.
func (r *Reader) xlsx(name string, file io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(file, maxWorkbook+1))
	if err != nil {
		return err
	}
	if len(data) > maxWorkbook {
		return fmt.Errorf("the workbook is larger than %d MiB; save it as CSV", maxWorkbook>>20)
	}
	w, err := openWorkbook(data)
	if err != nil {
		return fmt.Errorf("this is no workbook: %w", err)
	}
	s, err := w.sheet(r.tables.Sheet)
	if err != nil {
		return err
	}
	var t *table
	err = w.rows(s, func(line int, cells []cell) error {
		if t != nil {
			r.tableRow(name, line, t, cells)
			return nil
		}
		header := make([]string, len(cells))
		for i, c := range cells {
			if header[i] = c.text; c.fault != "" {
				return fmt.Errorf("the header in column %d %s", i+1, c.fault)
			}
		}
		t, err = r.table(name, header)
		return err
	})
	if err != nil {
		return err
	}
	return r.noHeader(t)
}

func openWorkbook(data []byte) (*workbook, error) {
	files, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	w := &workbook{files: files}
	return w, errors.Join(w.readSheets(), w.readTexts(), w.readStyles())
}

// part reads a document of the workbook into a struct; one that is not there leaves it empty.
func (w *workbook) part(name string, into any) error {
	file, err := w.open(name)
	if file == nil {
		return err
	}
	defer file.Close()
	return xml.NewDecoder(io.LimitReader(file, maxPart)).Decode(into)
}

func (w *workbook) open(name string) (io.ReadCloser, error) {
	i := slices.IndexFunc(w.files.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return nil, nil
	}
	return w.files.File[i].Open()
}

func (w *workbook) readSheets() error {
	var book struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Links []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := errors.Join(w.part("xl/workbook.xml", &book), w.part("xl/_rels/workbook.xml.rels", &links)); err != nil {
		return err
	}
	w.epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if book.Properties.Date1904 == "1" || book.Properties.Date1904 == "true" {
		w.epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for _, s := range book.Sheets {
		for _, l := range links.Links {
			if l.ID == s.ID {
				w.sheets = append(w.sheets, sheet{s.Name, partOf(l.Target)})
			}
		}
	}
	if len(w.sheets) == 0 {
		return errors.New("it has no sheets")
	}
	return nil
}

// partOf is the name of the part that a link from the workbook leads to.
func partOf(target string) string {
	if absolute, is := strings.CutPrefix(target, "/"); is {
		return absolute
	}
	return path.Join("xl", target)
}

func (w *workbook) readTexts() error {
	var shared struct {
		Texts []richText `xml:"si"`
	}
	if err := w.part("xl/sharedStrings.xml", &shared); err != nil {
		return err
	}
	for _, t := range shared.Texts {
		w.texts = append(w.texts, t.String())
	}
	return nil
}

func (w *workbook) readStyles() error {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.part("xl/styles.xml", &styles); err != nil {
		return err
	}
	codes := map[int]string{}
	for _, f := range styles.Formats {
		codes[f.ID] = f.Code
	}
	for _, c := range styles.Cells {
		layout := builtInLayout(c.Format)
		if code, own := codes[c.Format]; own {
			layout = layoutOf(code)
		}
		w.dates = append(w.dates, layout)
	}
	return nil
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

// sheet is the one of a name, or the only one in which something stands.
func (w *workbook) sheet(name string) (*sheet, error) {
	var names []string
	var used []*sheet
	for i, s := range w.sheets {
		names = append(names, strconv.Quote(s.name))
		if s.name == name {
			return &w.sheets[i], nil
		}
		stands, err := w.stands(&s)
		if err != nil {
			return nil, err
		}
		if stands {
			used = append(used, &w.sheets[i])
		}
	}
	switch {
	case name != "":
		return nil, fmt.Errorf("there is no sheet %q; there are %s", name, strings.Join(names, ", "))
	case len(used) == 0:
		return nil, errors.New("there is nothing in it")
	case len(used) > 1:
		return nil, fmt.Errorf("several sheets hold something; say which of %s is meant", strings.Join(names, ", "))
	}
	return used[0], nil
}

var errEnough = errors.New("enough is read")

// stands is whether anything stands on a sheet.
func (w *workbook) stands(s *sheet) (bool, error) {
	err := w.rows(s, func(int, []cell) error { return errEnough })
	if errors.Is(err, errEnough) {
		return true, nil
	}
	return false, err
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
	decoder := xml.NewDecoder(limited)
	line, first := 0, 0
	var byFormula computed
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if limited.N <= 0 {
			return fmt.Errorf("the sheet %q is larger than %d MiB", s.name, maxPart>>20)
		}
		if err != nil {
			return fmt.Errorf("the sheet %q is damaged: %w", s.name, err)
		}
		start, is := token.(xml.StartElement)
		if is && first > 0 && start.Name.Local == "mergeCell" {
			if err := checkMerged(&start, first); err != nil {
				return fmt.Errorf("the sheet %q, %w", s.name, err)
			}
		}
		if !is || start.Name.Local != "row" {
			continue
		}
		var row xmlRow
		if err := decoder.DecodeElement(&row, &start); err != nil {
			return fmt.Errorf("the sheet %q is damaged: %w", s.name, err)
		}
		if line++; row.Number > 0 {
			line = row.Number
		}
		cells, err := w.cells(&row, line, &byFormula)
		if err != nil {
			return fmt.Errorf("the sheet %q, row %d: %w", s.name, line, err)
		}
		if len(cells) == 0 {
			continue
		}
		if first == 0 {
			first = line
		}
		if err := yield(line, cells); err != nil {
			return err
		}
	}
}

// cells are those of a row up to the last in which something stands.
func (w *workbook) cells(row *xmlRow, line int, byFormula *computed) ([]cell, error) {
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
			if err := byFormula.add(x.Formula, line, next); err != nil {
				return nil, err
			}
		}
		c := w.cell(x)
		if x.Formula != nil || byFormula.has(line, next) {
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

// layout is that of what a cell shows of a date; empty if it shows none.
func (w *workbook) layout(x *xmlCell) string {
	if x.Style < 0 || x.Style >= len(w.dates) {
		return ""
	}
	return w.dates[x.Style]
}

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
