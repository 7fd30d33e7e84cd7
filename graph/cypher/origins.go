package cypher

import (
	"slices"

	"bordergraph/graph/query"
)

// origins is the variable of a list of the nodes for which a condition holds that names ids, of themselves or of what
// they are linked with, and what of the condition is still to be tested of them. There may be nodes of other types
// among them. It is empty if the condition names none.
func (c *compiler) origins(where query.Condition, types []*query.Type) (list string, rest query.Condition) {
	if l := leading(where); l != nil {
		return c.ofTypes(c.nearLead(l, types, 0), types), l.rest
	}
	switch where := where.(type) {
	case *query.And:
		for i, part := range where.All {
			if list, rest := c.origins(part, types); list != "" {
				return list, replaced(where, i, rest)
			}
		}
	case *query.Or:
		return c.originsOfAny(where.Any, types), nil
	case *query.Compare:
		return c.withID(where), nil
	case *query.Some:
		return c.originsOfSome(where.Set, types), nil
	}
	return "", nil
}

// withID is the list of the nodes that have an id.
func (c *compiler) withID(is *query.Compare) string {
	if is.Of != query.Node || is.Property != query.NodeProperties[query.NodeID] || is.Operator != query.Equal && is.Operator != query.OneOf {
		return ""
	}
	return c.made(func() string {
		return block("COLLECT", []string{
			"MATCH (n0:" + quote("Node") + ")",
			"WHERE " + property("n0", is.Property) + operators[is.Operator] + c.param(is.Value),
			"RETURN n0",
		})
	})
}

func (c *compiler) originsOfAny(conditions []query.Condition, types []*query.Type) string {
	all, made := "", len(c.nears)
	for _, part := range conditions {
		list, rest := c.origins(part, types)
		if list == "" {
			c.nears = c.nears[:made]
			return ""
		}
		if rest != nil {
			list = c.only(list, rest, types)
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

// only is the list of those nodes of a list for which a condition holds.
func (c *compiler) only(list string, where query.Condition, types []*query.Type) string {
	return c.made(func() string {
		f := root.inner()
		n := f.node(query.Node, types)
		return block("COLLECT", []string{"UNWIND " + list + " AS " + n, "WITH " + n, "WHERE " + c.condition(where, f, false), "RETURN " + n})
	})
}

// ofTypes is the list of those nodes of a list that are of some types.
func (c *compiler) ofTypes(list string, types []*query.Type) string {
	of := c.unwound(list, types)
	return c.made(func() string { return block("COLLECT", append(of, "RETURN n0")) })
}

// originsOfSome goes back from what a set is to have, tested as in the set itself.
func (c *compiler) originsOfSome(s *query.Set, types []*query.Type) string {
	walk, ok := s.Start.(*query.Walk)
	if !ok || walk.From != query.Node {
		return ""
	}
	list, rest := c.origins(s.Where, walk.Steps[len(walk.Steps)-1].To)
	if list == "" {
		return ""
	}
	return c.made(func() string {
		near := root.inner()
		n := near.node(query.Node, types)
		far := c.members(&query.Set{Start: walk, Where: rest, Scope: s.Scope}, near)
		return block("COLLECT", slices.Concat([]string{"UNWIND " + list + " AS " + far.frame.variables[query.Node]}, far.clauses(), []string{"RETURN DISTINCT " + n}))
	})
}
