package change

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"bordergraph/graph/query"
)

// draft is what is stored, as far as it matters, and what is to become of it.
type draft struct {
	*Request
	model    *query.Model
	nodes    map[string]*query.NodeChange
	links    map[string]*query.LinkChange
	at       map[string][]*query.LinkChange             // by the nodes that they join
	merged   map[string]string                          // into which nodes others were merged that are stored no more
	added    map[*Relation]map[string]*query.LinkRecord // the relationships that each adds, by their ids
	problems []Problem
}

func newDraft(r *Request, model *query.Model) *draft {
	return &draft{Request: r, model: model, nodes: map[string]*query.NodeChange{}, links: map[string]*query.LinkChange{}, at: map[string][]*query.LinkChange{}, merged: map[string]string{}, added: map[*Relation]map[string]*query.LinkRecord{}}
}

// add adds what is stored and was not known.
func (d *draft) add(stored query.Records) {
	maps.Copy(d.merged, stored.Merged)
	for i, n := range stored.Nodes {
		if d.nodes[n.ID()] == nil {
			d.nodes[n.ID()] = &query.NodeChange{Before: &stored.Nodes[i], After: &stored.Nodes[i]}
		}
	}
	for i, l := range stored.Links {
		if d.links[l.ID()] == nil {
			d.addLinkChange(&query.LinkChange{Before: &stored.Links[i], After: &stored.Links[i]})
		}
	}
}

func (d *draft) addLinkChange(l *query.LinkChange) {
	r := l.Record()
	d.links[r.ID()] = l
	d.at[r.From] = append(d.at[r.From], l)
	if r.To != r.From {
		d.at[r.To] = append(d.at[r.To], l)
	}
}

// readEnds reads some nodes, those at the ends of known relationships, and those into which others were merged.
func (d *draft) readEnds(ctx context.Context, tx query.Tx, some ...string) error {
	ids := d.unknownEnds()
	add(ids, some)
	maps.DeleteFunc(ids, func(id string, _ bool) bool { return d.nodes[id] != nil })
	if len(ids) == 0 {
		return nil
	}
	stored, err := tx.Records(ctx, slices.Sorted(maps.Keys(ids)), nil)
	d.add(stored)
	return err
}

// unknownEnds are the nodes at the ends of stored relationships, and those into which others were merged, of which nothing is known yet.
func (d *draft) unknownEnds() map[string]bool {
	ends := map[string]bool{}
	for _, id := range d.merged {
		ends[id] = true
	}
	for _, l := range d.links {
		if l.Before == nil {
			continue // it joins known nodes
		}
		add(ends, []string{l.Before.From, l.Before.To})
	}
	return ends
}

func (d *draft) problem(at Place, code, format string, args ...any) {
	d.problems = append(d.problems, Problem{Place: at, Code: code, Message: fmt.Sprintf(format, args...)})
}

// change is all that is other than it was.
func (d *draft) change() *query.Change {
	c := &query.Change{}
	moved := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(d.links)) {
		if l := d.links[id]; !reflect.DeepEqual(l.Before, l.After) {
			c.Links = append(c.Links, *l)
			add(moved, l.Record().Moves())
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.nodes)) {
		if n := d.nodes[id]; moved[id] || !reflect.DeepEqual(n.Before, n.After) {
			c.Nodes = append(c.Nodes, *n)
		}
	}
	return c
}

// node is a node as it is to be; nil if there is none that may be seen.
func (d *draft) node(id string) *query.NodeRecord {
	n := d.nodes[id]
	if n == nil || n.After == nil || d.hidden(n.After.Values[query.NodeFacts:]) {
		return nil
	}
	return n.After
}

// missing says that there is no node of an id that may be seen: so if it was merged into none, either.
func (d *draft) missing(id, otherwise string) string {
	if into := d.node(d.merged[id]); into != nil {
		return fmt.Sprintf("%q was merged into %q; give that id.", id, into.ID())
	}
	return fmt.Sprintf(otherwise, id)
}

// hidden is whether facts are marked higher than may be seen.
func (d *draft) hidden(facts []any) bool {
	return facts[query.FactMarking].(int64) > int64(d.Clearance)
}

// hiddenLink is whether a relationship may not be seen: it or a node that it joins is marked higher.
func (d *draft) hiddenLink(l *query.LinkRecord) bool {
	return d.hidden(l.Values[query.LinkFacts:]) || d.node(l.From) == nil || d.node(l.To) == nil
}

// linksAt are the relationships of a kind that a node is to have, in the order of their ids.
func (d *draft) linksAt(node string, r *query.Relationship) []*query.LinkChange {
	var at []*query.LinkChange
	for _, l := range d.at[node] {
		if l.After != nil && l.After.Relationship == r && (l.After.From == node || r.Symmetric) {
			at = append(at, l)
		}
	}
	slices.SortFunc(at, func(a, b *query.LinkChange) int { return cmp.Compare(a.After.ID(), b.After.ID()) })
	return at
}

func otherEnd(l *query.LinkRecord, node string) string {
	if l.From == node {
		return l.To
	}
	return l.From
}
