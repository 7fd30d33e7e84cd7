package plan

import (
	"context"
	"slices"

	"bordergraph/graph/query"
)

// maxExpanded is the most nodes whose relationships are asked for at once.
const maxExpanded = 2000

// fewExpanded is up to how many nodes it costs less to read all relationships of than to ask twice.
const fewExpanded = 100

// expanding is what a search goes over.
type expanding struct {
	scope *scope
	links *query.Linked
	edge  query.Condition // nil for any
	// types are those of the nodes besides the ends; nil for all.
	types []*query.Type
	ends  []any
	// maxDegree is the most relationships of a node that is gone through; ends have any number.
	maxDegree int64
}

const anyDegree int64 = -1

// expansion is how the relationships of some nodes are asked for. A relationship is in force if both
// its ends are; stores test the end that it leads to, so the other is tested here.
type expansion struct {
	expanding
	model *query.Model
	// inForce asks for the relationships of nodes that are in force, lapsed for those of nodes that
	// have ended, which only lasting ones outlive. Over all time nothing has ended: then it is nil.
	inForce, lapsed *query.Query
	// among asks, of nodes that are in force, only for the relationships that lead to some others.
	among                *query.Query
	nodes, others, limit query.Param
}

func (b *builder) expansion(e expanding) *expansion {
	x := &expansion{expanding: e, model: b.API.Model, nodes: b.param([]any{}), others: b.param([]any{}), limit: b.param(int64(0))}
	ends := &query.Compare{Property: query.NodeProperties[query.NodeID], Operator: query.OneOf, Value: b.param(e.ends)}
	var wanted, passing query.Condition
	if e.types != nil {
		wanted = &query.Or{Any: []query.Condition{&query.OfType{Types: e.types}, ends}}
	}
	if e.maxDegree != anyDegree {
		few := &query.Counted{Set: e.led(e.edge), Operator: query.LessOrEqual, Value: b.param(e.maxDegree)}
		passing = &query.Or{Any: []query.Condition{ends, few}}
	}
	x.inForce = x.ask(true, passing, nodeID, x.list(e.led(join(e.edge, wanted)), nodeID, linkID))
	others := &query.Compare{Property: query.NodeProperties[query.NodeID], Operator: query.OneOf, Value: x.others}
	x.among = x.ask(true, nil, nodeID, x.list(e.led(join(others, e.edge)), nodeID, linkID))
	if e.scope.Time != query.AnyTime {
		typeName := &query.TypeName{}
		links := x.list(e.led(e.edge), nodeID, linkID, typeName, &query.LinkName{}, &query.Outgoing{})
		x.lapsed = x.ask(false, b.hasLapsed(e.scope), nodeID, typeName, links)
	}
	return x
}

var nodeID, linkID = nodeIDKey.By, linkIDKey.By

// join joins those conditions that there are; nil if there is none.
func join(conditions ...query.Condition) query.Condition {
	conditions = slices.DeleteFunc(conditions, func(c query.Condition) bool { return c == nil })
	if len(conditions) == 0 {
		return nil
	}
	return all(conditions)
}

// led is what the relationships lead to, of those that are like this.
func (e *expanding) led(like query.Condition) *query.Set {
	return &query.Set{Start: e.links, Where: like, Scope: e.scope.Scope}
}

func (x *expansion) list(set *query.Set, columns ...query.Column) query.Column {
	return &query.List{Select: &query.Select{Set: set, Limit: x.limit, Columns: columns}}
}

// ask asks for some columns of the nodes that are like this.
func (x *expansion) ask(dated bool, like query.Condition, columns ...query.Column) *query.Query {
	start := &query.ByID{Types: x.model.Types, AnyType: true, IDs: x.nodes, Dated: dated}
	return rowsOf(&query.Set{Start: start, Where: like, Scope: x.scope.Scope}, query.NoLimit, nil, columns...)
}

// rowsOf asks for some columns of the members of a set.
func rowsOf(set *query.Set, limit query.Param, order []query.Key, columns ...query.Column) *query.Query {
	rows := &query.Select{Set: set, Order: order, Limit: limit, Columns: columns}
	return &query.Query{Columns: []query.Column{&query.List{Select: rows}}}
}

// hasLapsed holds for nodes that have begun, and ended before the day.
func (b *builder) hasLapsed(s *scope) query.Condition {
	begin := query.NodeProperties[query.NodeFacts+query.FactValidFrom]
	end := query.NodeProperties[query.NodeFacts+query.FactValidTo]
	if s.Time == query.Certain {
		begin, end = query.NodeProperties[query.NodeFacts+query.FactCertainFrom], query.NodeProperties[query.NodeFacts+query.FactCertainTo]
	}
	begun := query.Condition(&query.Compare{Property: begin, Operator: query.LessOrEqual, Value: s.Date})
	if s.Time == query.Possible {
		begun = &query.Or{Any: []query.Condition{&query.Missing{Property: begin}, begun}}
	}
	return &query.And{All: []query.Condition{begun, &query.Compare{Property: end, Operator: query.Less, Value: s.Date}}}
}

// expanded is a search.Graph: what an expansion answers while an operation is carried out.
type expanded struct {
	*expansion
	*finding
	avoid []string
}

func (e *expanded) Edges(ctx context.Context, nodes []string, yield func(from, to, link string)) error {
	return e.edges(ctx, e.inForce, nodes, yield)
}

func (e *expanded) EdgesTo(ctx context.Context, nodes, ends []string, yield func(from, to, link string)) error {
	e.args[e.others] = query.ListOf(ends)
	wanted := idSet{}
	wanted.add(ends...)
	return e.edges(ctx, e.among, nodes, func(from, to, link string) {
		if wanted[to] {
			yield(from, to, link)
		}
	})
}

func (e *expanded) edges(ctx context.Context, asked *query.Query, nodes []string, yield func(from, to, link string)) error {
	for some := range slices.Chunk(nodes, maxExpanded) {
		if err := e.edgesOf(ctx, asked, some, yield); err != nil {
			return err
		}
	}
	return nil
}

func (e *expanded) edgesOf(ctx context.Context, asked *query.Query, nodes []string, yield func(from, to, link string)) error {
	rows, err := e.ask(ctx, asked, nodes)
	if err != nil {
		return err
	}
	for _, row := range rows {
		near := row.(query.Row)
		links := near[1].([]any)
		if err := e.look(len(links)); err != nil {
			return err
		}
		for _, l := range links {
			e.tell(near[0].(string), l.(query.Row), yield)
		}
	}
	if e.lapsed == nil || len(rows) == len(nodes) {
		return nil
	}
	return e.lastingEdges(ctx, without(nodes, rows), yield)
}

func (e *expanded) tell(near string, link query.Row, yield func(from, to, link string)) {
	if far := link[0].(string); !slices.Contains(e.avoid, far) {
		yield(near, far, link[1].(string))
	}
}

// without are those of some ids of which there is no row.
func without(ids []string, rows []any) []string {
	answered := map[string]bool{}
	for _, row := range rows {
		answered[row.(query.Row)[0].(string)] = true
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return answered[id] })
}

// lastingEdges are those of nodes that have ended.
func (e *expanded) lastingEdges(ctx context.Context, nodes []string, yield func(from, to, link string)) error {
	rows, err := e.ask(ctx, e.lapsed, nodes)
	if err != nil {
		return err
	}
	for _, row := range rows {
		near := row.(query.Row)
		links := near[2].([]any)
		if err := e.look(len(links)); err != nil {
			return err
		}
		lasting := slices.DeleteFunc(links, func(l any) bool { return !e.lasts(near[1].(string), l.(query.Row)) })
		if e.maxDegree != anyDegree && int64(len(lasting)) > e.maxDegree && !slices.Contains(e.ends, near[0]) {
			continue
		}
		for _, l := range lasting {
			if link := l.(query.Row); e.wanted(e.model.Type(link[2].(string)), link[0]) {
				e.tell(near[0].(string), link, yield)
			}
		}
	}
	return nil
}

// lasts is whether a relationship outlives its ends.
func (e *expanded) lasts(near string, link query.Row) bool {
	from, to := e.model.Type(near), e.model.Type(link[2].(string))
	if link[4] != true {
		from, to = to, from
	}
	r := e.model.Relationship(link[3].(string), from, to)
	return r != nil && r.Lasting
}

// wanted is whether a node of a type may be gone through.
func (e *expanding) wanted(typ *query.Type, id any) bool {
	return e.types == nil || slices.Contains(e.types, typ) || slices.Contains(e.ends, id)
}

// ask answers the rows of the only list of a query about some nodes.
func (e *expanded) ask(ctx context.Context, q *query.Query, nodes []string) ([]any, error) {
	e.args[e.nodes], e.args[e.limit] = query.ListOf(nodes), int64(e.left+1)
	return e.rows(ctx, q)
}
