package embedded

import (
	"slices"

	"bordergraph/graph/query"
)

// led are the nodes for which the condition holds, whatever it is Of. They are found once a query.
func (r *reader) led(c *query.Leads) nodeSet {
	found, known := r.ledBy[c]
	if !known {
		found = r.backward(c)
		if r.ledBy == nil {
			r.ledBy = map[*query.Leads]nodeSet{}
		}
		r.ledBy[c] = found
	}
	return found
}

// backward goes from the nodes that are to be led to against the direction of the relationships.
func (r *reader) backward(c *query.Leads) nodeSet {
	found := r.graph.nodeSet()
	var ends []*node
	for _, id := range r.args[c.To].([]any) {
		if n := r.graph.nodes[id.(string)]; n != nil && found.add(n) {
			ends = append(ends, n)
		}
	}
	in := r.scope(c.Scope)
	for range c.Steps {
		var before []*node
		for _, n := range ends {
			r.before(n, c.Relationships, in, func(from *node) {
				if found.add(from) {
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
