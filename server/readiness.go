package main

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"bordergraph/graph/query"
)

// freshness is how long an answer of the store stands for others.
const freshness = time.Second

// readiness answers /readyz: whether requests should be sent here.
type readiness struct {
	store    query.Store
	draining atomic.Bool

	mu      sync.Mutex
	err     error
	checked time.Time
}

// drain makes the server unready for good, so that no new requests are sent.
func (r *readiness) drain() { r.draining.Store(true) }

// ServeHTTP implements http.Handler.
func (r *readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case r.draining.Load():
		http.Error(w, "shutting down", http.StatusServiceUnavailable)
	case r.ask(req.Context()) != nil:
		http.Error(w, "the store cannot answer", http.StatusServiceUnavailable)
	default:
		_, _ = io.WriteString(w, "ready\n")
	}
}

// ask asks the store at most once a second, however many ask the server.
func (r *readiness) ask(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.checked) < freshness {
		return r.err
	}
	// The answer is for all, so it must not depend on whether this caller waits for it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	r.err, r.checked = r.store.Ready(ctx), time.Now()
	return r.err
}
