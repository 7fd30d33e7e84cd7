package search

import (
	"context"
	"slices"
)

// Around finds the nodes within some steps of others, nearest first, then by id, and cuts them at a
// limit: then it says that they are truncated. The nodes to start from are among them, each once.
func Around(ctx context.Context, g Graph, start []string, steps, limit int) (nodes []string, truncated bool, err error) {
	b := &breadth{graph: g, met: map[string]bool{}}
	level := b.meet(start)
	for {
		slices.Sort(level)
		if room := limit - len(nodes); len(level) > room {
			return append(nodes, level[:room]...), true, nil
		}
		nodes = append(nodes, level...)
		if steps == 0 || len(level) == 0 {
			return nodes, false, nil
		}
		if level, err = b.next(ctx, level); err != nil {
			return nil, false, err
		}
		steps--
	}
}

// Reached is a node and the least number of steps to it.
type Reached struct {
	Node  string
	Steps int
}

// Reachable says what is to be reached: the first so many nodes that are wanted, within some steps of another.
type Reachable struct {
	Graph Graph
	// Last need tell only the edges to nodes that are wanted.
	Last  Graph
	Start string
	Steps int
	First int
	// Keep answers those of some nodes that are wanted, in the order wanted, at most so many.
	Keep func(ctx context.Context, nodes []string, limit int) ([]string, error)
}

// Reach finds what is to be reached, nearest first, and whether there is more.
func Reach(ctx context.Context, r Reachable) (reached []Reached, more bool, err error) {
	b := &breadth{graph: r.Graph, met: map[string]bool{}}
	level := b.meet([]string{r.Start})
	for step := 1; step <= r.Steps; step++ {
		if step == r.Steps {
			b.graph = r.Last
		}
		if level, err = b.next(ctx, level); err != nil || len(level) == 0 {
			return reached, false, err
		}
		kept, err := r.Keep(ctx, level, r.First-len(reached)+1)
		if err != nil {
			return nil, false, err
		}
		for _, n := range kept {
			if len(reached) == r.First {
				return reached, true, nil
			}
			reached = append(reached, Reached{n, step})
		}
	}
	return reached, false, nil
}

// breadth goes through a graph level by level.
type breadth struct {
	graph Graph
	met   map[string]bool
}

// meet answers those of some nodes that were not met before, each once.
func (b *breadth) meet(nodes []string) []string {
	var fresh []string
	for _, n := range nodes {
		if !b.met[n] {
			b.met[n] = true
			fresh = append(fresh, n)
		}
	}
	return fresh
}

// next is the next level.
func (b *breadth) next(ctx context.Context, level []string) ([]string, error) {
	var next []string
	err := b.graph.Edges(ctx, level, func(_, to, _ string) {
		if !b.met[to] {
			b.met[to] = true
			next = append(next, to)
		}
	})
	return next, err
}
