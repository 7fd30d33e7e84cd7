package cypher

import (
	"fmt"
	"slices"
	"strings"

	"bordergraph/graph/query"
)

// members is how the members of a set are found.
type members struct {
	frame   frame
	pattern string
	where   []string
}

func (m members) clauses() []string {
	return []string{"MATCH " + m.pattern, "WHERE " + conjunction(m.where)}
}

func (c *compiler) count(s *query.Set, outer frame) string {
	return block("COUNT", c.members(s, outer).clauses())
}

func (c *compiler) some(s *query.Set, outer frame) string {
	return block("EXISTS", c.members(s, outer).clauses())
}

func (c *compiler) members(s *query.Set, outer frame) members {
	m := c.started(s, outer)
	if s.Where != nil {
		m.where = append(m.where, c.condition(s.Where, m.frame, false))
	}
	return m
}

func (c *compiler) started(s *query.Set, outer frame) members {
	switch start := s.Start.(type) {
	case *query.All:
		return c.all(start, s.Scope, outer)
	case *query.ByID:
		tested := untested
		if start.Dated {
			tested = inForce
		}
		return c.byID(c.param(start.IDs), start.Types, s.Scope, tested, outer)
	case *query.Cited:
		sources := outer.property(start.By, query.NodeProperties[query.NodeFacts+query.FactSources])
		return c.byID(sources, start.Types, s.Scope, untested, outer)
	case *query.Walk:
		return c.walk(start, s.Scope, outer)
	}
	panic(fmt.Sprintf("cypher: unknown start %T", s.Start))
}

func (c *compiler) all(a *query.All, scope *query.Scope, outer frame) members {
	f := outer.inner()
	n := f.declare(query.Node, a.Types)
	return members{f, node(n, a.Types), c.nodeScope(n, a.Types, scope, inForce)}
}

// byID looks ids up by the one index that all types share, and tests the type after.
func (c *compiler) byID(ids string, types []*query.Type, scope *query.Scope, tested validity, outer frame) members {
	f := outer.inner()
	n := f.declare(query.Node, types)
	where := []string{property(n, query.NodeProperties[query.NodeID]) + " IN " + ids, hasType(n, types)}
	return members{f, "(" + n + ":" + quote("Node") + ")", append(where, c.nodeScope(n, types, scope, tested)...)}
}

func (c *compiler) walk(w *query.Walk, scope *query.Scope, outer frame) members {
	m := members{frame: outer.inner(), pattern: "(" + outer.variables[w.From] + ")"}
	from, fromTypes := outer.variables[w.From], outer.types[w.From]
	subjects := [][2]query.Subject{{query.ViaLink, query.Via}, {query.Link, query.Node}}
	for i, step := range w.Steps {
		subject := subjects[len(subjects)-len(w.Steps)+i]
		link, to := m.frame.declare(subject[0], nil), m.frame.declare(subject[1], step.To)
		m.pattern += arrow(step, link) + node(to, step.To)
		m.where = append(m.where, nearEnd(step, from, fromTypes)...)
		m.where = append(m.where, c.stepScope(step, link, to, scope)...)
		from, fromTypes = to, step.To
	}
	if w.ViaWhere != nil {
		m.where = append(m.where, c.condition(w.ViaWhere, m.frame.atVia(), false))
	}
	return m
}

func arrow(step query.Step, link string) string {
	relationship := "-[" + link + ":" + quote(step.Relationship.Name) + "]-"
	switch step.Direction {
	case query.Out:
		return relationship + ">"
	case query.In:
		return "<" + relationship
	default:
		return relationship
	}
}

// nearEnd tests the node that a step leaves where it may be of a type that does not have the
// relationship, since another relationship of the same name may start there.
func nearEnd(step query.Step, from string, types []*query.Type) []string {
	near := step.Relationship.From
	switch step.Direction {
	case query.In:
		near = step.Relationship.To
	case query.Both:
		near = append(slices.Clone(near), step.Relationship.To...)
	}
	leaving := slices.DeleteFunc(slices.Clone(types), func(t *query.Type) bool { return !slices.Contains(near, t) })
	if len(leaving) == len(types) {
		return nil
	}
	return []string{hasType(from, leaving)}
}

func node(variable string, types []*query.Type) string {
	labels := make([]string, len(types))
	for i, t := range types {
		labels[i] = quote(t.Name)
	}
	return "(" + variable + ":" + strings.Join(labels, "|") + ")"
}

func hasType(variable string, types []*query.Type) string {
	tests := make([]string, len(types))
	for i, t := range types {
		tests[i] = variable + ":" + quote(t.Name)
	}
	return either(tests)
}

func either(conditions []string) string {
	possible := slices.DeleteFunc(conditions, func(condition string) bool { return condition == "false" })
	switch len(possible) {
	case 0:
		return "false"
	case 1:
		return possible[0]
	}
	return "(" + strings.Join(possible, " OR ") + ")"
}
