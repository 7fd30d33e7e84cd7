package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
)

// Seal holds the lines of a file against the first and the last one, if it is a document; any other
// file of the dataset's format has neither.
type Seal struct {
	sum               hash.Hash
	about             About
	counted           trailer
	lines             int
	isDocument, ended bool
}

// NewSeal makes a seal that has taken nothing.
func NewSeal() *Seal { return &Seal{sum: sha256.New()} }

// Take takes one line, with its end, and answers whether that is a record.
func (s *Seal) Take(line []byte) (isRecord bool, err error) {
	if s.lines++; s.lines == 1 {
		s.isDocument = isDocument(line)
	}
	switch {
	case !s.isDocument:
		return true, nil
	case s.ended:
		return false, errors.New("there is more after the last line of the export")
	case bytes.HasPrefix(line, []byte(lastLine)):
		s.ended = true
		return false, s.check(line)
	}
	s.sum.Write(line)
	switch {
	case s.lines == 1:
		return false, s.begin(line)
	case bytes.HasPrefix(line, []byte(relationLineBegins)):
		s.counted.Relations++
	default:
		s.counted.Objects++
	}
	return true, nil
}

// relationLineBegins is how relations begin in a document.
const relationLineBegins = `{"from":`

func isDocument(line []byte) bool { return bytes.HasPrefix(line, []byte(firstLine)) }

func (s *Seal) begin(line []byte) error {
	var first struct {
		About About `json:"dataset"`
	}
	err := decode(line, &first)
	s.about = first.About
	return err
}

// check holds the last line against what was read.
func (s *Seal) check(line []byte) error {
	var last struct {
		Trailer trailer `json:"end"`
	}
	if err := decode(line, &last); err != nil {
		return err
	}
	s.counted.SHA256 = hex.EncodeToString(s.sum.Sum(nil))
	switch {
	case line[len(line)-1] != '\n':
		return errCutOff
	case last.Trailer.SHA256 != s.counted.SHA256:
		return errors.New("the checksum is not that of the lines before: the file was changed or damaged since it was written")
	case last.Trailer != s.counted:
		return fmt.Errorf("there are %d objects and %d relations, not %d and %d", s.counted.Objects, s.counted.Relations, last.Trailer.Objects, last.Trailer.Relations)
	}
	return nil
}

var errCutOff = errors.New("the export is cut off: its last line is missing or not complete")

// Complete is whether the file says that it is a backup.
func (s *Seal) Complete() bool { return s.about.Complete }

// End says whether the last line is missing once all are taken.
func (s *Seal) End() error {
	switch {
	case s.lines == 0:
		return errors.New("there is nothing in it")
	case s.isDocument && !s.ended:
		return errCutOff
	}
	return nil
}
