package derive

import (
	"strings"

	"bordergraph/graph/query"
)

const (
	typesArgument = `"Only what concerns objects of these types; a relationship concerns the object that it leads from, a symmetric one both." types: [NodeType!]
`
	changesArguments = typesArgument + `"Only what this one did." actor: String
"From this moment on." from: DateTime
"Up to this moment." to: DateTime
`
)

// forwardArguments are those of a list that is read in one direction.
const forwardArguments = `"First n." first: Int
"Cursor." after: String`

// writeChangesRoot writes the root field that tells what was changed.
func (w *writer) writeChangesRoot() {
	if w.links == nil {
		return
	}
	w.field("changes", "("+changesArguments+forwardArguments+")", "ChangeConnection",
		"The changes of the graph since its first load, oldest first. What may not be seen is not there. The cursor of a change is its `sequence`. Where very much has to be looked at, a page ends before `first`; then `hasNextPage` is true, and `endCursor` says where to go on.",
		&Root{Kind: Logged, Target: w.d.targets["Node"]})
}

// writeSubscription writes the root field that tells of changes as they are made.
func (w *writer) writeSubscription() {
	if w.links == nil {
		return
	}
	w.open("type", "Subscription", "", "What is told as it comes to pass, over WebSocket or as server-sent events.")
	w.field("changes", `("The change after which to begin: its sequence. Default: begins with the next one." after: String
`+typesArgument+`"Only what concerns objects that meet this when it is told, or are gone by then." where: NodeWhere)`, "Change",
		"The changes of the graph as they are made, each once, in their order. Whoever was cut off gives the `sequence` of the last one that was told as `after`. What may not be seen is not there.",
		&Root{Kind: Followed, Target: w.d.targets["Node"]})
	w.close()
}

func (w *writer) writeChangeTypes() {
	if w.links == nil {
		return
	}
	w.writeForward("Change", "One change of the graph: all that was written at once.")
	w.open("type", "Change", "", "One change of the graph: all that was written at once.")
	w.field("sequence", "", "Int!", "Its number in the order in which changes were made: 1, 2, 3 and so on.", PartChangeSequence)
	w.field("at", "", "DateTime!", "When it was made.", PartChangeAt)
	w.field("actor", "", "String!", "Who made it.", PartChangeActor)
	w.field("comment", "", "String", "Why, in the words of whoever made it.", PartChangeComment)
	w.field("undoes", "", "Int", "The change that it takes back.", PartChangeUndoes)
	w.field("replacesAll", "", "Boolean!", "Whether all that was there before went; it is not listed.", PartChangeReplacesAll)
	w.field("objects", "("+forwardArguments+")", "ObjectChangeConnection!", "The objects that it made, changed or removed, by id.", PartChangedObjects)
	w.field("links", "("+forwardArguments+")", "LinkChangeConnection!", "The relationships that it made, changed or removed, by id.", PartChangedLinks)
	w.close()

	w.writeForward("ObjectChange", "What a change did to an object.")
	w.open("type", "ObjectChange", "", "What a change did to an object.")
	w.field("id", "", "ID!", "The id of the object.", PartChangedID)
	w.field("type", "", "NodeType!", "Its type.", PartType)
	w.field("name", "", "String!", "Its name after the change; if it is gone, before.", PartName)
	w.writeChangedFields()

	w.writeForward("LinkChange", "What a change did to a relationship.")
	w.open("type", "LinkChange", "", "What a change did to a relationship.")
	w.field("id", "", "ID!", "The id of the relationship.", PartChangedID)
	w.field("type", "", "LinkType!", "Its type.", PartLinkType)
	w.field("from", "", "ID!", "The object that it leads from; of a symmetric one either.", PartLinkFrom)
	w.field("to", "", "ID!", "The object that it leads to.", PartLinkTo)
	w.writeChangedFields()

	w.open("type", "ValueChange", "", "A value before and after a change.")
	w.field("field", "", "String!", "The field, such as `kind`, `names` or `facts.validFrom`.", PartChangedField)
	w.field("before", "", "Value", "Before; null where there was none.", PartBefore)
	w.field("after", "", "Value", "After; null where there is none.", PartAfter)
	w.close()
}

// writeChangedFields ends a type that says what was done to something.
func (w *writer) writeChangedFields() {
	w.field("action", "", "ChangeAction!", "What was done.", PartChangeAction)
	w.field("values", "", "[ValueChange!]!", "Its values; of what was updated, those that are other than before.", PartChangedValues)
	w.close()
}

// writeForward writes the connection of a list that is read in one direction.
func (w *writer) writeForward(name, description string) {
	w.open("type", name+"Connection", "", "A page of a list of "+name+".")
	w.field("nodes", "", "["+name+"!]!", "Its members.", PartNodes)
	w.field("edges", "", "["+name+"Edge!]!", "With cursors.", PartEdges)
	w.field("pageInfo", "", "PageInfo!", "Its place in the list.", PartPageInfo)
	if name != "Change" {
		w.field("totalCount", "", "Int!", "Members in all; exact.", PartTotalCount)
	}
	w.close()
	w.open("type", name+"Edge", "", description)
	w.field("cursor", "", "String!", "For `after`.", PartEdgeCursor)
	w.field("node", "", name+"!", "The member.", PartEdgeNode)
	w.close()
}

// StoredField is a value that is stored of an object or a relationship, as the API names it.
type StoredField struct {
	// Name is that of the field, after that of the field around it: facts.validFrom.
	Name string
	*query.Property
}

// storedFields are, by type and by relationship, all values that are not derived from others.
type storedFields struct {
	nodes map[*query.Type][]StoredField
	links map[*query.Relationship][]StoredField
}

// NodeFields are the values that are stored of an object, in the order of the API.
func (a *API) NodeFields(t *query.Type) []StoredField { return a.stored.nodes[t] }

// LinkFields are the values that are stored of a relationship, in the order of the API.
func (a *API) LinkFields(r *query.Relationship) []StoredField { return a.stored.links[r] }

func (d *declaration) storedFields() storedFields {
	s := storedFields{map[*query.Type][]StoredField{}, map[*query.Relationship][]StoredField{}}
	names, note, former := query.NodeProperties[query.NodeNameTexts], query.NodeProperties[query.NodeNote], query.NodeProperties[query.NodeFormerIDs]
	for _, n := range d.nodes {
		fields := append([]StoredField{{"names", names}, {"note", note}, {"formerIds", former}}, factFields(query.NodeProperties[query.NodeFacts:])...)
		for _, f := range n.fields {
			if f.property != nil {
				fields = append(fields, StoredField{f.name, f.property})
			}
		}
		s.nodes[n.Type] = fields
		for _, f := range n.fields {
			if f.isStoredHere() {
				r := f.traversal.Steps[0].Relationship
				s.links[r] = append(factFields(query.LinkProperties[query.LinkFacts:]), d.edgeFields(f.edge, r)...)
			}
		}
	}
	return s
}

// factFields are those of the facts that are given.
func factFields(facts []*query.Property) []StoredField {
	var fields []StoredField
	for _, p := range facts {
		if !strings.HasPrefix(p.Name, "certain") {
			fields = append(fields, StoredField{"facts." + p.Name, p})
		}
	}
	return fields
}

// edgeFields are those of the facts that relationships of a type have besides.
func (d *declaration) edgeFields(edge string, r *query.Relationship) []StoredField {
	if edge == "" {
		return nil
	}
	var fields []StoredField
	own := r.Properties[len(query.LinkProperties):]
	for i, f := range d.schema.Types[edge].Fields {
		fields = append(fields, StoredField{f.Name, own[i]})
	}
	return fields
}
