package plan

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
	"bordergraph/graph/text"
)

// listed is a list while it is planned.
type listed struct {
	target, via *derive.Target // via is nil but for shortcuts
	// connection and edge are the names of the API's types.
	connection, edge string
	traversal        *derive.Traversal // nil for root lists
	// near is, of relationships read without a list, where the id of the end stands from which each was read.
	near *response.Column
	// changes is, of the objects that changed between two days, what of them is compared.
	changes *changes
	set     *query.Set
	scope   *scope

	// fixed are conditions that hold besides those asked for, and fixedOrder what comes first where
	// nothing is asked for: both coerced.
	fixed      []map[string]any
	fixedOrder []any
	shared     *shared // see whereContext

	timeline *timeline // nil for lists of objects

	order     []query.Key  // settled by a search, else by orderBy
	pattern   text.Pattern // of a search
	orderName string
	page      *page
	rows      *query.Select
	position  response.Page
}

// steps is the number of relationships between the list's owner and its members; 0 for a root list.
func (l *listed) steps() int {
	switch start := l.set.Start.(type) {
	case *query.Walk:
		return len(start.Steps)
	case *query.Linked, *query.Between:
		return 1
	}
	return 0
}

// over are the relationships of any kind that a list of relationships goes over.
func (l *listed) over() []*query.Relationship {
	if between, ok := l.set.Start.(*query.Between); ok {
		return between.Over.Relationships
	}
	return l.set.Start.(*query.Linked).Relationships
}

// connection plans a list as a page of its own, with whatever of it is asked for.
func (b *builder) connection(parent *row, l *listed, g *group) response.Value {
	if !b.deeper(parent.depth + 1) {
		return response.Null{}
	}
	child := newRow(parent.depth + 1)
	b.readArguments(l, g, child)
	groups := b.collect(l.connection, g.selections()...)
	l.page.lookAhead = !b.Exact && b.asksAhead(l, groups)
	l.rows = &query.Select{Set: l.set, Order: l.order, Beyond: l.page.beyond, Reverse: l.page.fromEnd, Limit: b.param(l.page.fetched())}
	l.position = response.Page{Column: &response.Column{}, Limit: l.page.limit, Reversed: l.page.fromEnd}

	object := &response.Object{Name: l.connection}
	read := false
	for _, g := range groups {
		if !b.spend() {
			break
		}
		b.path = append(b.path, ast.PathName(g.key))
		b.refuseAsOf(g)
		value := b.connectionField(parent, child, l, g)
		read = read || readsPage(b.API.Field(l.connection, g.name))
		object.Fields = append(object.Fields, response.NewField(g.key, g.name, value, g.nonNull()))
		b.path = b.path[:len(b.path)-1]
	}
	if read {
		l.rows.Columns = child.finish()
		parent.addAt(&query.List{Select: l.rows}, l.position.Column)
		parent.cost += times(max(1, l.page.fetched()), 1+child.cost)
	}
	return &response.Nested{Object: object}
}

// readsPage is whether a field of a connection is answered from the rows of its page.
func readsPage(field derive.Field) bool {
	return field == derive.PartNodes || field == derive.PartEdges || field == derive.PartPageInfo
}

func (b *builder) readArguments(l *listed, g *group, child *row) {
	problems := len(b.problems)
	arguments := b.arguments(g)
	sound := len(b.problems) == problems // else the problem would be told once more, of the null in its place
	if sound {
		b.readWhere(l, arguments, child)
	}
	if l.traversal != nil && sound {
		about := &whereContext{scope: l.scope, depth: child.depth - 1, row: child}
		b.onlyEdges(l.set, b.edgeCondition(l.traversal, arguments, about, "Argument \"edge\""))
	}
	if l.timeline != nil && sound {
		b.readTimeline(l, arguments)
	}
	if l.order == nil {
		orderBy, given := arguments["orderBy"].([]any)
		if !given {
			orderBy = l.fixedOrder
		}
		l.order = b.order(l, orderBy, child)
	}
	l.orderName = response.OrderName(l.target.Name + l.pattern.Whole + describe(l.order))
	l.page = b.page(l, arguments)
}

// readWhere joins the conditions asked for with those that are fixed.
func (b *builder) readWhere(l *listed, arguments map[string]any, child *row) {
	about := &whereContext{of: query.Node, scope: l.scope, depth: child.depth, row: child}
	ofView := *about
	ofView.shared = l.shared
	var conditions []query.Condition
	for _, fixed := range l.fixed {
		conditions = append(conditions, b.condition(l.target.Where, fixed, &ofView, "The condition of the list"))
	}
	if where, ok := arguments["where"].(map[string]any); ok {
		conditions = append(conditions, b.condition(l.target.Where, where, about, "Argument \"where\""))
	}
	if len(conditions) > 0 {
		l.set.Where = all(conditions)
		narrow(l.set)
	}
}

func (b *builder) connectionField(parent, child *row, l *listed, g *group) response.Value {
	if g.name == "__typename" {
		return typeName(l.connection)
	}
	switch b.API.Field(l.connection, g.name) {
	case derive.PartNodes:
		node := b.node(child, l.target, g.selections(), l.scope)
		node.Cited = append(node.Cited, b.citedWay(child, l.steps())...)
		return &response.Many{Page: l.position, Node: node}
	case derive.PartEdges:
		s := &subject{builder: b, row: child, of: query.Node, scope: l.scope, listed: l}
		return &response.Many{Page: l.position, Node: &response.Node{Only: s.object(l.edge, g.selections()), Cited: b.citedWay(child, l.steps())}}
	case derive.PartPageInfo:
		return &response.Nested{Object: b.pageInfo(parent, child, l, g)}
	case derive.PartGroups:
		return b.groups(parent, l, g)
	case derive.PartMomentsUndated:
		return b.undatedMoments(parent, l)
	case derive.PartTotalCount:
		parent.cost += costOfCount
		return &response.Leaf{Column: parent.add(&query.Count{Set: l.set}), Kind: query.Int}
	}
	panic(fmt.Sprintf("the derived API does not say what %s.%s means", l.connection, g.name))
}

func (b *builder) pageInfo(parent, child *row, l *listed, g *group) *response.Object {
	object := &response.Object{Name: "PageInfo"}
	for _, g := range b.collect("PageInfo", g.selections()...) {
		b.path = append(b.path, ast.PathName(g.key))
		b.refuseAsOf(g)
		object.Fields = append(object.Fields, response.NewField(g.key, g.name, l.pageInfoField(b, parent, child, g), g.nonNull()))
		b.path = b.path[:len(b.path)-1]
	}
	return object
}

func (l *listed) pageInfoField(b *builder, parent, child *row, g *group) response.Value {
	if g.name == "__typename" {
		return typeName("PageInfo")
	}
	switch part := b.API.Field("PageInfo", g.name); part {
	case derive.PartStartCursor, derive.PartEndCursor:
		return &response.EndOfPage{Page: l.position, Cursor: l.cursor(child), Last: part == derive.PartEndCursor}
	case l.page.aheadFlag():
		return &response.More{Page: l.position}
	}
	if l.page.beyond == nil {
		return &response.Constant{JSON: []byte("false")}
	}
	behind := *l.page.beyond
	behind.Before, behind.Inclusive = !behind.Before, true
	parent.cost += costOfCondition
	return &response.Leaf{Column: parent.add(&query.Exists{Set: l.set, Order: l.order, Beyond: &behind}), Kind: query.Boolean}
}

// asksAhead is whether the operation asks whether the list goes on beyond the page.
func (b *builder) asksAhead(l *listed, groups []*group) bool {
	for _, g := range groups {
		if b.API.Field(l.connection, g.name) != derive.PartPageInfo {
			continue
		}
		for _, flag := range b.collect("PageInfo", g.selections()...) {
			if b.API.Field("PageInfo", flag.name) == l.page.aheadFlag() {
				return true
			}
		}
	}
	return false
}

// cursor is the cursor of a row of the list.
func (l *listed) cursor(r *row) *response.Cursor {
	c := &response.Cursor{Order: l.orderName}
	for _, key := range l.order {
		c.Keys = append(c.Keys, r.expression(key.By))
	}
	return c
}
