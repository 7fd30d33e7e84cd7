package graph_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"bordergraph/graph"
	"bordergraph/graph/derive"
	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/plan"
	"bordergraph/graph/query"
)

func TestSlowSubscriberIsToldWhereToGoOn(t *testing.T) {
	w := newWatched(t)
	w.limits.Lag = 3
	next := w.subscribe(`subscription { changes { sequence } }`)
	w.whenAwaited(1, w.write)
	w.expect(next, `{"changes":{"sequence":1}}`)
	for range 4 {
		w.write()
	}
	reply := next()
	if reply.Data != nil || len(reply.Errors) != 1 || reply.Errors[0].Extensions["code"] != graph.TooSlow || reply.Errors[0].Extensions["after"] != "1" {
		t.Fatalf("got %s %v", reply.Data, reply.Errors)
	}
	if reply = next(); reply != nil {
		t.Errorf("after the end: got %v", reply)
	}
	next = w.subscribe(`subscription { changes(after: "1") { sequence } }`)
	for _, told := range []string{"2", "3", "4", "5"} {
		w.expect(next, `{"changes":{"sequence":`+told+`}}`)
	}
}

func TestStoreThatIsLostEndsASubscriptionWithTheLastChange(t *testing.T) {
	w := newWatched(t)
	w.write()
	next := w.subscribe(`subscription { changes(after: "0") { sequence } }`)
	w.expect(next, `{"changes":{"sequence":1}}`)
	w.store.lost = &query.Error{Code: query.Unavailable, Message: "the store is away", Cause: errors.New("cut")}
	reply := next()
	if reply.Data != nil || reply.Errors[0].Message != "the store is away" || reply.Errors[0].Extensions["code"] != query.Unavailable || reply.Errors[0].Extensions["after"] != "1" {
		t.Errorf("got %s %v", reply.Data, reply.Errors)
	}
}

func TestSubscriptionAsksAboutTheDayOfTheChange(t *testing.T) {
	w := newWatched(t)
	w.write()
	next := w.subscribe(`subscription { changes(after: "0", where: {touching: ["country:LA"]}) { sequence } }`)
	w.expect(next, `{"changes":{"sequence":1}}`)
	w.now = w.now.AddDate(0, 0, 1)
	w.write()
	w.expect(next, `{"changes":{"sequence":2}}`)
	if days := slices.Compact(w.store.days); !slices.Equal(days, []string{"2026-01-15", "2026-01-16"}) {
		t.Errorf("it asked about %v", days)
	}
}

func TestSubscriptionThatWaitsOverMidnightAsksAboutTheNewDay(t *testing.T) {
	w := newWatched(t)
	next := w.subscribe(`subscription { changes(after: "0", where: {touching: ["country:LA"]}) { sequence } }`)
	w.whenAwaited(1, func() {
		w.now = w.now.AddDate(0, 0, 1)
		w.write()
	})
	w.expect(next, `{"changes":{"sequence":1}}`)
	if days := slices.Compact(w.store.days); !slices.Equal(days, []string{"2026-01-16"}) {
		t.Errorf("it asked about %v", days)
	}
}

func TestSubscriptionThatIsLeftEndsWithoutAnError(t *testing.T) {
	w := newWatched(t)
	ctx, leave := context.WithCancel(t.Context())
	next := w.subscribeIn(ctx, `subscription { changes { sequence } }`)
	leave()
	if reply := next(); reply != nil {
		t.Errorf("got %v", reply)
	}
}

// watched is a graph of one country that is changed and followed.
type watched struct {
	*testing.T
	api    *derive.API
	store  *watchedStore
	limits plan.Limits
	now    time.Time
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	api, store := embeddedtest.Empty(t)
	return &watched{t, api, &watchedStore{Store: store, awaited: make(chan int64, 100)}, plan.DefaultLimits, time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}
}

// watchedStore says what it is asked, and may be lost.
type watchedStore struct {
	query.Store
	awaited chan int64 // what Wait was given
	lost    error
	days    []string // those that a Select has as arguments
}

func (s *watchedStore) Wait(ctx context.Context, after int64) (int64, error) {
	if s.lost != nil {
		return 0, s.lost
	}
	s.awaited <- after
	return s.Store.Wait(ctx, after)
}

func (s *watchedStore) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	for _, arg := range q.Args {
		if day, is := arg.(string); is {
			if _, err := time.Parse(time.DateOnly, day); err == nil {
				s.days = append(s.days, day)
			}
		}
	}
	return s.Store.Select(ctx, q)
}

// write makes a change that replaces all, which every subscriber is told.
func (w *watched) write() {
	w.Helper()
	country := w.api.Model.Type("Country")
	values := make([]any, len(country.Properties))
	values[query.NodeID], values[query.NodeName] = "country:LA", "Lào"
	if err := query.Write(w.Context(), w.store, &query.Change{Replace: true, Nodes: query.AddNodes([]query.NodeRecord{{Type: country, Values: values}})}); err != nil {
		w.Fatal(err)
	}
}

// whenAwaited does something once somebody waits for the change of a sequence.
func (w *watched) whenAwaited(sequence int64, do func()) {
	go func() {
		for after := range w.store.awaited {
			if after == sequence-1 {
				do()
				return
			}
		}
	}()
}

func (w *watched) subscribe(operation string) func() *graphql.Response {
	w.Helper()
	return w.subscribeIn(w.Context(), operation)
}

func (w *watched) subscribeIn(ctx context.Context, operation string) func() *graphql.Response {
	w.Helper()
	exec := executor.New(graph.New(w.api, w.store, graph.Options{Now: func() time.Time { return w.now }, Limits: w.limits}))
	ctx = graph.WithClearance(graphql.StartOperationTrace(ctx), query.Secret)
	op, problems := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: operation})
	if problems != nil {
		w.Fatal(problems)
	}
	next, ctx := exec.DispatchOperation(ctx, op)
	return func() *graphql.Response { return next(ctx) }
}

func (w *watched) expect(next func() *graphql.Response, data string) {
	w.Helper()
	if reply := next(); reply == nil || string(reply.Data) != data || len(reply.Errors) > 0 {
		w.Fatalf("got %v, want %s", reply, data)
	}
}
