package derive

import (
	"fmt"
	"slices"
	"strings"

	"bordergraph/graph/query"
)

// writeMutations writes the root fields that change the graph, and what they are given.
func (w *writer) writeMutations() {
	w.open("type", "Mutation", "", "Where every change starts. The root fields of an operation are one change: all is written, or nothing. What they answer is read after all is written. "+
		"What saves creates or updates objects by id, and answers them in the order given: a field that is given is set, null clears it, one that is absent stays.")
	for _, n := range w.d.nodes {
		target := w.d.targets[n.Name]
		w.field("save"+upperFirst(n.plural), fmt.Sprintf("(\"At most 1,000.\" objects: [%sInput!]!)", n.Name), "["+n.Name+"!]",
			fmt.Sprintf("Saves %s.", n.plural),
			&Root{Kind: Saved, Target: target})
	}
	w.field("delete", "(\"Ids, at most 1,000.\" ids: [ID!]!, \"Whether what leads to them goes, too: relationships, and objects that every one needs.\" dependents: Boolean! = false)", "[Deleted!]",
		"Removes objects with the relationships that lead from them. Refused while others lead to them, with the list, unless with their dependents. Answers all that went, by id.",
		&Root{Kind: Removed, Target: w.d.targets["Node"]})
	w.field("merge", "(\"The object to keep.\" keep: ID!, \"The one that becomes part of it.\" drop: ID!)", "Node",
		"Makes two objects of one type one: what is recorded of `drop`, and what `keep` does not say itself, goes to `keep`, for which the id of `drop` stands from then on. Answers that.",
		&Root{Kind: Merged, Target: w.d.targets["Node"]})
	if w.links != nil {
		w.field("undo", "(\"Its `sequence`.\" change: Int!)", "Change",
			"Takes a change back: all that it changed becomes what it was before. Refused, with the later changes, if any of that was changed again or came into use. It stands alone in its operation. Answers the change that this is.",
			&Root{Kind: Undone, Target: w.d.targets["Node"]})
	}
	w.close()
	w.open("type", "Deleted", "", "An object that is gone.")
	w.field("id", "", "ID!", "Its id.", &Property{Property: query.NodeProperties[query.NodeID]})
	w.field("type", "", "NodeType!", "Its type.", PartType)
	w.field("name", "", "String!", "Its name.", PartName)
	w.close()
	for _, n := range w.d.nodes {
		w.writeNodeInput(n)
	}
}

func (w *writer) writeNodeInput(n *nodeType) {
	w.open("input", n.Name+"Input", "", fmt.Sprintf("What a %s is to be.", n.Name))
	w.input("id", "ID!", "Its id.", &Property{Property: query.NodeProperties[query.NodeID]})
	w.input("expectedVersion", "Int", "Its version now; 0 if it is new. CONFLICT if it is not.", PartVersion)
	w.input("names", "[NameInput!]", "All its names.", PartNames)
	w.input("note", "String", "Its note.", &Property{Property: query.NodeProperties[query.NodeNote]})
	w.input("facts", "FactsInput", "Its facts.", PartFacts)
	var edges []*declaredField
	for _, f := range n.fields {
		switch {
		case f.property != nil:
			w.input(f.name, nullable(f), fmt.Sprintf("`%s`.", f.name), &Property{Property: f.property})
		case f.isStoredHere():
			w.input(f.name, f.edge+"LinksInput", fmt.Sprintf("`%s`.", f.name), &Relation{f.traversal.Steps[0].Relationship})
			edges = append(edges, f)
		}
	}
	w.close()
	for _, f := range edges {
		w.writeLinksInput(f)
	}
}

// isStoredHere is whether the field is a relationship as it is declared: neither a shortcut nor the inverse of one.
func (f *declaredField) isStoredHere() bool {
	return f.traversal != nil && len(f.traversal.Steps) == 1 && f.traversal.Steps[0].Direction != query.In
}

// nullable is the type of a property's value that may be left out.
func nullable(f *declaredField) string { return strings.TrimSuffix(f.declared.String(), "!") }

// writeLinksInput writes, once for an edge type, how relationships with its facts are given.
func (w *writer) writeLinksInput(field *declaredField) {
	links, link := field.edge+"LinksInput", field.edge+"LinkInput"
	if w.written[links] {
		return
	}
	w.written[links] = true
	w.open("input", links, "", "Changes of the relationships of one type that an object has.")
	w.input("set", "["+link+"!]", "All that it has, over all time; the others go.", SetLinks)
	w.input("add", "["+link+"!]", "More of them.", AddLinks)
	w.input("remove", "[ID!]", "Those that go: ids of relationships, or of the objects that they lead to.", RemoveLinks)
	w.close()

	w.open("input", link, "", "One relationship, whole: what is absent is missing.")
	w.input("to", "ID!", "The object that it leads to.", PartLinkTo)
	w.input("facts", "FactsInput", "Its facts.", PartFacts)
	w.input("evidence", "Evidence", "What it rests on.", &Fact{query.FactEvidence})
	if field.edge != "" {
		own := field.traversal.Steps[0].Relationship.Properties[len(query.LinkProperties):]
		for i, f := range w.d.schema.Types[field.edge].Fields {
			w.input(f.Name, strings.TrimSuffix(f.Type.String(), "!"), f.Description, &Property{Property: own[i]})
		}
	}
	w.close()
}

// writeMutationMeanings says what the fields of the input types of common.graphqls mean.
func (w *writer) writeMutationMeanings() {
	facts := map[string]Input{}
	for i, p := range query.NodeProperties[query.NodeFacts:] {
		if !slices.Contains([]string{"certainFrom", "certainTo", "evidence"}, p.Name) {
			facts[p.Name] = &Fact{i}
		}
	}
	w.inputs["FactsInput"] = facts
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
