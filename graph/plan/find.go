package plan

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"bordergraph/graph/history"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// Found is what a search found, for the root field under a response key.
type Found struct {
	Key string
	// Err is what kept the search from being carried out; an error to be shown is a *query.Error.
	Err error
	row query.Row
}

// More is whether the search would have found more, had it not been cut.
func (f *Found) More() bool { return f.row != nil && f.row[foundMore] == true }

// Find carries out the searches of a plan that asks nothing of the past, one after another, and answers
// the query that is left. The sight is that of the store.
func (p *Plan) Find(ctx context.Context, store query.Store, sight *history.Sight) (*query.Query, []Found) {
	return p.find(ctx, map[time.Time]query.Store{{}: store}, sight)
}

// find carries out the searches, each in the store of its moment, if there is one.
func (p *Plan) find(ctx context.Context, stores map[time.Time]query.Store, sight *history.Sight) (*query.Query, []Found) {
	if len(p.searches) == 0 {
		return p.Query, nil
	}
	asked := *p.Query
	asked.Args = slices.Clone(asked.Args)
	f := &finding{sight: sight, args: asked.Args, kept: asked.Kept, left: p.share * len(p.searches), most: p.links}
	found := make([]Found, len(p.searches))
	for i, s := range p.searches {
		found[i].Key = s.key
		if f.store = stores[s.moment]; f.store != nil {
			found[i].row, found[i].Err = s.find(ctx, f)
		}
	}
	return &asked, found
}

// Complete puts what was found where the Shape reads it: after the columns of the row.
func Complete(row query.Row, found []Found) query.Row {
	for _, f := range found {
		if f.row == nil {
			row = append(row, nil)
		} else {
			row = append(row, f.row)
		}
	}
	return row
}

// pending is a search that must be carried out before the query can be asked.
type pending struct {
	key string
	// moment is as of when; zero for now.
	moment time.Time
	// column is where the Shape reads what it found.
	column *response.Column
	// from are the nodes to start from; nil if it starts from none.
	from *presence
	// find answers the row that it found, and completes the args of the query; no row if there is an error.
	find func(context.Context, *finding) (query.Row, error)
}

// finding is the searches of one operation while they are carried out.
type finding struct {
	store query.Store
	sight *history.Sight
	// args are those of the operation's query.
	args []any
	// kept is whether the plan is, and so its queries.
	kept bool
	// left is how many relationships may still be looked at; most is how many the operation may look at.
	left, most int
}

// rows are those of the only list of a query.
func (f *finding) rows(ctx context.Context, q *query.Query) ([]any, error) {
	asked := *q
	asked.Args, asked.Kept = slices.Clone(f.args), f.kept // what was asked stays as it was
	row, err := f.store.Select(ctx, &asked)
	if err != nil {
		return nil, err
	}
	return row[0].([]any), nil
}

// The codes of searches that cannot be carried out.
const (
	NotFound = "NOT_FOUND"
	TooFar   = history.TooFar
)

// isNotFound is whether a search lacks an object from which it starts.
func isNotFound(err error) bool {
	var known *query.Error
	return errors.As(err, &known) && known.Code == NotFound
}

func (f *finding) look(links int) error {
	f.left -= links
	if f.left >= 0 {
		return nil
	}
	f.left = 0
	return tooFar(f.most)
}

func tooFar(most int) error {
	return &query.Error{Code: TooFar, Message: fmt.Sprintf("The searches of the operation would look at more than %d relationships. Go fewer steps, name the types of relationships that matter, or leave out objects that have many.", most)}
}

// presence is how the answer of a query tells whether the nodes are there from which a search starts.
type presence struct {
	ids []any
	// given are these ids as the operation gives them.
	given []any
	// there is the column of how many there are, query asks which.
	there *response.Column
	query *query.Query
	day   string // that they must be in force on; empty for any
}

func (b *builder) presence(root *row, ids []any, scope *scope) *presence {
	p := &presence{ids: ids}
	for _, id := range ids {
		p.given = append(p.given, b.asGiven(scope, id))
	}
	if scope.dateGiven && scope.Time != query.AnyTime {
		p.day = " in force on " + scope.date
	}
	start := &query.Set{Start: &query.ByID{Types: b.API.Model.Types, AnyType: true, IDs: b.param(ids), Dated: scope.dateGiven}, Scope: scope.Scope}
	p.there, p.query = root.add(&query.Count{Set: start}), rowsOf(start, query.NoLimit, nil, nodeID)
	return p
}

// answered is whether the query was: it is not where there is no graph of its moment.
func (p *presence) answered(answer query.Row) bool { return answer[p.there.Index] != nil }

// check says which is missing, if the answer says that one is.
func (p *presence) check(ctx context.Context, f *finding, answer query.Row) error {
	if answer[p.there.Index] == int64(different(p.ids)) {
		return nil
	}
	rows, err := f.rows(ctx, p.query)
	if err != nil {
		return err
	}
	there := map[any]bool{}
	for _, row := range rows {
		there[row.(query.Row)[0]] = true
	}
	for i, id := range p.ids {
		if !there[id] {
			return &query.Error{Code: NotFound, Message: fmt.Sprintf("There is no object %s%s.", shown(p.given[i]), p.day)}
		}
	}
	return nil
}

// different is how many different ids there are.
func different(ids []any) int { return len(slices.Compact(slices.Sorted(slices.Values(texts(ids))))) }

// idSet is ids, each once.
type idSet map[string]bool

func (s idSet) add(ids ...string) {
	for _, id := range ids {
		s[id] = true
	}
}

func (s idSet) sorted() []any { return query.ListOf(slices.Sorted(maps.Keys(s))) }
