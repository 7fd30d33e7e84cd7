package embedded

import (
	"slices"

	"bordergraph/graph/query"
)

// led says for each node, by its position, whether the condition holds for it. It is found once a query.
func (r *reader) led(c *query.Leads) []bool {
	if known, is := r.ledBy[c]; is {
		return known
	}
	if r.ledBy == nil {
		r.ledBy = map[*query.Leads][]bool{}
	}
	r.ledBy[c] = r.backward(c)
	return r.ledBy[c]
}

// backward goes from the nodes that are to be led to against the direction of the relationships.
func (r *reader) backward(c *query.Leads) []bool {
	found := make([]bool, r.graph.places)
	var ends []*node
	for _, id := range r.args[c.To].([]any) {
		if n := r.graph.nodes[id.(string)]; n != nil {
			found[n.position] = true
			ends = append(ends, n)
		}
	}
	in := r.scope(c.Scope)
	for range c.Steps {
		var before []*node
		for _, n := range ends {
			r.before(n, c.Relationships, in, func(from *node) {
				if !found[from.position] {
					found[from.position] = true
					before = append(before, from)
				}
			})
		}
		ends = before
	}
	return found
}

// before calls visit with the nodes from which one of the relationships leads to a node.
func (r *reader) before(n *node, relationships []*query.Relationship, in scope, visit func(*node)) {
	for _, b := range n.in {
		if !slices.Contains(relationships, b.relationship) {
			continue
		}
		step := &query.Step{Relationship: b.relationship, To: anyType}
		for _, l := range b.links {
			if !r.spend(1) {
				return
			}
			if in.leads(step, l, n) {
				visit(l.from)
			}
		}
	}
}
