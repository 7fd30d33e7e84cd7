package cypher

import (
	"fmt"
	"slices"
	"strings"

	"bordergraph/graph/query"
)

// members is how the members of a set are found.
type members struct {
	frame frame
	match string
	where []string
}

func (m members) clauses() []string {
	if len(m.where) == 0 {
		return []string{m.match}
	}
	return []string{m.match, "WHERE " + conjunction(m.where)}
}

func (c *compiler) count(s *query.Set, outer frame) string {
	listed := c.listed(s)
	if found, ok := listed.Start.(near); ok && found.tested && listed.Where == nil {
		return "size(" + found.nodes + ")"
	}
	var counts []string
	for _, part := range moments(listed) {
		counts = append(counts, block("COUNT", c.members(part, outer).clauses()))
	}
	return strings.Join(counts, " + ")
}

func (c *compiler) some(s *query.Set, outer frame) string {
	return c.anyPart(s, func(part *query.Set) []string { return c.members(part, outer).clauses() })
}

// anyPart is whether clauses find anything in a part of the set.
func (c *compiler) anyPart(s *query.Set, clauses func(part *query.Set) []string) string {
	found := func(s *query.Set) string {
		var any []string
		for _, part := range moments(s) {
			any = append(any, block("EXISTS", clauses(part)))
		}
		return either(any)
	}
	if ofMoments(s.Start) {
		return found(c.listed(s))
	}
	list, short := c.shortlisted(s)
	if short == nil {
		return found(c.listed(s))
	}
	return eitherWay(list, found(s), found(short))
}

// members finds the members of a set by one MATCH. Where that looks ids up, comparisons are such that no index serves
// them: else the planner may go through the index of one of them, for each list of ids anew.
func (c *compiler) members(s *query.Set, outer frame) members {
	m := c.started(s, outer)
	if s.Where != nil {
		m.where = append(m.where, c.condition(s.Where, m.frame, byIDs(s.Start)))
	}
	return m
}

// byIDs is true of a start that looks ids up.
func byIDs(start query.Start) bool {
	switch start.(type) {
	case *query.ByID, *query.Cited, *query.Keyed:
		return true
	}
	return false
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
		return c.byID(named{c.param(start.IDs), start.Types, start.AnyType, start.Single}, s.Scope, tested, outer)
	case *query.Cited:
		return c.cited(start, s.Scope, outer)
	case *query.Found:
		return c.found(start, s.Scope, outer)
	case *query.Namesakes:
		return c.namesakes(start, s.Scope, outer)
	case *query.Walk:
		return c.walk(start, s.Scope, outer)
	case *query.Linked:
		return c.linked(start, s.Scope, outer)
	case *query.Moments:
		return c.moment(start.Of[0], s.Scope, outer)
	case *query.Keyed:
		return c.keyed(start, s.Scope, outer)
	case *query.Neighbours:
		return c.neighbours(start, outer)
	case *query.Between:
		return c.between(start, s.Scope, outer)
	case near:
		return c.among(start, s.Scope, outer)
	}
	panic(fmt.Sprintf("cypher: unknown start %T", s.Start))
}

func (c *compiler) all(a *query.All, scope *query.Scope, outer frame) members {
	f := outer.inner()
	n := f.node(query.Node, a.Types)
	scoped := c.nodeScope(n, a.Types, scope, inForce)
	if len(a.Types) > fewTypes {
		// Bare, the types would be looked through one by one all the same.
		ofType := "coalesce(" + hasType(n, a.Types) + ", false)"
		return members{f, "MATCH (" + n + ":" + quote(sharedLabel(a.Types)) + ")", append([]string{ofType}, scoped...)}
	}
	return members{f, "MATCH " + node(n, a.Types), scoped}
}

// fewTypes is up to how many types are looked through one by one, by the index of each; more are
// looked through by one index that they share.
const fewTypes = 5

// sharedLabel is a label that nodes of all these types have, though others may have it, too.
func sharedLabel(types []*query.Type) string {
	shared := slices.Clone(types[0].Labels)
	for _, t := range types[1:] {
		shared = slices.DeleteFunc(shared, func(label string) bool { return !slices.Contains(t.Labels, label) })
	}
	return append(shared, "Node")[0]
}

// byID looks ids up by the one index that all types share, and tests the type after.
func (c *compiler) byID(of named, scope *query.Scope, tested validity, outer frame) members {
	f := outer.inner()
	n := f.node(query.Node, of.types)
	where := []string{property(n, query.NodeProperties[query.NodeID]) + of.matching()}
	if !of.anyType {
		where = append(where, hasType(n, of.types))
	}
	return members{f, "MATCH (" + n + ":" + quote("Node") + ")", append(where, c.nodeScope(n, of.types, scope, tested)...)}
}

// named are nodes of some types by their ids.
type named struct {
	ids     string
	types   []*query.Type
	anyType bool // all types that there are
	single  bool // one id
}

func (n named) matching() string {
	if n.single {
		return " = " + n.ids + "[0]"
	}
	return " IN " + n.ids
}

// keyed looks up the one node of which a group has the id.
func (c *compiler) keyed(k *query.Keyed, scope *query.Scope, outer frame) members {
	f := outer.inner()
	n := f.node(query.Node, k.Types)
	where := []string{property(n, query.NodeProperties[query.NodeID]) + " = " + outer.keys[k.Key], hasType(n, k.Types)}
	return members{f, "MATCH (" + n + ":" + quote("Node") + ")", append(where, c.nodeScope(n, k.Types, scope, untested)...)}
}

func (c *compiler) walk(w *query.Walk, scope *query.Scope, outer frame) members {
	m := members{frame: outer.inner(), match: "MATCH (" + outer.variables[w.From] + ")"}
	from, fromTypes := outer.variables[w.From], outer.types[w.From]
	subjects := [][2]query.Subject{{query.ViaLink, query.Via}, {query.Link, query.Node}}
	for i, step := range w.Steps {
		subject := subjects[len(subjects)-len(w.Steps)+i]
		link, to := m.frame.link(subject[0], step.Relationship), m.frame.node(subject[1], step.To)
		m.match += arrow(step.Direction, link, step.Relationship.Name) + node(to, step.To)
		m.where = append(m.where, nearEnd(step, from, fromTypes)...)
		m.where = append(m.where, c.stepScope(step, link, to, scope)...)
		from, fromTypes = to, step.To
	}
	if w.ViaWhere != nil {
		m.where = append(m.where, c.condition(w.ViaWhere, m.frame.atVia(), false))
	}
	return m
}

func arrow(direction query.Direction, link string, names ...string) string {
	relationship := "-[" + labelled(link, names) + "]-"
	switch direction {
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

// node is a pattern of a node of one of some types: of none if there are none.
func node(variable string, types []*query.Type) string {
	if len(types) == 0 {
		return "(" + variable + " WHERE false)"
	}
	return "(" + hasType(variable, types) + ")"
}

func hasType(variable string, types []*query.Type) string {
	if len(types) == 0 {
		return "false"
	}
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.Name
	}
	return labelled(variable, names)
}

// labelled is a variable that has one of some labels, if there are any; a relationship has its type.
func labelled(variable string, labels []string) string {
	if len(labels) == 0 {
		return variable
	}
	quoted := make([]string, len(labels))
	for i, label := range labels {
		quoted[i] = quote(label)
	}
	return variable + ":" + strings.Join(quoted, "|")
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
