package embedded

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"bordergraph/graph/query"
)

// graph is all that is stored, as it is read. It never changes: a change makes another.
type graph struct {
	nodes    map[string]*node
	links    []link    // by the node they lead from, as they are walked
	byType   [][]*node // by Type.Index, each in the order of the ids
	timeline timeline
	contents *query.Contents
	// typeNames are the names of the types as rows hold them, by Type.Index.
	typeNames []any
	// relationships is how many kinds of them the model has.
	relationships int
}

type node struct {
	typ      *query.Type
	validity validity
	values   []any // by position of the type's properties
	out, in  bundles
	position int // among all nodes
}

type link struct {
	relationship *query.Relationship
	validity     validity
	from, to     *node
	values       []any // by position of the relationship's properties
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

func (n *node) id() string { return n.values[query.NodeID].(string) }

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

// records are what a graph is made from.
type records struct {
	nodes    []query.NodeRecord
	links    []query.LinkRecord
	contents *query.Contents
}

// assemble makes a graph of records. Of two records of one id, the later counts. The problems name
// the links that cannot be.
func assemble(model *query.Model, r records) (*graph, []string) {
	g := &graph{
		nodes:         make(map[string]*node, len(r.nodes)),
		byType:        make([][]*node, len(model.Types)),
		relationships: len(model.Relationships),
		contents:      r.contents,
	}
	for _, t := range model.Types {
		g.typeNames = append(g.typeNames, t.Name)
	}
	kept := latest(r.nodes)
	nodes, values := make([]node, len(kept)), aligned(kept)
	for i, n := range kept {
		nodes[i] = node{typ: n.Type, validity: validityOfNode(n), values: values[i], position: i}
		g.nodes[nodes[i].id()] = &nodes[i]
		g.byType[n.Type.Index] = append(g.byType[n.Type.Index], &nodes[i])
	}
	g.timeline = newTimeline(model.Moments, g.byType)
	return g, g.join(r.links)
}

// aligned are the values of records, one after the other in memory, as they are scanned.
func aligned(all []query.NodeRecord) [][]any {
	length := 0
	for _, n := range all {
		length += len(n.Values)
	}
	cells, values := make([]any, 0, length), make([][]any, len(all))
	for i, n := range all {
		begin := len(cells)
		cells = append(cells, n.Values...)
		values[i] = cells[begin:len(cells):len(cells)]
	}
	return values
}

// latest are the last records of each id, by type and id.
func latest(all []query.NodeRecord) []query.NodeRecord {
	byID := make(map[string]query.NodeRecord, len(all))
	for _, n := range all {
		byID[n.Values[query.NodeID].(string)] = n
	}
	return slices.SortedFunc(maps.Values(byID), func(a, b query.NodeRecord) int {
		return cmp.Or(cmp.Compare(a.Type.Index, b.Type.Index), compare(a.Values[query.NodeID], b.Values[query.NodeID]))
	})
}

func (g *graph) join(records []query.LinkRecord) (problems []string) {
	byID := make(map[string]link, len(records))
	for _, l := range records {
		id := l.Values[query.LinkID].(string)
		from, to := g.nodes[l.From], g.nodes[l.To]
		if problem := misplaced(l, from, to); problem != "" {
			problems = append(problems, problem)
			continue
		}
		byID[id] = link{l.Relationship, validityOf(l.Values, query.LinkFacts), from, to, l.Values}
	}
	g.links = slices.SortedFunc(maps.Values(byID), func(a, b link) int { return cmp.Compare(a.from.position, b.from.position) })
	links := make([]*link, len(g.links))
	for i := range links {
		links[i] = &g.links[i]
	}
	bundleUp(slices.Clone(links), func(l *link) *node { return l.from }, func(n *node) *bundles { return &n.out })
	bundleUp(links, func(l *link) *node { return l.to }, func(n *node) *bundles { return &n.in })
	return problems
}

func misplaced(l query.LinkRecord, from, to *node) string {
	switch {
	case from == nil:
		return fmt.Sprintf("%s from %s to %s: there is no node %q", l.Relationship.Name, l.From, l.To, l.From)
	case to == nil:
		return fmt.Sprintf("%s from %s to %s: there is no node %q", l.Relationship.Name, l.From, l.To, l.To)
	case !slices.Contains(l.Relationship.From, from.typ) || !slices.Contains(l.Relationship.To, to.typ):
		return fmt.Sprintf("%s from %s to %s: it does not lead from %s to %s", l.Relationship.Name, l.From, l.To, from.typ.Name, to.typ.Name)
	}
	return ""
}

// bundleUp gives each node its part of the links, which it sorts.
func bundleUp(links []*link, end func(*link) *node, side func(*node) *bundles) {
	slices.SortFunc(links, func(a, b *link) int {
		return cmp.Or(cmp.Compare(end(a).position, end(b).position), cmp.Compare(a.relationship.Index, b.relationship.Index))
	})
	for begin := 0; begin < len(links); {
		n, r := end(links[begin]), links[begin].relationship
		stop := begin + 1
		for stop < len(links) && end(links[stop]) == n && links[stop].relationship == r {
			stop++
		}
		*side(n) = append(*side(n), bundle{r, links[begin:stop:stop]})
		begin = stop
	}
}

// changed are the records of the graph after a change.
func (g *graph) changed(c *query.Change) records {
	r := records{contents: g.contents}
	if c.Replace {
		r.contents = nil
	} else {
		for _, n := range g.nodes {
			r.nodes = append(r.nodes, query.NodeRecord{Type: n.typ, Values: n.values})
		}
		for _, l := range g.links {
			r.links = append(r.links, query.LinkRecord{Relationship: l.relationship, From: l.from.id(), To: l.to.id(), Values: l.values})
		}
	}
	if c.Contents != nil {
		contents := *c.Contents
		r.contents = &contents
	}
	r.nodes = append(r.nodes, c.Nodes...)
	r.links = append(r.links, c.Links...)
	return r
}
