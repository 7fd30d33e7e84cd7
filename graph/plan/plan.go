// Package plan turns an operation into a Query for a store and a Shape for the response. It coerces
// arguments and variables itself, and refuses what is wrong or too dear before anything is asked of a store.
package plan

import (
	"fmt"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bordergraph/graph/change"
	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// Request is a validated operation, and who asks when.
type Request struct {
	API       *derive.API
	Operation *ast.OperationDefinition
	// Variables are as they came, decoded from JSON with numbers as json.Number.
	Variables map[string]any
	// Today is the day meant where the operation names none, yyyy-mm-dd.
	Today     string
	Clearance query.Clearance
	// Merged says for which objects ids stand of others that were merged into them, as of each moment; see Answer.
	Merged map[time.Time]map[string]string
	Limits Limits
	// Exact is for whoever finds out alone whether lists go on: no list fetches a row more than it shows.
	Exact bool
}

// Limits bound what one operation may ask for.
type Limits struct {
	// DefaultList is the length of a list where none is asked for, MaxList the most that may be.
	DefaultList, MaxList int
	// Depth is the most relationships one after another, Roots the most root fields of the graph.
	Depth, Roots int
	// Walks is the most relationships that conditions and orders may go over: a database takes seconds
	// to make up its mind about more.
	Walks int
	// Work is the most fields and conditions, fragments spread out, that are planned at all.
	Work int
	// Past is the most nodes and relationships of a past graph that is made again.
	Past int
	// Links is the most relationships that the searches of an operation look at, the most records of the
	// log that a page of changes looks at, and the most changes that the histories of an operation look at, for
	// each moment of which it asks.
	Links int
	// Lag is how many changes a subscription that has kept up may fall behind.
	Lag int
	// Cost is the most that an operation may cost: see cost.go.
	Cost int64
}

// DefaultLimits are the limits where no others are set.
var DefaultLimits = Limits{DefaultList: 20, MaxList: 1000, Depth: 8, Roots: 20, Walks: 32, Work: 20_000, Past: 500_000, Links: 200_000, Lag: 10_000, Cost: 50_000}

// Plan is what an operation asks of the graph, and how the answer is written.
type Plan struct {
	// Query has no Columns if the operation asks nothing of the graph as it is.
	Query *query.Query
	// Past are the queries of the graph as it was known at other moments. The Shape reads a row that has
	// the columns of the Query, then theirs.
	Past  []*PastQuery
	Shape *response.Object
	// Scope is what the operation asks about where a root field does not say otherwise.
	Scope *query.Scope
	// Service are the root fields that the graph does not answer, merged by response key.
	Service []*ServiceField
	// Variables are the operation's variables, coerced.
	Variables map[string]any
	// Change is what a mutation asks to be written; nil for a query.
	Change *change.Request
	// Feed is what a subscription asks of each change; nil for what is answered once.
	Feed *Feed
	// Comment is why; Key, if not empty, names the request.
	Comment, Key string
	// Cites is whether the answer is to say on which sources it rests.
	Cites bool
	Cost  int64
	// searches are carried out by Find before the query is asked, checks by Check when it is answered.
	searches []*pending
	checks   []*check
	// links is how many relationships they may look at, share each of them.
	links, share int
	// histories are read once the queries are answered.
	histories map[*response.History]*logged
	named     []named
	// standing is whether ids of merged objects stand for others already.
	standing  bool
	clearance query.Clearance
	types     []*query.Type // all
	// undone is what is asked of the change that takes another back; nil if none is.
	undone *Telling
}

// PastQuery asks for some root fields as of a moment.
type PastQuery struct {
	Moment time.Time
	// Keys are the response keys of the root fields.
	Keys  []string
	Query *query.Query
	root  *row
}

// ServiceField is a root field that Go code answers: whoever does so puts the answer into Answer.
type ServiceField struct {
	Key    string
	Fields []*ast.Field
	Answer *response.Raw
}

// The codes of problems with an operation.
const (
	BadInput  = "BAD_INPUT"
	BadCursor = "BAD_CURSOR"
	BadPage   = "BAD_PAGE"
	TooDeep   = "TOO_DEEP"
	TooCostly = "TOO_COSTLY"
	TooMany   = "TOO_MANY_ROOTS"
)

// New plans an operation. If anything is wrong with it, all problems are answered, each with its
// code and the path of response keys, and no plan.
func New(request *Request) (*Plan, gqlerror.List) {
	b := &builder{Request: request, meant: idSet{}}
	b.coerceVariables()
	if len(b.problems) > 0 {
		return nil, b.problems
	}
	plan := b.operation()
	if plan.Cost > b.Limits.Cost {
		b.problem(TooCostly, "The operation costs %d; the limit is %d. Ask for shorter lists, or for fewer lists inside lists.", plan.Cost, b.Limits.Cost)
	}
	if b.walks > b.Limits.Walks {
		b.problem(TooCostly, "The conditions and orders of the operation go over %d relationships; the limit is %d. Ask for less at once.", b.walks, b.Limits.Walks)
	}
	if len(b.problems) > 0 {
		return nil, b.problems
	}
	return plan, nil
}

// builder carries what one planning needs everywhere.
type builder struct {
	*Request
	coerced   map[string]any
	args      []any
	path      ast.Path
	problems  gqlerror.List
	walks     int // in conditions and orders
	work      int // fields and conditions that have been planned
	searches  []*pending
	checks    []*check
	named     []named
	meant     idSet // what conditions of the root field mean that is planned
	histories map[*response.History]*logged
	change    *change.Request  // nil for what writes nothing
	feed      *Feed            // nil for what is answered once
	gone      *response.Column // where the Shape reads what a mutation removed; nil if it removes nothing
	undone    *undone          // nil if a mutation takes nothing back
}

func (b *builder) problem(code, format string, args ...any) {
	b.problems = append(b.problems, &gqlerror.Error{
		Message:    fmt.Sprintf(format, args...),
		Path:       append(ast.Path(nil), b.path...),
		Extensions: map[string]any{"code": code},
	})
}

// spend counts one field or condition. When there are more than the limit it says so, once, and
// answers false: planning is to end as fast as it can.
func (b *builder) spend() bool {
	b.work++
	if b.work == b.Limits.Work+1 {
		b.problem(TooCostly, "The operation has more than %d fields and conditions, fragments spread out.", b.Limits.Work)
	}
	return b.work <= b.Limits.Work
}

// param makes a value a parameter of the query.
func (b *builder) param(value any) query.Param {
	b.args = append(b.args, value)
	return query.Param(len(b.args) - 1)
}

func (b *builder) operation() *Plan {
	root := newRow(0)
	plan := &Plan{Shape: &response.Object{Name: b.rootType()}, Variables: b.coerced, Cites: b.asksSources()}
	b.readChange(plan)
	scope := b.scope(b.Operation.Directives, nil)
	plan.Scope = scope.Scope
	graphRoots := 0
	for _, group := range b.collect(plan.Shape.Name, b.Operation.SelectionSet) {
		b.path = append(b.path, ast.PathName(group.key))
		meaning, graphs := b.API.Field(plan.Shape.Name, group.name).(*derive.Root)
		var value response.Value
		switch {
		case group.name == "__typename":
			b.refuseAsOf(group)
			value = typeName(plan.Shape.Name)
		case graphs:
			graphRoots++
			b.refuseSeveralAsOf(group)
			value = b.graphRoot(plan, root, meaning, group, b.scope(group.fields[0].Directives, scope))
		default:
			b.refuseAsOf(group)
			field := &ServiceField{Key: group.key, Fields: group.fields, Answer: &response.Raw{}}
			plan.Service = append(plan.Service, field)
			value = field.Answer
		}
		plan.Shape.Fields = append(plan.Shape.Fields, response.NewField(group.key, group.name, value, group.nonNull()))
		b.path = b.path[:0]
	}
	b.refuseBoth(plan, graphRoots)
	b.refuseBesideUndo(graphRoots)
	b.readFeed(plan)
	b.refuseCiting(plan, graphRoots)
	if graphRoots > b.Limits.Roots {
		b.problem(TooMany, "The operation has %d root fields of the graph; the limit is %d.", graphRoots, b.Limits.Roots)
	}
	plan.histories, plan.clearance, plan.types = b.histories, b.Clearance, b.API.Model.Types
	plan.named, plan.standing = b.named, b.Merged != nil
	b.finish(plan, root)
	return plan
}

// graphRoot plans a root field in the row of the moment that it is about.
func (b *builder) graphRoot(plan *Plan, root *row, meaning *derive.Root, group *group, scope *scope) response.Value {
	searches, checks, named := len(b.searches), len(b.checks), len(b.named)
	if !scope.recordedAt.IsZero() {
		past := plan.pastAt(scope.recordedAt)
		past.Keys = append(past.Keys, group.key)
		root = past.root
	}
	value := b.root(root, meaning, group, scope)
	b.nameMeant(root, scope, group.key, b.named[named:])
	for _, s := range b.searches[searches:] {
		s.moment = scope.recordedAt
	}
	for _, c := range b.checks[checks:] {
		c.moment = scope.recordedAt
	}
	return value
}

// pastAt is the query as of a moment.
func (p *Plan) pastAt(moment time.Time) *PastQuery {
	for _, past := range p.Past {
		if past.Moment.Equal(moment) {
			return past
		}
	}
	past := &PastQuery{Moment: moment, root: newRow(0)}
	p.Past = append(p.Past, past)
	return past
}

// finish settles where in the row of the answer everything stands.
func (b *builder) finish(plan *Plan, root *row) {
	plan.Query = &query.Query{Columns: root.finish(), Args: b.args}
	plan.Cost = 1 + root.cost
	width := len(plan.Query.Columns)
	for _, past := range plan.Past {
		past.Query = &query.Query{Columns: past.root.finish(), Args: b.args}
		for _, position := range past.root.positions {
			position.Index += width
		}
		width += len(past.Query.Columns)
		plan.Cost += past.root.cost
	}
	b.settle(plan, width)
	if b.gone != nil {
		b.gone.Index = width
	}
	if b.undone != nil {
		b.undone.column.Index = width
		plan.undone = b.undone.told
	}
}

// settle shares what may be looked at among the searches, and says where the Shape reads what became of them.
func (b *builder) settle(plan *Plan, at int) {
	plan.searches, plan.checks = b.searches, b.checks
	plan.links, plan.share = b.Limits.Links, b.Limits.Links/max(1, len(b.searches)+len(b.checks))
	for i, s := range b.searches {
		s.column.Index = at + i
	}
	for i, c := range b.checks {
		c.column.Index = at + len(b.searches) + i
		b.args[c.most] = int64(plan.share)
	}
}

func (b *builder) root(root *row, meaning *derive.Root, group *group, scope *scope) response.Value {
	switch meaning.Kind {
	case derive.ByID:
		return b.rootByID(root, meaning.Target, group, scope)
	case derive.ByIDs:
		return b.rootByIDs(root, meaning.Target, group, scope)
	case derive.Searched:
		return b.search(root, meaning.Target, group, scope)
	case derive.Viewed:
		return b.view(root, meaning, group, scope)
	case derive.Paths, derive.Reached, derive.Around:
		return b.explore(root, meaning, group, scope)
	case derive.Logged:
		return b.changes(root, group)
	case derive.Followed:
		return b.followed(root, meaning.Target, group, scope)
	case derive.Duplicates:
		return b.duplicates(root, meaning.Target, group, scope)
	case derive.Difference:
		return b.difference(root, meaning.Target, group, scope)
	case derive.Saved:
		return b.save(root, meaning.Target, group, scope)
	case derive.Removed:
		return b.delete(group)
	case derive.Merged:
		return b.merge(root, meaning.Target, group, scope)
	case derive.Undone:
		return b.undo(root, group)
	case derive.Timed:
		return b.timeline(root, meaning.Target, group, scope)
	}
	return b.connection(root, rootList(meaning.Target, scope), group)
}

// rootList is the list of all objects of a target.
func rootList(target *derive.Target, scope *scope) *listed {
	set := &query.Set{Start: &query.All{Types: target.Types}, Scope: scope.Scope}
	return &listed{target: target, connection: target.Name + "Connection", edge: target.Name + "Edge", set: set, scope: scope}
}

func (b *builder) rootByID(root *row, target *derive.Target, group *group, scope *scope) response.Value {
	id := b.standing(scope, b.arguments(group)["id"])[0]
	value := b.objectByID(root, target, id, group, scope)
	b.name(scope, group.key, value.Column, id)
	return value
}

func (b *builder) objectByID(root *row, target *derive.Target, id any, group *group, scope *scope) *response.One {
	rows := b.byID(target, []any{id}, scope)
	rows.Set.Start.(*query.ByID).Single = true
	child := newRow(1)
	value := &response.One{Column: root.add(&query.List{Select: rows}), Node: b.node(child, target, group.selections(), scope)}
	rows.Columns = child.finish()
	root.cost += 1 + child.cost
	return value
}

func (b *builder) rootByIDs(root *row, target *derive.Target, group *group, scope *scope) response.Value {
	ids, _ := b.arguments(group)["ids"].([]any)
	ids = b.standing(scope, ids...)
	value := b.objectsByID(root, target, ids, group, scope)
	b.name(scope, group.key, value.Column, ids...)
	return value
}

// objectsByID are objects in the order of their ids, with null where there is none.
func (b *builder) objectsByID(root *row, target *derive.Target, ids []any, group *group, scope *scope) *response.ByIDs {
	rows := b.byID(target, ids, scope)
	child := newRow(1)
	value := &response.ByIDs{
		Column: root.add(&query.List{Select: rows}),
		ID:     child.value(query.Node, query.NodeProperties[query.NodeID]),
		IDs:    ids,
		Node:   b.node(child, target, group.selections(), scope),
	}
	rows.Columns = child.finish()
	root.cost += times(int64(len(ids)), 1+child.cost)
	return value
}

// byID is at most one row an id, which whoever asked puts in order: a database takes time to sort even one.
func (b *builder) byID(target *derive.Target, ids []any, scope *scope) *query.Select {
	start := &query.ByID{Types: target.Types, IDs: b.param(ids), Dated: scope.dateGiven}
	return &query.Select{Set: &query.Set{Start: start, Scope: scope.Scope}, Limit: query.NoLimit}
}
