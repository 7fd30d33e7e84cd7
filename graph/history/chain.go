package history

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"bordergraph/graph/query"
)

// Chain is the history of one node, newest first, from one change of it to the one before.
type Chain struct {
	Node string
	// Version is the sequence of the last change of the node.
	Version int64
	// Before, if not 0, passes over what is not before this change; From, if not 0, ends before what is before that.
	Before, From int64
	// Keep is given each change, as far as it may be seen and is one of the node, until it has enough.
	Keep func(*query.Entry) (enough bool)

	next  int64 // the sequence of the change to read; 0 at the end
	leapt bool  // whether the next is a guess
}

// Read reads some chains, all of them a change further at a time. It looks at so many changes at most.
func (s *Sight) Read(ctx context.Context, store query.Store, clearance query.Clearance, chains []*Chain, most int) error {
	for _, c := range chains {
		c.begin()
	}
	for {
		chains = slices.DeleteFunc(chains, func(c *Chain) bool { return c.next == 0 })
		if len(chains) == 0 {
			return nil
		}
		if most -= len(chains); most < 0 {
			return &query.Error{Code: TooFar, Message: "The histories that the operation asks for go too far; ask for fewer objects, or for less of the history of each."}
		}
		if err := s.step(ctx, store, clearance, chains); err != nil {
			return err
		}
	}
}

// TooFar is the code of a read that would look at too much.
const TooFar = "SEARCH_TOO_FAR"

// begin leaps to the change before which the chain is wanted, if it is one of the node: most often it is.
func (c *Chain) begin() {
	c.next = c.Version
	if c.Before > 0 && c.Before < c.Version {
		c.next, c.leapt = c.Before, true
	}
	if c.next < c.From {
		c.next = 0
	}
}

// step reads one change of each chain.
func (s *Sight) step(ctx context.Context, store query.Store, clearance query.Clearance, chains []*Chain) error {
	changes, err := s.next(ctx, store, chains)
	if err != nil {
		return err
	}
	var read []query.Entry
	var of []*Chain
	for _, c := range chains {
		change := changes[changeOf{c.next, c.Node}]
		switch {
		case change != nil && (c.Before == 0 || c.next < c.Before):
			read, of = append(read, *change), append(of, c)
		case change == nil && !c.leapt:
			return fmt.Errorf("history: change %d did not change %s", c.next, c.Node)
		}
		c.advance(change)
	}
	shown, err := s.Shown(ctx, store, read, clearance)
	if err != nil {
		return err
	}
	for i, c := range of {
		if c.Keep(&shown[i]) {
			c.next = 0
		}
	}
	return nil
}

const (
	// maxKept is how many changes of single nodes are kept, maxRecords how many records one has at most.
	maxKept    = 20_000
	maxRecords = 100
)

// next are the changes that chains read next, those that were read lately from memory: most chains end in
// the first load, which takes long to read. What is not there was no change of the node.
func (s *Sight) next(ctx context.Context, store query.Store, chains []*Chain) (map[changeOf]*query.Entry, error) {
	changes := make(map[changeOf]*query.Entry, len(chains))
	sequences, nodes := map[int64]bool{}, map[string]bool{}
	for _, c := range chains {
		of := changeOf{c.next, c.Node}
		if kept, is := s.kept.Get(of); is {
			changes[of] = kept
		} else {
			sequences[c.next], nodes[c.Node] = true, true
		}
	}
	if len(sequences) == 0 {
		return changes, nil
	}
	parts, err := store.Parts(ctx, slices.Sorted(maps.Keys(sequences)), nodes)
	if err != nil {
		return nil, err
	}
	for of, change := range split(parts) {
		changes[of] = change
		if len(change.Links) < maxRecords {
			s.kept.Add(of, change)
		}
	}
	return changes, nil
}

type changeOf struct {
	sequence int64
	node     string
}

// split tells apart what entries did to each of their nodes.
func split(entries []query.Entry) map[changeOf]*query.Entry {
	changes := map[changeOf]*query.Entry{}
	for _, e := range entries {
		for _, n := range e.Nodes {
			one := e
			one.Nodes, one.Links = []query.NodeChange{n}, nil
			changes[changeOf{e.Sequence, n.Record().ID()}] = &one
		}
		for _, l := range e.Links {
			for _, id := range slices.Compact(l.Record().Moves()) {
				if one := changes[changeOf{e.Sequence, id}]; one != nil {
					one.Links = append(one.Links, l)
				}
			}
		}
	}
	return changes
}

// advance goes on to the change before this one or, after a leap to none of the node, back to the last.
func (c *Chain) advance(change *query.Entry) {
	switch {
	case change == nil:
		c.next = c.Version
	case change.Nodes[0].Before == nil:
		c.next = 0
	default:
		c.next, _ = change.Nodes[0].Before.Values[query.NodeVersion].(int64)
	}
	if c.leapt = false; c.next < c.From {
		c.next = 0
	}
}
