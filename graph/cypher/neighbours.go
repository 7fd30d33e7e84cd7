package cypher

import (
	"slices"
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

// neighbours takes those that were found before all else, cut at how many are wanted.
func (c *compiler) neighbours(n *query.Neighbours, outer frame) members {
	f := outer.inner()
	node, link, each := f.node(query.Node, n.Over.To), f.link(query.Link), "x"+strconv.Itoa(f.depth)
	steps := quote(query.NeighbourProperties[query.NeighbourSteps].Name)
	found := "UNWIND " + c.foundNeighbours(n) + "[0][.." + c.param(n.First) + "] AS " + each
	return members{frame: f, match: found + "\nWITH " + each + "[0] AS " + node + ", {" + steps + ": " + each + "[1]} AS " + link}
}

func (c *compiler) more(m *query.More) string {
	return "size(" + c.foundNeighbours(m.Neighbours) + "[0]) > " + c.param(m.First)
}

func (c *compiler) exceeded(e *query.Exceeded) string {
	return c.foundNeighbours(e.Neighbours) + "[1] > " + c.param(e.Most)
}

// between goes from each neighbour to the others.
func (c *compiler) between(b *query.Between, scope *query.Scope, outer frame) members {
	found := c.foundNeighbours(b.Neighbours)
	nodes := c.made(func() string { return "[x IN " + found + "[0][.." + c.param(b.First) + "] | x[0]]" })
	via := prefixes[query.Via] + strconv.Itoa(outer.depth+1)
	near := outer
	near.variables[query.Node], near.types[query.Node] = via, b.Neighbours.Over.To
	left := c.left(&near, scope)
	m := c.linked(b.Over, scope, near)
	m.match = strings.Join(slices.Concat([]string{"UNWIND " + nodes + " AS " + via}, left, []string{m.match}), "\n")
	m.where = append(m.where, m.frame.variables[query.Node]+" IN "+nodes)
	if b.Like != nil {
		m.where = append(m.where, c.condition(b.Like, m.frame, false))
	}
	m.frame.variables[query.Via], m.frame.types[query.Via] = via, near.types[query.Node]
	return m
}

// left says of the Node of a frame, from which relationships are walked, whether it lasts, and drops it if it
// has not begun: then it has none.
func (c *compiler) left(near *frame, scope *query.Scope) []string {
	if scope.Time == query.AnyTime {
		return nil
	}
	node, types := near.variables[query.Node], near.types[query.Node]
	there := c.nodeDates(node, types, scope, begun)
	last := c.nodeDates(node, types, scope, notEnded)
	if len(last) == 0 {
		return nil
	}
	near.lasts = "lasts"
	return []string{"WITH " + node + ", " + last[0] + " AS " + near.lasts, "WHERE " + conjunction(there)}
}

// foundNeighbours is the variable of a pair: of a list of pairs of a node and its steps, with one more than are
// wanted if there is, and of how many relationships were looked at.
func (c *compiler) foundNeighbours(n *query.Neighbours) string {
	name, known := c.neighbourhoods[n]
	if !known {
		name = c.made(func() string { return c.nearest(n) })
		c.neighbourhoods[n] = name
	}
	return name
}

// nearest goes on, one step after another, until there are enough.
func (c *compiler) nearest(n *query.Neighbours) string {
	f := root.inner()
	node := f.node(query.Node, n.Over.To)
	ids := property(node, query.NodeProperties[query.NodeID]) + " IN " + c.param(n.From)
	start := members{f, "MATCH (" + node + ":" + quote("Node") + ")", []string{ids, c.cleared(node, n.Scope)}}
	found := &steps{wanted: n.Wanted != nil}
	clauses := append(start.clauses(), "WITH collect("+node+") AS "+nodesAt(0)+", 0 AS "+lookedAt(0))
	clauses = append(clauses, c.wanted(n, found, f)...)
	for found.last < n.Steps {
		clauses = append(clauses, c.step(n, found, f))
		clauses = append(clauses, c.wanted(n, found, f)...)
	}
	const away = "steps"
	return "head(" + block("COLLECT", append(clauses,
		"UNWIND range(0, "+strconv.Itoa(n.Steps)+") AS "+away,
		"UNWIND ["+strings.Join(found.each(found.membersAt), ", ")+"]["+away+"] AS "+node,
		"WITH "+node+", "+away+", "+strings.Join(found.each(lookedAt), " + ")+" AS looked",
		orderBy(append([]key{{text: away}}, c.keys(n.Order, f)...), false),
		"LIMIT "+c.param(n.First)+" + 1",
		"RETURN [collect(["+node+", "+away+"]), coalesce(max(looked), 0)]")) + ")"
}

// step goes one step further from the nodes of the last, unless enough are found or too much was looked at.
func (c *compiler) step(n *query.Neighbours, found *steps, f frame) string {
	node, known := f.variables[query.Node], found.variables()
	enough := "size(" + strings.Join(found.each(found.membersAt), ") + size(") + ") > " + c.param(n.First)
	tooMuch := strings.Join(found.each(lookedAt), " + ") + " > " + c.param(n.Most)
	left := c.left(&f, n.Scope)
	m := c.linked(n.Over, n.Scope, f)
	to := m.frame.variables[query.Node]
	for _, before := range found.each(nodesAt) {
		m.where = append(m.where, "NOT "+to+" IN "+before)
	}
	conditions := []query.Condition{n.Like}
	if found.last == n.Steps-1 { // nobody goes on from there
		conditions = append(conditions, n.Wanted)
	}
	for _, condition := range conditions {
		if condition != nil {
			m.where = append(m.where, c.condition(condition, m.frame, false))
		}
	}
	from := "UNWIND CASE WHEN " + enough + " OR " + tooMuch + " THEN [] ELSE " + nodesAt(found.last) + " END AS " + node
	found.last++
	if lists := c.knownLists(); lists != "" {
		known += ", " + lists
	}
	return block("CALL ("+known+")", slices.Concat([]string{from}, left, m.clauses(), []string{
		"WITH " + to + " LIMIT " + c.param(n.Most) + " + 1",
		"RETURN collect(DISTINCT " + to + ") AS " + nodesAt(found.last) + ", count(*) AS " + lookedAt(found.last),
	}))
}

// wanted lists the members among the nodes of the last step.
func (c *compiler) wanted(n *query.Neighbours, found *steps, f frame) []string {
	if n.Wanted == nil {
		return nil
	}
	node := f.variables[query.Node]
	return []string{"WITH *, " + block("COLLECT", []string{
		"UNWIND " + nodesAt(found.last) + " AS " + node,
		"WITH " + node,
		"WHERE " + c.condition(n.Wanted, f, false),
		"RETURN " + node,
	}) + " AS " + found.membersAt(found.last)}
}

// steps are those that were gone so far.
type steps struct {
	last   int
	wanted bool // whether not all nodes that are met are members
}

// nodesAt is the variable of the list of nodes that are met at some steps, lookedAt of how many relationships lead there.
func nodesAt(step int) string  { return "nodes" + strconv.Itoa(step) }
func lookedAt(step int) string { return "looked" + strconv.Itoa(step) }

// membersAt is the variable of the list of members at some steps.
func (s *steps) membersAt(step int) string {
	if s.wanted {
		return "members" + strconv.Itoa(step)
	}
	return nodesAt(step)
}

// each are the variables of all steps so far.
func (s *steps) each(variable func(step int) string) []string {
	names := make([]string, s.last+1)
	for i := range names {
		names[i] = variable(i)
	}
	return names
}

func (s *steps) variables() string {
	names := append(s.each(nodesAt), s.each(lookedAt)...)
	if s.wanted {
		names = append(names, s.each(s.membersAt)...)
	}
	return strings.Join(names, ", ")
}
