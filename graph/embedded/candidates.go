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

func (s nodeSet) leave(other nodeSet) {
	for i := range s {
		s[i] &^= other[i]
	}
}

// intersection is what is in both; nil stands for all nodes.
func intersection(a, b nodeSet) nodeSet {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	both := slices.Clone(a)
	for i := range both {
		both[i] &= b[i]
	}
	return both
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

// narrowed are nodes among which all are for which a condition holds: those that lead to the ids which it names,
// found from there; nil where it names none. Left is what is to be tested of them still; nil if it holds for all.
type narrowed struct {
	among nodeSet
	left  query.Condition
}

// narrow finds the nodes on which a condition need be tested.
func (r *reader) narrow(c query.Condition) narrowed {
	switch c := c.(type) {
	case *query.And:
		return r.narrowByAll(c)
	case *query.Compare, *query.Or, *query.Some, *query.Leads:
		found, known := r.found[c]
		if !known {
			found = r.find(c)
			if found.among == nil {
				found.left = c
			}
			if r.found == nil {
				r.found = map[query.Condition]narrowed{}
			}
			r.found[c] = found
		}
		return found
	}
	return narrowed{left: c}
}

func (r *reader) narrowByAll(c *query.And) narrowed {
	var among nodeSet
	left := &query.And{}
	for _, part := range c.All {
		found := r.narrow(part)
		among = intersection(among, found.among)
		if found.left != nil {
			left.All = append(left.All, found.left)
		}
	}
	if len(left.All) == 0 {
		return narrowed{among: among}
	}
	return narrowed{among, left}
}

// find is narrow for a condition of which nothing is known yet. What is left is told only with nodes.
func (r *reader) find(c query.Condition) narrowed {
	switch c := c.(type) {
	case *query.Compare:
		return narrowed{among: r.identified(c)}
	case *query.Or:
		return r.narrowByAny(c)
	case *query.Some:
		return r.origins(c)
	case *query.Leads:
		if c.Of == query.Node {
			return narrowed{among: r.led(c)}
		}
	}
	return narrowed{}
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

func (r *reader) narrowByAny(c *query.Or) narrowed {
	all := narrowed{among: r.graph.nodeSet()}
	for _, part := range c.Any {
		found := r.narrow(part)
		if found.among == nil || !r.spend(1+len(found.among)) {
			return narrowed{}
		}
		all.among.join(found.among)
		if found.left != nil {
			all.left = c
		}
	}
	return all
}

// origins are the nodes from which a set that starts at a node has members.
func (r *reader) origins(c *query.Some) narrowed {
	ends := r.narrow(c.Where)
	if ends.among == nil {
		return narrowed{}
	}
	found, exact := ends.among, ends.left == nil
	in := r.scope(c.Scope)
	switch start := c.Start.(type) {
	case *query.Walk:
		if start.From != query.Node {
			return narrowed{}
		}
		exact = exact && start.ViaWhere == nil && !returns(start)
		for _, step := range slices.Backward(start.Steps) {
			found = r.back(found, in, step.Direction, only(step))
		}
	case *query.Linked:
		if start.From != query.Node {
			return narrowed{}
		}
		wanted := r.wanted(start)
		found = r.back(found, in, query.Both, func(relationship *query.Relationship) (query.Step, bool) {
			return r.stepOver(start, relationship), wanted[relationship.Index]
		})
	default:
		return narrowed{}
	}
	if exact {
		return narrowed{among: found}
	}
	return narrowed{found, c}
}

// returns reports whether a walk might go back over the relationship that it came by, which it does not.
func returns(w *query.Walk) bool {
	return len(w.Steps) == 2 && w.Steps[0].Relationship == w.Steps[1].Relationship
}

// only walks no other relationship than that of a step.
func only(step query.Step) func(*query.Relationship) (query.Step, bool) {
	return func(relationship *query.Relationship) (query.Step, bool) {
		return step, relationship == step.Relationship
	}
}

// back are the nodes from which one relationship in force, walked as is told of it, leads to one of some. The direction is
// that in which all are walked, Both if not all are walked in one.
func (r *reader) back(ends nodeSet, in scope, direction query.Direction, walked func(*query.Relationship) (query.Step, bool)) nodeSet {
	found := r.graph.nodeSet()
	along := func(n *node, at bundles, against query.Direction) {
		if direction == against {
			return
		}
		for _, b := range at {
			step, is := walked(b.relationship)
			if !is || step.Direction == against || !r.spend(len(b.links)) {
				continue
			}
			for _, l := range b.links {
				if in.leads(&step, l, n) {
					found.add(l.other(n))
				}
			}
		}
	}
	r.graph.each(ends, func(n *node) {
		along(n, n.in, query.In)
		along(n, n.out, query.Out)
	})
	return found
}
