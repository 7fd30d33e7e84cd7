package plan

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// maxKeys is the most paths that a list may be grouped by.
const maxKeys = 5

// grouped is the groups of a list while they are planned.
type grouped struct {
	*builder
	list *listed
	// depth is the number of relationships from the root to an object of a group.
	depth int
	keys  []*groupKey
	page  response.Page
	// ahead is whether one group more is fetched, to know whether there are more.
	ahead bool
	// members is what is wanted of the first objects of a group, and most how many; nil if nothing is.
	members      *row
	membersStand *response.Column
	most         int
}

// groupKey is one key of the groups.
type groupKey struct {
	*keyPath
	stands *response.Column
	// shown is what is wanted of the object that the key is; nil if nothing is.
	shown       *row
	shownStands *response.Column
}

// groups plans the objects of a list, counted by some keys.
func (b *builder) groups(parent *row, l *listed, g *group) response.Value {
	gr := &grouped{builder: b, list: l, depth: parent.depth + 1, page: response.Page{Column: &response.Column{}}, membersStand: &response.Column{}}
	if !gr.readArguments(parent, g) {
		return response.Null{}
	}
	read := false
	object := b.fields("Grouping", g, func(g *group) response.Value {
		part := b.API.Field("Grouping", g.name)
		read = read || part == derive.PartGroupList || part == derive.PartGroupHasMore
		switch part {
		case derive.PartGroupList:
			return &response.Many{Page: gr.page, Node: &response.Node{Only: gr.group(g)}}
		case derive.PartGroupHasMore:
			gr.ahead = true
			return &response.More{Page: gr.page}
		case derive.PartGroupUndated:
			return gr.undated(parent)
		}
		return response.NewConstant(b.words(g).note)
	})
	if read {
		gr.addTo(parent)
	}
	return &response.Nested{Object: object}
}

// fields plans the fields of an object whose type is none of the schema's own.
func (b *builder) fields(typ string, g *group, value func(*group) response.Value) *response.Object {
	object := &response.Object{Name: typ}
	for _, g := range b.collect(typ, g.selections()...) {
		if !b.spend() {
			break
		}
		b.path = append(b.path, ast.PathName(g.key))
		b.refuseAsOf(g)
		planned := typeName(typ)
		if g.name != "__typename" {
			planned = value(g)
		}
		object.Fields = append(object.Fields, response.NewField(g.key, g.name, planned, g.nonNull()))
		b.path = b.path[:len(b.path)-1]
	}
	return object
}

// readArguments is false if they are wrong.
func (gr *grouped) readArguments(parent *row, g *group) bool {
	problems := len(gr.problems)
	arguments := gr.arguments(g)
	if len(gr.problems) > problems {
		return false
	}
	gr.page.Limit = gr.first(arguments)
	paths := arguments["by"].([]any)
	if len(paths) == 0 || len(paths) > maxKeys {
		gr.problem(BadInput, "Argument \"by\" has %d paths; give 1 to %d.", len(paths), maxKeys)
	}
	for i, path := range paths[:min(len(paths), maxKeys)] {
		reader := &pathReader{builder: gr.builder, scope: gr.list.scope, row: parent, depth: gr.depth, where: fmt.Sprintf("Argument \"by\"[%d]", i)}
		if k := reader.read(gr.list.target.Where, strings.Split(path.(string), ".")); k != nil {
			gr.keys = append(gr.keys, &groupKey{keyPath: k, stands: &response.Column{Index: i}, shownStands: &response.Column{}})
		}
	}
	return len(gr.problems) == problems
}

// undated counts the objects without a date as exact as the keys ask.
func (gr *grouped) undated(parent *row) response.Value {
	lacking := &query.Or{}
	for _, k := range gr.keys {
		if k.dated != nil {
			lacking.Any = append(lacking.Any, &query.Not{Condition: k.dated})
		}
	}
	if len(lacking.Any) == 0 {
		return response.Null{}
	}
	parent.cost += costOfCount
	undated := *gr.list.set
	gr.onlyEdges(&undated, lacking)
	return &response.Leaf{Column: parent.add(&query.Count{Set: &undated}), Kind: query.Int}
}

func (gr *grouped) group(g *group) *response.Object {
	return gr.fields("Group", g, func(g *group) response.Value {
		switch gr.API.Field("Group", g.name) {
		case derive.PartGroupKeys:
			return gr.keysOf(g)
		case derive.PartGroupCount:
			return &response.Leaf{Column: &response.Column{Index: len(gr.keys)}, Kind: query.Int}
		}
		return gr.nodes(g)
	})
}

// nodes plans the first objects of a group. All that ask for some share the rows.
func (gr *grouped) nodes(g *group) response.Value {
	if gr.members == nil {
		gr.members = newRow(gr.depth)
	}
	first := gr.first(gr.arguments(g))
	gr.most = max(gr.most, first)
	return &response.Many{
		Page: response.Page{Column: gr.membersStand, Limit: first},
		Node: gr.node(gr.members, gr.list.target, g.selections(), gr.list.scope),
	}
}

func (gr *grouped) keysOf(g *group) response.Value {
	each := &response.Each{}
	for _, k := range gr.keys {
		each.Objects = append(each.Objects, gr.fields("GroupKey", g, func(g *group) response.Value {
			switch gr.API.Field("GroupKey", g.name) {
			case derive.PartKeyValue:
				return gr.value(k)
			case derive.PartKeyLabel:
				return gr.label(k, g)
			}
			return gr.object(k, g)
		}))
	}
	return each
}

// value is a key as text. Types are named as NodeType names them.
func (gr *grouped) value(k *groupKey) response.Value {
	text := &response.Text{Column: k.stands}
	if k.enum == nodeTypes {
		text.Called = map[string]string{}
		for _, t := range gr.API.Model.Types {
			text.Called[t.Name] = derive.NodeTypeValue(t)
		}
	}
	return text
}

func (gr *grouped) label(k *groupKey, g *group) response.Value {
	words := gr.words(g)
	label := &response.Label{Of: &response.Text{Column: k.stands, Called: gr.called(k, words)}, Missing: words.missing}
	switch {
	case k.object != nil:
		s := &subject{builder: gr.builder, row: gr.shown(k), of: query.Node, scope: gr.list.scope}
		label.Of = &response.InFirst{Column: k.shownStands, Value: s.name(g)}
	case k.dated != nil:
		label.Of = &response.Period{Column: k.stands, Vietnamese: words.vietnamese}
	}
	return label
}

// called is what people call the values of a key, where that is not the value itself.
func (gr *grouped) called(k *groupKey, w *words) map[string]string {
	labels := gr.labels(k.enum, w)
	switch {
	case k.kind == query.Boolean:
		return map[string]string{"true": w.yes, "false": w.no}
	case k.enum == nodeTypes:
		called := map[string]string{}
		for _, t := range gr.API.Model.Types {
			called[t.Name] = labels[derive.NodeTypeValue(t)]
		}
		return called
	}
	return labels
}

// object is the object that a key is; null for other keys.
func (gr *grouped) object(k *groupKey, g *group) response.Value {
	if k.object == nil {
		return response.Null{}
	}
	return &response.One{Column: k.shownStands, Node: gr.node(gr.shown(k), k.object, g.selections(), gr.list.scope)}
}

func (gr *grouped) shown(k *groupKey) *row {
	if k.shown == nil {
		k.shown = newRow(gr.depth)
	}
	return k.shown
}

// addTo adds the groups to a row, and settles where their parts stand: the keys, the count, what is
// shown of the keys, the first members.
func (gr *grouped) addTo(parent *row) {
	limit := int64(gr.page.Limit)
	if gr.ahead {
		limit++
	}
	groups := &query.Groups{Set: gr.list.set, Limit: gr.param(limit)}
	cost := int64(1)
	next := len(gr.keys) + 1
	for i, k := range gr.keys {
		groups.Keys = append(groups.Keys, k.column)
		if k.shown == nil {
			continue
		}
		groups.Shown = append(groups.Shown, &query.List{Select: &query.Select{
			Set:     &query.Set{Start: &query.Keyed{Key: i, Types: k.object.Types}, Scope: gr.list.scope.Scope},
			Limit:   query.NoLimit, // there is at most one
			Columns: k.shown.finish(),
		}})
		k.shownStands.Index = next
		next++
		cost += 1 + k.shown.cost
	}
	if gr.members != nil {
		groups.Members = &query.Select{Set: gr.list.set, Order: gr.list.order, Limit: gr.param(int64(gr.most)), Columns: gr.members.finish()}
		gr.membersStand.Index = next
		cost += times(int64(gr.most), 1+gr.members.cost)
	}
	parent.addAt(groups, gr.page.Column)
	parent.cost += costOfCount + times(max(1, limit), cost)
}
