package embedded

import "bordergraph/graph/query"

// prepare readies a condition to be tested on so many nodes. For a walk over two relationships to whatever there is,
// it looks at each node in the middle once, in the order in which they lie in memory, where from each beginning they
// would be looked at again and again, here and there.
func (r *reader) prepare(c query.Condition, nodes int) {
	switch c := c.(type) {
	case *query.And:
		r.prepareAll(c.All, nodes)
	case *query.Or:
		r.prepareAll(c.Any, nodes)
	case *query.Not:
		r.prepare(c.Condition, nodes)
	case *query.Some:
		walk, is := c.Start.(*query.Walk)
		if !is || c.Where != nil || walk.From != query.Node || len(walk.Steps) != 2 || returns(walk) {
			return
		}
		if _, known := r.begun[c]; !known && r.middle(walk) <= hereAndThere*nodes {
			if r.begun == nil {
				r.begun = map[*query.Some]nodeSet{}
			}
			r.begun[c] = r.beginnings(walk, r.scope(c.Scope))
		}
	}
}

// hereAndThere is how many nodes are looked at in order while one is looked at out of order.
const hereAndThere = 2

func (r *reader) prepareAll(conditions []query.Condition, nodes int) {
	for _, c := range conditions {
		r.prepare(c, nodes)
	}
}

// middle is how many nodes there are that may lie in the middle of a walk.
func (r *reader) middle(w *query.Walk) int {
	nodes := 0
	for _, t := range w.Steps[0].To {
		nodes += len(r.graph.byType[t.Index])
	}
	return nodes
}

// beginnings are the nodes from which a walk leads anywhere.
func (r *reader) beginnings(w *query.Walk, in scope) nodeSet {
	middle := r.graph.nodeSet()
	for _, t := range w.Steps[0].To {
		for _, via := range r.graph.byType[t.Index] {
			if r.spend(1) && (w.ViaWhere == nil || r.holds(w.ViaWhere, member{node: via})) && r.leadsOn(&w.Steps[1], in, via) {
				middle.add(via)
			}
		}
	}
	return r.back(middle, in, w.Steps[0].Direction, only(w.Steps[0]))
}
