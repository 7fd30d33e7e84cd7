package neo4j

import (
	"context"
	"fmt"
	"time"

	"bordergraph/graph/query"
	"bordergraph/graph/stored"
)

// What of a change is read from the log.
const (
	wholeChange  = "e.`payload`"
	headOfChange = "coalesce(e.`head`, e.`payload`)" // what was written before there were heads has none
)

// Changes implements query.Store.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]query.Entry, error) {
	return readLog(ctx, s, wholeChange, after, limit, func(values []any) (*query.Entry, error) { return entry(s.model, values) })
}

// Heads implements query.Store.
func (s *Store) Heads(ctx context.Context, after int64, limit int) ([]query.Head, error) {
	return readLog(ctx, s, headOfChange, after, limit, func(values []any) (*query.Head, error) {
		head, err := stored.DecodeHead(s.model, values[1].([]byte))
		if err != nil {
			return nil, fmt.Errorf("change %v: %w", values[0], err)
		}
		head.Sequence = values[0].(int64)
		return &head, nil
	})
}

const readParts = "MATCH (e:`BordergraphChange`) WHERE e.`sequence` IN $sequences RETURN e.`sequence`, e.`payload` ORDER BY e.`sequence`"

// Parts implements query.Store.
func (s *Store) Parts(ctx context.Context, sequences []int64, nodes map[string]bool) ([]query.Entry, error) {
	ctx, cancel := within(ctx, s.timeout)
	defer cancel()
	records, err := s.read(ctx, readParts, map[string]any{"sequences": sequences})
	if err != nil {
		return nil, outward(ctx, "read the log", err)
	}
	var parts []query.Entry
	for _, r := range records {
		change, err := stored.DecodePart(s.model, r.Values[1].([]byte), nodes)
		if err != nil {
			return nil, fmt.Errorf("change %v: %w", r.Values[0], err)
		}
		parts = append(parts, query.Entry{Sequence: r.Values[0].(int64), Change: *change})
	}
	return parts, nil
}

const readLast = "OPTIONAL MATCH (c:`BordergraphContents`) RETURN coalesce(max(c.`sequence`), 0)"

// Wait implements query.Store.
func (s *Store) Wait(ctx context.Context, after int64) (int64, error) {
	var last int64
	var err error
	if after < 0 {
		last, err = s.lastChange(ctx)
	} else {
		last, err = s.feed.wait(ctx, after)
	}
	if err != nil {
		return 0, outward(ctx, "wait for a change", err)
	}
	return last, nil
}

// lastChange is the sequence of the last entry; 0 if there is none.
func (s *Store) lastChange(ctx context.Context) (int64, error) {
	ctx, cancel := within(ctx, s.timeout)
	defer cancel()
	records, err := s.read(ctx, readLast, nil)
	if err != nil {
		return 0, err
	}
	return records[0].Values[0].(int64), nil
}

// readLog reads something of each of at most limit changes after a sequence.
func readLog[T any](ctx context.Context, s *Store, what string, after int64, limit int, read func(values []any) (*T, error)) ([]T, error) {
	ctx, cancel := within(ctx, s.timeout)
	defer cancel()
	text := "MATCH (e:`BordergraphChange`) WHERE e.`sequence` > $after RETURN e.`sequence`, " + what + " ORDER BY e.`sequence` LIMIT $limit"
	records, err := s.read(ctx, text, map[string]any{"after": after, "limit": int64(limit)})
	if err != nil {
		return nil, outward(ctx, "read the log", err)
	}
	var all []T
	for i, r := range records {
		if r.Values[0] != after+int64(i)+1 {
			break // it was made while the log was read, and so was one before it
		}
		one, err := read(r.Values)
		if err != nil {
			return nil, err
		}
		all = append(all, *one)
	}
	return all, nil
}

// entry reads an entry from its sequence and its payload.
func entry(model *query.Model, values []any) (*query.Entry, error) {
	change, err := stored.DecodeChange(model, values[1].([]byte))
	if err != nil {
		return nil, fmt.Errorf("change %v: %w", values[0], err)
	}
	return &query.Entry{Sequence: values[0].(int64), Change: *change}, nil
}

// unrecorded is whether a graph was made before changes, or the versions of nodes, were recorded.
const unrecorded = "c.`sequence` IS NULL AND c.`dataset` IS NOT NULL OR EXISTS { MATCH (n:`Node`) WHERE n.`version` IS NULL }"

// begin puts such a graph into the log, whole, as one more change.
func (s *Store) begin(ctx context.Context) error {
	records, err := s.read(ctx, "MATCH (c:`BordergraphContents`) WHERE "+unrecorded+" RETURN c.`dataset`, c.`schema`", nil)
	if err != nil || len(records) == 0 {
		return err
	}
	contents := &query.Contents{}
	contents.Dataset, _ = records[0].Values[0].(string)
	contents.Schema, _ = records[0].Values[1].(string)
	return s.update(ctx, func(tx *transaction) error {
		if still, err := tx.locked(ctx, unrecorded, nil); err != nil || still == false { // another server was faster
			return err
		}
		c, err := tx.everything(ctx)
		if err != nil {
			return err
		}
		c.At = time.Now()
		if *contents != (query.Contents{}) {
			c.Contents = contents
		}
		return tx.make(ctx, c, func(*query.Entry) []statement {
			return []statement{{text: "MATCH (n:`Node`) SET n.`version` = $mark.`sequence`"}}
		})
	})
}
