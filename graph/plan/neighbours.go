package plan

import (
	"context"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// neighbourhood is a root field about what is near some objects while it is planned: its lists are columns of the answer.
type neighbourhood struct {
	*builder
	root   *row
	target *derive.Target
	scope  *scope
	near   *query.Neighbours
	edge   query.Condition // nil for any
	more   *response.Column
	// members are how many objects the answer is taken to have when the cost is counted.
	members int64
}

func (b *builder) neighbourhood(root *row, target *derive.Target, e expanding) *neighbourhood {
	near := &query.Neighbours{Over: e.links, Like: e.edge, Scope: e.scope.Scope}
	if e.types != nil {
		near.Wanted = &query.OfType{Types: e.types}
	}
	return &neighbourhood{builder: b, root: root, target: target, scope: e.scope, near: near, edge: e.edge}
}

// around plans some objects with what is near them.
func (n *neighbourhood) around(arguments map[string]any, g *group) response.Value {
	middle, _ := arguments["around"].([]any)
	depth, limit := n.within(arguments, "depth", 0, derive.MaxAroundDepth), n.within(arguments, "limit", 1, derive.MaxAround)
	if middle := different(middle); middle > limit {
		n.problem(BadInput, "Argument \"around\" has %d objects, more than \"limit\" shows: %d.", middle, limit)
	}
	if n.near.Wanted != nil { // of other types nothing is gone through, either
		n.near.Like, n.near.Wanted = join(n.near.Like, n.near.Wanted), nil
	}
	return n.answer("Subgraph", middle, depth, limit, g)
}

// reachable plans objects by how far they are from one.
func (n *neighbourhood) reachable(arguments map[string]any, g *group) response.Value {
	from := []any{arguments["from"]}
	steps, first := n.within(arguments, "maxSteps", 1, derive.MaxPathSteps), n.within(arguments, "first", 0, n.Limits.MaxList)
	itself := &query.Compare{Property: query.NodeProperties[query.NodeID], Operator: query.OneOf, Value: n.param(from)}
	conditions := []query.Condition{&query.Not{Condition: itself}, n.near.Wanted}
	if where, given := arguments["where"].(map[string]any); given {
		about := &whereContext{of: query.Node, scope: n.scope, depth: 1, row: n.root}
		conditions = append(conditions, n.condition(n.target.Where, where, about, "Argument \"where\""))
	}
	n.near.Wanted = join(conditions...)
	n.near.Order = []query.Key{{By: &query.Value{Property: query.NodeProperties[query.NodeName]}}}
	return n.answer("Reachable", from, steps, first, g)
}

func (n *neighbourhood) answer(typeName string, from []any, steps, first int, g *group) response.Value {
	n.near.From, n.near.Steps = n.param(from), steps
	n.near.Order = append(n.near.Order, nodeIDKey)
	n.near.First, n.near.Most = n.param(int64(first)), n.param(int64(0))
	n.members = int64(first)
	n.root.cost += costOfSearch
	n.name(n.scope, g.key, nil, from...)
	check := n.check(g.key, n.presence(n.root, from, n.scope))
	n.more = check.more
	return &response.Checked{Column: check.column, Object: n.object(typeName, g.selections())}
}

// check plans that the objects to start from are looked for, and whether too much was looked at.
func (n *neighbourhood) check(key string, from *presence) *check {
	c := n.builder.check(key, from)
	c.most = n.near.Most
	c.exceeded, c.more = n.root.add(&query.Exceeded{Neighbours: n.near}), n.root.add(&query.More{Neighbours: n.near})
	return c
}

// check plans that the objects that a root field names are looked for.
func (b *builder) check(key string, from *presence) *check {
	c := &check{key: key, from: from, column: &response.Column{}}
	b.checks = append(b.checks, c)
	return c
}

func (n *neighbourhood) object(name string, sets []ast.SelectionSet) *response.Object {
	object := &response.Object{Name: name}
	for _, g := range n.collect(name, sets...) {
		if !n.spend() {
			break
		}
		n.path = append(n.path, ast.PathName(g.key))
		n.refuseAsOf(g)
		object.Fields = append(object.Fields, response.NewField(g.key, g.name, n.field(name, g), g.nonNull()))
		n.path = n.path[:len(n.path)-1]
	}
	return object
}

func (n *neighbourhood) field(owner string, g *group) response.Value {
	if g.name == "__typename" {
		return typeName(owner)
	}
	switch n.API.Field(owner, g.name) {
	case derive.PartMore:
		return &response.Leaf{Column: n.more, Kind: query.Boolean}
	case derive.PartPathNodes:
		return n.nodes(func(child *row) *response.Node { return n.node(child, n.target, g.selections(), n.scope) })
	case derive.PartReached:
		return n.nodes(func(child *row) *response.Node { return &response.Node{Only: n.reached(child, g)} })
	case derive.PartPathLinks:
		return n.links(g)
	}
	panic("the derived API does not say what " + owner + "." + g.name + " means")
}

// nodes plans the neighbours, with what is wanted of each.
func (n *neighbourhood) nodes(wanted func(child *row) *response.Node) response.Value {
	child := newRow(1)
	node := wanted(child)
	steps := &query.Value{Of: query.Link, Property: query.NeighbourProperties[query.NeighbourSteps]}
	rows := &query.Select{
		Set:   &query.Set{Start: n.near, Scope: n.scope.Scope},
		Order: append([]query.Key{{By: steps}}, n.near.Order...),
		Limit: query.NoLimit, Columns: child.finish(),
	}
	n.root.cost += times(n.members, 1+child.cost)
	return &response.Many{Page: response.Page{Column: n.root.add(&query.List{Select: rows}), Limit: -1}, Node: node}
}

func (n *neighbourhood) reached(child *row, g *group) *response.Object {
	object := &response.Object{Name: "ReachableNode"}
	for _, g := range n.collect(object.Name, g.selections()...) {
		if !n.spend() {
			break
		}
		n.path = append(n.path, ast.PathName(g.key))
		n.refuseAsOf(g)
		object.Fields = append(object.Fields, response.NewField(g.key, g.name, n.reachedField(object.Name, child, g), g.nonNull()))
		n.path = n.path[:len(n.path)-1]
	}
	return object
}

func (n *neighbourhood) reachedField(owner string, child *row, g *group) response.Value {
	if g.name == "__typename" {
		return typeName(owner)
	}
	switch n.API.Field(owner, g.name) {
	case derive.PartDistance:
		return &response.Leaf{Column: child.value(query.Link, query.NeighbourProperties[query.NeighbourSteps]), Kind: query.Int}
	case derive.PartEdgeNode:
		return n.node(child, n.target, g.selections(), n.scope).Value()
	}
	panic("the derived API does not say what " + owner + "." + g.name + " means")
}

// linksOfNode is the number of relationships that each object of a graph is taken to have with the
// others when an operation's cost is counted.
const linksOfNode = 3

// links plans the relationships between the neighbours.
func (n *neighbourhood) links(g *group) response.Value {
	over := *n.near.Over
	over.Direction, over.AsStored = query.Out, true // so that of an object with very many, most are not looked at
	set := &query.Set{Start: &query.Between{Neighbours: n.near, Over: &over, Like: n.edge}, Scope: n.scope.Scope}
	child := newRow(1)
	l := &listed{set: set, traversal: n.API.Field("Node", "links").(*derive.Connection).Traversal, near: child.value(query.Via, query.NodeProperties[query.NodeID])}
	s := &subject{builder: n.builder, row: child, of: query.Node, scope: n.scope, listed: l}
	node := &response.Node{Only: s.object("Link", g.selections()), Cited: n.cited(child, query.Link)}
	rows := &query.Select{Set: set, Order: []query.Key{linkIDKey}, Limit: query.NoLimit, Columns: child.finish()}
	n.root.cost += times(times(n.members, linksOfNode), 1+child.cost)
	return &response.Many{Page: response.Page{Column: n.root.add(&query.List{Select: rows}), Limit: -1}, Node: node}
}

// check is what must be seen in the answer of a query before the field under a response key is shown.
type check struct {
	key string
	// moment is as of when; zero for now.
	moment time.Time
	from   *presence
	most   query.Param
	// exceeded is whether too much was looked at, more whether there is more; nil where nothing is searched for.
	exceeded, more *response.Column
	// column is where the Shape reads whether all is well.
	column *response.Column
}

// check says of the answer of the plan's queries what became of its searches, of which some were found before. It asks
// the stores only what is amiss. Where a moment has no graph, nothing is said of it.
func (p *Plan) check(ctx context.Context, stores map[time.Time]query.Store, asked *query.Query, found []Found, answer query.Row) []Found {
	f := &finding{args: asked.Args, kept: asked.Kept, most: p.links}
	all := make([]Found, len(p.searches)+len(p.checks))
	copy(all, found)
	for i, s := range p.searches {
		if s.from == nil || !s.from.answered(answer) {
			continue
		}
		f.store = stores[s.moment]
		if err := s.from.check(ctx, f, answer); err != nil {
			all[i].row, all[i].Err = nil, err
		}
	}
	for i, c := range p.checks {
		known := &all[len(p.searches)+i]
		known.Key = c.key
		if c.from.answered(answer) {
			f.store = stores[c.moment]
			known.row, known.Err = c.look(ctx, f, answer)
		}
	}
	return all
}

// Verify says for whoever does not ask the query of a plan that asks nothing of the past as it is what became
// of its searches, of which Find found some.
func (p *Plan) Verify(ctx context.Context, store query.Store, asked *query.Query, found []Found) ([]Found, error) {
	var positions []*response.Column
	for _, s := range p.searches {
		if s.from != nil {
			positions = append(positions, s.from.there)
		}
	}
	for _, c := range p.checks {
		positions = append(positions, c.from.there)
		if c.exceeded != nil {
			positions = append(positions, c.exceeded, c.more)
		}
	}
	if len(positions) == 0 {
		return found, nil
	}
	only := &query.Query{Args: asked.Args}
	for _, column := range positions {
		only.Columns = append(only.Columns, asked.Columns[column.Index])
	}
	answered, err := store.Select(ctx, only)
	if err != nil {
		return nil, err
	}
	answer := make(query.Row, len(asked.Columns))
	for i, column := range positions {
		answer[column.Index] = answered[i]
	}
	return p.check(ctx, map[time.Time]query.Store{{}: store}, asked, found, answer), nil
}

func (c *check) look(ctx context.Context, f *finding, answer query.Row) (query.Row, error) {
	if err := c.from.check(ctx, f, answer); err != nil {
		return nil, err
	}
	switch {
	case c.exceeded == nil:
		return query.Row{foundMore: false}, nil
	case answer[c.exceeded.Index] == true:
		return nil, tooFar(f.most)
	}
	return query.Row{foundMore: answer[c.more.Index]}, nil
}
