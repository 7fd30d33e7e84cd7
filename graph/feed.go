package graph

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bordergraph/graph/history"
	"bordergraph/graph/plan"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// TooSlow is the code of a subscription whose subscriber falls too far behind what is written.
const TooSlow = "TOO_SLOW"

// How much of the log is read at once, and within which time.
const (
	entriesAtOnce = 100
	recordsAtOnce = 10_000
	eventsTimeout = 10 * time.Second
	// logPause is for a store whose log is a moment behind what it says of it.
	logPause = 10 * time.Millisecond
)

// following is a subscription that is being answered. It reads the log from a position of its own, so that a
// slow subscriber delays nobody else and holds no more memory than another.
type following struct {
	*schema
	op      *graphql.OperationContext
	request plan.Request
	planned *plan.Plan
	reader  *history.Reader
	// rows are those that are read and not yet told.
	rows []query.Row
	// position is the sequence of the last change that was read.
	position int64
	begun    bool
	refused  error // why it cannot begin
	abreast  bool  // whether it has kept up with what is written
	ended    bool
}

// follow begins at once: from now on means from when that is asked for.
func (s *schema) follow(ctx context.Context, op *graphql.OperationContext, request *plan.Request, planned *plan.Plan) graphql.ResponseHandler {
	f := &following{schema: s, op: op, request: *request, planned: planned, position: planned.Feed.After}
	if f.refused = f.begin(ctx); f.refused == nil {
		f.planned, f.refused = s.standing(ctx, &f.request, planned)
	}
	return f.next
}

// next waits for the next change that is to be told. A response without Data is the last.
func (f *following) next(ctx context.Context) *graphql.Response {
	for !f.ended {
		if len(f.rows) > 0 {
			data, faults := response.Write(nil, f.planned.Shape, f.rows[0])
			f.rows = f.rows[1:]
			return &graphql.Response{Data: data, Errors: faults}
		}
		err := f.refused
		if err == nil {
			err = f.read(ctx)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			f.ended = true
			return &graphql.Response{Errors: f.problem(err)}
		}
	}
	return nil
}

// read reads what comes next in the log, as soon as there is something.
func (f *following) read(ctx context.Context) error {
	last, err := f.store.Wait(ctx, f.position)
	if err != nil {
		return err
	}
	if err := f.plan(); err != nil {
		return err
	}
	if behind := last - f.position; f.abreast && behind > int64(f.planned.Feed.Lag) {
		return &query.Error{Code: TooSlow, Message: fmt.Sprintf("The subscription is %d changes behind; go on after the last one that you know of.", behind)}
	}
	ctx, cancel := context.WithTimeout(ctx, eventsTimeout)
	defer cancel()
	entries, err := f.entries(ctx)
	if err != nil || len(entries) == 0 {
		return err
	}
	if f.rows, err = f.planned.Feed.Rows(ctx, f.store, f.graphs.Sight, entries); err != nil {
		return err
	}
	f.position = entries[len(entries)-1].Sequence
	f.abreast = f.abreast || f.position >= last
	return nil
}

// begin finds where to begin.
func (f *following) begin(ctx context.Context) error {
	last, err := f.store.Wait(ctx, -1)
	switch {
	case err != nil:
		return err
	case f.position == plan.FromNow:
		f.position = last
	case f.position > last:
		return &query.Error{Code: plan.BadCursor, Message: fmt.Sprintf("Argument \"after\" is %d, but the last change is %d.", f.position, last)}
	}
	f.begun = true
	return nil
}

// plan plans anew, if the day has changed since.
func (f *following) plan() error {
	today, problem := f.today(f.op)
	if problem != nil || today == f.request.Today {
		return nil
	}
	f.request.Today = today
	planned, problems := f.plans.plan(f.op.RawQuery, &f.request)
	if len(problems) > 0 {
		return problems
	}
	f.planned = planned
	return nil
}

// entries are those that come next in the log; none if the store is not as far as it says.
func (f *following) entries(ctx context.Context) ([]query.Entry, error) {
	if f.reader == nil || f.reader.Stopped {
		f.reader = history.NewReader(f.store, history.Wanted{After: f.position, Records: recordsAtOnce})
	}
	entries, err := f.reader.Next(ctx, entriesAtOnce)
	if err == nil && len(entries) == 0 && !f.reader.Stopped {
		select {
		case <-time.After(logPause):
		case <-ctx.Done():
		}
	}
	return entries, err
}

// problem says why the subscription ends, and after which change it would go on.
func (f *following) problem(err error) gqlerror.List {
	problem := storeError(nil, err)
	if f.begun {
		if problem.Extensions == nil {
			problem.Extensions = map[string]any{}
		}
		problem.Extensions["after"] = strconv.FormatInt(f.position, 10)
	}
	return gqlerror.List{problem}
}
