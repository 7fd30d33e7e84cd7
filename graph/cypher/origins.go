package cypher

import (
	"slices"

	"bordergraph/graph/query"
)

// fromOrigins is a set of few, found from the nodes that its condition names, if it names any; any other set stays
// as it is. What is found so is tested like all else, so it may be too much.
func (c *compiler) fromOrigins(s *query.Set) *query.Set {
	all, ok := s.Start.(*query.All)
	if !ok || !all.Few {
		return s
	}
	list := c.origins(s.Where)
	if list == "" {
		return s
	}
	return from(near{all, list}, s)
}

// origins is the variable of a list among which are all nodes for which a condition holds; empty if it names no ids.
func (c *compiler) origins(where query.Condition) string {
	switch where := where.(type) {
	case *query.And:
		for _, part := range where.All {
			if list := c.origins(part); list != "" {
				return list
			}
		}
	case *query.Or:
		return c.originsOfAny(where.Any)
	case *query.Compare:
		if where.Of == query.Node && where.Property == query.NodeProperties[query.NodeID] && (where.Operator == query.Equal || where.Operator == query.OneOf) {
			return c.made(func() string {
				id := property("n0", where.Property) + operators[where.Operator] + c.param(where.Value)
				return block("COLLECT", []string{"MATCH (n0:" + quote("Node") + ")", "WHERE " + id, "RETURN n0"})
			})
		}
	case *query.Some:
		return c.originsOfSome(where.Set)
	}
	return ""
}

func (c *compiler) originsOfAny(conditions []query.Condition) string {
	all := ""
	for _, part := range conditions {
		list := c.origins(part)
		if list == "" {
			return ""
		}
		if all != "" {
			all += " + "
		}
		all += list
	}
	if all == "" {
		return ""
	}
	return c.made(func() string { return block("COLLECT", []string{"UNWIND " + all + " AS n0", "RETURN DISTINCT n0"}) })
}

func (c *compiler) originsOfSome(s *query.Set) string {
	walk, ok := s.Start.(*query.Walk)
	if !ok || walk.From != query.Node {
		return ""
	}
	list := c.origins(s.Where)
	if list == "" {
		return ""
	}
	for _, step := range slices.Backward(walk.Steps) {
		list = c.back(list, step)
	}
	return list
}

// back is the list of all nodes from which a step leads to one of a list.
func (c *compiler) back(list string, step query.Step) string {
	turned := map[query.Direction]query.Direction{query.Out: query.In, query.In: query.Out, query.Both: query.Both}
	return c.made(func() string {
		return block("COLLECT", []string{
			"UNWIND " + list + " AS n0",
			"MATCH (n0)" + arrow(turned[step.Direction], "r0", step.Relationship.Name) + "(a0)",
			"RETURN DISTINCT a0",
		})
	})
}
