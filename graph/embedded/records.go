package embedded

import (
	"slices"
	"strings"

	"bordergraph/graph/query"
)

// records are stored nodes, and relationships at nodes, as query.Tx says.
func (g *graph) records(nodes []string, at []query.At) query.Records {
	var found query.Records
	for _, id := range slices.Compact(slices.Sorted(slices.Values(nodes))) {
		if n := g.nodes[id]; n != nil {
			found.Nodes = append(found.Nodes, n.record())
		}
	}
	found.Merged = g.mergedInto(nodes)
	links := map[*link]bool{}
	for _, a := range at {
		n := g.nodes[a.Node]
		if n == nil {
			continue
		}
		if a.Direction != query.In {
			n.out.gather(a.Relationship, links)
		}
		if a.Direction != query.Out {
			n.in.gather(a.Relationship, links)
		}
	}
	for l := range links {
		found.Links = append(found.Links, l.record())
	}
	slices.SortFunc(found.Links, func(a, b query.LinkRecord) int { return strings.Compare(a.ID(), b.ID()) })
	return found
}

// mergedInto is what query.Store says of Merged.
func (g *graph) mergedInto(ids []string) map[string]string {
	var into map[string]string
	for _, id := range ids {
		if n := g.merged[id]; n != nil {
			if into == nil {
				into = map[string]string{}
			}
			into[id] = n.id()
		}
	}
	return into
}

// gather adds the links of a relationship, or of all if it is nil.
func (bs bundles) gather(r *query.Relationship, into map[*link]bool) {
	for _, b := range bs {
		if r != nil && b.relationship != r {
			continue
		}
		for _, l := range b.links {
			into[l] = true
		}
	}
}

func (n *node) record() query.NodeRecord { return query.NodeRecord{Type: n.typ, Values: n.values} }

func (l *link) record() query.LinkRecord {
	return query.LinkRecord{Relationship: l.relationship, From: l.from.id(), To: l.to.id(), Values: l.values}
}

// everything is the change that makes the graph of nothing.
func (g *graph) everything() *query.Change {
	c := &query.Change{Replace: true, Contents: g.contents}
	for _, of := range g.byType {
		for _, n := range of {
			record := n.record()
			c.Nodes = append(c.Nodes, query.NodeChange{After: &record})
			for _, b := range n.out {
				for _, l := range b.links {
					record := l.record()
					c.Links = append(c.Links, query.LinkChange{After: &record})
				}
			}
		}
	}
	return c
}
