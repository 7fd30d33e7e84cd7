package embedded

import (
	"math/bits"
	"slices"

	"bordergraph/graph/query"
)

// nodeSet is some of the nodes, by their positions.
type nodeSet []uint64

func (g *graph) nodeSet() nodeSet { return make(nodeSet, (len(g.placed)+63)/64) }

func (s nodeSet) has(n *node) bool { return s[n.position/64]&(1<<(n.position%64)) != 0 }

// add reports whether the node was not there before.
func (s nodeSet) add(n *node) bool {
	added := !s.has(n)
	s[n.position/64] |= 1 << (n.position % 64)
	return added
}

func (s nodeSet) join(other nodeSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s nodeSet) size() int {
	size := 0
	for _, word := range s {
		size += bits.OnesCount64(word)
	}
	return size
}

// each calls visit with the nodes of a set.
func (g *graph) each(s nodeSet, visit func(*node)) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			visit(g.placed[64*i+bits.TrailingZeros64(word)])
		}
	}
}

// ofType are the nodes of a type in a set, in the order of the ids.
func (g *graph) ofType(t *query.Type, s nodeSet) []*node {
	var in []*node
	g.each(s, func(n *node) {
		if n.typ == t {
			in = append(in, n)
		}
	})
	slices.SortFunc(in, byID)
	return in
}

// candidates are nodes among which are all for which a condition holds: those that lead to the ids which it
// names, found from there. They are nil where it names none.
func (r *reader) candidates(c query.Condition) nodeSet {
	switch c := c.(type) {
	case *query.And:
		return r.candidatesOfAll(c.All)
	case *query.Compare, *query.Or, *query.Some, *query.Leads:
		found, known := r.found[c]
		if !known {
			found = r.find(c)
			if r.found == nil {
				r.found = map[query.Condition]nodeSet{}
			}
			r.found[c] = found
		}
		return found
	}
	return nil
}

// candidatesOfAll are the fewest that one of the conditions leaves.
func (r *reader) candidatesOfAll(conditions []query.Condition) nodeSet {
	var fewest nodeSet
	for _, c := range conditions {
		if found := r.candidates(c); found != nil && (fewest == nil || found.size() < fewest.size()) {
			fewest = found
		}
	}
	return fewest
}

func (r *reader) find(c query.Condition) nodeSet {
	switch c := c.(type) {
	case *query.Compare:
		return r.identified(c)
	case *query.Or:
		return r.candidatesOfAny(c.Any)
	case *query.Some:
		return r.origins(c.Set)
	case *query.Leads:
		if c.Of == query.Node {
			return r.led(c)
		}
	}
	return nil
}

func (r *reader) identified(c *query.Compare) nodeSet {
	if c.Of != query.Node || c.Property != query.NodeProperties[query.NodeID] {
		return nil
	}
	var ids []any
	switch c.Operator {
	case query.Equal:
		ids = []any{r.args[c.Value]}
	case query.OneOf:
		ids = r.args[c.Value].([]any)
	default:
		return nil
	}
	found := r.graph.nodeSet()
	for _, id := range ids {
		if n := r.graph.nodes[id.(string)]; n != nil && r.spend(1) {
			found.add(n)
		}
	}
	return found
}

func (r *reader) candidatesOfAny(conditions []query.Condition) nodeSet {
	all := r.graph.nodeSet()
	for _, c := range conditions {
		found := r.candidates(c)
		if found == nil || !r.spend(1+len(found)) {
			return nil
		}
		all.join(found)
	}
	return all
}

// origins are the nodes from which a set that starts at a node can have members.
func (r *reader) origins(s *query.Set) nodeSet {
	switch start := s.Start.(type) {
	case *query.Walk:
		found := r.candidates(s.Where)
		if start.From != query.Node || found == nil {
			return nil
		}
		for _, step := range slices.Backward(start.Steps) {
			found = r.back(found, func(relationship *query.Relationship) (query.Direction, bool) {
				return step.Direction, relationship == step.Relationship
			})
		}
		return found
	case *query.Linked:
		found := r.candidates(s.Where)
		if start.From != query.Node || found == nil {
			return nil
		}
		wanted := r.wanted(start)
		return r.back(found, func(relationship *query.Relationship) (query.Direction, bool) {
			if relationship.Symmetric {
				return query.Both, wanted[relationship.Index]
			}
			return start.Direction, wanted[relationship.Index]
		})
	}
	return nil
}

// back are the nodes from which one relationship, walked in the direction that is told of it, leads to one of some.
func (r *reader) back(ends nodeSet, walked func(*query.Relationship) (query.Direction, bool)) nodeSet {
	found := r.graph.nodeSet()
	r.graph.each(ends, func(n *node) {
		for _, b := range n.in {
			if direction, is := walked(b.relationship); is && direction != query.In {
				r.addEnds(found, b, func(l *link) *node { return l.from })
			}
		}
		for _, b := range n.out {
			if direction, is := walked(b.relationship); is && direction != query.Out {
				r.addEnds(found, b, func(l *link) *node { return l.to })
			}
		}
	})
	return found
}

func (r *reader) addEnds(found nodeSet, b bundle, end func(*link) *node) {
	if r.spend(len(b.links)) {
		for _, l := range b.links {
			found.add(end(l))
		}
	}
}
