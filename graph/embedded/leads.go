package embedded

import "bordergraph/graph/query"

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
	for _, id := range r.args[c.To].([]any) {
		if n := r.graph.nodes[id.(string)]; n != nil {
			found.add(n)
		}
	}
	wanted := make([]bool, r.graph.relationships)
	for _, relationship := range c.Relationships {
		wanted[relationship.Index] = true
	}
	in, ends := r.scope(c.Scope), found
	for range c.Steps {
		before := r.back(ends, in, query.Out, func(relationship *query.Relationship) (query.Step, bool) {
			return query.Step{Direction: query.Out, To: anyType}, wanted[relationship.Index]
		})
		before.leave(found)
		found.join(before)
		ends = before
	}
	return found
}
