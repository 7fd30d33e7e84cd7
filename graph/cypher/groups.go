package cypher

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

// groups counts members by their keys. Nothing is read of a group before the groups are cut.
func (c *compiler) groups(g *query.Groups, outer frame) string {
	m := c.together(c.listed(g.Set), outer)
	depth := strconv.Itoa(m.frame.depth)
	counted, firsts := "count"+depth, "firsts"+depth
	clauses, group := c.told(g, m)

	totals := strings.Join(group.keys, ", ") + ", count(*) AS " + counted
	if g.Members != nil {
		totals += ", collect(" + packed(m.frame) + ")[.." + c.param(g.Members.Limit) + "] AS " + firsts
	}
	clauses = append(clauses, "WITH "+totals, "ORDER BY "+strings.Join(group.keys, ", "), "LIMIT "+c.param(g.Limit))

	known := append(group.keys[:len(group.keys):len(group.keys)], counted)
	var row []value
	for _, name := range known {
		row = append(row, value{text: name})
	}
	for _, shown := range g.Shown {
		row = append(row, value{c.column(shown, group), groups(shown)})
	}
	if g.Members != nil {
		known = append(known, firsts)
		members := block("COLLECT", append(unpacked(firsts, m.frame), c.row(g.Members.Columns, m.frame)))
		row = append(row, value{members, slices.ContainsFunc(g.Members.Columns, groups)})
	}
	return block("COLLECT", append(clauses, c.returned(row, known, "k"+depth)))
}

// value is the text of a value, and whether it counts groups.
type value struct {
	text   string
	groups bool
}

// groups is whether a column counts groups, at whatever depth.
func groups(c query.Column) bool {
	switch c := c.(type) {
	case *query.Groups:
		return true
	case *query.List:
		return slices.ContainsFunc(c.Columns, groups)
	}
	return false
}

// returned returns values as one list.
func (c *compiler) returned(values []value, known []string, prefix string) string {
	texts := make([]string, len(values))
	apart := ""
	for i, v := range values {
		texts[i] = v.text
		if v.groups {
			texts[i] = prefix + "_" + strconv.Itoa(i)
			apart += c.apart(v.text, texts[i], known) + "\n"
		}
	}
	return apart + "RETURN [" + strings.Join(texts, ", ") + "]"
}

// apart makes a value that counts groups in a subquery of its own: Neo4j takes it for an aggregation of
// whatever it stands beside.
func (c *compiler) apart(text, name string, known []string) string {
	if near := c.knownLists(); near != "" {
		known = append(known[:len(known):len(known)], near)
	}
	names := strings.Join(known, ", ")
	return block("CALL ("+names+")", []string{"WITH " + names + ", " + text + " AS " + name, "RETURN " + name})
}

// told finds members, in order, once for each group in which they count, and the frame of a group.
func (c *compiler) told(g *query.Groups, m members) ([]string, frame) {
	group := frame{depth: m.frame.depth}
	items := m.frame.names()
	var opened []string
	for i, column := range g.Keys {
		name := fmt.Sprintf("g%d_%d", group.depth, i)
		group.keys = append(group.keys, name)
		if list, ok := column.(*query.List); ok {
			values := fmt.Sprintf("v%d_%d", group.depth, i)
			items = append(items, c.distinct(list, m.frame)+" AS "+values)
			opened = append(opened, "UNWIND CASE WHEN "+values+" = [] THEN [null] ELSE "+values+" END AS "+name)
			continue
		}
		items = append(items, c.column(column, m.frame)+" AS "+name)
	}
	if g.Members == nil {
		return append(append(m.clauses(), "WITH "+strings.Join(items, ", ")), opened...), group
	}
	keys := c.keys(g.Members.Order, m.frame)
	for _, k := range keys {
		if k.subquery != "" {
			items = append(items, k.subquery+" AS "+k.text)
		}
	}
	return append(append(m.clauses(), "WITH "+strings.Join(items, ", "), orderBy(keys, false)), opened...), group
}

// distinct are the values of the only column of a List, each once.
func (c *compiler) distinct(l *query.List, outer frame) string {
	clauses, f := c.page(l.Select, c.limit, outer)
	return block("COLLECT", append(clauses, "RETURN DISTINCT "+c.column(l.Columns[0], f)+" AS v"))
}

// packed are the variables of a member as one list, which unpacked makes variables again.
func packed(f frame) string { return "[" + strings.Join(f.names(), ", ") + "]" }

func unpacked(list string, f frame) []string {
	packed := "x" + strconv.Itoa(f.depth)
	names := f.names()
	for i, name := range names {
		names[i] = fmt.Sprintf("%s[%d] AS %s", packed, i, name)
	}
	return []string{"UNWIND " + list + " AS " + packed, "WITH " + strings.Join(names, ", ")}
}
