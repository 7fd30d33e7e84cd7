// Package embedded is the store that needs nothing installed: a graph in memory, kept in one file.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"bordergraph/graph/query"
)

// Memory as a path keeps nothing on disk.
const Memory = ":memory:"

// Store is a query.Store. A Select reads one state of the graph, as if nothing else happened
// meanwhile, and waits for no change.
type Store struct {
	model   *query.Model
	graph   atomic.Pointer[graph]
	writing sync.Mutex
	file    *file // nil if nothing is kept
	unfit   unfit
}

var _ query.Store = (*Store)(nil)

// Open opens the store in a file; if there is none, or an empty one, an empty store is made. One
// process at a time may have it open.
//
// A file that is no store or is damaged is refused with the code Foreign, data that does not fit
// the model with Misfit, a file that another process has open with Unavailable. What is refused is
// left as it is.
func Open(path string, model *query.Model) (*Store, error) { return open(path, model, refused) }

// OpenToReplace is Open for a caller who will replace the whole graph: what does not fit the model is
// not refused, and the store reads as if it held nothing. The file stays as it is until the change.
func OpenToReplace(path string, model *query.Model) (*Store, error) {
	return open(path, model, leftOut)
}

func open(path string, model *query.Model, unfit unfit) (*Store, error) {
	s := &Store{model: model, unfit: unfit}
	if path == Memory {
		empty, _ := assemble(model, records{})
		s.graph.Store(empty)
		return s, nil
	}
	opened, stored, err := openFile(path, model, unfit)
	if err != nil {
		return nil, err
	}
	s.file = opened
	s.graph.Store(stored)
	return s, nil
}

// Select implements query.Store.
func (s *Store) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	r := &reader{ctx: ctx, graph: s.graph.Load(), args: q.Args}
	row := make(query.Row, len(q.Columns))
	r.fill(row, q.Columns, member{})
	if r.check(); r.err != nil {
		return nil, r.err
	}
	return row, nil
}

// Apply implements query.Store. It trusts package record for the values; it checks that links have their ends.
func (s *Store) Apply(ctx context.Context, c *query.Change) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return stopped(err)
	}
	if s.unfit == leftOut && !c.Replace {
		return errors.New("apply: the store was opened to replace its graph")
	}
	next, problems := assemble(s.model, s.graph.Load().changed(c))
	if len(problems) > 0 {
		return fmt.Errorf("apply: %s", summary(problems))
	}
	if s.file != nil {
		if err := s.file.write(c, next.contents); err != nil {
			return fmt.Errorf("apply: %w", err)
		}
	}
	s.graph.Store(next)
	return nil
}

// Contents implements query.Store.
func (s *Store) Contents(context.Context) (*query.Contents, error) {
	contents := s.graph.Load().contents
	if contents == nil {
		return nil, nil
	}
	copied := *contents
	return &copied, nil
}

// Ready implements query.Store: an open store is ready.
func (s *Store) Ready(context.Context) error { return nil }

// Close implements query.Store.
func (s *Store) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.close()
}

// stopped says why a call was given up.
func stopped(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &query.Error{Code: query.Timeout, Message: "the store did not answer in the time given", Cause: err}
	}
	return err
}
