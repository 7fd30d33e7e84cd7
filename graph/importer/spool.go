package importer

import (
	"os"
	"slices"

	"bordergraph/graph/query"
)

// spool holds pieces of bytes, one after another: what is more than a block of them in a temporary file.
type spool struct {
	begins []int64 // of the pieces, and where the next one will
	last   []byte  // what is not in the file
	file   *os.File
	read   []byte // of the file
	err    error  // what was added is not all there
}

// notHeld says that pieces are not there, to callers without where the file is.
func notHeld(cause error) error {
	return &query.Error{Code: query.Unavailable, Message: "the rows cannot be held in a temporary file", Cause: cause}
}

// block is how many bytes are held in memory at most, but for a piece that is larger.
const block = 4 << 20

func (s *spool) len() int { return max(len(s.begins)-1, 0) }

// add adds a piece; if it cannot, err says so from then on.
func (s *spool) add(piece []byte) {
	if s.begins == nil {
		s.begins = []int64{0}
	}
	if len(s.last)+len(piece) > block && len(s.last) > 0 {
		s.empty()
	}
	s.last = append(s.last, piece...)
	s.begins = append(s.begins, s.begins[s.len()]+int64(len(piece)))
}

// empty puts what is in memory into the file.
func (s *spool) empty() {
	if s.err == nil && s.file == nil {
		if s.file, s.err = os.CreateTemp("", "bordergraph-import-"); s.err == nil {
			os.Remove(s.file.Name()) // it is gone with the process, where the system lets an open file go
		}
	}
	if s.err == nil {
		_, s.err = s.file.WriteAt(s.last, s.inFile())
	}
	s.last = s.last[:0]
}

// inFile is how many bytes are in the file.
func (s *spool) inFile() int64 { return s.begins[s.len()] - int64(len(s.last)) }

// piece is the one of a number, until the next is asked for or added.
func (s *spool) piece(number int) ([]byte, error) {
	if s.err != nil {
		return nil, notHeld(s.err)
	}
	begin, end := s.begins[number], s.begins[number+1]
	if inFile := s.inFile(); begin >= inFile {
		return s.last[begin-inFile : end-inFile], nil
	}
	s.read = slices.Grow(s.read[:0], int(end-begin))[:end-begin]
	if _, err := s.file.ReadAt(s.read, begin); err != nil {
		return nil, notHeld(err)
	}
	return s.read, nil
}

// close lets go of what is held.
func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	name := s.file.Name()
	err := s.file.Close()
	os.Remove(name)
	return err
}
