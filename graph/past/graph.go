package past

import (
	"context"
	"errors"
	"slices"

	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
)

// Graph is a graph as a change left it.
type Graph struct {
	*embedded.Fixed
	log query.Store
	// last is the sequence of that change.
	last int64
	size int
}

var _ query.Store = (*Graph)(nil)

// Update implements query.Store: what is past is not changed.
func (g *Graph) Update(context.Context, func(query.Tx) error) error {
	return errors.New("a past graph is not changed")
}

// Changes implements query.Store.
func (g *Graph) Changes(ctx context.Context, after int64, limit int) ([]query.Entry, error) {
	return g.log.Changes(ctx, after, g.upTo(after, limit))
}

// Heads implements query.Store.
func (g *Graph) Heads(ctx context.Context, after int64, limit int) ([]query.Head, error) {
	return g.log.Heads(ctx, after, g.upTo(after, limit))
}

// upTo is how many of the changes after a sequence, at most limit, there were.
func (g *Graph) upTo(after int64, limit int) int {
	return int(min(int64(limit), max(g.last-after, 0)))
}

// Parts implements query.Store.
func (g *Graph) Parts(ctx context.Context, sequences []int64, nodes map[string]bool) ([]query.Entry, error) {
	later := func(sequence int64) bool { return sequence > g.last }
	return g.log.Parts(ctx, slices.DeleteFunc(slices.Clone(sequences), later), nodes)
}

// Wait implements query.Store: the log goes no further.
func (g *Graph) Wait(ctx context.Context, after int64) (int64, error) {
	if after < g.last {
		return g.last, nil
	}
	<-ctx.Done()
	return 0, ctx.Err()
}

// Contents implements query.Store: what it was made from is not told.
func (g *Graph) Contents(context.Context) (*query.Contents, error) { return nil, nil }

// Ready implements query.Store.
func (g *Graph) Ready(ctx context.Context) error { return g.log.Ready(ctx) }

// Close implements query.Store: there is nothing to release.
func (g *Graph) Close() error { return nil }
