package export

import (
	"context"
	"io"
	"maps"
	"slices"

	"bordergraph/graph/query"
)

// How many rows are read at once: of ids, and of what is known of nodes or leads out of them.
const (
	idPage = 5000
	page   = 500
)

// Scope is what is exported of all that is stored: what is in force, and may be seen.
type Scope struct {
	Time query.Time
	// Date is the day, yyyy-mm-dd.
	Date      string
	Clearance query.Clearance
}

var certainties = map[query.Time]string{query.Possible: "POSSIBLE", query.Certain: "CERTAIN", query.AnyTime: "ANY"}

// Extract is a part of a graph: some nodes, and the relationships between them that are in force and
// shown from both of their ends.
//
// It is read page by page, so what is written meanwhile may be in one page and not in another, but a
// relationship is only written after both nodes.
type Extract struct {
	Graph   *Graph
	store   query.Store
	scope   Scope
	members map[string]member
	sources map[string]bool // those that may be seen
	kinds   map[kind]*query.Relationship
	fields  []*query.Property // of links, of all relationships
}

// member is a node of an extract. Whether it is in force is known once it has been read.
type member struct {
	typ            *query.Type
	begun, inForce bool
}

// kind tells relationships apart that share a name.
type kind struct {
	name     string
	from, to *query.Type
}

// Whole is all nodes in force, and those that have ended since but that a lasting relationship joins
// with one of them: an exchange of 2015 keeps the province in which it was held.
func Whole(ctx context.Context, store query.Store, m *query.Model, scope Scope) (*Extract, error) {
	e := newExtract(store, m, scope)
	e.Graph.Whole = true
	if err := e.pages(ctx, func(*asked, *query.Select) {}, e.add); err != nil {
		return nil, err
	}
	if err := e.addOutlived(ctx); err != nil {
		return nil, err
	}
	return e, e.readSources(ctx)
}

// addOutlived adds the nodes that have ended but that a lasting relationship joins with one in force.
func (e *Extract) addOutlived(ctx context.Context) error {
	over := lasting(e.Graph.Model)
	if e.scope.Time == query.AnyTime || len(over) == 0 {
		return nil
	}
	var outlived []query.Row
	err := e.pages(ctx, func(a *asked, s *query.Select) {
		s.Where = a.ended()
		s.Scope = a.anyTime()
		s.Columns = append(s.Columns, a.linked(&query.Linked{Relationships: over, Direction: query.Both, To: e.Graph.Model.Types}, nil))
	}, func(row query.Row) {
		ended := e.Graph.Model.Type(row[0].(string))
		if slices.ContainsFunc(row[2].([]any), func(link any) bool { return e.outlives(ended, link.(query.Row)) }) {
			outlived = append(outlived, row)
		}
	})
	for _, row := range outlived {
		e.add(row)
	}
	return err
}

// outlives is whether a relationship of a node that has ended is a lasting one, with a node in force.
func (e *Extract) outlives(ended *query.Type, link query.Row) bool {
	other, inForce := e.members[link[linkedTo].(string)]
	if !inForce {
		return false
	}
	k := kind{link[linkedName].(string), ended, other.typ}
	if link[linkedOut] == false {
		k.from, k.to = k.to, k.from
	}
	return e.relationship(k).Lasting
}

func newExtract(store query.Store, m *query.Model, scope Scope) *Extract {
	e := &Extract{
		Graph: &Graph{Model: m, Date: scope.Date, Certainty: certainties[scope.Time], Clearance: scope.Clearance},
		store: store, scope: scope, members: map[string]member{}, sources: map[string]bool{}, kinds: map[kind]*query.Relationship{},
	}
	known := map[string]bool{}
	for _, r := range m.Relationships {
		for _, p := range r.Properties {
			if !known[p.Name] {
				known[p.Name] = true
				e.fields = append(e.fields, p)
			}
		}
	}
	return e
}

// add adds the node of a row that begins with its type and its id.
func (e *Extract) add(row query.Row) {
	e.members[row[1].(string)] = member{typ: e.Graph.Model.Type(row[0].(string))}
}

// readSources notes which sources may be seen: facts tell of no others.
func (e *Extract) readSources(ctx context.Context) error {
	t := e.Graph.Model.Type("Source")
	if t == nil {
		return nil
	}
	return e.pages(ctx, func(a *asked, s *query.Select) {
		s.Start = &query.All{Types: []*query.Type{t}}
		s.Scope = a.anyTime()
	}, func(row query.Row) { e.sources[row[1].(string)] = true })
}

// pages reads the type and the id of all nodes, or of what else prepare makes of that.
func (e *Extract) pages(ctx context.Context, prepare func(*asked, *query.Select), yield func(query.Row)) error {
	for last := ""; ; {
		a := e.ask()
		s := &query.Select{
			Set:     &query.Set{Start: &query.All{Types: e.Graph.Model.Types}, Scope: a.scope},
			Order:   byNode,
			Beyond:  &query.Keyset{Values: []query.Param{a.param(last)}, Missing: []bool{false}},
			Limit:   a.param(int64(idPage)),
			Columns: identity(query.Node),
		}
		prepare(a, s)
		row, err := e.store.Select(ctx, a.query(&query.List{Select: s}))
		if err != nil {
			return err
		}
		rows := row[0].([]any)
		for _, r := range rows {
			yield(r.(query.Row))
		}
		if len(rows) < idPage {
			return nil
		}
		last = rows[len(rows)-1].(query.Row)[1].(string)
	}
}

// Write writes the nodes, then the links.
func (e *Extract) Write(ctx context.Context, w *Writer) error {
	if w.cites && !e.Graph.Whole {
		var err error
		if e, err = e.withSources(ctx); err != nil {
			return err
		}
	}
	return e.write(ctx, w)
}

func (e *Extract) write(ctx context.Context, w *Writer) error {
	ids := slices.Sorted(maps.Keys(e.members))
	for part := range slices.Chunk(ids, page) {
		if err := e.writeNodes(ctx, w, part); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(ids, page) {
		if err := e.writeLinks(ctx, w, part); err != nil {
			return err
		}
	}
	return w.Close()
}

// withSources has the sources of all facts among its nodes, and those of their facts.
func (e *Extract) withSources(ctx context.Context) (*Extract, error) {
	source := e.Graph.Model.Type("Source")
	if source == nil {
		return e, nil
	}
	whole := *e
	whole.members = maps.Clone(e.members)
	for known := -1; known < len(whole.members); {
		known = len(whole.members)
		c := &cited{ids: map[string]bool{}}
		if err := whole.write(ctx, &Writer{to: io.Discard, out: newOutput(), shape: c}); err != nil {
			return nil, err
		}
		for id := range c.ids {
			if _, is := whole.members[id]; !is {
				whole.members[id] = member{typ: source}
			}
		}
	}
	return &whole, nil
}

// cited is a shape that notes which sources are named.
type cited struct{ ids map[string]bool }

func (c *cited) add(sources any) {
	list, _ := sources.([]any)
	for _, id := range list {
		c.ids[id.(string)] = true
	}
}

func (c *cited) node(n *Node) { c.add(n.Values[query.NodeFacts+query.FactSources]) }
func (c *cited) link(l *Link) { c.add(l.Values[query.LinkFacts+query.FactSources]) }
func (c *cited) end()         {}

func (e *Extract) writeNodes(ctx context.Context, w *Writer, ids []string) error {
	nodes, err := e.readNodes(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		n := nodes[id]
		if n == nil { // it was removed meanwhile
			delete(e.members, id)
			continue
		}
		e.members[id] = e.standing(n)
		if err := w.Node(n); err != nil {
			return err
		}
	}
	return nil
}

// readNodes reads nodes by their ids, type by type: so there is one text of a query for each type.
func (e *Extract) readNodes(ctx context.Context, ids []string) (map[string]*Node, error) {
	byType := map[*query.Type][]any{}
	for _, id := range ids {
		t := e.members[id].typ
		byType[t] = append(byType[t], id)
	}
	nodes := make(map[string]*Node, len(ids))
	for t, ids := range byType {
		a := e.ask()
		row, err := e.store.Select(ctx, a.query(a.byID([]*query.Type{t}, ids, values(query.Node, t.Properties))))
		if err != nil {
			return nil, err
		}
		for _, r := range row[0].([]any) {
			n := &Node{Type: t, Values: r.(query.Row)}
			e.hideSources(n.Values, query.NodeFacts)
			nodes[n.ID()] = n
		}
	}
	return nodes, nil
}

// hideSources leaves out, of the sources of facts, those that may not be seen.
func (e *Extract) hideSources(values []any, facts int) {
	sources, _ := values[facts+query.FactSources].([]any)
	hidden := func(id any) bool { return !e.sources[id.(string)] }
	if slices.ContainsFunc(sources, hidden) {
		values[facts+query.FactSources] = slices.DeleteFunc(slices.Clone(sources), hidden)
	}
}

// standing is whether a node has begun, and whether it is in force, as far as the scope asks.
func (e *Extract) standing(n *Node) member {
	from, to := n.Values[query.NodeFacts+query.FactValidFrom], n.Values[query.NodeFacts+query.FactValidTo]
	begun := from == nil
	if e.scope.Time == query.Certain {
		from, to = n.Values[query.NodeFacts+query.FactCertainFrom], n.Values[query.NodeFacts+query.FactCertainTo]
		begun = false
	}
	if e.scope.Time == query.AnyTime || !n.Type.Dated {
		return member{n.Type, true, true}
	}
	begun = begun || from != nil && from.(string) <= e.scope.Date
	return member{n.Type, begun, begun && (to == nil || e.scope.Date <= to.(string))}
}

func (e *Extract) writeLinks(ctx context.Context, w *Writer, ids []string) error {
	a := e.ask()
	m := e.Graph.Model
	row, err := e.store.Select(ctx, a.query(a.byID(m.Types, query.ListOf(ids), []query.Column{idOf(query.Node), a.leadingOut(m, e.fields)})))
	if err != nil {
		return err
	}
	for _, r := range row[0].([]any) {
		from := r.(query.Row)
		for _, link := range from[1].([]any) {
			l := e.link(from[0].(string), link.(query.Row))
			if l == nil {
				continue
			}
			if err := w.Link(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// link is the relationship of a row, or nil if it does not belong to the extract: the store has tested
// it and where it leads, what is left is where it comes from.
func (e *Extract) link(from string, row query.Row) *Link {
	to := row[linkedTo].(string)
	source, known := e.members[from]
	target, reached := e.members[to]
	if !known || !reached || row[linkedOut] == false {
		return nil
	}
	r := e.relationship(kind{row[linkedName].(string), source.typ, target.typ})
	if !source.begun || !source.inForce && !r.Lasting {
		return nil
	}
	l := &Link{Relationship: r, From: from, To: to, Values: make([]any, len(r.Properties))}
	for i, p := range e.fields {
		if own := r.Property(p.Name); own != nil {
			l.Values[own.Index] = row[linkedFields+i]
		}
	}
	e.hideSources(l.Values, query.LinkFacts)
	return l
}

func (e *Extract) relationship(k kind) *query.Relationship {
	if e.kinds[k] == nil {
		e.kinds[k] = e.Graph.Model.Relationship(k.name, k.from, k.to)
	}
	return e.kinds[k]
}
