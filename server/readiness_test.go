package main

import (
	"context"
	"net/http/httptest"
	"testing"

	"bordergraph/graph/query"
)

func TestReadyAsLongAsTheStoreAnswers(t *testing.T) {
	if got := readyStatus(&readiness{store: &store{}}); got != 200 {
		t.Errorf("got %d", got)
	}
}

func TestNotReadyWhileTheStoreCannotAnswer(t *testing.T) {
	if got := readyStatus(&readiness{store: &store{err: errDown}}); got != 503 {
		t.Errorf("got %d", got)
	}
}

func TestNotReadyWhileDraining(t *testing.T) {
	r := &readiness{store: &store{}}
	r.drain()
	if got := readyStatus(r); got != 503 {
		t.Errorf("got %d", got)
	}
}

func TestReadinessAsksTheStoreOnceASecond(t *testing.T) {
	s := &store{}
	r := &readiness{store: s}
	readyStatus(r)
	readyStatus(r)
	if s.asked != 1 {
		t.Errorf("asked %d times", s.asked)
	}
	r.checked = r.checked.Add(-freshness)
	if readyStatus(r); s.asked != 2 {
		t.Errorf("asked %d times after a second", s.asked)
	}
}

func readyStatus(r *readiness) int {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	return w.Code
}

type store struct {
	query.Store
	err   error
	asked int
}

func (s *store) Ready(context.Context) error {
	s.asked++
	return s.err
}
