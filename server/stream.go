package main

import (
	"errors"
	"net/http"
	"time"
)

// stream is the body of an answer whose header is sent with the first piece. A client may take long for
// the whole, but not for a piece.
type stream struct {
	http.ResponseWriter
	control *http.ResponseController
	header  map[string]string
	begun   bool
}

// Write implements io.Writer.
func (s *stream) Write(piece []byte) (int, error) {
	if !s.begun {
		s.begun = true
		for name, value := range s.header {
			s.Header().Set(name, value)
		}
	}
	if err := s.control.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	n, err := s.ResponseWriter.Write(piece)
	if err != nil {
		return n, err
	}
	return n, s.control.Flush()
}

// noReadDeadline is for after the request was read: the server's deadline for that would end the context.
func (s *stream) noReadDeadline() { _ = s.control.SetReadDeadline(time.Time{}) }
