package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph/graph/query"
)

const (
	// batchRows is how many rows one statement writes, so that its parameters stay of a moderate size.
	batchRows = 5000
	// bulkRows is from how many rows on a change makes the statistics of the planner stale.
	bulkRows = 10000
)

// Apply writes a change in one transaction. It may be repeated: rows are told apart by their ids.
func (s *Store) Apply(ctx context.Context, c *query.Change) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(session)
	_, err := session.ExecuteWrite(ctx, func(tx driver.ManagedTransaction) (any, error) {
		return nil, s.writer(ctx, tx).apply(c)
	}, driver.WithTxTimeout(remaining(ctx)))
	if err != nil {
		return outward(ctx, "apply", err)
	}
	if c.Replace || len(c.Nodes)+len(c.Links) >= bulkRows {
		s.replan(ctx)
	}
	return nil
}

// replan brings the planner's statistics up to date. The change is durable by then, so it succeeds
// without; plans are only slower for a while.
func (s *Store) replan(ctx context.Context) {
	_ = s.write(ctx, "CALL db.prepareForReplanning(30)")
}

// writer runs a statement in one transaction.
type writer func(text string, values map[string]any) ([]*driver.Record, error)

func (s *Store) writer(ctx context.Context, tx driver.ManagedTransaction) writer {
	return func(text string, values map[string]any) ([]*driver.Record, error) {
		s.sent(text)
		result, err := tx.Run(ctx, text, values)
		if err != nil {
			return nil, err
		}
		return result.Collect(ctx)
	}
}

func (run writer) apply(c *query.Change) error {
	if c.Replace {
		if _, err := run("MATCH (n:`Node`) DETACH DELETE n", nil); err != nil {
			return err
		}
		if _, err := run("MATCH (c:`BordergraphContents`) REMOVE c.`dataset`, c.`schema`", nil); err != nil {
			return err
		}
	}
	if err := run.applyNodes(c.Nodes); err != nil {
		return err
	}
	if err := run.applyLinks(c.Links); err != nil {
		return err
	}
	if c.Contents == nil {
		return nil
	}
	_, err := run(writeMark+" SET c.`dataset` = $dataset, c.`schema` = $schema",
		map[string]any{"dataset": c.Contents.Dataset, "schema": c.Contents.Schema})
	return err
}

func (run writer) applyNodes(nodes []query.NodeRecord) error {
	rows := map[*query.Type][]any{}
	for _, n := range nodes {
		rows[n.Type] = append(rows[n.Type], map[string]any{
			"id": n.Values[query.NodeID], "values": present(n.Type.Properties, n.Values)})
	}
	for _, nodeType := range inOrder(rows, func(t *query.Type) int { return t.Index }) {
		labels := append([]string{"Node"}, nodeType.Labels...)
		for batch := range slices.Chunk(rows[nodeType], batchRows) {
			if _, err := run(upsertNodes(labels), map[string]any{"rows": batch, "labels": labels}); err != nil {
				return err
			}
		}
	}
	return nil
}

// upsertNodes writes nodes of one type. A node that was of another type loses its labels.
func upsertNodes(labels []string) string {
	quoted := make([]string, len(labels))
	for i, label := range labels {
		quoted[i] = quote(label)
	}
	return `UNWIND $rows AS row
MERGE (n:` + "`Node` {`id`" + `: row.id})
SET n = row.values
REMOVE n:$([label IN labels(n) WHERE NOT label IN $labels])
SET n:` + strings.Join(quoted, ":")
}

func (run writer) applyLinks(links []query.LinkRecord) error {
	rows := map[*query.Relationship][]any{}
	for _, l := range links {
		rows[l.Relationship] = append(rows[l.Relationship], map[string]any{"id": l.Values[query.LinkID],
			"from": l.From, "to": l.To, "values": present(l.Relationship.Properties, l.Values)})
	}
	for _, r := range inOrder(rows, func(r *query.Relationship) int { return r.Index }) {
		for batch := range slices.Chunk(rows[r], batchRows) {
			if err := run.applyLinkBatch(r.Name, batch); err != nil {
				return err
			}
		}
	}
	return nil
}

func (run writer) applyLinkBatch(name string, rows []any) error {
	values := map[string]any{"rows": rows}
	records, err := run(upsertLinks(name), values)
	if err != nil || records[0].Values[0] == int64(len(rows)) {
		return err
	}
	records, err = run(missingEnd, values)
	if err != nil {
		return err
	}
	return fmt.Errorf("relationship %v: there is no node %v", records[0].Values[0], records[0].Values[1])
}

// upsertLinks writes relationships of one name. One of the same id goes first, since its ends may be others.
func upsertLinks(name string) string {
	return `UNWIND $rows AS row
MATCH (a:` + "`Node` {`id`" + `: row.from})
MATCH (b:` + "`Node` {`id`" + `: row.to})
CALL (row) {
  MATCH ()-[old:` + quote(name) + " {`id`" + `: row.id}]->()
  DELETE old
}
CREATE (a)-[r:` + quote(name) + `]->(b)
SET r = row.values
RETURN count(r)`
}

const missingEnd = "UNWIND $rows AS row UNWIND [row.from, row.to] AS end " +
	"WITH row, end WHERE NOT EXISTS { MATCH (:`Node` {`id`: end}) } RETURN row.id, end LIMIT 1"

// present are the values by name; Neo4j does not store a missing one.
func present(properties []*query.Property, values []any) map[string]any {
	byName := make(map[string]any, len(values))
	for i, p := range properties {
		if values[i] != nil {
			byName[p.Name] = values[i]
		}
	}
	return byName
}

func inOrder[K comparable](rows map[K][]any, index func(K) int) []K {
	keys := make([]K, 0, len(rows))
	for k := range rows {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int { return index(a) - index(b) })
	return keys
}
