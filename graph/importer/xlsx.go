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
