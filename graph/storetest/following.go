package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

// RunFollowing subscribes to the changes of a store while they are made. The reopened store holds the same graph;
// the second, too, and is open at the same time: nil if that cannot be.
func RunFollowing(t *testing.T, open Open, reopen, second Reopen) {
	api, graph := read(t, "fixture")
	begin := func(t *testing.T) *followed {
		f := &followed{t, api, open(t, api.Model)}
		if err := query.Write(t.Context(), f.store, graph); err != nil {
			t.Fatal(err)
		}
		return f
	}
	t.Run("each change is told once, from any position, while four write", func(t *testing.T) {
		f := begin(t)
		f.follow(f.store, f.store, 4, 10)
	})
	t.Run("what was not told yet is told after the store was opened again", func(t *testing.T) {
		f := begin(t)
		f.follow(f.store, f.store, 1, 10)
		f.store = reopen(t, f.store, api.Model)
		f.expect(f.store, "4", 5, 11)
		f.follow(f.store, f.store, 2, 5)
	})
	if second == nil {
		return
	}
	t.Run("what one server writes, another tells", func(t *testing.T) {
		f := begin(t)
		other := second(t, f.store, api.Model)
		f.follow(other, f.store, 4, 5)
		f.follow(f.store, other, 4, 5)
	})
}

// followed is a graph that is being changed and followed.
type followed struct {
	testing.TB
	api   *derive.API
	store query.Store
}

// follow lets some write into a store, each so many times, while others follow another store that holds
// the same graph: from its first change, from what was the last one, from one that is made meanwhile, and from now.
func (f *followed) follow(from, to query.Store, writers, times int) {
	f.Helper()
	before, err := to.Wait(f.Context(), -1)
	if err != nil {
		f.Fatal(err)
	}
	last := before + int64(writers*times)
	var busy sync.WaitGroup
	for _, after := range []int64{0, before} {
		busy.Go(func() { f.expect(from, fmt.Sprint(after), after+1, last) })
	}
	busy.Go(func() {
		if _, err := from.Wait(f.Context(), before+1); err != nil {
			f.Error(err)
			return
		}
		f.expect(from, fmt.Sprint(before+2), before+3, last)
	})
	now := f.events(from, "")
	busy.Go(func() {
		first := now()
		for sequence := first + 1; first > 0 && sequence <= last; sequence++ {
			f.next(now, sequence)
		}
	})
	for writer := range writers {
		busy.Go(func() {
			for range times {
				f.write(to, fmt.Sprintf("land:%c", 'a'+writer%3))
			}
		})
	}
	busy.Wait()
}

// expect expects that a subscription tells of all changes from one to another.
func (f *followed) expect(store query.Store, after string, first, last int64) {
	f.Helper()
	next := f.events(store, after)
	for sequence := first; sequence <= last; sequence++ {
		f.next(next, sequence)
	}
}

func (f *followed) next(next func() int64, sequence int64) {
	if told := next(); told != sequence {
		f.Errorf("change %d was told in the place of %d", told, sequence)
	}
}

// events subscribes after a change; without one, from now on. The function answers the sequence of the next change.
func (f *followed) events(store query.Store, after string) func() int64 {
	ctx, cancel := context.WithCancel(f.Context())
	f.Cleanup(cancel)
	question := Question{Operation: "subscription ($after: String) { changes(after: $after) { sequence } }", Today: "2026-01-15"}
	if after != "" {
		question.Variables = map[string]any{"after": after}
	}
	next, err := NewWorldOver(f.api, store).Follow(ctx, question)
	if err != nil {
		f.Fatal(err)
	}
	return func() int64 {
		var event struct {
			Data struct{ Changes struct{ Sequence int64 } }
		}
		text, err := next()
		if err == nil {
			err = json.Unmarshal(text, &event)
		}
		if err != nil || event.Data.Changes.Sequence == 0 {
			f.Errorf("after %q: got %s %v", after, text, err)
		}
		return event.Data.Changes.Sequence
	}
}

// write changes an object: each time its note is a character longer.
func (f *followed) write(store query.Store, id string) {
	err := store.Update(f.Context(), func(tx query.Tx) error {
		found, err := tx.Records(f.Context(), []string{id}, nil)
		if err != nil {
			return err
		}
		before := found.Nodes[0]
		note, _ := before.Values[query.NodeNote].(string)
		after := renamed(before, before.Values[query.NodeName].(string))
		after.Values[query.NodeNote] = note + "+"
		_, err = tx.Write(f.Context(), &query.Change{Nodes: []query.NodeChange{{Before: &before, After: &after}}})
		return err
	})
	if err != nil {
		f.Error(err)
	}
}

// MeasureFollowing reports how long after a store has confirmed a change a subscription to another store of the
// same graph, or to the same one, tells of it: half of the times not longer, and 99 of 100.
func MeasureFollowing(b *testing.B, open func(*query.Model) (from, to query.Store)) {
	api, graph := read(b, "fixture")
	from, to := open(api.Model)
	if err := query.Write(b.Context(), to, graph); err != nil {
		b.Fatal(err)
	}
	f := &followed{b, api, to}
	next := f.events(from, "0")
	next() // the graph
	told := make(chan time.Time)
	var latencies []time.Duration
	for b.Loop() {
		go func() {
			next()
			told <- time.Now()
		}()
		f.write(to, "land:a")
		confirmed := time.Now()
		latencies = append(latencies, (<-told).Sub(confirmed))
	}
	slices.Sort(latencies)
	milliseconds := func(part int) float64 {
		return float64(latencies[(len(latencies)-1)*part/100].Microseconds()) / 1000
	}
	b.ReportMetric(milliseconds(50), "ms-median")
	b.ReportMetric(milliseconds(99), "ms-99%")
}
