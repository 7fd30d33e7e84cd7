package embedded

import (
	"slices"

	"bordergraph/graph/query"
)

// citation is a list of sources, as some facts cite it. Facts that cite the same share it.
type citation struct {
	sources []any // their ids
	facts   int   // how many cite it
}

// cite is the citation of the facts that begin at this position, which is held until it is given back; nil for none.
func (g *graph) cite(values []any, facts int) *citation {
	sources, _ := values[facts+query.FactSources].([]any)
	if len(sources) == 0 {
		return nil
	}
	key := appendKey(nil, sources)
	known := g.citations[string(key)]
	if known == nil {
		known = &citation{sources: sources}
		g.citations[string(key)] = known
	}
	known.facts++
	return known
}

// uncite gives a citation back.
func (g *graph) uncite(c *citation) {
	if c == nil {
		return
	}
	if c.facts--; c.facts == 0 {
		delete(g.citations, string(appendKey(nil, c.sources)))
	}
}

// cited is what is known of the members that a set has, whoever cites them: by their ids, and by citations.
type cited struct {
	ids       map[string][]*node
	citations map[*citation][]*node
}

// cited calls yield with the members that a set has of a citation, each once.
func (r *reader) cited(s *query.Set, in scope, c *citation, yield func(member) bool) {
	if c == nil {
		return
	}
	for _, n := range r.citedBy(c, s, in) {
		if !r.spend(1) || !yield(member{node: n}) {
			return
		}
	}
}

// citedBy are those members, which are found once a query.
func (r *reader) citedBy(c *citation, s *query.Set, in scope) []*node {
	known := r.cites[s]
	if known == nil {
		known = &cited{map[string][]*node{}, map[*citation][]*node{}}
		if r.cites == nil {
			r.cites = map[*query.Set]*cited{}
		}
		r.cites[s] = known
	}
	members, found := known.citations[c]
	if !found {
		for _, id := range c.sources {
			for _, n := range r.citedAs(id.(string), s, in, known.ids) {
				if !slices.Contains(members, n) {
					members = append(members, n)
				}
			}
		}
		known.citations[c] = members
	}
	return members
}

// citedAs are the members that a set has of an id.
func (r *reader) citedAs(id string, s *query.Set, in scope, known map[string][]*node) []*node {
	members, found := known[id]
	if !found {
		members = r.findCited(id, s, in)
		known[id] = members
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
