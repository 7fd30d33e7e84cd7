package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"bordergraph/graph"
	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/query"
)

const cited = `{"query":"query @cite { about { today } country(id: \"country:LA\") { id } }"}`

func TestALinkWithoutAPublicAddressStaysOnTheServer(t *testing.T) {
	got := exchange(t, bundled(t, &reads{}, ""), request{body: cited})
	if !strings.Contains(got.body, `"link":"/graphql?extensions=%7B%22today%22%3A%222026-01-15%22%7D&query=query+%40cite`) {
		t.Errorf("got %s", got.body)
	}
}

func TestALinkBeginsWithThePublicAddress(t *testing.T) {
	got := exchange(t, bundled(t, &reads{}, "https://maps.example/borders/graphql"), request{body: cited})
	if !strings.Contains(got.body, `"link":"https://maps.example/borders/graphql?`) {
		t.Errorf("got %s", got.body)
	}
}

func TestOnlyWhoAsksIsToldOfSourcesAtTheCostOfOneMoreRead(t *testing.T) {
	store := &reads{}
	handler := bundled(t, store, "")
	exchange(t, handler, request{body: cited})
	if store.count != 2 {
		t.Errorf("%d reads", store.count)
	}
	got := exchange(t, handler, request{body: `{"query":"{ country(id: \"country:LA\") { id } }"}`})
	if store.count != 3 || strings.Contains(got.body, "extensions") {
		t.Errorf("%d reads, got %s", store.count-2, got.body)
	}
}

func TestSourcesThatCannotBeReadAreAnErrorBesideTheAnswer(t *testing.T) {
	got := exchange(t, bundled(t, &reads{failing: 2}, ""), request{body: cited})
	if got.status != 200 || !strings.Contains(got.body, `{"errors":[{"message":"internal error"`) || !strings.Contains(got.body, `"country":{"id":"country:LA"}`) || strings.Contains(got.body, "citation") {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestARequestMaySayWhichDayIsMeant(t *testing.T) {
	handler := bundled(t, &reads{}, "")
	const query = `"query":"{ about { today } provinces(where: {id: {eq: \"prov:hagiang\"}}) { totalCount } }"`
	for today, want := range map[string]string{
		`"2025-06-30"`: `{"data":{"about":{"today":"2025-06-30"},"provinces":{"totalCount":1}}}`,
		`"2025-07-01"`: `{"data":{"about":{"today":"2025-07-01"},"provinces":{"totalCount":0}}}`,
	} {
		got := exchange(t, handler, request{body: `{"extensions":{"today":` + today + `},` + query + `}`})
		if got.body != want {
			t.Errorf("%s: got %s", today, got.body)
		}
	}
	for _, bad := range []string{`"2025-02-29"`, `"yesterday"`, `20250630`, `null`, `""`} {
		got := exchange(t, handler, request{body: `{"extensions":{"today":` + bad + `},` + query + `}`, accept: graphqlJSON})
		if got.status != 400 || !strings.Contains(got.body, `Extension \"today\" is no day of the calendar`) || !strings.Contains(got.body, "BAD_INPUT") {
			t.Errorf("%s: got %d %s", bad, got.status, got.body)
		}
	}
}

// bundled is a server over the bundled graph, on a day, that tells the store of each read.
func bundled(t *testing.T, r *reads, address string) http.Handler {
	t.Helper()
	api, store := embeddedtest.Bundled(t)
	r.Store = store
	site := newSite()
	site.schema = graph.New(api, r, graph.Options{Address: address, Now: func() time.Time { return time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC) }})
	return handlerOf(t, site)
}

// reads counts what a store is asked; one read may fail.
type reads struct {
	query.Store
	count, failing int
}

func (r *reads) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	r.count++
	if r.count == r.failing {
		return nil, errors.New("the disk is gone")
	}
	return r.Store.Select(ctx, q)
}
