package cypher

import (
	"slices"

	"bordergraph/graph/query"
)

// near starts from the nodes of a list, of which those are wanted that the other start has: All or Moments.
type near struct {
	query.Start
	nodes string
}

// led is the condition by which all members of a set lead somewhere, and the rest of its conditions.
// There is none where the members do not come from all nodes of some types.
func led(s *query.Set) (lead *query.Leads, rest query.Condition) {
	switch s.Start.(type) {
	case *query.All, *query.Moments:
		return leading(s.Where)
	}
	return nil, nil
}

func leading(where query.Condition) (lead *query.Leads, rest query.Condition) {
	switch where := where.(type) {
	case *query.Leads:
		return where, nil
	case *query.And:
		for i, part := range where.All {
			if lead, left := leading(part); lead != nil {
				return lead, replaced(where, i, left)
			}
		}
	}
	return nil, nil
}

// replaced has another part in place of one, or none if that is nil.
func replaced(and *query.And, i int, part query.Condition) query.Condition {
	var parts []query.Condition
	if part != nil {
		parts = []query.Condition{part}
	}
	if parts = slices.Replace(slices.Clone(and.All), i, i+1, parts...); len(parts) == 0 {
		return nil
	}
	return &query.And{All: parts}
}

// listed is the set, found from the list of all that lead where its members lead, if they lead anywhere.
func (c *compiler) listed(s *query.Set) *query.Set {
	lead, rest := led(s)
	if lead == nil {
		return s
	}
	return &query.Set{Start: near{s.Start, c.near(lead, 0)}, Where: rest, Scope: s.Scope}
}

// shortlisted is the set, found from such a list, which is null if it would be long: then the set
// is better found as it is.
func (c *compiler) shortlisted(s *query.Set) (list string, short *query.Set) {
	lead, rest := led(s)
	if lead == nil {
		return "", nil
	}
	list = c.near(lead, fewNodes)
	return list, &query.Set{Start: near{s.Start, list}, Where: rest, Scope: s.Scope}
}

func eitherWay(list, long, short string) string {
	return "CASE WHEN " + list + " IS NULL THEN " + long + " ELSE " + short + " END"
}

// among takes the nodes of a list, and tests them like any other set of nodes.
func (c *compiler) among(start near, scope *query.Scope, outer frame) members {
	var m members
	switch of := start.Start.(type) {
	case *query.All:
		f := outer.inner()
		n := f.node(query.Node, of.Types)
		m = members{frame: f, where: append([]string{hasType(n, of.Types)}, c.nodeScope(n, of.Types, scope, inForce)...)}
	case *query.Moments:
		m = c.moment(of.Of[0], scope, outer)
		m.where = append([]string{hasType(m.frame.variables[query.Node], m.frame.types[query.Node])}, m.where...)
	}
	n := m.frame.variables[query.Node]
	m.match = "UNWIND " + start.nodes + " AS " + n + "\nWITH " + n
	return m
}
