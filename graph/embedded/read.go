package embedded

import (
	"context"
	"slices"

	"bordergraph/graph/query"
)

// reader answers one query.
type reader struct {
	ctx   context.Context
	graph *graph
	args  []any
	work  int   // since the last check whether anybody still waits
	err   error // once it is set, all sets end
	spare []*page
	sets  map[query.Param]map[string]bool
	ledBy map[*query.Leads]nodeSet
	found map[query.Condition]narrowed // see narrow
	begun map[*query.Some]nodeSet      // see prepare
	cites map[*query.Set]*cited        // what was found of each set
	// nearBy are the Neighbours that were found.
	nearBy map[*query.Neighbours]*neighbours
	// cells are left of those made last, which were so many.
	cells []any
	made  int
	// linkedOver are the relationships of each Linked, by their Index.
	linkedOver map[*query.Linked][]bool
}

// member is a node with the relationships over which it was reached: what a row is about.
type member struct {
	node    *node
	link    *link
	via     *node
	viaLink *link
	group   *group // a row of Groups is about it alone
}

func (m member) nodeOf(of query.Subject) *node {
	if of == query.Via {
		return m.via
	}
	return m.node
}

func (m member) linkOf(of query.Subject) *link {
	if of == query.ViaLink {
		return m.viaLink
	}
	return m.link
}

func (m member) value(of query.Subject, p *query.Property) any {
	if of == query.Node || of == query.Via {
		return m.nodeOf(of).value(p)
	}
	return m.linkOf(of).value(p)
}

// cites are the sources of the facts of a subject; nil if there are none.
func (m member) cites(of query.Subject) *citation {
	if of == query.Node || of == query.Via {
		return m.nodeOf(of).cites
	}
	return m.linkOf(of).cites
}

// fill evaluates columns into a row.
func (r *reader) fill(row query.Row, columns []query.Column, m member) {
	for i, c := range columns {
		row[i] = r.column(c, m)
	}
}

func (r *reader) column(c query.Column, m member) any {
	switch c := c.(type) {
	case *query.Value:
		return m.value(c.Of, c.Property)
	case *query.TypeName:
		return r.graph.typeNames[m.nodeOf(c.Of).typ.Index]
	case *query.LinkName:
		return m.link.relationship.Name
	case *query.Outgoing:
		return m.link.to == m.node
	case *query.Period:
		return period(c, m)
	case *query.Rank:
		return r.rank(c, m)
	case *query.List:
		return r.list(c.Select, m)
	case *query.First:
		return r.first(c.Select, m)
	case *query.Count:
		return r.count(c.Set, m)
	case *query.Exists:
		return r.exists(c, m)
	case *query.Groups:
		return r.groups(c, m)
	case *query.More:
		return r.neighbours(c.Neighbours).more
	case *query.Exceeded:
		return r.neighbours(c.Neighbours).exceeded
	}
	panic("embedded: unknown column")
}

func (r *reader) rank(c *query.Rank, m member) any {
	for i, condition := range c.Conditions {
		if r.holds(condition, m) {
			return int64(i)
		}
	}
	return nil
}

func (r *reader) count(s *query.Set, of member) int64 {
	count := int64(0)
	ways, s := r.ways(s, nil, nil, false)
	r.prepare(s.Where, looked(ways))
	for i := range ways {
		r.along(ways[i], s, of, func(member) bool {
			count++
			return true
		})
	}
	return count
}

func (r *reader) some(s *query.Set, of member) bool {
	found := false
	r.each(s, of, func(member) bool {
		found = true
		return false
	})
	return found
}

func (r *reader) exists(e *query.Exists, of member) bool {
	if e.Beyond == nil {
		return r.some(e.Set, of)
	}
	found, position := false, r.position(e.Beyond)
	var keys []any
	ways, set := r.ways(e.Set, e.Order, e.Beyond, false)
	for _, way := range ways {
		r.along(way, set, of, func(m member) bool {
			keys = r.keys(keys[:0], e.Order, m)
			found = found || keeps(e.Beyond, e.Order, keys, position)
			return !found
		})
	}
	return found
}

// each calls yield with the members of a set, until it answers false.
func (r *reader) each(s *query.Set, of member, yield func(member) bool) {
	ways, s := r.ways(s, nil, nil, false)
	if len(ways) == 1 {
		r.along(ways[0], s, of, yield)
		return
	}
	more := true
	for i := 0; i < len(ways) && more; i++ {
		r.along(ways[i], s, of, func(m member) bool {
			more = yield(m)
			return more
		})
	}
}

// along calls yield with those members of a set that are met on a way, until it answers false.
func (r *reader) along(way way, s *query.Set, of member, yield func(member) bool) {
	if !r.spend(1) {
		return
	}
	in := r.scope(s.Scope)
	visit := func(m member) bool {
		if s.Where != nil && !r.holds(s.Where, m) {
			return r.err == nil
		}
		return r.err == nil && yield(m)
	}
	switch start := s.Start.(type) {
	case *query.Moments:
		r.moments(start, way, in, visit)
	case *query.All, *query.Found:
		r.all(way, in, visit)
	case *query.Namesakes:
		names := r.texts(start.Names, r.args[start.Names].([]any))
		r.all(way, in, func(m member) bool { return !m.node.hasName(names) || visit(m) })
	case *query.ByID:
		r.byID(start, in, visit)
	case *query.Walk:
		r.walk(start, in, of.nodeOf(start.From), visit)
	case *query.Linked:
		r.linked(start, in, of.nodeOf(start.From), visit)
	case *query.Cited:
		r.cited(s, in, of.cites(start.By), yield)
	case *query.Keyed:
		r.keyed(start, in, of.group.keys[start.Key], visit)
	case *query.Neighbours:
		r.near(start, visit)
	case *query.Between:
		r.between(start, in, visit)
	}
}

func (r *reader) all(way way, in scope, visit func(member) bool) {
	for i := range way.nodes {
		n := way.node(i)
		if !r.spend(1) {
			return
		}
		if way.has(n) && in.sees(&n.validity) && in.holds(&n.validity) && !visit(member{node: n}) {
			return
		}
	}
}

// hasName is whether one of the node's folded names is among some.
func (n *node) hasName(names map[string]bool) bool {
	folded, _ := n.values[query.NodeNameFolded].([]any)
	return slices.ContainsFunc(folded, func(name any) bool { return names[name.(string)] })
}

func (r *reader) byID(start *query.ByID, in scope, visit func(member) bool) {
	r.named(r.args[start.IDs].([]any), start.Types, func(n *node) bool {
		shown := in.sees(&n.validity) && (!start.Dated || in.holds(&n.validity))
		return !shown || visit(member{node: n})
	})
}

// keyed does not test the time: the group is there, and the node says what it is of.
func (r *reader) keyed(start *query.Keyed, in scope, key any, visit func(member) bool) {
	if key == nil {
		return
	}
	r.named([]any{key}, start.Types, func(n *node) bool {
		return !in.sees(&n.validity) || visit(member{node: n})
	})
}

// named calls visit with the nodes of these ids and types, each once.
func (r *reader) named(ids []any, types []*query.Type, visit func(*node) bool) {
	var met map[*node]bool
	if len(ids) > 1 {
		met = make(map[*node]bool, len(ids))
	}
	for _, id := range ids {
		n := r.graph.nodes[id.(string)]
		if n == nil || met[n] || !slices.Contains(types, n.typ) {
			continue
		}
		if met != nil {
			met[n] = true
		}
		if !r.spend(1) || !visit(n) {
			return
		}
	}
}

// walk goes over one relationship or two. As in Neo4j, it does not go back over the one it came by.
func (r *reader) walk(w *query.Walk, in scope, from *node, visit func(member) bool) {
	if len(w.Steps) == 1 {
		r.step(&w.Steps[0], in, from, func(l *link, n *node) bool {
			return visit(member{node: n, link: l})
		})
		return
	}
	r.step(&w.Steps[0], in, from, func(viaLink *link, via *node) bool {
		if w.ViaWhere != nil && !r.holds(w.ViaWhere, member{node: via, link: viaLink}) {
			return true
		}
		return r.step(&w.Steps[1], in, via, func(l *link, n *node) bool {
			return l == viaLink || visit(member{node: n, link: l, via: via, viaLink: viaLink})
		})
	})
}

// linked looks at those relationships that the node has: of all that there are, these are few.
func (r *reader) linked(start *query.Linked, in scope, from *node, visit func(member) bool) {
	wanted := r.wanted(start)
	along := func(relationship *query.Relationship) bool {
		if !wanted[relationship.Index] {
			return true
		}
		s := r.stepOver(start, relationship)
		return r.step(&s, in, from, func(l *link, n *node) bool { return visit(member{node: n, link: l}) })
	}
	for i := range from.out {
		if !along(from.out[i].relationship) {
			return
		}
	}
	for i := range from.in {
		if relationship := from.in[i].relationship; from.out.of(relationship) == nil && !along(relationship) {
			return
		}
	}
}

// stepOver is how a Linked goes over one of its relationships.
func (r *reader) stepOver(start *query.Linked, relationship *query.Relationship) query.Step {
	step := query.Step{Relationship: relationship, Direction: start.Direction, To: start.To}
	if len(step.To) == len(r.graph.byType) {
		step.To = anyType
	}
	if relationship.Symmetric && !start.AsStored {
		step.Direction = query.Both
	}
	return step
}

// wanted tells by Relationship.Index which relationships a Linked goes over.
func (r *reader) wanted(start *query.Linked) []bool {
	wanted, known := r.linkedOver[start]
	if !known {
		wanted = make([]bool, r.graph.relationships)
		for _, relationship := range start.Relationships {
			wanted[relationship.Index] = true
		}
		if r.linkedOver == nil {
			r.linkedOver = map[*query.Linked][]bool{}
		}
		r.linkedOver[start] = wanted
	}
	return wanted
}

// step calls visit with each relationship in force at a node, and the node that it leads to.
func (r *reader) step(s *query.Step, in scope, from *node, visit func(*link, *node) bool) bool {
	if s.Direction != query.In {
		for _, l := range from.out.of(s.Relationship) {
			if !r.spend(1) || in.leads(s, l, l.to) && !visit(l, l.to) {
				return false
			}
		}
	}
	if s.Direction != query.Out {
		for _, l := range from.in.of(s.Relationship) {
			walked := s.Direction == query.Both && l.from == l.to
			if !r.spend(1) || !walked && in.leads(s, l, l.from) && !visit(l, l.from) {
				return false
			}
		}
	}
	return true
}

// workBetweenChecks is how many relationships, nodes, conditions and values are looked at before the
// reader asks again whether anybody still waits.
const workBetweenChecks = 1024

// spend counts work, and is false once nobody waits for it.
func (r *reader) spend(work int) bool {
	r.work += work
	if r.work >= workBetweenChecks {
		r.work = 0
		r.check()
	}
	return r.err == nil
}

func (r *reader) check() {
	if err := r.ctx.Err(); err != nil && r.err == nil {
		r.err = stopped(err)
	}
}
