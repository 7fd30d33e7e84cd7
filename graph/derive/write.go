package derive

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/query"
)

// writer writes the API's SDL and, with each field that it writes, what the field means. Layout is
// left to the formatter.
type writer struct {
	strings.Builder
	d       *declaration
	fields  map[string]map[string]Field
	inputs  map[string]map[string]Input
	written map[string]bool // connection and filter types
	current string          // type being written
	links   *Connection     // the field links, one for all types; nil without relationships
}

func newWriter(d *declaration) *writer {
	var links *Connection
	if len(d.relationships) > 0 {
		links = &Connection{Traversal: &Traversal{Linked: true, Target: d.targets["Node"], Connection: "LinkConnection", Edge: "LinkEdge", EdgeWhere: "EdgeWhere"}}
	}
	return &writer{d: d, links: links, fields: map[string]map[string]Field{}, inputs: map[string]map[string]Input{}, written: map[string]bool{}}
}

func (w *writer) write() string {
	w.writeCommonMeanings()
	w.writeRoots()
	w.writeSources()
	w.writeNodeTypes()
	w.writeLinks()
	for _, def := range w.d.abstracts {
		w.writeAbstract(def)
	}
	for _, n := range w.d.nodes {
		w.writeNode(n)
	}
	for _, n := range w.d.nodes {
		w.writeConnections(n)
		w.writeInputs(w.d.targets[n.Name], n.fields)
	}
	for _, def := range w.d.enums {
		w.writeEnum(def)
	}
	w.writeFilters()
	w.writeMutations()
	return w.String()
}

// open starts a type; the caller writes the fields, then calls close.
func (w *writer) open(keyword, name, suffix, description string) {
	w.current = name
	fmt.Fprintf(w, "%q\n%s %s%s {\n", description, keyword, name, suffix)
	if w.fields[name] == nil {
		w.fields[name] = map[string]Field{}
		w.inputs[name] = map[string]Input{}
	}
}

func (w *writer) close() { w.WriteString("}\n") }

func (w *writer) field(name, arguments, typ, description string, meaning Field) {
	fmt.Fprintf(w, "%q\n%s%s: %s\n", description, name, arguments, typ)
	w.fields[w.current][name] = meaning
}

func (w *writer) input(name, typ, description string, meaning Input) {
	fmt.Fprintf(w, "%q\n%s: %s\n", description, name, typ)
	w.inputs[w.current][name] = meaning
}

func (w *writer) writeRoots() {
	w.WriteString("extend type Query {\n")
	w.current = "Query"
	w.fields["Query"] = map[string]Field{}
	node := w.d.targets["Node"]
	w.field("node", argumentByID("Its id, such as `post:taytrang`."), "Node", "An object of any type by id; null if there is none.", &Root{Kind: ByID, Target: node})
	w.field("nodes", "(\"Their ids, at most 1,000.\" ids: [ID!]!)", "[Node]", "Objects of any type by id, in the order asked for, with null for each that is not found.", &Root{Kind: ByIDs, Target: node})
	for _, n := range w.d.nodes {
		target := w.d.targets[n.Name]
		w.field(lowerFirst(n.Name), argumentByID("Its id."), n.Name, fmt.Sprintf("A %s by id.", n.Name), &Root{Kind: ByID, Target: target})
		w.field(n.plural, connectionArguments(target), n.Name+"Connection", fmt.Sprintf("The %s in force.", n.plural), &Root{Kind: Listed, Target: target})
	}
	for _, def := range w.d.abstracts {
		if def.Kind == ast.Interface {
			target := w.d.targets[def.Name]
			w.field(lowerFirst(def.Name), argumentByID("Its id."), def.Name, fmt.Sprintf("A %s of any type by id.", def.Name), &Root{Kind: ByID, Target: target})
			w.field(plural(def.Name), connectionArguments(target), def.Name+"Connection", fmt.Sprintf("The %s of all types in force.", plural(def.Name)), &Root{Kind: Listed, Target: target})
		}
	}
	w.writeSearch(node)
	w.writeTimeline()
	w.writeViewRoots()
	w.writeSituation(node)
	w.writeChangesRoot()
	w.close()
	w.writeSearchTypes()
	w.writeMoments()
	w.writeViews()
	w.writeSituationTypes()
	w.writeChangeTypes()
	w.writeSubscription()
}

func argumentByID(description string) string { return fmt.Sprintf("(%q id: ID!)", description) }

func connectionArguments(t *Target) string {
	return fmt.Sprintf(`("Filter." where: %s
"Order." orderBy: [%s!]
%s)`, t.Where, t.Order, pageArguments)
}

const pageArguments = `"First n." first: Int
"Cursor." after: String
"Last n." last: Int
"Cursor." before: String`

// relationArguments are those of a list that is reached over a relationship.
func relationArguments(t *Traversal) string {
	return strings.TrimSuffix(connectionArguments(t.Target), ")") + fmt.Sprintf("\n\"Edge filter.\" edge: %s)", t.EdgeWhere)
}

// writeSources adds to facts the list of sources, to conditions on facts those on it, and to operations
// their citation, where the schema says what a source is.
func (w *writer) writeSources() {
	source := w.d.node("Source")
	if source == nil {
		return
	}
	sources := &Sources{Target: w.d.targets["Source"]}
	if copyOf := source.field("copyOf"); copyOf != nil && copyOf.toOne {
		sources.CopyOf = copyOf.traversal.Steps[0].Relationship
	}
	w.WriteString("extend type Facts {\n")
	w.current = "Facts"
	w.field("sources", "", "[Source!]!", "Who states it: all sources, by id.", sources)
	w.close()
	w.WriteString("extend input FactsFilter {\n")
	w.current = "FactsFilter"
	w.input("sources", "SourcesFilter", "Who states it.", sources)
	w.close()
	w.WriteString(sourcesFilter + cite)
}

const sourcesFilter = `"A condition on the sources of a fact. All that is given must hold."
input SourcesFilter {
  "Id of one of them." has: String
  "Whether there is none." isNull: Boolean
  "Some source." some: SourceWhere
  "No source." none: SourceWhere
  "Every source." all: SourceWhere
  "How many there are that do not depend on each other: a copy counts as what it copies, so that a document and its copies, or its copies alone, are one." independent: CountFilter
}
`

const cite = `"Makes the answer carry, in extensions.citation, what it rests on: the sources of the objects and relationships that it shows, numbered, and a dated link that repeats it."
directive @cite on QUERY
`

func (w *writer) writeAbstract(def *ast.Definition) {
	if def.Kind == ast.Union {
		fmt.Fprintf(w, "%q\nunion %s = %s\n", def.Description, def.Name, strings.Join(def.Types, " | "))
	} else {
		w.open("interface", def.Name, " implements Node", def.Description)
		w.writeNodeFields()
		for _, f := range w.interfaceFields(def) {
			w.writeField(f)
		}
		w.close()
		w.writeInputs(w.d.targets[def.Name], w.interfaceFields(def))
	}
	w.writeConnection(newTraversal(w.d.targets[def.Name], ""), "")
}

// interfaceFields are the fields of an interface as its first type has them, with the interface's
// own words and type, and with what they are for each type.
func (w *writer) interfaceFields(def *ast.Definition) []*declaredField {
	var fields []*declaredField
	for _, f := range def.Fields {
		var common declaredField
		alternatives := Alternatives{}
		for _, t := range w.d.targets[def.Name].Types {
			own := w.d.node(t.Name).field(f.Name)
			if own == nil {
				continue // a derived inverse, or a field that the check of the schema has refused
			}
			if common.name == "" {
				common = *own
			}
			if own.traversal != nil {
				alternatives[t.Name] = own.input()
			}
		}
		if common.name == "" {
			continue
		}
		common.description, common.declared = f.Description, f.Type
		if common.traversal != nil {
			common.alternatives = alternatives
			if target := w.d.targets[f.Type.Name()]; common.toOne {
				t := *common.traversal
				t.Target = target
				common.traversal = &t
			}
		}
		fields = append(fields, &common)
	}
	return fields
}

func (w *writer) writeNode(n *nodeType) {
	w.open("type", n.Name, " implements "+strings.Join(append([]string{"Node"}, n.def.Interfaces...), " & "), n.def.Description)
	w.writeNodeFields()
	for _, f := range n.fields {
		w.writeField(f)
	}
	w.close()
}

func (w *writer) writeField(f *declaredField) {
	if f.property != nil {
		w.field(f.name, "", f.declared.String(), f.description, &Property{Property: f.property})
		return
	}
	w.writeTraversal(f)
}

func (w *writer) writeNodeFields() {
	w.field("id", "", "ID!", "Its key.", &Property{Property: query.NodeProperties[query.NodeID]})
	w.field("name", "(\"Language.\" lang: Language)", "String!", "The name to show.", PartName)
	w.field("names", "", "[Name!]!", "All its names.", PartNames)
	w.field("note", "", "String", "A note.", &Property{Property: query.NodeProperties[query.NodeNote]})
	w.field("facts", "", "Facts!", "Its facts.", PartFacts)
	if w.links != nil {
		w.field("links", linkArguments, "LinkConnection!", "Its relationships.", w.links)
		w.field("history", "("+forwardArguments+")", "ChangeConnection!", "Its changes.", PartHistory)
	}
}

func (w *writer) writeTraversal(f *declaredField) {
	t := f.traversal
	if !f.toOne {
		w.field(f.name, relationArguments(t), t.Connection+"!", f.description, &Connection{Traversal: t})
		return
	}
	w.field(f.name, "", t.Target.Name, f.description, &ToOne{t})
	if f.constant {
		return
	}
	w.field(f.name+"History", relationArguments(t), t.Connection+"!", fmt.Sprintf("`%s` over all time.", f.name), &Connection{Traversal: t, History: true})
}

func (w *writer) writeConnections(n *nodeType) {
	w.writeConnection(newTraversal(w.d.targets[n.Name], ""), "")
	for _, f := range n.fields {
		if f.traversal != nil {
			w.writeConnection(f.traversal, f.edge)
		}
	}
}

func (w *writer) writeConnection(t *Traversal, edge string) {
	if w.written[t.Connection] {
		return
	}
	w.written[t.Connection] = true
	name := t.Target.Name
	w.open("type", t.Connection, "", fmt.Sprintf("A page of %s.", name))
	w.field("nodes", "", fmt.Sprintf("[%s!]!", name), "Its objects.", PartNodes)
	w.field("edges", "", fmt.Sprintf("[%s!]!", t.Edge), "Its edges.", PartEdges)
	w.field("pageInfo", "", "PageInfo!", "The page.", PartPageInfo)
	w.field("totalCount", "", "Int!", "Exact count.", PartTotalCount)
	if t.Connection == name+"Connection" && w.d.rootList(name) != "" {
		w.field("groups", `("Paths." by: [GroupPath!]!, "First n." first: Int)`, "Grouping!", "Counted by these paths.", PartGroups)
	}
	w.close()

	w.open("type", t.Edge, "", fmt.Sprintf("One %s.", name))
	w.field("cursor", "", "String!", "Its cursor.", PartEdgeCursor)
	w.field("node", "", name+"!", "The object.", PartEdgeNode)
	if t.Via == nil {
		w.field("facts", "", "Facts", "Null in a root list.", PartFacts)
	} else {
		w.field("facts", "", "Facts", fmt.Sprintf("Facts of the %s.", t.Via.Name), PartFacts)
		w.field(lowerFirst(t.Via.Name), "", t.Via.Name+"!", fmt.Sprintf("The %s that joins the two.", t.Via.Name), PartEdgeVia)
	}
	if edge != "" {
		own := t.Steps[0].Relationship.Properties[len(query.LinkProperties):]
		for i, f := range w.d.schema.Types[edge].Fields {
			w.field(f.Name, "", f.Type.String(), f.Description, &Property{Property: own[i]})
		}
	}
	w.close()
	w.writeEdgeInputs(t, edge)
}

// writeEdgeInputs writes the conditions on a list and on its edges.
func (w *writer) writeEdgeInputs(t *Traversal, edge string) {
	w.open("input", t.ListWhere, "", fmt.Sprintf("A condition on a list of %s.", t.Target.Name))
	fmt.Fprintf(w, `"Some member." some: %[1]s
"No member." none: %[1]s
"Every member." all: %[1]s
"Their number." count: CountFilter
"Of these edges only." edge: %[2]s
`, t.Target.Where, t.EdgeWhere)
	w.close()
	if edge == "" || w.written[t.EdgeWhere] {
		return
	}
	w.written[t.EdgeWhere] = true
	w.open("input", t.EdgeWhere, "", fmt.Sprintf("A condition on a relationship with a %s. All that is given must hold.", edge))
	w.input("facts", "FactsFilter", "Its facts.", PartFacts)
	own := t.Steps[0].Relationship.Properties[len(query.LinkProperties):]
	for i, f := range w.d.schema.Types[edge].Fields {
		w.input(f.Name, filterName(f.Type, own[i]), f.Description, &Property{Property: own[i]})
	}
	w.close()
}

// writeInputs writes the conditions on a type or interface, and its orders.
func (w *writer) writeInputs(t *Target, fields []*declaredField) {
	w.open("input", t.Where, "", fmt.Sprintf("A condition on a %s.", t.Name))
	w.input("and", "["+t.Where+"!]", "All of these must hold.", And)
	w.input("or", "["+t.Where+"!]", "One of these must hold.", Or)
	w.input("not", t.Where, "This must not hold.", Not)
	w.input("id", "IDFilter", "Its id.", &Property{Property: query.NodeProperties[query.NodeID]})
	w.input("name", "NameFilter", "One of its names.", PartName)
	w.input("facts", "FactsFilter", "Its facts.", PartFacts)
	if t.Abstract() {
		w.input("type", "NodeTypeFilter", "Its type.", PartType)
	}
	w.writeTouching(t)
	for _, f := range fields {
		switch {
		case f.property != nil:
			w.input(f.name, filterName(f.declared, f.property), fmt.Sprintf("On `%s`.", f.name), f.input())
		case f.toOne:
			w.input(f.name, f.traversal.Target.Where, fmt.Sprintf("On `%s`.", f.name), f.input())
		default:
			w.input(f.name, f.traversal.ListWhere, fmt.Sprintf("On `%s`.", f.name), f.input())
		}
	}
	w.close()

	w.open("input", t.Order, " @oneOf", fmt.Sprintf("An order of %s: exactly one.", t.Name))
	w.input("id", "Direction", "By id.", &Property{Property: query.NodeProperties[query.NodeID]})
	w.input("name", "Direction", "By name.", PartName)
	w.input("validFrom", "Direction", "By first day.", &Property{Property: query.NodeProperties[query.NodeFacts+query.FactValidFrom]})
	for _, f := range fields {
		switch {
		case f.property != nil && !f.property.List:
			w.input(f.name, "Direction", "By "+f.name+".", f.input())
		case f.alternatives != nil || f.property != nil:
		case f.toOne:
			w.input(f.name, f.traversal.Target.Order, "By a field of it.", f.input())
		default:
			w.input(f.name, "CountOrder", "By count.", f.input())
		}
	}
	w.close()
}

// writeTouching writes the condition on where an object is and what it concerns, if anything says so.
func (w *writer) writeTouching(t *Target) {
	touching := &Touching{Own: w.d.located("ITSELF"), Onward: w.d.located("CONTENTS")}
	if len(touching.Onward) == 0 {
		return
	}
	from := func(r *query.Relationship) bool { return slices.Contains(t.Types, r.From[0]) }
	if !slices.ContainsFunc(touching.Own, from) {
		touching.Own = nil
	}
	w.input("touching", "[ID!]", "It is, lies in or concerns one of these.", touching)
}

// filterName is the input type for conditions on a property: one a scalar, one an enum.
func filterName(t *ast.Type, p *query.Property) string {
	if p.List {
		return t.Name() + "ListFilter"
	}
	return t.Name() + "Filter"
}

func (w *writer) writeEnum(def *ast.Definition) {
	fmt.Fprintf(w, "%q\nenum %s {\n", def.Description, def.Name)
	for _, v := range def.EnumValues {
		fmt.Fprintf(w, "%q\n%s\n", v.Description, v.Name)
	}
	w.close()
}

// writeFilters writes a condition for each kind of value that a node type or a relationship has a field of.
func (w *writer) writeFilters() {
	for _, n := range w.d.nodes {
		w.writeFiltersOf(n.def)
	}
	for _, name := range w.d.edgeOrder {
		w.writeFiltersOf(w.d.schema.Types[name])
	}
}

func (w *writer) writeFiltersOf(def *ast.Definition) {
	for _, f := range def.Fields {
		value := f.Type.Name()
		kind := w.d.schema.Types[value].Kind
		switch {
		case kind != ast.Enum && kind != ast.Scalar:
		case f.Type.Elem != nil:
			w.writeFilter(value+"ListFilter", fmt.Sprintf(`"A condition on a list of %[1]s. All that is given must hold." input %[1]sListFilter {
"The list has this." has: %[1]s
"Whether it is missing." isNull: Boolean
}
`, value))
		default:
			w.writeFilter(value+"Filter", fmt.Sprintf(`"A condition on a %[1]s. All that is given must hold." input %[1]sFilter {
"It is this." eq: %[1]s
"It is one of these." in: [%[1]s!]
"Whether it is missing." isNull: Boolean
}
`, value))
		}
	}
}

// writeFilter writes a condition, once, unless common.graphqls has it.
func (w *writer) writeFilter(name, text string) {
	if w.d.schema.Types[name] == nil && !w.written[name] {
		w.written[name] = true
		w.WriteString(text)
	}
}

// writeNodeTypes writes the enum of all node types, and the conditions on an object of any type.
func (w *writer) writeNodeTypes() {
	w.WriteString("\"The types of objects.\"\nenum NodeType {\n")
	for _, n := range w.d.nodes {
		fmt.Fprintf(w, "%q\n%s\n", n.def.Description, NodeTypeValue(n.Type))
	}
	w.close()
	w.WriteString(`"A condition on the type of an object. All that is given must hold." input NodeTypeFilter {
"It is this type." eq: NodeType
"It is one of these types." in: [NodeType!]
}
`)
	w.writeInputs(w.d.targets["Node"], nil)
}

// NodeTypeValue is the value of the API's enum NodeType for a type: BORDER_POST for BorderPost.
func NodeTypeValue(t *query.Type) string {
	var b strings.Builder
	for i, r := range t.Name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// writeCommonMeanings says what the fields of common.graphqls mean.
func (w *writer) writeCommonMeanings() {
	w.fields["Node"] = map[string]Field{
		"id": &Property{Property: query.NodeProperties[query.NodeID]}, "name": PartName, "names": PartNames,
		"note": &Property{Property: query.NodeProperties[query.NodeNote]}, "facts": PartFacts,
	}
	w.fields["Name"] = map[string]Field{"text": PartNameText, "language": PartNameLanguage, "kind": PartNameKind}
	w.fields["PageInfo"] = map[string]Field{
		"hasNextPage": PartHasNextPage, "hasPreviousPage": PartHasPreviousPage, "startCursor": PartStartCursor, "endCursor": PartEndCursor,
	}
	w.fields["Grouping"] = map[string]Field{"groups": PartGroupList, "undated": PartGroupUndated, "hasMore": PartGroupHasMore, "note": PartGroupNote}
	w.fields["Group"] = map[string]Field{"keys": PartGroupKeys, "count": PartGroupCount, "nodes": PartGroupNodes}
	w.fields["GroupKey"] = map[string]Field{"value": PartKeyValue, "label": PartKeyLabel, "node": PartKeyNode}
	facts := map[string]Field{"inForce": PartInForce, "marking": PartMarking, "version": PartVersion}
	filter := map[string]Input{}
	for i, p := range query.NodeProperties[query.NodeFacts:] {
		if p.Name != "marking" && p.Name != "sources" {
			facts[p.Name] = &Fact{i}
		}
		if p.Name != "sources" {
			filter[p.Name] = &Fact{i}
		}
	}
	filter["during"] = PartDuring
	w.fields["Facts"] = facts
	w.inputs["FactsFilter"] = filter
	w.inputs["EdgeWhere"] = map[string]Input{"facts": PartFacts}
	w.writeMutationMeanings()
}
