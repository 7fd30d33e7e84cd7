// Package embedded is the store that needs nothing installed: a graph in memory, kept in one file.
package embedded

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"bordergraph/graph/query"
)

// Memory as a path keeps nothing on disk.
const Memory = ":memory:"

// Store is a query.Store. A Select reads one state of the graph, as if nothing else happened
// meanwhile, and waits for no change.
//
// There are two graphs in memory once changes are made: one is read while the other is changed, then
// they change places, and the former is changed alike before the next change.
type Store struct {
	model   *query.Model
	read    atomic.Pointer[graph]
	writing chan struct{} // holds one value while a transaction runs
	// spare is the read graph as it was before the entry missed; nil if it is to be made anew.
	spare   *graph
	missed  *query.Entry
	journal journal
	unfit   unfit
	// next is closed when another change can be read.
	next atomic.Pointer[chan struct{}]
}

var _ query.Store = (*Store)(nil)

// journal keeps changes.
type journal interface {
	// write makes a change durable, all of it or, with an error, nothing. The contents are those after it.
	write(e *query.Entry, contents *query.Contents) error
	entries(after int64, limit int) ([]query.Entry, error)
	heads(after int64, limit int) ([]query.Head, error)
	// parts are of entries that there are.
	parts(sequences []int64, nodes map[string]bool) ([]query.Entry, error)
	// recorded is nil if there is no change of this key.
	recorded(key string) (*query.Entry, error)
	close() error
}

// Open opens the store in a file; if there is none, or an empty one, an empty store is made. One
// process at a time may have it open.
//
// A file that is no store or is damaged is refused with the code Foreign, data that does not fit
// the model with Misfit, a file that another process has open with Unavailable. What is refused is
// left as it is. A graph that was made before changes, or the versions of nodes, were recorded is put into
// the log, whole, as one more change.
func Open(path string, model *query.Model) (*Store, error) { return open(path, model, refused) }

// OpenToReplace is Open for a caller who will replace the whole graph: what does not fit the model is
// not refused, and the store reads as if it held nothing. The file stays as it is until the change.
func OpenToReplace(path string, model *query.Model) (*Store, error) {
	return open(path, model, leftOut)
}

func open(path string, model *query.Model, unfit unfit) (*Store, error) {
	s := &Store{model: model, unfit: unfit, writing: make(chan struct{}, 1)}
	s.next.Store(new(make(chan struct{})))
	if path == Memory {
		s.journal = &memory{byKey: map[string]*query.Entry{}}
		s.read.Store(newGraph(model))
		return s, nil
	}
	opened, stored, err := openFile(path, model, unfit)
	if err != nil {
		return nil, err
	}
	s.journal = opened
	s.read.Store(stored)
	return s, nil
}

// Select implements query.Store.
func (s *Store) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	g := s.hold()
	defer g.readers.RUnlock()
	return g.answer(ctx, q)
}

// Merged implements query.Store.
func (s *Store) Merged(_ context.Context, ids []string) (map[string]string, error) {
	g := s.hold()
	defer g.readers.RUnlock()
	return g.mergedInto(ids), nil
}

// hold is the graph to read, which is not changed until its readers' lock is given back.
func (s *Store) hold() *graph {
	for {
		g := s.read.Load()
		if !g.readers.TryRLock() {
			continue // a change has locked it since it was loaded, so another is read now
		}
		if s.read.Load() == g {
			return g
		}
		g.readers.RUnlock()
	}
}

func (g *graph) answer(ctx context.Context, q *query.Query) (query.Row, error) {
	r := &reader{ctx: ctx, graph: g, args: q.Args}
	row := make(query.Row, len(q.Columns))
	r.fill(row, q.Columns, member{})
	if r.check(); r.err != nil {
		return nil, r.err
	}
	return row, nil
}

// Changes implements query.Store. It does not run ahead of what Select reads.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]query.Entry, error) {
	if ctx.Err() != nil {
		return nil, stopped(ctx.Err())
	}
	return s.journal.entries(after, s.known(after, limit))
}

// Heads implements query.Store.
func (s *Store) Heads(ctx context.Context, after int64, limit int) ([]query.Head, error) {
	if ctx.Err() != nil {
		return nil, stopped(ctx.Err())
	}
	return s.journal.heads(after, s.known(after, limit))
}

// Parts implements query.Store.
func (s *Store) Parts(ctx context.Context, sequences []int64, nodes map[string]bool) ([]query.Entry, error) {
	if ctx.Err() != nil {
		return nil, stopped(ctx.Err())
	}
	last := s.last()
	there := slices.DeleteFunc(slices.Sorted(slices.Values(sequences)), func(n int64) bool { return n < 1 || n > last })
	return s.journal.parts(slices.Compact(there), nodes)
}

// known is how many of the changes after a sequence, at most limit, are in the graph that is read.
func (s *Store) known(after int64, limit int) int {
	return int(min(int64(limit), max(s.last()-after, 0)))
}

// last is the sequence of the last change that is in the graph that is read.
func (s *Store) last() int64 {
	g := s.hold()
	defer g.readers.RUnlock()
	return g.sequence
}

// Wait implements query.Store.
func (s *Store) Wait(ctx context.Context, after int64) (int64, error) {
	for {
		next := *s.next.Load() // before the last, so that no change comes between
		if last := s.last(); last > after {
			return last, nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return 0, stopped(ctx.Err())
		}
	}
}

// Contents implements query.Store.
func (s *Store) Contents(context.Context) (*query.Contents, error) {
	g := s.hold()
	defer g.readers.RUnlock()
	if g.contents == nil {
		return nil, nil
	}
	copied := *g.contents
	return &copied, nil
}

// Ready implements query.Store: an open store is ready.
func (s *Store) Ready(context.Context) error { return nil }

// Close implements query.Store.
func (s *Store) Close() error { return s.journal.close() }

// stopped says why a call was given up.
func stopped(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &query.Error{Code: query.Timeout, Message: "the store did not answer in the time given", Cause: err}
	}
	return err
}
