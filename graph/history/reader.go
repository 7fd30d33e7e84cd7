// Package history reads the log of a store for those who ask what was changed.
package history

import (
	"context"
	"time"

	"bordergraph/graph/query"
)

// Wanted says which changes are wanted.
type Wanted struct {
	// After is the sequence that they come after, Until the last that they may have; 0 for no last one.
	After, Until int64
	// Actor, if not empty, is who made them.
	Actor string
	// From and To, where they are not zero, are when they were made, both included.
	From, To time.Time
	// Records is how many nodes and relationships are read before the reader stops.
	Records int
}

const (
	headsAtOnce   = 500
	recordsAtOnce = 5_000
	mostHeads     = 100_000
)

// Reader reads the wanted changes, some at a time, oldest first. However many are not wanted, it
// looks at a bounded number: then it stops, and another may go on.
type Reader struct {
	store  query.Store
	wanted Wanted
	heads  []query.Head // read and not looked at yet
	begun  bool
	looked int // at heads
	read   int // records
	// Last is the sequence of the last change that was looked at.
	Last int64
	// Stopped is whether there may be more after the Last.
	Stopped bool
}

// NewReader reads from a store.
func NewReader(store query.Store, wanted Wanted) *Reader {
	return &Reader{store: store, wanted: wanted, Last: wanted.After}
}

// Next reads at most so many more; none at the end.
func (r *Reader) Next(ctx context.Context, most int) ([]query.Entry, error) {
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	for {
		if ended, err := r.readHeads(ctx); ended || err != nil {
			return nil, err
		}
		n := r.run(most)
		switch {
		case n > 0 && r.read > 0 && r.read+r.heads[0].Records > r.wanted.Records:
			r.Stopped = true
			return nil, nil
		case n > 0:
			return r.take(ctx, n)
		}
		r.pass(1)
	}
}

// begin passes over what was made too early.
func (r *Reader) begin(ctx context.Context) error {
	if r.begun || r.wanted.From.IsZero() {
		return nil
	}
	r.begun = true
	before, err := before(ctx, r.store, r.wanted.From)
	r.Last = max(r.Last, before)
	return err
}

// readHeads sees to it that there is a head to look at, unless the end is reached.
func (r *Reader) readHeads(ctx context.Context) (ended bool, err error) {
	if len(r.heads) == 0 {
		if r.looked >= mostHeads {
			r.Stopped = true
			return true, nil
		}
		if r.heads, err = r.store.Heads(ctx, r.Last, headsAtOnce); err != nil || len(r.heads) == 0 {
			return true, err
		}
	}
	first := r.heads[0]
	late := !r.wanted.To.IsZero() && first.At.After(r.wanted.To)
	return late || r.wanted.Until > 0 && first.Sequence > r.wanted.Until, nil
}

// run is how many of the next changes are wanted, without one between them that is not, and few enough to be read at once.
func (r *Reader) run(most int) int {
	records := 0
	for i, h := range r.heads[:min(most, len(r.heads))] {
		records += h.Records
		if !r.wants(h) || i > 0 && records > recordsAtOnce {
			return i
		}
	}
	return min(most, len(r.heads))
}

func (r *Reader) wants(h query.Head) bool {
	return (r.wanted.Actor == "" || h.Actor == r.wanted.Actor) &&
		(r.wanted.To.IsZero() || !h.At.After(r.wanted.To)) &&
		(r.wanted.Until == 0 || h.Sequence <= r.wanted.Until)
}

func (r *Reader) pass(n int) {
	for _, h := range r.heads[:n] {
		r.Last = h.Sequence
	}
	r.looked += n
	r.heads = r.heads[n:]
}

func (r *Reader) take(ctx context.Context, n int) ([]query.Entry, error) {
	entries, err := r.store.Changes(ctx, r.heads[0].Sequence-1, n)
	if err != nil {
		return nil, err
	}
	for _, h := range r.heads[:len(entries)] {
		r.read += h.Records
	}
	r.pass(len(entries))
	return entries, nil
}

// Last is the sequence of the last change that was made up to a moment; 0 if there is none.
func Last(ctx context.Context, store query.Store, moment time.Time) (int64, error) {
	return before(ctx, store, moment.Add(1))
}

// LastReplacing is the last change up to one that replaced the whole graph; 0 if there is none.
func LastReplacing(ctx context.Context, store query.Store, until int64) (int64, error) {
	found := int64(0)
	for after := int64(0); after < until; {
		heads, err := store.Heads(ctx, after, headsAtOnce)
		if err != nil || len(heads) == 0 {
			return found, err
		}
		for _, h := range heads {
			if h.Replace && h.Sequence <= until {
				found = h.Sequence
			}
		}
		after = heads[len(heads)-1].Sequence
	}
	return found, nil
}

// Each calls f for each change after one, up to another; 0 stands for the last that there is.
func Each(ctx context.Context, store query.Store, after, until int64, f func(*query.Entry) error) error {
	for {
		r := NewReader(store, Wanted{After: after, Until: until, Records: recordsAtOnce})
		if err := r.each(ctx, f); err != nil || !r.Stopped {
			return err
		}
		after = r.Last
	}
}

func (r *Reader) each(ctx context.Context, f func(*query.Entry) error) error {
	for {
		entries, err := r.Next(ctx, headsAtOnce)
		if err != nil || len(entries) == 0 {
			return err
		}
		for i := range entries {
			if err := f(&entries[i]); err != nil {
				return err
			}
		}
	}
}

// before is the sequence of the last change that was made before a moment; 0 if there is none.
func before(ctx context.Context, store query.Store, moment time.Time) (int64, error) {
	isBefore := func(sequence int64) (bool, error) {
		heads, err := store.Heads(ctx, sequence-1, 1)
		return len(heads) > 0 && heads[0].At.Before(moment), err
	}
	last, step := int64(0), int64(1) // the last is before the moment
	for ; ; step *= 2 {
		is, err := isBefore(last + step)
		if err != nil {
			return 0, err
		}
		if !is {
			break
		}
		last += step
	}
	for ; step > 1; step /= 2 { // the first that is not is one of the next so many
		is, err := isBefore(last + step/2)
		if err != nil {
			return 0, err
		}
		if is {
			last += step / 2
		}
	}
	return last, nil
}
