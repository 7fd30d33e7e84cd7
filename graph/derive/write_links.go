package derive

import (
	"fmt"
	"slices"
	"strings"

	"bordergraph/graph/query"
)

var linkArguments = fmt.Sprintf(`("Types." types: [LinkType!]
"Direction." direction: LinkDirection
"Filter." where: NodeWhere
"Order." orderBy: [NodeOrder!]
%s
"Edge filter." edge: EdgeWhere)`, pageArguments)

// writeLinks writes the types of the field links, which every object has.
func (w *writer) writeLinks() {
	if w.links == nil {
		return
	}
	w.WriteString("extend interface Node {\n")
	w.current = "Node"
	w.field("links", linkArguments, "LinkConnection!", "Its relationships of any type, in either direction.", w.links)
	w.field("history", "("+forwardArguments+")", "ChangeConnection!", "Its changes, newest first, each with only what it did to this object and to the relationships that lead from it.", PartHistory)
	w.close()
	w.open("type", w.links.Connection, "", "A page of relationships of any type.")
	w.field("nodes", "", "[Node!]!", "The objects at the other ends.", PartNodes)
	w.field("edges", "", "[LinkEdge!]!", "The relationships.", PartEdges)
	w.field("pageInfo", "", "PageInfo!", "Where the page stands in the list.", PartPageInfo)
	w.field("totalCount", "", "Int!", "How many relationships the whole list has; exact.", PartTotalCount)
	w.close()
	w.open("type", w.links.Edge, "", "One relationship, of any type.")
	w.field("cursor", "", "String!", "Where it stands: for `after` and `before`, with the same order.", PartEdgeCursor)
	w.field("type", "", "LinkType!", "Its type.", PartLinkType)
	w.field("direction", "", "LinkDirection!", "Whether it leads to the other object or comes from it.", PartLinkDirection)
	w.field("node", "", "Node!", "The object at the other end.", PartEdgeNode)
	w.field("facts", "", "Facts!", "Since when it holds, how sure, and who says so.", PartFacts)
	w.field("properties", "", "[LinkProperty!]!", "What else is known of it.", PartLinkProperties)
	w.close()
	w.open("type", "LinkProperty", "", "One thing known of a relationship.")
	w.field("name", "", "String!", "What it is, such as `basis`.", PartPropertyName)
	w.field("value", "", "String!", "Its value as text, such as `STATED`.", PartPropertyValue)
	w.close()
	w.WriteString("\"Which way a relationship leads.\" enum LinkDirection {\n\"To the other object.\" OUT\n\"From the other object.\" IN\n\"Either: the relationship is symmetric.\" BOTH\n}\n")
	w.writeLinkTypes()
}

// writeLinkTypes writes the enum of all relationships, each with the fields that declare it.
func (w *writer) writeLinkTypes() {
	declared := map[string][]string{}
	var names []string
	for _, n := range w.d.nodes {
		for _, f := range n.fields {
			if f.traversal == nil || len(f.traversal.Steps) != 1 || f.traversal.Steps[0].Direction == query.In {
				continue
			}
			name := f.traversal.Steps[0].Relationship.Name
			if declared[name] == nil {
				names = append(names, name)
			}
			declared[name] = append(declared[name], "`"+n.Name+"."+f.name+"`")
		}
	}
	slices.Sort(names)
	w.WriteString("\"The types of relationships.\" enum LinkType {\n")
	for _, name := range names {
		fmt.Fprintf(w, "%q\n%s\n", strings.Join(declared[name], ", ")+".", name)
	}
	w.close()
}

func (w *writer) writeSearch(node *Target) {
	w.field("search", `("What is looked for: words of a name in any language; the last may be unfinished. A word without diacritics matches with and without them, a word with diacritics only with the same." text: String!
"Only objects of these types." types: [NodeType!]
`+pageArguments+")", "SearchConnection", "Objects in force on the day asked for by their names, former ones among them: exact names first, then whole words, then beginnings of words.", &Root{Kind: Searched, Target: node})
}

func (w *writer) writeSearchTypes() {
	w.open("type", "SearchConnection", "", "A page of what a search found.")
	w.field("nodes", "", "[Node!]!", "The objects found.", PartNodes)
	w.field("edges", "", "[SearchEdge!]!", "The objects found, each with the name that matched.", PartEdges)
	w.field("pageInfo", "", "PageInfo!", "Where the page stands in the list.", PartPageInfo)
	w.field("totalCount", "", "Int!", "How many objects were found; exact.", PartTotalCount)
	w.close()
	w.open("type", "SearchEdge", "", "One object that a search found.")
	w.field("cursor", "", "String!", "Where it stands: for `after` and `before`, with the same search.", PartEdgeCursor)
	w.field("node", "", "Node!", "The object.", PartEdgeNode)
	w.field("match", "", "SearchMatch!", "Why it was found.", PartSearchMatch)
	w.field("name", "", "Name!", "The name that matched.", PartSearchName)
	w.close()
}
