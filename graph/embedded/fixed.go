package embedded

import (
	"context"

	"bordergraph/graph/query"
)

// Fixed is a graph in memory that is never changed and has no log. It may be used concurrently.
type Fixed struct{ graph *graph }

// NewFixed holds records, among which both ends of each relationship are.
func NewFixed(model *query.Model, records query.Records) *Fixed {
	g := newGraph(model)
	g.add(&query.Entry{Change: query.Change{Nodes: aligned(query.AddNodes(records.Nodes)), Links: query.AddLinks(records.Links)}})
	return &Fixed{g}
}

// Select answers a query as a Store does.
func (f *Fixed) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	return f.graph.answer(ctx, q)
}

// Merged says what a Store does.
func (f *Fixed) Merged(_ context.Context, ids []string) (map[string]string, error) {
	return f.graph.mergedInto(ids), nil
}
