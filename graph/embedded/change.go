package embedded

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bordergraph/graph/query"
)

// check says why a change cannot be made to the graph.
func (g *graph) check(c *query.Change) error {
	if err := c.Check(); err != nil {
		return err
	}
	types := map[string]*query.Type{} // of the nodes that are new or, as nil, gone
	for _, n := range c.Nodes {
		id := n.Record().ID()
		if err := present(id, n.Before != nil, g.nodes[id] != nil); err != nil {
			return err
		}
		types[id] = nil
		if n.After != nil {
			types[id] = n.After.Type
		}
	}
	ending := map[*node]int{} // how many relationships at a node are gone
	for _, l := range c.Links {
		id := l.Record().ID()
		known := g.find(l.Record())
		if err := present(id, l.Before != nil, known != nil); err != nil {
			return err
		}
		switch {
		case l.Before == nil:
			if err := l.After.Misplaced(g.typeOf(l.After.From, types), g.typeOf(l.After.To, types)); err != nil {
				return err
			}
		case l.After == nil:
			ending[known.from]++
			ending[known.to]++
		}
	}
	for _, n := range c.Nodes {
		if n.After != nil {
			continue
		}
		if gone := g.nodes[n.Before.ID()]; gone.out.size()+gone.in.size() > ending[gone] {
			return fmt.Errorf("%s: it has relationships left", gone.id())
		}
	}
	return nil
}

func present(id string, before, is bool) error {
	switch {
	case before && !is:
		return fmt.Errorf("%s: it is not there", id)
	case !before && is:
		return fmt.Errorf("%s: it is there already", id)
	}
	return nil
}

// typeOf is the type of a node after a change; nil if there is none.
func (g *graph) typeOf(id string, changed map[string]*query.Type) *query.Type {
	if t, is := changed[id]; is {
		return t
	}
	if n := g.nodes[id]; n != nil {
		return n.typ
	}
	return nil
}

// add makes a change, which check has found nothing against, to a graph that nobody reads.
func (g *graph) add(e *query.Entry) {
	g.change(e.Nodes, e.Links)
	if e.Contents != nil {
		contents := *e.Contents
		g.contents = &contents
	}
	g.sequence, g.at = e.Sequence, e.At
}

// takeBack undoes the change that was added last, so that the graph is like another one again.
func (g *graph) takeBack(e *query.Entry, like *graph) {
	nodes, links := slices.Clone(e.Nodes), slices.Clone(e.Links)
	for i, n := range nodes {
		nodes[i] = query.NodeChange{Before: n.After, After: n.Before}
	}
	for i, l := range links {
		links[i] = query.LinkChange{Before: l.After, After: l.Before}
	}
	g.change(nodes, links)
	g.contents, g.sequence, g.at = like.contents, like.sequence, like.at
}

func (g *graph) change(nodes []query.NodeChange, links []query.LinkChange) {
	g.unlink(links)
	var added, other []*query.NodeRecord
	var changed, gone []*node
	for _, c := range nodes {
		switch known := g.nodes[c.Record().ID()]; {
		case c.Before == nil:
			added = append(added, c.After)
		case c.After == nil:
			gone = append(gone, known)
		default:
			changed, other = append(changed, known), append(other, c.After)
		}
	}
	g.removeNodes(gone)
	g.changeNodes(changed, other)
	g.addNodes(added)
	g.link(links)
}

func (g *graph) removeNodes(gone []*node) {
	g.timeline.remove(gone...)
	for of := range byType(gone) {
		t := of[0].typ.Index
		g.byType[t] = remove(g.byType[t], of, byID)
		for _, n := range of {
			delete(g.nodes, n.id())
			g.uncite(n.cites)
			g.forgetMerged(n)
			g.placed[n.position] = nil
			g.free = append(g.free, n.position)
		}
		g.removeNames(of)
	}
}

func (g *graph) changeNodes(nodes []*node, to []*query.NodeRecord) {
	g.timeline.remove(nodes...)
	for of := range byType(slices.Clone(nodes)) {
		g.removeNames(of)
	}
	for i, n := range nodes {
		g.forgetMerged(n)
		g.uncite(n.cites)
		n.values, n.validity, n.cites = to[i].Values, validityOfNode(to[i]), g.cite(to[i].Values, query.NodeFacts)
	}
	g.addMerged(nodes)
	for of := range byType(slices.Clone(nodes)) {
		g.addNames(of)
	}
	g.timeline.add(nodes...)
}

func (g *graph) forgetMerged(n *node) {
	for _, id := range query.FormerIDs(n.values) {
		delete(g.merged, id)
	}
}

func (g *graph) addMerged(nodes []*node) {
	for _, n := range nodes {
		for _, id := range query.FormerIDs(n.values) {
			g.merged[id] = n
		}
	}
}

// removeNames and addNames are told nodes of one type, which they sort.
func (g *graph) removeNames(of []*node) {
	slices.SortFunc(of, byName)
	t := of[0].typ.Index
	g.byName[t] = remove(g.byName[t], of, byName)
}

func (g *graph) addNames(of []*node) {
	slices.SortFunc(of, byName)
	t := of[0].typ.Index
	g.byName[t] = insert(g.byName[t], of, byName)
}

func (g *graph) addNodes(records []*query.NodeRecord) {
	nodes := make([]node, len(records)) // one after the other in memory, as they are scanned
	slices.SortFunc(records, compareRecords)
	added := make([]*node, len(records))
	for i, r := range records {
		nodes[i] = node{typ: r.Type, validity: validityOfNode(r), cites: g.cite(r.Values, query.NodeFacts), values: r.Values}
		added[i] = &nodes[i]
		g.place(added[i])
		g.nodes[r.ID()] = added[i]
	}
	for of := range byType(added) {
		t := of[0].typ.Index
		g.byType[t] = insert(g.byType[t], of, byID)
		g.addNames(of)
	}
	g.addMerged(added)
	g.timeline.add(added...)
}

func compareRecords(a, b *query.NodeRecord) int {
	return cmp.Or(cmp.Compare(a.Type.Index, b.Type.Index), strings.Compare(a.ID(), b.ID()))
}

// aligned are changes that make nodes, with the values one after the other in memory, as they are scanned.
func aligned(changes []query.NodeChange) []query.NodeChange {
	changes, length := slices.Clone(changes), 0
	for _, n := range changes {
		length += len(n.After.Values)
	}
	slices.SortFunc(changes, func(a, b query.NodeChange) int { return compareRecords(a.After, b.After) })
	cells := make([]any, 0, length)
	for i, n := range changes {
		begin := len(cells)
		cells = append(cells, n.After.Values...)
		changes[i].After = &query.NodeRecord{Type: n.After.Type, Values: cells[begin:len(cells):len(cells)]}
	}
	return changes
}

// place gives a node a position.
func (g *graph) place(n *node) {
	if last := len(g.free) - 1; last >= 0 {
		n.position, g.free = g.free[last], g.free[:last]
		g.placed[n.position] = n
		return
	}
	n.position = len(g.placed)
	g.placed = append(g.placed, n)
}

func byID(a, b *node) int { return strings.Compare(a.id(), b.id()) }

func byName(a, b *node) int {
	return cmp.Or(compare(a.values[query.NodeName], b.values[query.NodeName]), byID(a, b))
}

// byType calls yield with the nodes of each type, by their ids.
func byType(nodes []*node) func(yield func([]*node) bool) {
	slices.SortFunc(nodes, func(a, b *node) int { return cmp.Or(cmp.Compare(a.typ.Index, b.typ.Index), byID(a, b)) })
	return runs(nodes, func(a, b *node) bool { return a.typ == b.typ })
}

// runs calls yield with each run of items that are alike.
func runs[T any](items []T, alike func(a, b T) bool) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(items) > 0 {
			stop := 1
			for stop < len(items) && alike(items[0], items[stop]) {
				stop++
			}
			if !yield(items[:stop:stop]) {
				return
			}
			items = items[stop:]
		}
	}
}

// insert puts sorted items into a sorted list.
func insert[T any](list, items []T, compare func(a, b T) int) []T {
	unmoved := len(list)
	list = append(list, items...)
	for i := len(items) - 1; i >= 0; i-- {
		at, _ := slices.BinarySearchFunc(list[:unmoved], items[i], compare)
		copy(list[at+i+1:], list[at:unmoved])
		list[at+i] = items[i]
		unmoved = at
	}
	return list
}

// remove takes sorted items, all of which are there, out of a sorted list.
func remove[T any](list, items []T, compare func(a, b T) int) []T {
	kept, unmoved := 0, 0
	for _, item := range items {
		at, _ := slices.BinarySearchFunc(list[unmoved:], item, compare)
		kept += copy(list[kept:], list[unmoved:unmoved+at])
		unmoved += at + 1
	}
	kept += copy(list[kept:], list[unmoved:])
	clear(list[kept:])
	return list[:kept]
}

// sides are the two ends of a relationship, and where each holds it.
var sides = []struct {
	end     func(*link) *node
	bundles func(*node) *bundles
}{
	{func(l *link) *node { return l.from }, func(n *node) *bundles { return &n.out }},
	{func(l *link) *node { return l.to }, func(n *node) *bundles { return &n.in }},
}

// unlink removes the relationships that are gone.
func (g *graph) unlink(changes []query.LinkChange) {
	var links []*link
	gone := map[*link]bool{}
	for _, c := range changes {
		if c.After == nil {
			l := g.find(c.Before)
			links, gone[l] = append(links, l), true
			g.uncite(l.cites)
		}
	}
	for _, side := range sides {
		for of := range bundled(links, side.end) {
			side.bundles(side.end(of[0])).remove(of[0].relationship, gone)
		}
	}
}

// link adds the relationships that are new, and changes those that are other.
func (g *graph) link(changes []query.LinkChange) {
	var added []link
	for _, c := range changes {
		switch {
		case c.After == nil:
		case c.Before != nil:
			known := g.find(c.After)
			g.uncite(known.cites)
			known.values, known.validity, known.cites = c.After.Values, validityOf(c.After.Values, query.LinkFacts), g.cite(c.After.Values, query.LinkFacts)
		default:
			added = append(added, link{c.After.Relationship, validityOf(c.After.Values, query.LinkFacts), g.nodes[c.After.From], g.nodes[c.After.To], g.cite(c.After.Values, query.LinkFacts), c.After.Values})
		}
	}
	// By the node they lead from in memory, as they are walked.
	slices.SortFunc(added, func(a, b link) int { return cmp.Compare(a.from.position, b.from.position) })
	links := make([]*link, len(added))
	for i := range links {
		links[i] = &added[i]
	}
	for _, side := range sides {
		for of := range bundled(slices.Clone(links), side.end) {
			side.bundles(side.end(of[0])).add(of)
		}
	}
}

// bundled calls yield with the links of each relationship at each node.
func bundled(links []*link, end func(*link) *node) func(yield func([]*link) bool) {
	slices.SortFunc(links, func(a, b *link) int {
		return cmp.Or(cmp.Compare(end(a).position, end(b).position), cmp.Compare(a.relationship.Index, b.relationship.Index))
	})
	return runs(links, func(a, b *link) bool { return end(a) == end(b) && a.relationship == b.relationship })
}

// add adds links of one relationship.
func (bs *bundles) add(links []*link) {
	for i := range *bs {
		if b := &(*bs)[i]; b.relationship == links[0].relationship {
			b.links = append(b.links, links...)
			return
		}
	}
	*bs = append(*bs, bundle{links[0].relationship, links})
}

// remove removes the links that are gone from those of one relationship.
func (bs *bundles) remove(r *query.Relationship, gone map[*link]bool) {
	at := slices.IndexFunc(*bs, func(b bundle) bool { return b.relationship == r })
	b := &(*bs)[at]
	b.links = slices.DeleteFunc(b.links, func(l *link) bool { return gone[l] })
	if len(b.links) == 0 {
		*bs = slices.Delete(*bs, at, at+1)
	}
}

func (bs bundles) size() int {
	size := 0
	for _, b := range bs {
		size += len(b.links)
	}
	return size
}
