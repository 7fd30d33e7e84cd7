package neo4j

import (
	"context"
	"fmt"
	"time"

	"bordergraph/graph/query"
	"bordergraph/graph/stored"
)

const readLog = "MATCH (e:`BordergraphChange`) WHERE e.`sequence` > $after RETURN e.`sequence`, e.`payload` ORDER BY e.`sequence` LIMIT $limit"

// Changes implements query.Store.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]query.Entry, error) {
	ctx, cancel := within(ctx, readTimeout)
	defer cancel()
	records, err := s.read(ctx, readLog, map[string]any{"after": after, "limit": int64(limit)})
	if err != nil {
		return nil, outward(ctx, "read the log", err)
	}
	var entries []query.Entry
	for i, r := range records {
		if r.Values[0] != after+int64(i)+1 {
			break // it was made while the log was read, and so was one before it
		}
		e, err := entry(s.model, r.Values)
		if err != nil {
			return nil, err
		}
		entries = append(entries, *e)
	}
	return entries, nil
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
