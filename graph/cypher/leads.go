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
func (c *compiler) leads(l *query.Leads, f frame) string {
	near := c.near(l, fewNodes)
	step := f.inner()
	where := c.leadStep(l, &step)
	start, end := "a"+strconv.Itoa(step.depth), "e"+strconv.Itoa(step.depth)
	there := "MATCH (" + f.variables[l.Of] + ") ((" + start + ")" + arrow(query.Out, step.variables[query.Link], names(l.Relationships)...) +
		"(" + step.variables[query.Node] + ")\n  WHERE " + indent(where) + "\n){0," + strconv.Itoa(l.Steps) + "} (" + end + ")"
	id := property(end, query.NodeProperties[query.NodeID])
	return "coalesce(" + f.variables[l.Of] + " IN " + near + ", " + block("EXISTS", []string{there, "WHERE " + id + " IN " + c.param(l.To)}) + ")"
}

// leadStep is the condition on a relationship and the node that it leads to.
func (c *compiler) leadStep(l *query.Leads, f *frame) string {
	var types []*query.Type
	for _, r := range l.Relationships {
		types = append(types, without(r.To, types)...)
	}
	link := f.link(query.Link, l.Relationships...)
	f.node(query.Node, types)
	conditions := append([]string{c.cleared(link, l.Scope)}, c.dates(link, l.Scope, inForce)...)
	return conjunction(append(conditions, c.linkedScope(*f, l.Scope)...))
}

// near is the variable of the list of all nodes that lead somewhere; null if they are more than most,
// where that is not 0. It does not depend on the rows, so it is made once, before all else.
func (c *compiler) near(l *query.Leads, most int) string {
	text := c.nearList(l, most)
	for i, known := range c.nears {
		if known == text {
			return nearName(i)
		}
	}
	c.nears = append(c.nears, text)
	return nearName(len(c.nears) - 1)
}

func nearName(i int) string { return "near" + strconv.Itoa(i) }

// nearNames are the variables of all lists so far.
func (c *compiler) nearNames() string {
	names := make([]string, len(c.nears))
	for i := range c.nears {
		names[i] = nearName(i)
	}
	return strings.Join(names, ", ")
}

// nearList goes backwards, one step after another, from where the nodes lead: each node is left once a step.
func (c *compiler) nearList(l *query.Leads, most int) string {
	f := root.inner()
	where := c.leadStep(l, &f)
	from, to := "a"+strconv.Itoa(f.depth), f.variables[query.Node]
	step := []string{
		"MATCH (" + to + ")" + arrow(query.In, f.variables[query.Link], names(l.Relationships)...) + "(" + from + ")",
		"WHERE " + where,
		"RETURN DISTINCT " + from,
	}
	if most > 0 {
		step = append(step, "LIMIT "+strconv.Itoa(most+1))
	}
	clauses := []string{
		"MATCH (" + to + ":" + quote("Node") + ")",
		"WHERE " + property(to, query.NodeProperties[query.NodeID]) + " IN " + c.param(l.To),
		"WITH collect(" + to + ") AS s0",
	}
	reached := []string{"s0"}
	for i := range l.Steps {
		next := "s" + strconv.Itoa(i+1)
		clauses = append(clauses, "WITH "+strings.Join(reached, ", ")+", "+
			block("COLLECT", append([]string{"UNWIND " + few(reached[i], "[]", most) + " AS " + to}, step...))+" AS "+next)
		reached = append(reached, next)
	}
	return "head(" + block("COLLECT", append(clauses,
		"UNWIND "+strings.Join(reached, " + ")+" AS "+from,
		"WITH collect(DISTINCT "+from+") AS s0",
		"RETURN "+few("s0", "null", most))) + ")"
}

// few is a list, or something else if it has more members than most, where that is not 0.
func few(list, otherwise string, most int) string {
	if most == 0 {
		return list
	}
	return "CASE WHEN size(" + list + ") > " + strconv.Itoa(most) + " THEN " + otherwise + " ELSE " + list + " END"
}
