package storetest

import (
	"context"

	"bordergraph/graph/query"
)

// replaceBy is the change that replaces what a store holds by a graph.
func replaceBy(graph query.Records) *query.Change {
	return &query.Change{Replace: true, Nodes: query.AddNodes(graph.Nodes), Links: query.AddLinks(graph.Links)}
}

// Put writes nodes and relationships, whether those of their ids are there or not.
func Put(ctx context.Context, store query.Store, nodes []query.NodeRecord, links []query.LinkRecord) error {
	return store.Update(ctx, func(tx query.Tx) error {
		c, err := Change(ctx, tx, nodes, links)
		if err == nil {
			_, err = tx.Write(ctx, c)
		}
		return err
	})
}

// Change is the change that makes some nodes and relationships what they are to be.
func Change(ctx context.Context, tx query.Tx, nodes []query.NodeRecord, links []query.LinkRecord) (*query.Change, error) {
	var ids []string
	var at []query.At
	for _, n := range nodes {
		ids = append(ids, n.ID())
	}
	for _, l := range links {
		at = append(at, query.At{Node: l.From, Relationship: l.Relationship, Direction: query.Out})
	}
	stored, err := tx.Records(ctx, ids, at)
	if err != nil {
		return nil, err
	}
	beforeNodes, beforeLinks := map[string]*query.NodeRecord{}, map[string]*query.LinkRecord{}
	for i, n := range stored.Nodes {
		beforeNodes[n.ID()] = &stored.Nodes[i]
	}
	for i, l := range stored.Links {
		beforeLinks[l.ID()] = &stored.Links[i]
	}
	c := &query.Change{Nodes: query.AddNodes(nodes), Links: query.AddLinks(links)}
	for i := range c.Nodes {
		c.Nodes[i].Before = beforeNodes[c.Nodes[i].After.ID()]
	}
	for i := range c.Links {
		c.Links[i].Before = beforeLinks[c.Links[i].After.ID()]
	}
	return c, nil
}
