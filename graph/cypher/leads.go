package cypher

import (
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

// fewNodes is up to how many nodes are listed that lead somewhere. What more lead to is looked for from
// each candidate: many lead there, so a page is soon full.
const fewNodes = 1000

// leads holds the node against the list of those that lead there; without a list it goes there from the node.
// What is shared is listed in any case, which leaves the planner a fraction of the text.
func (c *compiler) leads(l *query.Leads, f frame) string {
	if l.Shared {
		return f.variables[l.Of] + " IN " + c.near(l, 0)
	}
	near := c.near(l, fewNodes)
	step := f.inner()
	where := c.leadStep(l.Relationships, l.Scope, &step, "endNode(r"+strconv.Itoa(step.depth)+")")
	way, end := "w"+strconv.Itoa(step.depth), "e"+strconv.Itoa(step.depth)
	there := "MATCH (" + f.variables[l.Of] + ")-[" + labelled(way, names(l.Relationships)) + "*0.." + strconv.Itoa(l.Steps) + "]->(" + end + ")"
	id := property(end, query.NodeProperties[query.NodeID])
	return "coalesce(" + f.variables[l.Of] + " IN " + near + ", " + block("EXISTS", []string{there,
		"WHERE " + id + " IN " + c.param(l.To),
		"  AND all(" + step.variables[query.Link] + " IN " + way + " WHERE " + indent(where) + ")"}) + ")"
}

// leadStep is the condition on a relationship and the node that it leads to, of which it is told how to write it.
func (c *compiler) leadStep(relationships []*query.Relationship, scope *query.Scope, f *frame, to string) string {
	link := f.link(query.Link, relationships...)
	f.node(query.Node, ends(relationships))
	f.variables[query.Node] = to
	conditions := append([]string{c.cleared(link, scope)}, c.dates(link, scope, inForce)...)
	return conjunction(append(conditions, c.linkedScope(*f, scope, "")...))
}

// near is the variable of the list of all nodes that lead somewhere; null if they are more than most,
// where that is not 0. It does not depend on the rows, so it is made once, before all else.
func (c *compiler) near(l *query.Leads, most int) string {
	return c.made(func() string { return c.nearList(l, most) })
}

// nearList goes backwards, one step after another, from where the nodes lead: each node is left once a step.
func (c *compiler) nearList(l *query.Leads, most int) string {
	start := "n" + strconv.Itoa(root.inner().depth)
	step := c.backwards(l.Relationships, nil, l.Scope, most)
	clauses := []string{
		"MATCH (" + start + ":" + quote("Node") + ")",
		"WHERE " + property(start, query.NodeProperties[query.NodeID]) + " IN " + c.param(l.To),
		"WITH collect(" + start + ") AS s0",
	}
	reached := []string{"s0"}
	for i := range l.Steps {
		next := "s" + strconv.Itoa(i+1)
		clauses = append(clauses, "WITH "+strings.Join(reached, ", ")+", "+step(few(reached[i], "[]", most))+" AS "+next)
		reached = append(reached, next)
	}
	return "head(" + block("COLLECT", append(clauses,
		"UNWIND "+strings.Join(reached, " + ")+" AS a0",
		"WITH collect(DISTINCT a0) AS s0",
		"RETURN "+few("s0", "null", most))) + ")"
}

// backwards writes the list of the nodes, of some types if these are not nil, from which one relationship leads to
// those of a list.
func (c *compiler) backwards(relationships []*query.Relationship, from []*query.Type, scope *query.Scope, most int) func(list string) string {
	f := root.inner()
	to, start := f.node(query.Node, ends(relationships)), "(a0)"
	if from != nil {
		start = node("a0", from)
	}
	clauses := c.left(&f, scope)
	where := c.leadStep(relationships, scope, &f, to)
	clauses = append(clauses,
		"MATCH "+node(to, f.types[query.Node])+arrow(query.In, f.variables[query.Link], names(relationships)...)+start,
		"WHERE "+where,
		"RETURN DISTINCT a0",
	)
	if most > 0 {
		clauses = append(clauses, "LIMIT "+strconv.Itoa(most+1))
	}
	return func(list string) string {
		return block("COLLECT", append([]string{"UNWIND " + list + " AS " + to}, clauses...))
	}
}

// ends are the types to which relationships lead.
func ends(relationships []*query.Relationship) []*query.Type {
	var types []*query.Type
	for _, r := range relationships {
		types = append(types, without(r.To, types)...)
	}
	return types
}

// few is a list, or something else if it has more members than most, where that is not 0.
func few(list, otherwise string, most int) string {
	if most == 0 {
		return list
	}
	return "CASE WHEN size(" + list + ") > " + strconv.Itoa(most) + " THEN " + otherwise + " ELSE " + list + " END"
}
