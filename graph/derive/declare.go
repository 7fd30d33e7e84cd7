package derive

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"bordergraph/graph/query"
)

// declaration is a schema as it was declared, checked, with the inverse fields added.
type declaration struct {
	schema        *ast.Schema
	nodes         []*nodeType
	targets       map[string]*Target // node types, interfaces and unions
	abstracts     []*ast.Definition  // interfaces and unions, in order
	inverses      map[string][]*declaredField
	edgeTypes     map[string][]*query.Property
	edgeOrder     []string
	enums         []*ast.Definition
	views         []*declaredView
	moments       []*Moment
	relationships []*query.Relationship
	locating      map[string]string // what relationships of a name locate, by the name; see grammar.graphqls
	rules         map[*query.Type]query.Rules
	alike         map[*query.Type]Alike
	saysSame      map[string]string                // what relationships of a name say of sameness, by the name
	sameness      map[string][]*query.Relationship // by what they say
	problems      []error
}

type nodeType struct {
	*query.Type
	def    *ast.Definition
	plural string
	fields []*declaredField
}

// declaredField is a property or a traversal.
type declaredField struct {
	name, description string
	declared          *ast.Type // of a property
	property          *query.Property
	precision         *query.Property // of a date, if there is one
	traversal         *Traversal
	alternatives      Alternatives // of a traversal of an interface
	toOne             bool
	constant          bool   // to one, and never to another
	edge              string // the type that names the facts of a relationship; empty if it has none of its own
	inverse           string
}

// input is what the field means in conditions and orders.
func (f *declaredField) input() Input {
	switch {
	case f.property != nil:
		return &Property{f.property, f.precision}
	case f.alternatives != nil:
		return f.alternatives
	case f.toOne:
		return &ToOne{f.traversal}
	}
	return &Connection{Traversal: f.traversal}
}

// field finds a field; nil if there is none.
func (n *nodeType) field(name string) *declaredField {
	for _, f := range n.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

func declare(schema string) (*declaration, error) {
	source := &ast.Source{Name: "schema.graphqls", Input: schema}
	doc, err := parser.ParseSchema(source)
	if err != nil {
		return nil, err
	}
	parsed, err := validate(source)
	if err != nil {
		return nil, err
	}
	d := &declaration{
		schema:    parsed,
		targets:   map[string]*Target{},
		inverses:  map[string][]*declaredField{},
		edgeTypes: map[string][]*query.Property{},
		locating:  map[string]string{},
		rules:     map[*query.Type]query.Rules{},
		alike:     map[*query.Type]Alike{},
		saysSame:  map[string]string{},
		sameness:  map[string][]*query.Relationship{},
	}
	d.declareTypes(doc.Definitions)
	d.declareProperties()
	d.declareRelationships()
	d.declareShortcuts()
	d.declareMoments()
	d.declareViews()
	d.declareRules()
	d.declareAlike()
	d.check()
	return d, errors.Join(d.problems...)
}

// validate checks a schema as GraphQL. An interface that declares no field stands for those that
// every node type has, which GraphQL wants to see written.
func validate(source *ast.Source) (*ast.Schema, error) {
	doc, err := parser.ParseSchemas(validator.Prelude,
		&ast.Source{Name: "grammar.graphqls", Input: grammar}, &ast.Source{Name: "common.graphqls", Input: common}, source)
	if err != nil {
		return nil, err
	}
	common := doc.Definitions.ForName("Node").Fields.ForName("id")
	for _, def := range doc.Definitions {
		if def.Kind == ast.Interface && len(def.Fields) == 0 || def.Directives.ForName("node") != nil {
			def.Fields = append(def.Fields, common)
		}
	}
	return validator.ValidateSchemaDocument(doc)
}

func (d *declaration) nodeTypes() []*query.Type {
	types := make([]*query.Type, len(d.nodes))
	for i, n := range d.nodes {
		types[i] = n.Type
	}
	return types
}

func (d *declaration) problem(position *ast.Position, format string, args ...any) {
	d.problems = append(d.problems, fmt.Errorf("schema.graphqls:%d: %s", position.Line, fmt.Sprintf(format, args...)))
}

func (d *declaration) declareTypes(definitions ast.DefinitionList) {
	all := &Target{Name: "Node", Where: "NodeWhere", Order: "NodeOrder"}
	d.targets["Node"] = all
	for _, def := range definitions {
		switch node := def.Directives.ForName("node"); {
		case node != nil:
			n := &nodeType{Type: &query.Type{Name: def.Name, Dated: argument(node, "dated") != "false"}, def: def, plural: argument(node, "plural")}
			if n.plural == "" {
				n.plural = plural(def.Name)
			}
			d.nodes = append(d.nodes, n)
			d.targets[def.Name] = &Target{Name: def.Name, Types: []*query.Type{n.Type}, Where: def.Name + "Where", Order: def.Name + "Order"}
			all.Types = append(all.Types, n.Type)
		case def.Kind == ast.Interface || def.Kind == ast.Union:
			d.abstracts = append(d.abstracts, def)
		case def.Directives.ForName("view") != nil:
			d.views = append(d.views, &declaredView{def: def})
		case def.Kind == ast.Object:
			d.edgeTypes[def.Name] = nil
			d.edgeOrder = append(d.edgeOrder, def.Name)
		case def.Kind == ast.Enum:
			d.enums = append(d.enums, def)
		default:
			d.problem(def.Position, "%s: a schema declares node types, interfaces, unions, enums and the facts of relationships, not a %s", def.Name, keywords[def.Kind])
		}
	}
	for _, def := range d.abstracts {
		t := &Target{Name: def.Name, Where: "NodeWhere", Order: "NodeOrder"}
		if def.Kind == ast.Interface {
			t.Where, t.Order = def.Name+"Where", def.Name+"Order"
		}
		for _, possible := range d.schema.PossibleTypes[def.Name] {
			if n := d.node(possible.Name); n != nil {
				t.Types = append(t.Types, n.Type)
			} else if possible.Kind == ast.Object {
				d.problem(def.Position, "%s: %s is no node type", def.Name, possible.Name)
			}
		}
		slices.SortFunc(t.Types, func(a, b *query.Type) int { return slices.Index(all.Types, a) - slices.Index(all.Types, b) })
		if len(d.schema.PossibleTypes[def.Name]) == 0 {
			d.problem(def.Position, "%s: no node type belongs to it", def.Name)
		}
		d.targets[def.Name] = t
	}
	for _, n := range d.nodes {
		n.Labels = []string{n.Name}
		for _, def := range d.abstracts {
			// A label of its own pays where more types would have to be tried one by one.
			if t := d.targets[def.Name]; len(t.Types) > 5 && slices.Contains(t.Types, n.Type) {
				n.Labels = append(n.Labels, def.Name)
			}
		}
	}
}

func (d *declaration) node(name string) *nodeType {
	for _, n := range d.nodes {
		if n.Name == name {
			return n
		}
	}
	return nil
}

func (d *declaration) declareProperties() {
	for _, n := range d.nodes {
		properties := map[string]*query.Property{}
		for _, f := range n.def.Fields {
			field := &declaredField{name: f.Name, description: f.Description, declared: f.Type}
			n.fields = append(n.fields, field)
			if isLink(f) {
				continue
			}
			if field.property = d.property(n.Name, f); field.property != nil {
				n.Properties = append(n.Properties, field.property)
				properties[f.Name] = field.property
			}
		}
		d.declareNotBefore(n.def, properties)
		for _, field := range n.fields {
			if precision := n.field(field.name + "Precision"); precision != nil {
				field.precision = precision.property
			}
		}
	}
	for _, name := range d.edgeOrder {
		properties := map[string]*query.Property{}
		for _, f := range d.schema.Types[name].Fields {
			if p := d.property(name, f); p != nil {
				d.edgeTypes[name] = append(d.edgeTypes[name], p)
				properties[f.Name] = p
			}
		}
		d.declareNotBefore(d.schema.Types[name], properties)
	}
}

// declareNotBefore says of dates which other date they follow, among the properties of a type by their fields.
func (d *declaration) declareNotBefore(def *ast.Definition, properties map[string]*query.Property) {
	for _, f := range def.Fields {
		directive := f.Directives.ForName("notBefore")
		if directive == nil {
			continue
		}
		date, other := properties[f.Name], properties[argument(directive, "field")]
		if !isDate(date) || !isDate(other) || date == other {
			d.problem(directive.Position, "%s.%s: @notBefore stands on a Date, and names another Date of the type", def.Name, f.Name)
			continue
		}
		date.NotBefore = other
	}
}

func isDate(p *query.Property) bool { return p != nil && p.Kind == query.Date && !p.List }

func isLink(f *ast.FieldDefinition) bool {
	return f.Directives.ForName("relationship") != nil || f.Directives.ForName("through") != nil
}

var kinds = map[string]query.Kind{"String": query.String, "Int": query.Int, "Float": query.Float, "Boolean": query.Boolean, "Date": query.Date}

func (d *declaration) property(owner string, f *ast.FieldDefinition) *query.Property {
	p := &query.Property{Name: f.Name, Required: f.Type.NonNull}
	if stored := f.Directives.ForName("property"); stored != nil {
		p.Name = argument(stored, "name")
	}
	element := f.Type
	if f.Type.Elem != nil {
		p.List, element = true, f.Type.Elem
		if element.Elem != nil || !element.NonNull {
			d.problem(f.Position, "%s.%s: %s: a list is of values that are not null, such as [String!]", owner, f.Name, f.Type)
			return nil
		}
	}
	def := d.schema.Types[element.NamedType]
	kind, scalar := kinds[element.NamedType]
	switch {
	case scalar:
		p.Kind = kind
	case def.Kind == ast.Enum:
		p.Kind = query.Enum
		for _, v := range def.EnumValues {
			p.Values = append(p.Values, v.Name)
		}
	case d.targets[def.Name] != nil:
		d.problem(f.Position, "%s.%s leads to %s: say over which relationship with @relationship or @through", owner, f.Name, def.Name)
		return nil
	default:
		d.problem(f.Position, "%s.%s: %s is neither String, Int, Float, Boolean, Date nor an enum", owner, f.Name, def.Name)
		return nil
	}
	return p
}

func (d *declaration) declareRelationships() {
	for _, n := range d.nodes {
		for i, f := range n.def.Fields {
			if directive := f.Directives.ForName("relationship"); directive != nil {
				d.declareRelationship(n, n.fields[i], f, directive)
			}
		}
	}
	for _, n := range d.nodes {
		n.fields = append(n.fields, d.inverses[n.Name]...)
	}
}

func (d *declaration) declareRelationship(n *nodeType, field *declaredField, f *ast.FieldDefinition, directive *ast.Directive) {
	target := d.targets[f.Type.Name()]
	if target == nil {
		d.problem(f.Position, "%s.%s: %s is no node type, interface or union", n.Name, f.Name, f.Type.Name())
		return
	}
	r := &query.Relationship{
		Name:      argument(directive, "type"),
		From:      []*query.Type{n.Type},
		To:        target.Types,
		Symmetric: argument(directive, "direction") == "BOTH",
		Lasting:   argument(directive, "lasting") == "true",
		ToOne:     f.Type.Elem == nil,
	}
	d.relationships = append(d.relationships, r)
	field.edge = d.edgeFacts(n, f, r, argument(directive, "properties"))
	field.toOne, field.inverse = r.ToOne, argument(directive, "inverse")
	field.constant = argument(directive, "constant") == "true"
	r.Constant = field.constant
	r.Required = r.ToOne && f.Type.NonNull
	if field.constant && !r.ToOne {
		d.problem(f.Position, "%s.%s: constant is what leads to one object at most, not to a list", n.Name, f.Name)
	}
	step := query.Step{Relationship: r, Direction: query.Out, To: target.Types}
	if r.Symmetric {
		step.Direction = query.Both
		if r.ToOne || field.inverse != "" || target.Name != n.Name {
			d.problem(f.Position, "%s.%s: a relationship of direction BOTH is a list, leads to its own type and has no inverse: it is its own", n.Name, f.Name)
		}
	}
	d.declareLocating(n, f, r, argument(directive, "locates"))
	d.declareSameness(n, f, r, argument(directive, "sameness"))
	field.traversal = newTraversal(target, field.edge, step)
	if field.inverse != "" {
		d.declareInverse(n, field, target, r)
	}
}

// declareLocating notes what relationships of a name locate: stores tell them apart by the name, so one
// declaration says it for all.
func (d *declaration) declareLocating(n *nodeType, f *ast.FieldDefinition, r *query.Relationship, locates string) {
	if locates == "" {
		return
	}
	if before := d.locating[r.Name]; before != "" && before != locates {
		d.problem(f.Position, "%s.%s: %s locates %s by another declaration", n.Name, f.Name, r.Name, before)
	}
	if r.Symmetric {
		d.problem(f.Position, "%s.%s: a relationship of direction BOTH locates nothing", n.Name, f.Name)
	}
	d.locating[r.Name] = locates
}

// located are the relationships that locate ITSELF or CONTENTS.
func (d *declaration) located(what string) []*query.Relationship {
	var located []*query.Relationship
	for _, r := range d.relationships {
		if d.locating[r.Name] == what {
			located = append(located, r)
		}
	}
	return located
}

func (d *declaration) edgeFacts(n *nodeType, f *ast.FieldDefinition, r *query.Relationship, name string) string {
	if name == "" {
		return ""
	}
	properties, ok := d.edgeTypes[name]
	if !ok {
		d.problem(f.Position, "%s.%s: properties: %q is no type without @node", n.Name, f.Name, name)
		return ""
	}
	for _, p := range properties {
		own := *p // numbered per relationship
		r.Properties = append(r.Properties, &own)
	}
	return name
}

func (d *declaration) declareInverse(n *nodeType, field *declaredField, target *Target, r *query.Relationship) {
	back := query.Step{Relationship: r, Direction: query.In, To: []*query.Type{n.Type}}
	for _, t := range target.Types {
		d.inverses[t.Name] = append(d.inverses[t.Name], &declaredField{
			name:        field.inverse,
			description: fmt.Sprintf("Each %s whose `%s` it is.", n.Name, field.name),
			traversal:   newTraversal(d.targets[n.Name], field.edge, back),
			edge:        field.edge,
		})
	}
}

// newTraversal names what is derived for a traversal. The suffix tells apart the lists of one target
// whose edges have other facts.
func newTraversal(target *Target, suffix string, steps ...query.Step) *Traversal {
	name := target.Name + suffix
	return &Traversal{
		Steps: steps, Target: target,
		Connection: name + "Connection", Edge: name + "Edge", ListWhere: name + "ListWhere", EdgeWhere: suffix + "EdgeWhere",
	}
}

func (d *declaration) declareShortcuts() {
	for _, n := range d.nodes {
		for i, f := range n.def.Fields {
			directive := f.Directives.ForName("through")
			if directive == nil {
				continue
			}
			if err := d.declareShortcut(n, n.fields[i], f, directive); err != nil {
				d.problem(f.Position, "%s.%s: %s", n.Name, f.Name, err)
			}
		}
	}
}

func (d *declaration) declareShortcut(n *nodeType, field *declaredField, f *ast.FieldDefinition, directive *ast.Directive) error {
	via := d.node(argument(directive, "type"))
	if via == nil {
		return fmt.Errorf("type: %q is no node type", argument(directive, "type"))
	}
	if f.Type.Elem == nil {
		return errors.New("a shortcut leads to a list")
	}
	from, err := via.oneStep("from", argument(directive, "from"))
	if err != nil {
		return err
	}
	if !slices.Contains(from.To, n.Type) {
		return fmt.Errorf("from: %s.%s does not lead to %s", via.Name, argument(directive, "from"), n.Name)
	}
	to, err := via.oneStep("to", argument(directive, "to"))
	if err != nil {
		return err
	}
	target := d.targets[f.Type.Name()]
	if target == nil || !slices.Equal(target.Types, to.To) {
		return fmt.Errorf("to: %s.%s does not lead to %s", via.Name, argument(directive, "to"), f.Type.Name())
	}
	toVia := query.Step{Relationship: from.Relationship, Direction: opposite(from.Direction), To: []*query.Type{via.Type}}
	field.traversal = newTraversal(target, "Via"+via.Name, toVia, to)
	field.traversal.Via = d.targets[via.Name]
	field.traversal.EdgeWhere = field.traversal.Via.Where
	field.traversal.ViaWhere, err = via.values(directive.Arguments.ForName("where"))
	return err
}

func (n *nodeType) oneStep(argument, name string) (query.Step, error) {
	for _, f := range n.fields {
		if f.name == name && f.traversal != nil && len(f.traversal.Steps) == 1 {
			return f.traversal.Steps[0], nil
		}
	}
	return query.Step{}, fmt.Errorf("%s: %s has no relationship %q", argument, n.Name, name)
}

func opposite(direction query.Direction) query.Direction {
	switch direction {
	case query.Out:
		return query.In
	case query.In:
		return query.Out
	}
	return query.Both
}

func (n *nodeType) values(where *ast.Argument) ([]ViaValue, error) {
	if where == nil {
		return nil, nil
	}
	var values []ViaValue
	for _, child := range where.Value.Children {
		i := slices.IndexFunc(n.Properties, func(p *query.Property) bool { return p.Name == child.Name })
		if i < 0 || n.Properties[i].Kind != query.Enum || !slices.Contains(n.Properties[i].Values, child.Value.Raw) {
			return nil, fmt.Errorf("where: %s: %s has no enum with this value", child.Name, n.Name)
		}
		values = append(values, ViaValue{Property: n.Properties[i], Value: child.Value.Raw})
	}
	return values, nil
}

func (d *declaration) check() {
	logic := []string{"and", "or", "not", "touching"}
	ofNodes := append([]string{"id", "name", "names", "note", "facts", "links", "history", "type", "validFrom", "expectedVersion"}, logic...)
	for _, n := range d.nodes {
		seen := map[string]bool{}
		for _, f := range n.fields {
			names := []string{f.name}
			if f.toOne && !f.constant {
				names = append(names, f.name+"History")
			}
			for _, name := range names {
				if slices.Contains(ofNodes, name) {
					d.problem(n.def.Position, "%s.%s: every type has a field of this name", n.Name, name)
				}
				if seen[name] {
					d.problem(n.def.Position, "%s has two fields %s; give the inverse of one relationship another name", n.Name, name)
				}
				seen[name] = true
			}
		}
		d.checkStored(n.def, n.Properties, query.NodeProperties)
	}
	ofEdges := append([]string{"cursor", "node", "facts"}, logic...)
	for _, name := range d.edgeOrder {
		def := d.schema.Types[name]
		for _, f := range def.Fields {
			if slices.Contains(ofEdges, f.Name) {
				d.problem(def.Position, "%s.%s: every edge has a field of this name", name, f.Name)
			}
		}
		d.checkStored(def, d.edgeTypes[name], query.LinkProperties)
	}
	for i, a := range d.relationships {
		for _, b := range d.relationships[:i] {
			if a.Name == b.Name && a.From[0] == b.From[0] && slices.ContainsFunc(a.To, func(t *query.Type) bool { return slices.Contains(b.To, t) }) {
				d.problem(d.node(a.From[0].Name).def.Position, "%s declares %s twice to the same type", a.From[0].Name, a.Name)
			}
		}
	}
}

// checkStored refuses two properties that would be stored under one name.
func (d *declaration) checkStored(def *ast.Definition, own, common []*query.Property) {
	stored := slices.Clone(common)
	for _, p := range own {
		if slices.ContainsFunc(stored, func(other *query.Property) bool { return other.Name == p.Name }) {
			d.problem(def.Position, "%s has two properties stored as %s", def.Name, p.Name)
		}
		stored = append(stored, p)
	}
}

// argument is a directive's argument as text; empty if it is not given.
func argument(directive *ast.Directive, name string) string {
	if a := directive.Arguments.ForName(name); a != nil {
		return a.Value.Raw
	}
	return ""
}

// plural is the name of the root list of a type or interface: countries, posts.
func plural(name string) string {
	name = lowerFirst(name)
	if stem, ok := strings.CutSuffix(name, "y"); ok {
		return stem + "ies"
	}
	return name + "s"
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
