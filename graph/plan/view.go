package plan

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// view is a view while it is planned: its lists are columns of one row.
type view struct {
	*builder
	row   *row
	scope *scope
	// of is what the view is about, with its id; nil if it is about no object.
	of *derive.Target
	id string
	// touching narrows the lists of a view of no object; nil if nothing does.
	touching []any
	shared   *shared
}

// view plans a view of an object as columns of the row of that object, and a view of no object as
// columns of the answer.
func (b *builder) view(root *row, meaning *derive.Root, g *group, scope *scope) response.Value {
	if meaning.Target == nil {
		touching, _ := b.arguments(g)["touching"].([]any)
		v := &view{builder: b, row: root, scope: scope, touching: touching, shared: newShared()}
		return v.ifThere(g.key, v.object(meaning.View, g))
	}
	id, _ := b.standing(scope, b.arguments(g)["id"])[0].(string)
	rows := b.byID(meaning.Target, []any{id}, scope)
	v := &view{builder: b, row: newRow(1), scope: scope, of: meaning.Target, id: id, shared: newShared()}
	value := &response.One{Column: root.add(&query.List{Select: rows}), Node: &response.Node{Only: v.object(meaning.View, g)}}
	b.name(scope, g.key, value.Column, id)
	rows.Columns = v.row.finish()
	root.cost += 1 + v.row.cost
	return value
}

// ifThere is a view of no object; of what touches something that is not there it is refused, for it would say that all
// of that is known.
func (v *view) ifThere(key string, object *response.Object) response.Value {
	if len(v.touching) == 0 {
		return &response.Nested{Object: object}
	}
	v.name(v.scope, key, nil, v.touching...)
	undated := *v.scope
	undated.dateGiven = false
	there := v.presence(v.row, v.standing(v.scope, v.touching...), &undated)
	return &response.Checked{Column: v.check(key, there).column, Object: object}
}

func (v *view) object(name string, g *group) *response.Object {
	object := &response.Object{Name: name}
	for _, g := range v.collect(name, g.selections()...) {
		if !v.spend() {
			break
		}
		v.path = append(v.path, ast.PathName(g.key))
		v.refuseAsOf(g)
		object.Fields = append(object.Fields, response.NewField(g.key, g.name, v.field(name, g), g.nonNull()))
		v.path = v.path[:len(v.path)-1]
	}
	return object
}

func (v *view) field(name string, g *group) response.Value {
	if g.name == "__typename" {
		return typeName(name)
	}
	switch meaning := v.API.Field(name, g.name).(type) {
	case derive.Part: // only PartAbout
		return v.node(v.row, v.of, g.selections(), v.scope).Value()
	case *derive.ViewList:
		return v.list(meaning, g)
	}
	panic(fmt.Sprintf("the derived API does not say what %s.%s means", name, g.name))
}

func (v *view) list(meaning *derive.ViewList, g *group) response.Value {
	l := rootList(meaning.Target, v.scope)
	l.set.Start.(*query.All).Few = v.of != nil
	l.shared = v.shared
	if meaning.Where != nil {
		where, _ := v.fixed(ast.NamedType(meaning.Target.Where, nil), meaning.Where).(map[string]any)
		l.fixed = append(l.fixed, where)
	}
	if v.touching != nil {
		l.fixed = append(l.fixed, map[string]any{"touching": v.touching})
	}
	if meaning.OrderBy != nil {
		order := ast.ListType(ast.NonNullNamedType(meaning.Target.Order, nil), nil)
		l.fixedOrder, _ = v.fixed(order, meaning.OrderBy).([]any)
	}
	return v.connection(v.row, l, g)
}

// fixed coerces a value that the schema fixes.
func (v *view) fixed(t *ast.Type, value *ast.Value) any {
	return v.fromLiteral(t, derive.Filled(value, v.id, v.scope.date), "The list", 0)
}

// CheckViews refuses what the schema fixes for the lists of views where an operation that asked the
// same of the root list would be refused.
func CheckViews(api *derive.API) error {
	var problems []error
	for _, list := range api.Views() {
		if problem := checkList(api, list); problem != "" {
			problems = append(problems, fmt.Errorf("%s: %s", list.Declared, problem))
		}
	}
	return errors.Join(problems...)
}

// checkList asks the same of the root list, and answers what is wrong with it; empty if nothing is.
func checkList(api *derive.API, list *derive.ViewList) string {
	const id, day = "id", "2000-01-01"
	var arguments []string
	if list.Where != nil {
		arguments = append(arguments, "where: "+derive.Filled(list.Where, id, day).String())
	}
	if list.OrderBy != nil {
		arguments = append(arguments, "orderBy: "+derive.Filled(list.OrderBy, id, day).String())
	}
	if len(arguments) == 0 {
		return ""
	}
	document, problems := gqlparser.LoadQueryWithRules(api.Schema, fmt.Sprintf("{ %s(%s) { totalCount } }", list.Root, strings.Join(arguments, ", ")), rules.NewDefaultRules())
	if len(problems) == 0 {
		_, problems = New(&Request{API: api, Operation: document.Operations[0], Today: day, Limits: DefaultLimits})
	}
	messages := make([]string, len(problems))
	for i, p := range problems {
		messages[i] = p.Message
	}
	return strings.Join(messages, "; ")
}
