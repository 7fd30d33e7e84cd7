package importer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"bordergraph/graph/dataset"
)

// Reader reads the rows of files.
type Reader struct {
	// Rows are all that were read so far.
	Rows []*Row
	// Backup is whether they are those of one complete backup.
	Backup bool
	files  int
	sum    hash.Hash
}

// NewReader makes a reader that has read nothing.
func NewReader() *Reader { return &Reader{sum: sha256.New()} }

// Fingerprint changes whenever what was read does.
func (r *Reader) Fingerprint() string { return hex.EncodeToString(r.sum.Sum(nil)) }

// Read reads a file, compressed with gzip or not. A row that cannot be read is kept with its fault; the error
// says why nothing of the file is to be taken.
func (r *Reader) Read(name string, file io.Reader) error {
	plain, err := dataset.Decompress(io.TeeReader(file, r.sum))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := r.lines(name, plain); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (r *Reader) lines(name string, file io.Reader) error {
	seal := dataset.NewSeal()
	var damage error
	err := dataset.EachLine(file, func(number int, line []byte) {
		if number == 1 {
			line = bytes.TrimPrefix(line, byteOrderMark)
		}
		isRecord, err := seal.Take(line)
		if damage == nil && err != nil {
			damage = fmt.Errorf("line %d: %w", number, err)
		}
		if isRecord {
			r.line(name, number, line)
		}
	})
	r.files++
	r.Backup = r.files == 1 && seal.Complete()
	return errors.Join(err, damage, seal.End())
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func (r *Reader) line(name string, number int, line []byte) {
	given, err := dataset.ParseLine(line)
	if err != nil {
		r.add(name, number, &Row{Faults: []Fault{{Message: err.Error()}}})
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
	r.Rows = append(r.Rows, row)
}
