package plan

import (
	"context"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/derive"
	"bordergraph/graph/history"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// Feed is what a subscription asks of each change. It may be used concurrently.
type Feed struct {
	// After is the sequence of the change after which it begins, or FromNow.
	After int64
	// Lag is how many changes it may fall behind once it has kept up.
	Lag  int
	told *Telling
	// where asks which of some objects, whose ids are a parameter, meet its condition, and then which are
	// there; nil if there is no condition.
	where *query.Query
	ids   query.Param
}

// FromNow begins with the next change.
const FromNow = -1

// followed plans the root field that tells of changes as they are made.
func (b *builder) followed(root *row, target *derive.Target, g *group, scope *scope) response.Value {
	b.refuseAsOf(g)
	problems := len(b.problems)
	arguments := b.arguments(g)
	if len(b.problems) > problems {
		return response.Null{}
	}
	told := b.telling(arguments)
	b.feed = &Feed{After: FromNow, Lag: b.Limits.Lag, told: told.Telling}
	if _, given := arguments["after"].(string); given {
		b.feed.After = b.sequence(arguments)
	}
	if where, given := arguments["where"].(map[string]any); given {
		condition := b.condition(target.Where, where, &whereContext{of: query.Node, scope: scope, depth: 1, row: root}, "Argument \"where\"")
		b.feed.ids = b.param([]any{})
		b.feed.where = &query.Query{Columns: []query.Column{b.those(target, condition, scope), b.those(target, nil, scope)}}
	}
	value := &response.Found{Column: at(0), Object: told.object(g)}
	root.cost += 1 + told.cost
	return value
}

// those are the ids of the objects of the feed that meet a condition; nil for any.
func (b *builder) those(target *derive.Target, condition query.Condition, scope *scope) *query.List {
	start := &query.ByID{Types: target.Types, AnyType: true, IDs: b.feed.ids}
	set := &query.Set{Start: start, Where: condition, Scope: scope.Scope}
	return &query.List{Select: &query.Select{Set: set, Limit: query.NoLimit, Columns: []query.Column{nodeID}}}
}

// readFeed sees to it that a subscription asks for one thing.
func (b *builder) readFeed(plan *Plan) {
	if b.Operation.Operation != ast.Subscription {
		return
	}
	if b.feed == nil || len(plan.Shape.Fields) != 1 {
		b.problem(BadInput, "A subscription asks for exactly one root field, such as \"changes\".")
		return
	}
	if plan.Feed = b.feed; plan.Feed.where != nil {
		plan.Feed.where.Args = b.args
	}
}

// Rows are what the Shape reads of entries of the log, a row for each of which something is to be told. The
// sight is that of the store.
func (f *Feed) Rows(ctx context.Context, store query.Store, sight *history.Sight, entries []query.Entry) ([]query.Row, error) {
	entries, err := sight.Shown(ctx, store, entries, f.told.clearance)
	if err != nil {
		return nil, err
	}
	if f.where != nil {
		if entries, err = f.narrow(ctx, store, entries); err != nil {
			return nil, err
		}
	}
	var rows []query.Row
	for i := range entries {
		if row := f.told.Row(&entries[i]); row != nil {
			rows = append(rows, query.Row{row})
		}
	}
	return rows, nil
}

// narrow leaves of entries what concerns objects that meet the condition, or are gone.
func (f *Feed) narrow(ctx context.Context, store query.Store, entries []query.Entry) ([]query.Entry, error) {
	failing, err := f.failing(ctx, store, concerned(entries))
	if err != nil {
		return nil, err
	}
	narrowed := slices.Clone(entries)
	for i := range narrowed {
		e := &narrowed[i]
		e.Nodes = slices.DeleteFunc(slices.Clone(e.Nodes), func(n query.NodeChange) bool { return failing[n.Record().ID()] })
		e.Links = slices.DeleteFunc(slices.Clone(e.Links), func(l query.LinkChange) bool {
			r := l.Record()
			return failing[r.From] && (!r.Relationship.Symmetric || failing[r.To])
		})
	}
	return narrowed, nil
}

// concerned are the ids of the objects that entries concern.
func concerned(entries []query.Entry) []any {
	ids := idSet{}
	for i := range entries {
		for _, n := range entries[i].Nodes {
			ids.add(n.Record().ID())
		}
		for _, l := range entries[i].Links {
			r := l.Record()
			if ids.add(r.From); r.Relationship.Symmetric {
				ids.add(r.To)
			}
		}
	}
	return ids.sorted()
}

// objectsAtOnce is how many objects a statement asks about.
const objectsAtOnce = 5_000

// failing are those objects that are there and do not meet the condition.
func (f *Feed) failing(ctx context.Context, store query.Store, ids []any) (map[string]bool, error) {
	failing := map[string]bool{}
	for some := range slices.Chunk(ids, objectsAtOnce) {
		asked := *f.where
		asked.Args = slices.Clone(asked.Args)
		asked.Args[f.ids] = some
		row, err := store.Select(ctx, &asked)
		if err != nil {
			return nil, err
		}
		meeting := map[any]bool{}
		for _, member := range row[0].([]any) {
			meeting[member.(query.Row)[0]] = true
		}
		for _, member := range row[1].([]any) {
			if id := member.(query.Row)[0].(string); !meeting[id] {
				failing[id] = true
			}
		}
	}
	return failing, nil
}
