package embedded

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bordergraph/graph/query"
)

// Update implements query.Store. It trusts package record for the values.
func (s *Store) Update(ctx context.Context, f func(query.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return stopped(err)
	}
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return stopped(ctx.Err())
	}
	tx := &transaction{store: s, graph: s.read.Load()}
	defer tx.end()
	if err := f(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return stopped(err)
	}
	return tx.commit()
}

// transaction is a query.Tx.
type transaction struct {
	store *Store
	// graph is what is read: another than that of the store once something is written.
	graph *graph
	entry *query.Entry // nil while nothing is written
}

// Select implements query.Tx.
func (tx *transaction) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	return tx.graph.answer(ctx, q)
}

// Records implements query.Tx.
func (tx *transaction) Records(ctx context.Context, nodes []string, links []query.At) (query.Records, error) {
	if err := ctx.Err(); err != nil {
		return query.Records{}, stopped(err)
	}
	return tx.graph.records(nodes, links), nil
}

// Recorded implements query.Tx.
func (tx *transaction) Recorded(_ context.Context, key string) (*query.Entry, error) {
	return tx.store.journal.recorded(key)
}

// Settle implements query.Tx: there is one transaction at a time, and what one has written is in the Store when the next begins.
func (tx *transaction) Settle(context.Context) error { return nil }

// Write implements query.Tx.
func (tx *transaction) Write(ctx context.Context, c *query.Change) (*query.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, stopped(err)
	}
	if err := tx.write(ctx, c); err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	return tx.entry, nil
}

func (tx *transaction) write(ctx context.Context, c *query.Change) error {
	s := tx.store
	switch {
	case tx.entry != nil:
		return errors.New("a transaction writes once")
	case s.unfit == leftOut && !c.Replace:
		return errors.New("the store was opened to replace its graph")
	}
	if err := s.checkKey(c.Key); err != nil {
		return err
	}
	now := s.read.Load()
	next := now
	if c.Replace {
		next = newGraph(s.model)
	}
	if err := next.check(c); err != nil {
		return err
	}
	if !c.Replace {
		var err error
		if next, err = s.takeSpare(ctx); err != nil {
			return err
		}
	}
	tx.entry = query.NewEntry(now.sequence+1, now.at, c)
	made := *tx.entry
	if c.Replace {
		made.Nodes = aligned(made.Nodes)
	}
	next.add(&made)
	tx.graph = next
	return nil
}

func (s *Store) checkKey(key string) error {
	if key == "" {
		return nil
	}
	entry, err := s.journal.recorded(key)
	if err == nil && entry != nil {
		err = fmt.Errorf("there is a change of the key %q", key)
	}
	return err
}

// takeSpare is a graph like the one that is read, to be changed.
func (s *Store) takeSpare(ctx context.Context) (*graph, error) {
	if s.spare == nil {
		now := s.read.Load()
		s.spare = newGraph(s.model)
		s.spare.add(&query.Entry{Sequence: now.sequence, Change: *now.everything()})
		s.spare.at = now.at
		return s.spare, nil
	}
	if err := s.spare.lock(ctx); err != nil {
		return nil, stopped(err)
	}
	defer s.spare.readers.Unlock()
	if s.missed != nil {
		s.spare.add(s.missed)
		s.missed = nil
	}
	return s.spare, nil
}

// readersPause is how long to wait before looking again whether somebody still reads a graph.
const readersPause = 100 * time.Microsecond

// lock waits until those have left who still read the graph, which is not the one that others come to read.
func (g *graph) lock(ctx context.Context) error {
	for !g.readers.TryLock() {
		select {
		case <-time.After(readersPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// commit makes what was written durable, then lets it be read.
func (tx *transaction) commit() error {
	if tx.entry == nil {
		return nil
	}
	s := tx.store
	if err := s.journal.write(tx.entry, tx.graph.contents); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	s.spare, s.missed = s.read.Swap(tx.graph), tx.entry
	if tx.entry.Replace {
		s.spare, s.missed = nil, nil
	}
	if s.unfit == leftOut {
		s.unfit = refused
	}
	close(*s.next.Swap(new(make(chan struct{}))))
	tx.entry = nil
	return nil
}

// end takes back what was written and not committed.
func (tx *transaction) end() {
	if tx.entry != nil && !tx.entry.Replace {
		tx.store.spare.takeBack(tx.entry, tx.store.read.Load())
	}
}
