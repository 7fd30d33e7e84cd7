package embedded

import (
	"slices"

	"bordergraph/graph/query"
)

// cited calls yield with the members that a set has of some ids, each once.
func (r *reader) cited(s *query.Set, in scope, ids []any, yield func(member) bool) {
	var met []*node
	for _, id := range ids {
		for _, n := range r.citedAs(id.(string), s, in) {
			if slices.Contains(met, n) {
				continue
			}
			if len(ids) > 1 {
				met = append(met, n)
			}
			if !r.spend(1) || !yield(member{node: n}) {
				return
			}
		}
	}
}

// citedAs are the members that a set has of an id, whoever cites it: they are found once a query.
func (r *reader) citedAs(id string, s *query.Set, in scope) []*node {
	members, known := r.cites[s][id]
	if !known {
		members = r.findCited(id, s, in)
		if r.cites == nil {
			r.cites = map[*query.Set]map[string][]*node{}
		}
		if r.cites[s] == nil {
			r.cites[s] = map[string][]*node{}
		}
		r.cites[s][id] = members
	}
	return members
}

// findCited does not test the time: a citation is the name of a source, not a relationship.
func (r *reader) findCited(id string, s *query.Set, in scope) []*node {
	start := s.Start.(*query.Cited)
	n := r.graph.nodes[id]
	if n == nil || !slices.Contains(start.Types, n.typ) || !in.sees(&n.validity) {
		return nil
	}
	found := []*node{n}
	if start.CopyOf != nil {
		found = r.originalsOf(n, start, in)
	}
	return slices.DeleteFunc(found, func(n *node) bool { return s.Where != nil && !r.holds(s.Where, member{node: n}) })
}

// originalsOf are those that a node leads to and that are no copies; the node itself if there are none.
func (r *reader) originalsOf(n *node, start *query.Cited, in scope) []*node {
	step := &query.Step{Relationship: start.CopyOf, Direction: query.Out, To: start.Types}
	in.time = query.AnyTime
	if !r.leadsOn(step, in, n) {
		return []*node{n}
	}
	reached, originals := []*node{n}, []*node(nil)
	begin := 0
	for range query.MaxCopies {
		end := len(reached)
		for _, from := range reached[begin:end] {
			r.step(step, in, from, func(_ *link, to *node) bool {
				if !slices.Contains(reached, to) {
					reached = append(reached, to)
					if !r.leadsOn(step, in, to) {
						originals = append(originals, to)
					}
				}
				return true
			})
		}
		begin = end
	}
	if len(originals) == 0 {
		return []*node{n}
	}
	return originals
}

// leadsOn is whether a node has a relationship in force.
func (r *reader) leadsOn(s *query.Step, in scope, from *node) bool {
	return !r.step(s, in, from, func(*link, *node) bool { return false })
}
