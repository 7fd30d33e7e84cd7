package embedded

import "bordergraph/graph/query"

// neighbours are those of a query.Neighbours.
type neighbours struct {
	// found are in order: of those that there are, so many as are wanted.
	found          []member
	more, exceeded bool
}

// neighbours finds those that are asked for, once a query.
func (r *reader) neighbours(asked *query.Neighbours) *neighbours {
	known := r.nearBy[asked]
	if known == nil {
		known = r.nearest(asked)
		if r.nearBy == nil {
			r.nearBy = map[*query.Neighbours]*neighbours{}
		}
		r.nearBy[asked] = known
	}
	return known
}

// away is the relationship that stands for the steps to a neighbour, so that rows read them as they read relationships.
var away = &query.Relationship{Name: "steps", Properties: query.NeighbourProperties}

// nearest goes on, one step after another, until there are enough.
func (r *reader) nearest(asked *query.Neighbours) *neighbours {
	first, most := int(r.args[asked.First].(int64)), r.args[asked.Most].(int64)
	in, met, looked := r.scope(asked.Scope), r.graph.nodeSet(), int64(0)
	var level []*node
	r.named(r.args[asked.From].([]any), asked.Over.To, func(n *node) bool {
		if in.sees(&n.validity) {
			met.add(n)
			level = append(level, n)
		}
		return true
	})
	near := &neighbours{}
	near.add(r, asked, level, 0, first)
	for steps := 1; steps <= asked.Steps && len(near.found) <= first; steps++ {
		var next []*node
		fresh := r.graph.nodeSet()
		for _, from := range level {
			r.onward(asked.Over, in, from, func(m member) bool {
				if !met.has(m.node) && (asked.Like == nil || r.holds(asked.Like, m)) {
					looked++
					if fresh.add(m.node) {
						next = append(next, m.node)
					}
				}
				return looked <= most
			})
		}
		if looked > most || r.err != nil {
			return &neighbours{exceeded: true}
		}
		met.join(fresh)
		level = next
		near.add(r, asked, level, steps, first)
	}
	if near.more = len(near.found) > first; near.more {
		near.found = near.found[:first]
	}
	return near
}

// add adds the members among the nodes of a level, in order, but no more than one too many.
func (s *neighbours) add(r *reader, asked *query.Neighbours, level []*node, steps, first int) {
	p := r.page(asked.Order, false, first+1-len(s.found))
	defer r.give(p)
	link := &link{relationship: away, values: []any{int64(steps)}}
	for _, n := range level {
		m := member{node: n, link: link}
		if asked.Wanted == nil || r.holds(asked.Wanted, m) {
			p.tried = r.keys(p.tried[:0], asked.Order, m)
			p.offer(m, p.tried)
		}
	}
	for _, item := range p.sorted() {
		s.found = append(s.found, item.member)
	}
}

// near calls visit with neighbours, until it answers false.
func (r *reader) near(asked *query.Neighbours, visit func(member) bool) {
	for _, m := range r.neighbours(asked).found {
		if !visit(m) {
			return
		}
	}
}

// onward calls visit with what the relationships of a node lead to, of those that both ends let be in force, until it
// answers false.
func (r *reader) onward(over *query.Linked, in scope, from *node, visit func(member) bool) {
	if !in.begun(&from.validity) {
		return
	}
	ended := !in.lasts(&from.validity)
	r.linked(over, in, from, func(m member) bool { return ended && !m.link.relationship.Lasting || visit(m) })
}

// between calls visit with the relationships among neighbours, until it answers false.
func (r *reader) between(b *query.Between, in scope, visit func(member) bool) {
	near, among, more := r.neighbours(b.Neighbours), r.graph.nodeSet(), true
	for _, m := range near.found {
		among.add(m.node)
	}
	for i := 0; i < len(near.found) && more; i++ {
		via := near.found[i].node
		r.onward(b.Over, in, via, func(m member) bool {
			m.via = via
			if among.has(m.node) && (b.Like == nil || r.holds(b.Like, m)) {
				more = visit(m)
			}
			return more
		})
	}
}
