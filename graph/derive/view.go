package derive

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// ViewList is a list of a view: the objects of a root list that a fixed condition holds for.
type ViewList struct {
	Target *Target
	// Where and OrderBy are what the schema fixes, with placeholders; nil where it fixes nothing.
	Where, OrderBy *ast.Value
	// Declared says where the schema declares the list, for messages about it.
	Declared string
	// Root is the name of the root list of the target.
	Root string
}

// Filled is a value that the schema fixes with its placeholders filled in. The day is yyyy-mm-dd.
func Filled(v *ast.Value, id, day string) *ast.Value {
	filled := *v
	if v.Kind == ast.StringValue {
		filled.Raw = fill(v.Raw, id, day)
	}
	filled.Children = slices.Clone(v.Children)
	for i, child := range v.Children {
		filled.Children[i] = &ast.ChildValue{Name: child.Name, Value: Filled(child.Value, id, day), Position: child.Position}
	}
	return &filled
}

var placeholder = regexp.MustCompile(`^\$(?:(id)|date(?:-P([1-9][0-9]{0,2})Y)?)$`)

func fill(text, id, day string) string {
	found := placeholder.FindStringSubmatch(text)
	switch {
	case found == nil:
		return text
	case found[1] != "":
		return id
	}
	years, _ := strconv.Atoi(found[2]) // none is 0
	date, _ := time.Parse(time.DateOnly, day)
	return date.AddDate(-years, 0, 0).Format(time.DateOnly)
}

// declaredView is a view as it was declared; of is nil if it is about no object.
type declaredView struct {
	def   *ast.Definition
	root  string
	of    *Target
	lists []*declaredList
}

type declaredList struct {
	*ViewList
	name, description string
}

func (d *declaration) viewLists() []*ViewList {
	var lists []*ViewList
	for _, v := range d.views {
		for _, l := range v.lists {
			lists = append(lists, l.ViewList)
		}
	}
	return lists
}

func (d *declaration) declareViews() {
	for _, v := range d.views {
		directive := v.def.Directives.ForName("view")
		v.root = argument(directive, "root")
		if of := argument(directive, "of"); of != "" {
			if v.of = d.targets[of]; v.of == nil {
				d.problem(v.def.Position, "%s: of: %q is no node type, interface or union", v.def.Name, of)
			}
		}
		if d.isRoot(v) {
			d.problem(v.def.Position, "%s: root: there is a root field %q already", v.def.Name, v.root)
		}
		for _, f := range v.def.Fields {
			d.declareList(v, f)
		}
	}
}

// isRoot is whether the root of a view has the name of another root that is derived.
func (d *declaration) isRoot(v *declaredView) bool {
	roots := []string{"node", "nodes", "search", "timeline"}
	for _, n := range d.nodes {
		roots = append(roots, lowerFirst(n.Name), n.plural)
	}
	for _, def := range d.abstracts {
		roots = append(roots, lowerFirst(def.Name), plural(def.Name))
	}
	for _, other := range d.views {
		if other != v {
			roots = append(roots, other.root)
		}
	}
	return slices.Contains(roots, v.root)
}

func (d *declaration) declareList(v *declaredView, f *ast.FieldDefinition) {
	list := &ViewList{Target: d.targets[f.Type.Name()], Declared: fmt.Sprintf("schema.graphqls:%d: %s.%s", f.Position.Line, v.def.Name, f.Name)}
	if list.Root = d.rootList(f.Type.Name()); list.Root == "" || f.Type.Elem == nil {
		d.problem(f.Position, "%s.%s: %s is no list of a node type or interface", v.def.Name, f.Name, f.Type)
		return
	}
	if f.Name == "about" {
		d.problem(f.Position, "%s.about: every view of an object has a field of this name", v.def.Name)
	}
	if directive := f.Directives.ForName("list"); directive != nil {
		for _, a := range directive.Arguments {
			d.checkPlaceholders(v, f, a.Value)
			switch a.Name {
			case "where":
				list.Where = a.Value
			case "orderBy":
				list.OrderBy = a.Value
			}
		}
	}
	v.lists = append(v.lists, &declaredList{list, f.Name, f.Description})
}

// rootList is the name of the root list of a node type or interface; empty if the name is of neither.
func (d *declaration) rootList(name string) string {
	if n := d.node(name); n != nil {
		return n.plural
	}
	if def := d.schema.Types[name]; def.Kind == ast.Interface && d.targets[name] != nil {
		return plural(name)
	}
	return ""
}

func (d *declaration) checkPlaceholders(v *declaredView, f *ast.FieldDefinition, value *ast.Value) {
	if value.Kind == ast.StringValue && strings.HasPrefix(value.Raw, "$") {
		found := placeholder.FindStringSubmatch(value.Raw)
		if found == nil {
			d.problem(f.Position, "%s.%s: %q is no placeholder: there are $id, $date and, so many years before it, $date-P3Y", v.def.Name, f.Name, value.Raw)
		} else if found[1] != "" && v.of == nil {
			d.problem(f.Position, "%s.%s: there is no $id: the view says with no `of` what it is about", v.def.Name, f.Name)
		}
	}
	for _, child := range value.Children {
		d.checkPlaceholders(v, f, child.Value)
	}
}

func (w *writer) writeViewRoots() {
	for _, v := range w.d.views {
		root := &Root{Kind: Viewed, Target: v.of, View: v.def.Name}
		if v.of == nil {
			w.field(v.root, w.scopeArgument(), v.def.Name, v.def.Description, root)
			continue
		}
		w.field(v.root, argumentByID("Id of the object."), v.def.Name, v.def.Description+" Null if there is no such object of this id.", root)
	}
}

// aboutType is what the object is called in the API: a union has no fields, so its objects are Nodes.
func (v *declaredView) aboutType() string {
	if v.of.Where == "NodeWhere" {
		return "Node"
	}
	return v.of.Name
}

// scopeArgument is that of a view of no object, if anything says where objects are.
func (w *writer) scopeArgument() string {
	if len(w.d.located("CONTENTS")) == 0 {
		return ""
	}
	return "(\"Only what touches one of these, as in `where`; each must be there.\" touching: [ID!])"
}

func (w *writer) writeViews() {
	for _, v := range w.d.views {
		w.open("type", v.def.Name, "", v.def.Description)
		if v.of != nil {
			w.field("about", "", v.aboutType()+"!", "The object itself.", PartAbout)
		}
		for _, l := range v.lists {
			w.field(l.name, connectionArguments(l.Target), l.Target.Name+"Connection!", l.description, l.ViewList)
		}
		w.close()
	}
}
