// Package past makes graphs again as they were known at a moment, from the log of a store.
package past

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"bordergraph/graph/embedded"
	"bordergraph/graph/history"
	"bordergraph/graph/query"
)

// Graphs makes past graphs of one store, and keeps those that were asked for last. It may be used concurrently.
type Graphs struct {
	store query.Store
	model *query.Model
	most  int
	// making holds one value while a graph is made, so that none is made twice and memory suffices.
	making chan struct{}
	kept   kept
}

// The codes of moments of which there is no graph.
const (
	// NotRecorded: nothing was recorded yet.
	NotRecorded = "NOT_RECORDED_YET"
	// TooLarge: the graph had more nodes and relationships than are made again, then or on the way there.
	TooLarge = "PAST_TOO_LARGE"
)

// New makes graphs of at most so many nodes and relationships, and keeps as many of all together.
func New(store query.Store, model *query.Model, most int) *Graphs {
	return &Graphs{store: store, model: model, most: most, making: make(chan struct{}, 1), kept: kept{most: most}}
}

// At is the graph as it was known at a moment: a store that cannot be changed, whose log ends there. It is not closed.
func (g *Graphs) At(ctx context.Context, moment time.Time) (query.Store, error) {
	last, err := history.Last(ctx, g.store, moment)
	switch {
	case err != nil:
		return nil, err
	case last == 0:
		return nil, &query.Error{Code: NotRecorded, Message: fmt.Sprintf("Nothing was recorded yet at %s.", moment.UTC().Format(time.RFC3339Nano))}
	}
	if made := g.kept.find(last); made != nil {
		return made, nil
	}
	select {
	case g.making <- struct{}{}:
		defer func() { <-g.making }()
	case <-ctx.Done():
		return nil, &query.Error{Code: query.Timeout, Message: "The graph as it was known then is still being made; ask again.", Cause: ctx.Err()}
	}
	if made := g.kept.find(last); made != nil { // somebody else made it meanwhile
		return made, nil
	}
	made, err := g.make(ctx, last)
	if err != nil {
		return nil, err
	}
	g.kept.add(made)
	return made, nil
}

// makeTimeout bounds how long it takes to make a graph.
const makeTimeout = 2 * time.Minute

// make makes the graph that a change left. It goes on although whoever asked has no more time: they may ask again.
func (g *Graphs) make(ctx context.Context, last int64) (*Graph, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTimeout)
	defer cancel()
	first, err := history.LastReplacing(ctx, g.store, last)
	if err != nil {
		return nil, err
	}
	r := replay{nodes: map[string]*query.NodeRecord{}, links: map[string]*query.LinkRecord{}, most: g.most}
	if err := history.Each(ctx, g.store, max(first-1, 0), last, r.apply); err != nil {
		return nil, err
	}
	return &Graph{Fixed: embedded.NewFixed(g.model, r.records()), log: g.store, last: last, size: r.size()}, nil
}

// replay makes changes again, one after another.
type replay struct {
	nodes map[string]*query.NodeRecord
	links map[string]*query.LinkRecord
	most  int
}

func (r *replay) apply(e *query.Entry) error {
	if e.Replace {
		clear(r.nodes)
		clear(r.links)
	}
	for _, l := range e.Links {
		if l.After == nil {
			delete(r.links, l.Before.ID())
		} else {
			r.links[l.After.ID()] = l.After
		}
	}
	for _, n := range e.Nodes {
		if n.After == nil {
			delete(r.nodes, n.Before.ID())
		} else {
			r.nodes[n.After.ID()] = n.After
		}
	}
	if r.size() > r.most {
		return &query.Error{Code: TooLarge, Message: fmt.Sprintf("The graph had more than %d objects and relationships at that moment or before, since it was last replaced as a whole; a larger one is not made again.", r.most)}
	}
	return nil
}

func (r *replay) size() int { return len(r.nodes) + len(r.links) }

func (r *replay) records() query.Records {
	records := query.Records{Nodes: make([]query.NodeRecord, 0, len(r.nodes)), Links: make([]query.LinkRecord, 0, len(r.links))}
	for _, n := range r.nodes {
		records.Nodes = append(records.Nodes, *n)
	}
	for _, l := range r.links {
		records.Links = append(records.Links, *l)
	}
	return records
}

// kept are graphs, the one that was asked for last at the end.
type kept struct {
	mu     sync.Mutex
	graphs []*Graph
	most   int // nodes and relationships of all together
}

func (k *kept) find(last int64) *Graph {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, g := range k.graphs {
		if g.last == last {
			k.graphs = append(append(k.graphs[:i:i], k.graphs[i+1:]...), g)
			return g
		}
	}
	return nil
}

// add drops those that were not asked for longest, until there is room.
func (k *kept) add(g *Graph) {
	k.mu.Lock()
	defer k.mu.Unlock()
	size := g.size
	for _, other := range k.graphs {
		size += other.size
	}
	for size > k.most && len(k.graphs) > 0 {
		size -= k.graphs[0].size
		k.graphs = slices.Delete(k.graphs, 0, 1)
	}
	k.graphs = append(k.graphs, g)
}
