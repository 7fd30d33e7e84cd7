package plan_test

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"

	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/plan"
	"bordergraph/graph/query"
)

// searching plans an operation on the bundled graph, of which searches look at so many relationships at most.
func searching(t *testing.T, operation string, links int) (*plan.Plan, query.Store) {
	t.Helper()
	api, store := embeddedtest.Bundled(t)
	doc, errs := gqlparser.LoadQueryWithRules(api.Schema, operation, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	limits := plan.DefaultLimits
	limits.Links = links
	p, problems := plan.New(&plan.Request{API: api, Operation: doc.Operations[0], Today: "2026-01-15", Limits: limits})
	if problems != nil {
		t.Fatal(problems)
	}
	return p, store
}

func TestSearchesOfAnOperationShareTheirLimit(t *testing.T) {
	p, store := searching(t, `{ near: graph(around: "post:taytrang") { truncated } far: graph(around: "country:VN", depth: 3) { truncated }
		way: paths(from: "country:VN", to: "country:LA") { hasMore } }`, 300)
	asked, found := p.Find(t.Context(), store, nil)
	found, err := p.Verify(t.Context(), store, asked, found)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		var told *query.Error
		exceeded := errors.As(f.Err, &told) && told.Code == plan.TooFar && strings.Contains(told.Message, "more than 300 relationships")
		if exceeded != (f.Key != "near") || !exceeded && f.Err != nil {
			t.Errorf("%s: %v", f.Key, f.Err)
		}
	}
}

func TestOnePlanMayBeCarriedOutSeveralTimesAtOnce(t *testing.T) {
	p, store := searching(t, `{ paths(from: "post:taytrang", to: "post:namcan") { paths { nodes { id } } } }`, plan.DefaultLimits.Links)
	var args [8][]any
	var group sync.WaitGroup
	for i := range args {
		group.Go(func() {
			asked, found := p.Find(t.Context(), store, nil)
			if found[0].Err != nil {
				t.Error(found[0].Err)
			}
			args[i] = asked.Args
		})
	}
	group.Wait()
	for _, a := range args {
		if !reflect.DeepEqual(a, args[0]) {
			t.Fatalf("%v\n%v", a, args[0])
		}
	}
	if reflect.DeepEqual(p.Query.Args, args[0]) {
		t.Error("the plan itself was changed")
	}
}
