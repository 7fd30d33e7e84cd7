package embedded

import (
	"sync"
	"time"

	"bordergraph/graph/query"
)

// graph is all that is stored, as it is read. Whoever reads one that may be changed holds its readers' lock.
type graph struct {
	readers sync.RWMutex
	nodes   map[string]*node
	merged  map[string]*node // by their former ids
	byType  [][]*node        // by Type.Index, each in the order of the ids
	byName  [][]*node        // the same, each in the order of the names, then of the ids
	// placed are the nodes by their positions; nil at those that are free.
	placed   []*node
	free     []int
	timeline timeline
	// citations are the lists of sources that facts cite, by appendKey.
	citations map[string]*citation
	contents  *query.Contents
	// sequence and at are those of the last change.
	sequence int64
	at       time.Time
	// typeNames are the names of the types as rows hold them, by Type.Index.
	typeNames []any
	// relationships is how many kinds of them the model has.
	relationships int
}

type node struct {
	typ      *query.Type
	validity validity
	position int // in graph.placed
	cites    *citation
	values   []any // by position of the type's properties
	out, in  bundles
}

type link struct {
	relationship *query.Relationship
	validity     validity
	from, to     *node
	cites        *citation
	values       []any // by position of the relationship's properties
}

// newGraph is an empty one.
func newGraph(model *query.Model) *graph {
	return &graph{nodes: map[string]*node{}, merged: map[string]*node{}, byType: make([][]*node, len(model.Types)), byName: make([][]*node, len(model.Types)), timeline: newTimeline(model.Moments), citations: map[string]*citation{}, relationships: len(model.Relationships), typeNames: query.ListOf(query.TypeNames(model.Types))}
}

// bundles are the links of one node in one direction.
type bundles []bundle

// bundle is those of one relationship.
type bundle struct {
	relationship *query.Relationship
	links        []*link
}

func (bs bundles) of(r *query.Relationship) []*link {
	for i := range bs {
		if bs[i].relationship == r {
			return bs[i].links
		}
	}
	return nil
}

// find is the link of a stored relationship; nil if there is none.
func (g *graph) find(l *query.LinkRecord) *link {
	from := g.nodes[l.From]
	if from == nil {
		return nil
	}
	for _, known := range from.out.of(l.Relationship) {
		if known.id() == l.ID() {
			return known
		}
	}
	return nil
}

func (n *node) id() string { return n.values[query.NodeID].(string) }

func (l *link) id() string { return l.values[query.LinkID].(string) }

// other is the node to which it leads from one of its ends.
func (l *link) other(n *node) *node {
	if l.from == n {
		return l.to
	}
	return l.from
}

// value is the node's value of the property, or of the one of the same name.
func (n *node) value(p *query.Property) any {
	all := n.typ.Properties
	if p.Index < len(all) && all[p.Index] == p {
		return n.values[p.Index]
	}
	if namesake := n.typ.Property(p.Name); namesake != nil {
		return n.values[namesake.Index]
	}
	return nil
}

// value is the link's value of the property, or of the one of the same name.
func (l *link) value(p *query.Property) any {
	all := l.relationship.Properties
	if p.Index < len(all) && all[p.Index] == p {
		return l.values[p.Index]
	}
	if namesake := l.relationship.Property(p.Name); namesake != nil {
		return l.values[namesake.Index]
	}
	return nil
}
