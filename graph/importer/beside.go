package importer

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"bordergraph/graph/change"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// beside is a transaction as the request of some rows is to read it: as if the other rows were written already.
type beside struct {
	query.Tx
	*request
	first, last int // the ranks of the objects that the request is about
}

// Records implements query.Tx.
func (b *beside) Records(ctx context.Context, nodes []string, links []query.At) (query.Records, error) {
	claiming, err := b.claiming(nodes)
	if err != nil {
		return query.Records{}, err
	}
	nodes = slices.Concat(nodes, claiming)
	found, err := b.Tx.Records(ctx, nodes, links)
	if err != nil {
		return found, err
	}
	others := slices.DeleteFunc(slices.Clone(nodes), b.isOwn)
	if err := b.makeNodes(&found, others); err != nil {
		return found, err
	}
	// What is read with the nodes is what relationships are compared with: those that come first.
	return found, b.makeLinks(ctx, &found, links, len(nodes) > 0)
}

// isOwn is whether the request is about an object.
func (b *beside) isOwn(id string) bool {
	rank, is := b.rankOf(id)
	return is && b.first <= rank && rank <= b.last
}

// claiming are other objects to which rows give ids as former ones.
func (b *beside) claiming(ids []string) ([]string, error) {
	var others []string
	for _, id := range ids {
		for _, number := range b.former[id] {
			row, err := b.Rows.row(number)
			if err != nil {
				return nil, err
			}
			if !b.isOwn(row.ID) {
				others = append(others, row.ID)
			}
		}
	}
	return others, nil
}

// makeNodes makes some nodes what rows make of them.
func (b *beside) makeNodes(found *query.Records, ids []string) error {
	nodes := map[string]query.NodeRecord{}
	for _, n := range found.Nodes {
		nodes[n.ID()] = n
	}
	for _, id := range ids {
		o := b.objects[id]
		if o == nil || o.row < 0 || found.Merged[id] != "" {
			continue
		}
		var stored *query.NodeRecord
		if n, is := nodes[id]; is {
			if stored = &n; n.Type != o.typ || b.hides(n.Values[query.NodeFacts:]) {
				continue // it stays as it is
			}
		}
		row, err := b.Rows.row(o.row)
		if err != nil {
			return err
		}
		nodes[id], _ = b.saveOf(o.row, row, o.typ).Record(b.API.Model, stored)
	}
	found.Nodes = slices.SortedFunc(maps.Values(nodes), func(a, b query.NodeRecord) int { return cmp.Compare(a.ID(), b.ID()) })
	return nil
}

// given is a relationship that another row gives.
type given struct {
	mode
	query.LinkRecord
	from *query.Type
	by   ranked
}

// makeLinks makes relationships at nodes what other rows make of them: of symmetric ones only what comes first, if that is asked for.
// What they replace is gone.
func (b *beside) makeLinks(ctx context.Context, found *query.Records, ats []query.At, firstOnly bool) error {
	found.Links = slices.DeleteFunc(found.Links, func(l query.LinkRecord) bool {
		at := query.At{Node: l.From, Relationship: l.Relationship, Direction: query.Out}
		return b.replaced[at] && !b.isOwn(l.From) && !b.hides(l.Values[query.LinkFacts:])
	})
	all, err := b.givenAt(ats, firstOnly)
	if err != nil || len(all) == 0 {
		return err
	}
	visible, err := b.visibleEnds(ctx, all)
	if err != nil {
		return err
	}
	links := newLinks(found.Links)
	for _, g := range all {
		if !b.withheld(g, links, visible) {
			links.put(g.LinkRecord)
		}
	}
	found.Links = links.all
	return nil
}

// givenAt are the relationships at some nodes that other rows give, in the order in which they would be saved.
func (b *beside) givenAt(ats []query.At, firstOnly bool) ([]given, error) {
	var all []given
	for _, at := range ats {
		var numbers []int
		if at.Direction != query.In && !b.isOwn(at.Node) {
			for _, each := range b.rowsOf(at.Node) {
				numbers = append(numbers, each.row)
			}
		}
		if at.Direction != query.Out {
			numbers = append(numbers, b.incoming[query.At{Node: at.Node, Relationship: at.Relationship, Direction: query.In}]...)
		}
		for _, number := range numbers {
			row, err := b.Rows.row(number)
			if err != nil {
				return nil, err
			}
			rank, _ := b.rankOf(row.ID)
			if b.isOwn(row.ID) || firstOnly && rank > b.last && at.Relationship.Symmetric {
				continue
			}
			all = append(all, b.givenBy(ranked{rank, number}, row, at)...)
		}
	}
	slices.SortStableFunc(all, func(a, b given) int { return inOrder(a.by, b.by) })
	return all, nil
}

// givenBy are the relationships at a node that a row gives.
func (b *beside) givenBy(by ranked, row *Row, at query.At) []given {
	var all []given
	for i := range row.Links {
		l := &row.Links[i]
		leads := at.Direction != query.In && row.ID == at.Node || at.Direction != query.Out && l.To == at.Node
		if l.To == "" || !leads {
			continue
		}
		from, to := b.typeOf(row.ID, by.row), b.typeOf(l.To, by.row)
		if b.API.Model.Relationship(l.Type, from, to) != at.Relationship {
			continue
		}
		made, _ := record.NewLink(b.API.Model, l.written(row.ID), from, to)
		all = append(all, given{l.mode, made, from, by})
	}
	return all
}

// visibleEnds are the types of the nodes that relationships join, as far as these may be seen.
func (b *beside) visibleEnds(ctx context.Context, links []given) (map[string]*query.Type, error) {
	var ids []string
	for _, l := range links {
		ids = append(ids, l.From, l.To)
	}
	ends, err := b.Tx.Records(ctx, ids, nil)
	if err == nil {
		err = b.makeNodes(&ends, ids)
	}
	visible := map[string]*query.Type{}
	for _, n := range ends.Nodes {
		if !b.hides(n.Values[query.NodeFacts:]) {
			visible[n.ID()] = n.Type
		}
	}
	return visible, err
}

// withheld is whether a relationship is not written, or another is kept in its place.
func (b *beside) withheld(g given, links *links, visible map[string]*query.Type) bool {
	if visible[g.From] != g.from || !slices.Contains(g.Relationship.To, visible[g.To]) {
		return true
	}
	return slices.ContainsFunc(links.between[endsOf(&g.LinkRecord)], func(i int) bool {
		l := &links.all[i]
		takes := l.ID() == g.ID() || change.Alike(l, &g.LinkRecord)
		return takes && (g.mode == keeping || b.hides(l.Values[query.LinkFacts:]))
	})
}

// links are relationships, each once.
type links struct {
	all     []query.LinkRecord
	at      map[string]int // in all, by their ids
	between map[ends][]int // in all, by what they join
}

// ends are the nodes that relationships of a kind join, in either direction.
type ends struct {
	relationship *query.Relationship
	one, other   string
}

func endsOf(l *query.LinkRecord) ends {
	return ends{l.Relationship, min(l.From, l.To), max(l.From, l.To)}
}

func newLinks(of []query.LinkRecord) *links {
	l := &links{at: map[string]int{}, between: map[ends][]int{}}
	for _, record := range of {
		l.put(record)
	}
	return l
}

// put adds a relationship, or puts it in the place of the one of its id, of which it keeps the ends.
func (l *links) put(record query.LinkRecord) {
	if i, is := l.at[record.ID()]; is {
		record.From, record.To = l.all[i].From, l.all[i].To
		l.all[i] = record
		return
	}
	l.at[record.ID()] = len(l.all)
	l.between[endsOf(&record)] = append(l.between[endsOf(&record)], len(l.all))
	l.all = append(l.all, record)
}
