// Package search finds paths in a graph that is asked level by level, so that any store can answer. What
// it finds does not depend on the order in which edges are told.
package search

import "context"

// Graph is a graph, asked for the edges of several nodes at once.
type Graph interface {
	// Edges calls yield with each edge that leads from one of the nodes, those of one node together.
	// Parallel edges differ in their links only.
	Edges(ctx context.Context, nodes []string, yield func(from, to, link string)) error
	// EdgesTo is Edges for those that lead to one of some ends.
	EdgesTo(ctx context.Context, nodes, ends []string, yield func(from, to, link string)) error
}
