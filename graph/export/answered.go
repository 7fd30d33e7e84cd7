package export

import (
	"context"
	"errors"
	"slices"

	"bordergraph/graph/query"
)

// What an operation cannot be exported for.
var (
	ErrSeveralDays = errors.New("an export is about one time: put @asOf on the operation, not on a field; a timeline without it is about all time, which @asOf(any: true) on the operation says of all")
	ErrNoObjects   = errors.New("the operation asks for no objects; ask for the id of those that are to be exported")
)

// Answered is the nodes that stand in the answer of a query whose lists do not look ahead, those in the
// middle of its shortcuts among them. If a list goes on beyond its limit, the graph is truncated.
func Answered(ctx context.Context, store query.Store, m *query.Model, scope Scope, q *query.Query) (*Extract, error) {
	t := &trimmer{query: &query.Query{Args: slices.Clone(q.Args)}}
	var lists []objects
	t.query.Columns, lists = t.lists(q.Columns, nil)
	if len(lists) == 0 {
		return nil, ErrNoObjects
	}
	for _, c := range t.query.Columns {
		if !scope.is(rootScope(c), q.Args) {
			return nil, ErrSeveralDays
		}
	}
	row, err := store.Select(ctx, t.query)
	if err != nil {
		return nil, err
	}
	e := newExtract(store, m, scope)
	e.collect(row, lists)
	return e, e.readSources(ctx)
}

func rootScope(c query.Column) *query.Scope {
	if g, ok := c.(*query.Groups); ok {
		return g.Scope
	}
	return c.(*query.List).Scope
}

func (s Scope) is(other *query.Scope, args []any) bool {
	return other.Time == s.Time && (s.Time == query.AnyTime || args[other.Date] == s.Date)
}

// trimmer makes, of a query, one that asks for nothing but which nodes stand in its answer.
type trimmer struct{ query *query.Query }

// objects is where a row of the trimmed query has a list of nodes, or of groups.
type objects struct {
	column int
	limit  int64 // -1 if there is none
	nodes  int   // so many nodes each row begins with
	lists  []objects
}

// lists keeps the lists of some columns, and puts them behind others.
func (t *trimmer) lists(columns, kept []query.Column) ([]query.Column, []objects) {
	var found []objects
	for _, c := range columns {
		var trimmed query.Column
		var o objects
		switch c := c.(type) {
		case *query.List:
			trimmed, o = t.list(c.Select)
		case *query.Groups:
			trimmed, o = t.groups(c)
		default:
			continue
		}
		o.column = len(kept)
		kept, found = append(kept, trimmed), append(found, o)
	}
	return kept, found
}

func (t *trimmer) list(s *query.Select) (*query.List, objects) {
	trimmed, o := *s, objects{nodes: 1}
	columns := identity(query.Node)
	if walk, ok := s.Start.(*query.Walk); ok && len(walk.Steps) > 1 {
		o.nodes = 2
		columns = append(columns, identity(query.Via)...)
	}
	trimmed.Limit, o.limit = t.oneMore(s.Limit)
	trimmed.Columns, o.lists = t.lists(s.Columns, columns)
	return &query.List{Select: &trimmed}, o
}

// groups keeps the keys, because they are what the groups are told apart by.
func (t *trimmer) groups(g *query.Groups) (*query.Groups, objects) {
	trimmed, o := *g, objects{}
	trimmed.Limit, o.limit = t.oneMore(g.Limit)
	row := make([]query.Column, len(g.Keys)+1)
	shown, lists := t.lists(g.Shown, row)
	trimmed.Shown, o.lists = shown[len(row):], lists
	if g.Members != nil {
		members, inner := t.list(g.Members)
		inner.column = len(shown)
		trimmed.Members, o.lists = members.Select, append(o.lists, inner)
	}
	return &trimmed, o
}

// oneMore is a limit that shows whether a list goes on.
func (t *trimmer) oneMore(limit query.Param) (query.Param, int64) {
	if limit == query.NoLimit {
		return limit, -1
	}
	most := t.query.Args[limit].(int64)
	t.query.Args = append(t.query.Args, most+1)
	return query.Param(len(t.query.Args) - 1), most
}

// collect adds the nodes of some lists of a row.
func (e *Extract) collect(row query.Row, lists []objects) {
	for _, o := range lists {
		rows := row[o.column].([]any)
		if o.limit >= 0 && int64(len(rows)) > o.limit {
			rows, e.Graph.Truncated = rows[:o.limit], true
		}
		for _, r := range rows {
			r := r.(query.Row)
			for i := range o.nodes {
				e.add(r[2*i:])
			}
			e.collect(r, o.lists)
		}
	}
}
