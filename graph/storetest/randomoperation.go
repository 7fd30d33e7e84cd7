package storetest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

// operation is a random operation over whatever an API offers.
type operation struct {
	directives string
	roots      []*selection
}

// selection is a field, or a fragment. Every field has a response key of its own, so that all may
// stand beside each other.
type selection struct {
	key, name  string // without a key, the name is what a fragment is on
	arguments  []string
	page       string // of a connection: its first, last, after or before
	directives string
	children   []*selection
}

func (o *operation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "query%s {", o.directives)
	for _, s := range o.roots {
		s.write(&b, "\n  ")
	}
	b.WriteString("\n}\n")
	return b.String()
}

func (s *selection) write(b *strings.Builder, indent string) {
	if s.key == "" {
		fmt.Fprintf(b, "%s... on %s", indent, s.name)
	} else {
		fmt.Fprintf(b, "%s%s: %s", indent, s.key, s.name)
	}
	arguments := s.arguments
	if s.page != "" {
		arguments = append(arguments[:len(arguments):len(arguments)], s.page)
	}
	if len(arguments) > 0 {
		fmt.Fprintf(b, "(%s)", strings.Join(arguments, ", "))
	}
	b.WriteString(s.directives)
	if len(s.children) == 0 {
		return
	}
	b.WriteString(" {")
	for _, child := range s.children {
		child.write(b, indent+"  ")
	}
	b.WriteString(indent + "}")
}

// smaller are the operations that lack one selection or argument of this one.
func (o *operation) smaller() []*operation {
	var all []*operation
	for _, roots := range without(o.roots) {
		all = append(all, &operation{directives: o.directives, roots: roots})
	}
	return all
}

// without are the lists that lack one member, or a part of it.
func without(list []*selection) [][]*selection {
	var all [][]*selection
	for i, s := range list {
		if len(list) > 1 {
			all = append(all, slices.Concat(list[:i], list[i+1:]))
		}
		for _, part := range s.smaller() {
			all = append(all, slices.Concat(list[:i], []*selection{part}, list[i+1:]))
		}
	}
	return all
}

func (s *selection) smaller() []*selection {
	var all []*selection
	for i := range s.arguments {
		part := *s
		part.arguments = slices.Concat(s.arguments[:i], s.arguments[i+1:])
		all = append(all, &part)
	}
	for _, children := range without(s.children) {
		part := *s
		part.children = children
		all = append(all, &part)
	}
	return all
}

// connections are all selections below that are pages of a list.
func (s *selection) connections() []*selection {
	var found []*selection
	if s.page != "" {
		found = append(found, s)
	}
	for _, child := range s.children {
		found = append(found, child.connections()...)
	}
	return found
}

// operations makes random operations.
type operations struct {
	random
	api  *derive.API
	keys int
}

// Objects stand in each other up to this deep: a list, its edges, a node, a list, and so on.
const nesting = 6

func (o *operations) operation() *operation {
	op := &operation{}
	if o.oneIn(2) {
		op.directives = o.asOf()
	}
	if o.oneIn(3) {
		op.directives += " @cite"
	}
	for range 1 + o.IntN(2) {
		root := o.field(o.api.Schema.Query, pick(o.random, o.roots()), nesting)
		switch {
		case root.name == "difference": // which has two days of its own
			root.directives = pick(o.random, []string{" @asOf(certainty: POSSIBLE)", " @asOf(certainty: CERTAIN)"})
		case o.oneIn(3):
			root.directives = o.asOf()
		}
		op.roots = append(op.roots, root)
	}
	return op
}

// roots are the fields that the graph answers.
func (o *operations) roots() []*ast.FieldDefinition {
	var roots []*ast.FieldDefinition
	for _, f := range o.api.Schema.Query.Fields {
		if _, graphs := o.api.Field("Query", f.Name).(*derive.Root); graphs {
			roots = append(roots, f)
		}
	}
	return roots
}

func (o *operations) asOf() string {
	switch o.IntN(4) {
	case 0, 1:
		return " @asOf(any: true)"
	case 2:
		return fmt.Sprintf(" @asOf(date: %q)", pick(o.random, days))
	}
	return fmt.Sprintf(" @asOf(date: %q, certainty: CERTAIN)", pick(o.random, days))
}

func (o *operations) field(of *ast.Definition, f *ast.FieldDefinition, depth int) *selection {
	o.keys++
	s := &selection{key: "f" + strconv.Itoa(o.keys), name: f.Name}
	paged := f.Arguments.ForName("after") != nil
	for _, a := range f.Arguments {
		switch {
		case a.Type.Name() == "GroupPath":
			s.arguments = append(s.arguments, a.Name+": "+o.paths(strings.TrimSuffix(of.Name, "Connection")+"Where"))
		case a.Name == "id":
			s.arguments = append(s.arguments, "id: "+o.idOf(f.Type.Name()))
		case a.Name == "first" && !paged:
			s.arguments = append(s.arguments, fmt.Sprintf("first: %d", o.IntN(5)))
		case a.Type.NamedType == "Int" && !paged: // a bound
			s.arguments = append(s.arguments, fmt.Sprintf("%s: %d", a.Name, 1+o.IntN(4)))
		case a.Name == "first":
			from := "first"
			if f.Arguments.ForName("last") != nil && o.oneIn(3) {
				from = "last"
			}
			s.page = fmt.Sprintf("%s: %d", from, o.IntN(5))
		case paged && (a.Name == "last" || a.Name == "after" || a.Name == "before"):
		default:
			if a.Type.NonNull || o.oneIn(3) {
				s.arguments = append(s.arguments, a.Name+": "+o.input(a.Type, 2))
			}
		}
	}
	if def := o.api.Schema.Types[f.Type.Name()]; def.IsCompositeType() {
		s.children = o.object(def, depth-1)
	}
	return s
}

// object is some fields of an object; of one of several types, fragments beside them.
func (o *operations) object(def *ast.Definition, depth int) []*selection {
	o.keys++
	children := []*selection{{key: "t" + strconv.Itoa(o.keys), name: "__typename"}}
	for range 1 + o.IntN(3) {
		if len(def.Fields) == 0 {
			break
		}
		f := pick(o.random, def.Fields)
		if depth > 0 || o.api.Schema.Types[f.Type.Name()].IsLeafType() {
			children = append(children, o.field(def, f, depth))
		}
	}
	if !def.IsAbstractType() {
		return children
	}
	for _, possible := range o.api.Schema.GetPossibleTypes(def) {
		if o.oneIn(3) {
			children = append(children, &selection{name: possible.Name, children: o.object(possible, depth)})
		}
	}
	return children
}

// paths are one to three paths to group by, from objects with these conditions.
func (o *operations) paths(where string) string {
	paths := make([]string, 1+o.IntN(3))
	for i := range paths {
		paths[i] = strconv.Quote(o.path(where, true))
	}
	return "[" + strings.Join(paths, ", ") + "]"
}

// path is a path to a value or an object. Only its first relationship may lead to many.
func (o *operations) path(where string, first bool) string {
	for range 20 {
		f := pick(o.random, o.api.Schema.Types[where].Fields)
		switch meaning := o.api.Input(where, f.Name).(type) {
		case *derive.Property:
			if !meaning.List && f.Name != "id" {
				return f.Name + o.unit(meaning.Kind)
			}
		case *derive.Fact:
			if p := query.NodeProperties[query.NodeFacts+meaning.Position]; !p.List && f.Name != "evidence" {
				return f.Name + o.unit(p.Kind)
			}
		case derive.Part:
			if f.Name == "type" {
				return f.Name
			}
		case *derive.ToOne:
			return f.Name + o.onward(meaning.Target.Where)
		case *derive.Connection:
			if first {
				return f.Name + o.onward(meaning.Target.Where)
			}
		}
	}
	return "facts." + o.path("FactsFilter", false)
}

func (o *operations) unit(kind query.Kind) string {
	if kind != query.Date {
		return ""
	}
	return "." + pick(o.random, []string{"YEAR", "QUARTER", "MONTH", "DAY"})
}

func (o *operations) onward(where string) string {
	if o.oneIn(2) {
		return ""
	}
	return "." + o.path(where, false)
}

// idOf is the id of an object of a type, or of any.
func (o *operations) idOf(name string) string {
	t := o.api.Model.Type(name)
	if t == nil {
		t = pick(o.random, o.api.Model.Types)
	}
	return strconv.Quote(nodeID(t, o.IntN(4)))
}

// input is a value of a type. Conditions stand in each other up to this deep.
func (o *operations) input(t *ast.Type, depth int) string {
	if t.Elem != nil {
		members := make([]string, o.IntN(3))
		for i := range members {
			members[i] = o.input(t.Elem, depth)
		}
		return "[" + strings.Join(members, ", ") + "]"
	}
	def := o.api.Schema.Types[t.NamedType]
	switch {
	case def.Kind == ast.Enum:
		return pick(o.random, def.EnumValues).Name
	case def.Kind == ast.InputObject:
		return o.inputObject(def, depth)
	}
	switch t.NamedType {
	case "Int":
		return strconv.FormatInt(pick(o.random, numbers), 10)
	case "Float":
		return strconv.FormatFloat(pick(o.random, floats), 'g', -1, 64)
	case "Boolean":
		return strconv.FormatBool(o.oneIn(2))
	case "Date":
		return strconv.Quote(pick(o.random, days))
	case "ID":
		return o.idOf("")
	}
	return strconv.Quote(pick(o.random, append([]string{nodeID(o.api.Model.Type("Source"), o.IntN(3))}, texts...)))
}

func (o *operations) inputObject(def *ast.Definition, depth int) string {
	most := 2
	if def.Directives.ForName("oneOf") != nil {
		most = 1
	}
	chosen := map[string]string{}
	var fields []string
	for range 8 {
		f := pick(o.random, def.Fields)
		if _, twice := chosen[f.Name]; twice || len(fields) == most || depth == 0 && o.nests(f.Type) {
			continue
		}
		chosen[f.Name] = o.input(f.Type, depth-1)
		fields = append(fields, f.Name+": "+chosen[f.Name])
		if most > 1 && o.oneIn(2) {
			break
		}
	}
	if len(fields) == 0 && most == 1 {
		return "{id: ASC}"
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// nests is whether a value of the type may have another of its kind inside.
func (o *operations) nests(t *ast.Type) bool {
	name := t.Name()
	return strings.HasSuffix(name, "Where") || strings.HasSuffix(name, "Order")
}

func (o *operations) clearance() query.Clearance {
	return query.Clearance(o.IntN(len(query.Clearances)))
}
