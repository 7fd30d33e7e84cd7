package storetest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"bordergraph/graph/query"
)

// Replay reads the whole log of a store and holds it against the graph: the sequences are 1, 2, 3 and so
// on, each change found what it says was there before, and what the log makes is what the store holds,
// no more and no less. Nobody may write meanwhile.
func Replay(ctx context.Context, store query.Store, model *query.Model) ([]query.Entry, error) {
	// What is being committed is over once a transaction of our own begins.
	if err := store.Update(ctx, func(tx query.Tx) error { _, err := tx.Records(ctx, nil, nil); return err }); err != nil {
		return nil, err
	}
	log, err := readLog(ctx, store)
	if err != nil {
		return nil, err
	}
	replayed := fold(nil, query.Entry{})
	for i, e := range log {
		if e.Sequence != int64(i+1) {
			return log, fmt.Errorf("change %d comes after %d others", e.Sequence, i)
		}
		if err := replayed.precedes(e); err != nil {
			return log, fmt.Errorf("change %d: %w", e.Sequence, err)
		}
		replayed = fold(replayed, e)
	}
	return log, replayed.equals(ctx, store, model)
}

func readLog(ctx context.Context, store query.Store) ([]query.Entry, error) {
	const atOnce = 500
	var log []query.Entry
	for {
		entries, err := store.Changes(ctx, int64(len(log)), atOnce)
		if err != nil {
			return nil, err
		}
		log = append(log, entries...)
		if len(entries) < atOnce {
			return log, nil
		}
	}
}

// precedes says where what is held is not what an entry found.
func (h *held) precedes(e query.Entry) error {
	for _, n := range e.Nodes {
		id := n.Record().ID()
		now, is := h.nodes[id]
		if n.Before == nil && is && !e.Replace || n.Before != nil && !reflect.DeepEqual(*n.Before, now) {
			return fmt.Errorf("%s is not as the change says that it was: it was %v", id, now.Values)
		}
	}
	for _, l := range e.Links {
		id := l.Record().ID()
		now, is := h.links[id]
		if l.Before == nil && is && !e.Replace || l.Before != nil && !reflect.DeepEqual(*l.Before, now) {
			return fmt.Errorf("%s is not as the change says that it was: it was %v", id, now.Values)
		}
	}
	return nil
}

// equals says where a store holds something else.
func (h *held) equals(ctx context.Context, store query.Store, model *query.Model) error {
	ids := slices.Sorted(maps.Keys(h.nodes))
	at := make([]query.At, len(ids))
	for i, id := range ids {
		at[i] = query.At{Node: id, Direction: query.Both}
	}
	var found query.Records
	err := store.Update(ctx, func(tx query.Tx) (err error) {
		found, err = tx.Records(ctx, ids, at)
		return err
	})
	if err != nil {
		return err
	}
	all := &query.Set{Start: &query.All{Types: model.Types}, Scope: &query.Scope{Time: query.AnyTime, Clearance: 0}}
	row, err := store.Select(ctx, &query.Query{Args: []any{int64(query.Secret)}, Columns: []query.Column{&query.Count{Set: all}}})
	if err != nil {
		return err
	}
	want := h.records()
	switch {
	case row[0] != int64(len(ids)) || len(found.Nodes) != len(ids):
		return fmt.Errorf("the store holds %v nodes, %d of the %d that the log makes", row[0], len(found.Nodes), len(ids))
	case len(found.Links) != len(want.Links):
		return fmt.Errorf("the store holds %d relationships, the log makes %d", len(found.Links), len(want.Links))
	}
	for i, n := range want.Nodes {
		if !reflect.DeepEqual(n, found.Nodes[i]) {
			return fmt.Errorf("%s: the store holds %v, the log makes %v", n.ID(), found.Nodes[i].Values, n.Values)
		}
	}
	for i, l := range want.Links {
		if !reflect.DeepEqual(l, found.Links[i]) {
			return fmt.Errorf("%s: the store holds %v, the log makes %v", l.ID(), found.Links[i], l)
		}
	}
	return nil
}
