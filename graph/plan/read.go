package plan

import (
	"context"
	"slices"
	"time"

	"bordergraph/graph/history"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// Graphs are what plans ask.
type Graphs struct {
	// Now is the graph as it is, Past the graph as it was known at a moment.
	Now  query.Store
	Past func(ctx context.Context, moment time.Time) (query.Store, error)
	// Sight is that of the log.
	Sight *history.Sight
}

// Answer is what a plan asked for.
type Answer struct {
	// Shape is that of the plan, with null for the root fields that could not be read.
	Shape     *response.Object
	Row       query.Row
	Histories map[response.Shown]query.Row
	// Found has the errors of single root fields.
	Found []Found
	// Merged, if not nil, is for the Request to plan the operation once more, of what ids stand for that it
	// names: then there are no Histories.
	Merged map[time.Time]map[string]string
}

// Read asks everything that the plan asks for. An error is one of all root fields.
func (p *Plan) Read(ctx context.Context, g Graphs) (*Answer, error) {
	r := &reading{Plan: p, graphs: g, stores: map[time.Time]query.Store{{}: g.Now}}
	refused := r.open(ctx)
	asked, found := p.find(ctx, r.stores, g.Sight)
	row, err := r.selectNow(ctx, asked)
	if err != nil {
		return nil, err
	}
	for _, past := range p.Past {
		columns, err := r.selectPast(ctx, past, asked.Args)
		if err != nil {
			refused = append(refused, past.failed(err)...)
		}
		row = append(row, columns...)
	}
	found = p.check(ctx, r.stores, asked, found, row)
	answer := &Answer{Shape: p.Shape.Without(keysOf(refused)), Row: Complete(row, found), Found: append(found, refused...)}
	if answer.Merged, err = r.merged(ctx, answer); err != nil || answer.Merged != nil {
		return answer, err
	}
	answer.Histories, err = r.histories(ctx, answer)
	return answer, err
}

// reading is a plan while it is read.
type reading struct {
	*Plan
	graphs Graphs
	// stores are those of the moments; none where a moment has no graph.
	stores map[time.Time]query.Store
}

// open finds the past graphs, and answers the root fields of which there is none.
func (r *reading) open(ctx context.Context) (refused []Found) {
	for _, past := range r.Past {
		store, err := r.graphs.Past(ctx, past.Moment)
		if err != nil {
			refused = append(refused, past.failed(err)...)
			continue
		}
		r.stores[past.Moment] = store
	}
	return refused
}

func (p *PastQuery) failed(err error) []Found {
	failed := make([]Found, len(p.Keys))
	for i, key := range p.Keys {
		failed[i] = Found{Key: key, Err: err}
	}
	return failed
}

func keysOf(found []Found) []string {
	var keys []string
	for _, f := range found {
		keys = append(keys, f.Key)
	}
	return keys
}

func (r *reading) selectNow(ctx context.Context, asked *query.Query) (query.Row, error) {
	if len(asked.Columns) == 0 {
		return nil, nil
	}
	row, err := r.graphs.Now.Select(ctx, asked)
	return slices.Clone(row), err // more is appended
}

// selectPast answers the columns as of a moment, all nil if there is no graph of it.
func (r *reading) selectPast(ctx context.Context, past *PastQuery, args []any) (query.Row, error) {
	none := make(query.Row, len(past.Query.Columns))
	store := r.stores[past.Moment]
	if store == nil || len(none) == 0 {
		return none, nil
	}
	row, err := store.Select(ctx, &query.Query{Columns: past.Query.Columns, Args: args})
	if err != nil {
		return none, err
	}
	return row, nil
}
