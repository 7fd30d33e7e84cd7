package importer

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"bordergraph/graph/dataset"
	"bordergraph/graph/derive"
)

// Reader reads the rows of files: JSON Lines of the dataset's format, tables of text (CSV), and workbooks (XLSX).
// Which it is shows in the content.
type Reader struct {
	// Rows are all that were read so far. Whoever made the Reader closes them.
	Rows *Rows
	// Backup is whether they are those of one complete backup.
	Backup bool
	// Maps say of each table what its columns give.
	Maps   []string
	api    *derive.API
	tables Tables
	files  int
	sum    hash.Hash
}

// NewReader makes a reader that has read nothing.
func NewReader(api *derive.API, tables Tables) *Reader {
	return &Reader{Rows: newRows(), api: api, tables: tables, sum: sha256.New()}
}

// Fingerprint changes whenever what was read does.
func (r *Reader) Fingerprint() string { return hex.EncodeToString(r.sum.Sum(nil)) }

// peeked is how much of a file shows what it is.
const peeked = 64 << 10

// Read reads a file, compressed with gzip or not. A row that cannot be read is kept with its fault; the error
// says why nothing of the file is to be taken.
func (r *Reader) Read(name string, file io.Reader) error {
	r.Backup = false
	plain, err := dataset.Decompress(io.TeeReader(file, r.sum))
	if err == nil {
		err = r.read(name, bufio.NewReaderSize(plain, peeked))
	}
	return r.end(name, err)
}

// ReadText reads JSON Lines or a table of text, and nothing that is compressed.
func (r *Reader) ReadText(name, content string) error {
	r.Backup = false
	text := io.TeeReader(strings.NewReader(content), r.sum)
	return r.end(name, r.text(name, bufio.NewReaderSize(text, peeked)))
}

func (r *Reader) end(name string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := r.Rows.spool.err; err != nil {
		return notHeld(err)
	}
	r.files++
	return nil
}

func (r *Reader) read(name string, file *bufio.Reader) error {
	begin, err := file.Peek(4)
	if err != nil && err != io.EOF {
		return err
	}
	switch {
	case bytes.HasPrefix(begin, []byte("PK\x03\x04")):
		return r.xlsx(name, file)
	case bytes.HasPrefix(begin, []byte("\xff\xfe")), bytes.HasPrefix(begin, []byte("\xfe\xff")):
		utf16 := unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
		return r.text(name, bufio.NewReaderSize(transform.NewReader(file, utf16.NewDecoder()), peeked))
	}
	return r.text(name, file)
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func (r *Reader) text(name string, file *bufio.Reader) error {
	if mark, _ := file.Peek(len(byteOrderMark)); bytes.Equal(mark, byteOrderMark) {
		_, _ = file.Discard(len(byteOrderMark)) // they were peeked at
	}
	begin, err := file.Peek(peeked)
	if err != nil && err != io.EOF {
		return err
	}
	begin = bytes.TrimLeft(begin, " \t\r\n")
	switch {
	case len(begin) == 0 || begin[0] == '{':
		return r.lines(name, file)
	case begin[0] == '[':
		return errors.New("this is an array of JSON; write JSON Lines, an object a line")
	}
	return r.csv(name, file)
}

func (r *Reader) lines(name string, file io.Reader) error {
	seal := dataset.NewSeal()
	var damage error
	err := dataset.EachLine(file, func(number int, line []byte) {
		isRecord, err := seal.Take(line)
		if damage == nil && err != nil {
			damage = fmt.Errorf("line %d: %w", number, err)
		}
		if isRecord {
			r.line(name, number, line)
		}
	})
	r.Backup = r.files == 0 && seal.Complete()
	return errors.Join(err, damage, seal.End())
}

func (r *Reader) line(name string, number int, line []byte) {
	given, err := dataset.ParseLine(line)
	if err != nil {
		fault := Fault{Message: err.Error()}
		var at *dataset.ColumnError
		if errors.As(err, &at) {
			fault.Column = at.Column
		}
		r.add(name, number, &Row{Faults: []Fault{fault}})
		return
	}
	row := rowOfLine(given)
	for _, missing := range missing(given) {
		row.Faults = append(row.Faults, Fault{Message: missing + ": is missing"})
	}
	r.add(name, number, row)
}

func (r *Reader) add(name string, number int, row *Row) {
	row.File, row.Line = name, number
	row.compose()
	r.Rows.add(row)
}
