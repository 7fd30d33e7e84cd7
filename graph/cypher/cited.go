package cypher

import (
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

// cited looks the sources of a fact up by their ids.
func (c *compiler) cited(cited *query.Cited, scope *query.Scope, outer frame) members {
	ids := outer.property(cited.By, query.NodeProperties[query.NodeFacts+query.FactSources])
	if cited.CopyOf == nil {
		return c.byID(named{ids: ids, types: cited.Types}, scope, untested, outer)
	}
	return c.originals(c.byID(named{ids: ids, types: cited.Types}, scope, untested, outer.inner()), cited, scope, outer)
}

// originals goes from sources to what they are copies of, over however many copies.
func (c *compiler) originals(sources members, cited *query.Cited, scope *query.Scope, outer frame) members {
	always := *scope
	always.Time = query.AnyTime
	step := query.Step{Relationship: cited.CopyOf, To: cited.Types}
	source, depth := sources.frame.variables[query.Node], strconv.Itoa(sources.frame.depth)
	end := "o" + depth
	chain := "(" + c.copies("()", step, "r"+depth, "t"+depth, &always) + "){1," + strconv.Itoa(query.MaxCopies) + "}"
	isCopy := block("EXISTS", []string{"MATCH " + c.copies("("+end+")", step, "q"+depth, "s"+depth, &always)})
	f := outer.inner()
	original := f.node(query.Node, cited.Types)
	clauses := append(sources.clauses(),
		"OPTIONAL MATCH ("+source+")"+chain+"("+end+")",
		"WHERE NOT "+isCopy,
		"WITH DISTINCT coalesce("+end+", "+source+") AS "+original,
		"MATCH ("+original+")")
	return members{f, strings.Join(clauses, "\n"), []string{c.cleared(original, scope)}}
}

// copies is the pattern of one relationship from a copy.
func (c *compiler) copies(from string, step query.Step, link, to string, scope *query.Scope) string {
	return from + arrow(query.Out, link, step.Relationship.Name) + node(to, step.To) + " WHERE " + strings.Join(c.stepScope(step, link, to, scope), " AND ")
}
