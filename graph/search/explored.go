package search

import (
	"context"
	"slices"
)

// explored is the part of an undirected graph that is known. Nodes are numbered as they are met.
type explored struct {
	graph   Graph
	ids     []string
	numbers map[string]int
	nodes   []node
}

type node struct {
	// edges are those that were told from this node or from a neighbour; some are here twice.
	edges    []edge
	expanded bool
	// told is how many edges the node told when it was expanded.
	told int
}

type edge struct {
	to   int
	link string
}

func explore(g Graph) *explored { return &explored{graph: g, numbers: map[string]int{}} }

// number is the number of a node, which may be new.
func (e *explored) number(id string) int {
	n, known := e.numbers[id]
	if !known {
		n = len(e.ids)
		e.numbers[id] = n
		e.ids = append(e.ids, id)
		e.nodes = append(e.nodes, node{})
	}
	return n
}

// expand learns the edges of those of some nodes whose edges are not known.
func (e *explored) expand(ctx context.Context, nodes []int) error {
	fresh := slices.DeleteFunc(slices.Clone(nodes), func(n int) bool { return e.nodes[n].expanded })
	if len(fresh) == 0 {
		return nil
	}
	for _, n := range fresh {
		e.nodes[n].told = 0
	}
	err := e.graph.Edges(ctx, e.named(fresh), e.learn())
	for _, n := range fresh {
		e.nodes[n].expanded = true
	}
	return err
}

// join learns the edges between some nodes and others.
func (e *explored) join(ctx context.Context, nodes, others []int) error {
	return e.graph.EdgesTo(ctx, e.named(nodes), e.named(others), e.learn())
}

// learn records edges that are told, those of one node together.
func (e *explored) learn() func(from, to, link string) {
	last, lastID := -1, ""
	return func(from, to, link string) {
		if last < 0 || from != lastID {
			last, lastID = e.number(from), from
		}
		e.tell(last, e.number(to), link)
	}
}

// tell records an edge from one of its ends. A loop is on no path.
func (e *explored) tell(from, to int, link string) {
	if from == to {
		return
	}
	e.nodes[from].told++
	e.nodes[from].edges = append(e.nodes[from].edges, edge{to, link})
	if !e.nodes[to].expanded {
		e.nodes[to].edges = append(e.nodes[to].edges, edge{from, link})
	}
}

// closed nodes are not gone through: they told no edges, although one leads to them.
func (e *explored) closed(n int) bool { return e.nodes[n].expanded && e.nodes[n].told == 0 }

// links are those between two neighbours, in order.
func (e *explored) links(a, b int) []string {
	var links []string
	for _, edge := range e.nodes[a].edges {
		if edge.to == b {
			links = append(links, edge.link)
		}
	}
	slices.Sort(links)
	return slices.Compact(links)
}

func (e *explored) named(nodes []int) []string {
	ids := make([]string, len(nodes))
	for i, n := range nodes {
		ids[i] = e.ids[n]
	}
	return ids
}
