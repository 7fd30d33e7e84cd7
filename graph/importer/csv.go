package importer

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// csv reads a table of text, of which the first line is the header.
func (r *Reader) csv(name string, file *bufio.Reader) error {
	begin, err := file.Peek(peeked)
	if err != nil && err != io.EOF {
		return err
	}
	reader := csv.NewReader(file)
	reader.Comma, reader.FieldsPerRecord = separator(begin), -1
	var t *table
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return r.noHeader(t)
		}
		if err != nil {
			return err
		}
		line, _ := reader.FieldPos(0)
		if !utf8.ValidString(strings.Join(record, "")) {
			return fmt.Errorf("line %d is neither UTF-8 nor UTF-16; save the file in one of these", line)
		}
		if t == nil {
			if t, err = r.table(name, record); err != nil {
				return err
			}
			continue
		}
		cells := make([]cell, len(record))
		for i, text := range record {
			cells[i].text = strings.TrimSpace(text)
		}
		r.tableRow(name, line, t, cells)
	}
}

// separator is what parts the cells of the first line: a comma, a semicolon or a tab.
func separator(begin []byte) rune {
	line, _, _ := bytes.Cut(begin, []byte("\n"))
	best, most := ',', 0
	for _, s := range ",;\t" {
		count, quoted := 0, false
		for _, c := range string(line) {
			switch {
			case c == '"':
				quoted = !quoted
			case c == s && !quoted:
				count++
			}
		}
		if count > most {
			best, most = s, count
		}
	}
	return best
}
