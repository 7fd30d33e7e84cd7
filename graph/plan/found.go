package plan

import (
	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// Positions in the rows that searches answer: of the whole, and of its members.
const (
	foundLength = iota // of a path
	foundNodes         // the ids of nodes
	foundLinks         // the ids of relationships
	foundMore
	foundMembers
)

// Positions of a pair that is found, where the nodes are, too.
const (
	foundCursor  = foundLength
	foundReasons = foundLinks
)

// found is a root field while it is planned whose objects a search finds. Only then are they read,
// by the operation's one query, in which their ids are Params.
type found struct {
	*builder
	root  *row
	scope *scope
	nodes *derive.Target
	links *query.Linked
	// nodeIDs are the Param of the nodes to be read; linkIDs and nearIDs those of the relationships
	// and of the nodes from which these are reached.
	nodeIDs, linkIDs, nearIDs query.Param
	// members are how many members the answer is taken to have, nodesOf how many nodes each of them
	// has, and linksOf how many relationships, when the cost is counted.
	members, nodesOf, linksOf int64

	value *response.Found
}

func (b *builder) found(root *row, target *derive.Target, scope *scope, links *query.Linked) *found {
	none := []any{}
	return &found{
		builder: b, root: root, scope: scope, nodes: target, links: links,
		nodeIDs: b.param(none), linkIDs: b.param(none), nearIDs: b.param(none),
		value: &response.Found{Column: &response.Column{}},
	}
}

// answer plans the object of the root field.
func (f *found) answer(typeName string, g *group) response.Value {
	f.root.cost += costOfSearch
	f.value.Object = f.object(typeName, g.selections())
	return f.value
}

func (f *found) object(name string, sets []ast.SelectionSet) *response.Object {
	object := &response.Object{Name: name}
	for _, g := range f.collect(name, sets...) {
		if !f.spend() {
			break
		}
		f.path = append(f.path, ast.PathName(g.key))
		f.refuseAsOf(g)
		object.Fields = append(object.Fields, response.NewField(g.key, g.name, f.field(name, g), g.nonNull()))
		f.path = f.path[:len(f.path)-1]
	}
	return object
}

func (f *found) field(owner string, g *group) response.Value {
	if g.name == "__typename" {
		return typeName(owner)
	}
	switch f.API.Field(owner, g.name) {
	case derive.PartPaths:
		return f.each("GraphPath", g)
	case derive.PartDuplicates:
		return f.each("Duplicate", g)
	case derive.PartReasons:
		return &response.Leaves{Leaf: response.Leaf{Column: at(foundReasons), Kind: query.Enum, Values: derive.DuplicateReasons}}
	case derive.PartEdgeCursor:
		return &response.Leaf{Column: at(foundCursor), Kind: query.String}
	case derive.PartPathLength:
		return &response.Leaf{Column: at(foundLength), Kind: query.Int}
	case derive.PartMore:
		return &response.Leaf{Column: at(foundMore), Kind: query.Boolean}
	case derive.PartPathNodes:
		return &response.Pooled{IDs: at(foundNodes), Pool: f.nodePool(g)}
	case derive.PartPathLinks:
		return &response.Pooled{IDs: at(foundLinks), Pool: f.linkPool(g)}
	}
	panic("the derived API does not say what " + owner + "." + g.name + " means")
}

func at(position int) *response.Column { return &response.Column{Index: position} }

func (f *found) each(typeName string, g *group) response.Value {
	page := response.Page{Column: at(foundMembers), Limit: -1}
	return &response.Many{Page: page, Node: &response.Node{Only: f.object(typeName, g.selections())}}
}

func (f *found) nodePool(g *group) *response.Pool {
	child := newRow(1)
	pool := &response.Pool{
		ID:   child.value(query.Node, query.NodeProperties[query.NodeID]),
		Node: f.node(child, f.nodes, g.selections(), f.scope),
	}
	rows := f.named(f.nodeIDs)
	rows.Columns = child.finish()
	f.add(pool, rows, times(times(f.members, f.nodesOf), 1+child.cost))
	return pool
}

// linkPool reads relationships from one of their ends, because only nodes are found by their ids.
func (f *found) linkPool(g *group) *response.Pool {
	set := &query.Set{
		Start: f.links,
		Where: &query.Compare{Of: query.Link, Property: query.LinkProperties[query.LinkID], Operator: query.OneOf, Value: f.linkIDs},
		Scope: f.scope.Scope,
	}
	near, link := newRow(1), newRow(1)
	pool := &response.Pool{
		Outer: near.value(query.Node, query.NodeProperties[query.NodeID]),
		ID:    link.value(query.Link, query.LinkProperties[query.LinkID]),
	}
	l := &listed{set: set, traversal: f.API.Field("Node", "links").(*derive.Connection).Traversal, near: &response.Column{}}
	s := &subject{builder: f.builder, row: link, of: query.Node, scope: f.scope, listed: l}
	pool.Node = &response.Node{Only: s.object("Link", g.selections()), Cited: f.cited(link, query.Link)}
	rows := &query.Select{Set: set, Limit: query.NoLimit, Columns: link.finish()}
	l.near.Index = len(rows.Columns)
	pool.Inner = near.add(&query.List{Select: rows})

	nears := f.named(f.nearIDs)
	nears.Columns = near.finish()
	f.add(pool, nears, times(times(f.members, f.linksOf), 1+link.cost))
	return pool
}

func (f *found) named(ids query.Param) *query.Select {
	set := &query.Set{Start: &query.ByID{Types: f.nodes.Types, AnyType: true, IDs: ids}, Scope: f.scope.Scope}
	return &query.Select{Set: set, Limit: query.NoLimit}
}

func (f *found) add(pool *response.Pool, rows *query.Select, cost int64) {
	pool.Column = f.root.add(&query.List{Select: rows})
	f.value.Pools = append(f.value.Pools, pool)
	f.root.cost += cost
}

// linkEnd is the id of the object that a relationship leads from or to.
func (s *subject) linkEnd(start bool) response.Value {
	return &response.End{
		Outgoing: s.row.outgoing(),
		Near:     s.listed.near,
		Far:      s.row.value(query.Node, query.NodeProperties[query.NodeID]),
		Start:    start,
	}
}
