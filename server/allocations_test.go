package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bordergraph/graph"
	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// The budget of a request that has been asked before: what it allocates in any case, and for each
// object that it returns.
const (
	fixedAllocations     = 150
	allocationsPerObject = 6
)

func TestAllocationsOfARequestStayWithinTheirBudget(t *testing.T) {
	handler := manyPosts(t, 1000)
	for name, fields := range map[string]string{
		"plain":  "id name commune facts { validFrom statedOn inForce confidence }",
		"nested": "id province { id name }",
	} {
		t.Run(name, func(t *testing.T) {
			few := allocations(t, handler, 10, fields)
			many := allocations(t, handler, 1000, fields)
			objects := 1.0
			if name == "nested" {
				objects = 2
			}
			slope := (many - few) / (990 * objects)
			fixed := few - 10*objects*slope
			t.Logf("%.0f and %.2f for each object", fixed, slope)
			if fixed > fixedAllocations || slope > allocationsPerObject {
				t.Errorf("%.0f allocations and %.2f for each object; the budget is %d and %d", fixed, slope, fixedAllocations, allocationsPerObject)
			}
		})
	}
}

// manyPosts is a server over the bundled graph with so many more posts.
func manyPosts(t *testing.T, n int) http.Handler {
	t.Helper()
	api, store := embeddedtest.Bundled(t)
	change := &query.Change{At: time.Now()}
	for i := range n {
		post, problems := record.NewNode(api.Model, record.Node{
			ID: fmt.Sprintf("post:made-up-%d", i), Type: "BorderPost",
			Names:      []record.Name{{Lang: "vi", Text: fmt.Sprintf("Đồn %d", i), Kind: "MAIN"}, {Lang: "en", Text: fmt.Sprintf("Post %d", i), Kind: "MAIN"}},
			Facts:      record.Facts{StatedOn: "2020-01-01", StatedOnPrecision: "YEAR", Confidence: "LOW", Sources: []string{"src:seed001"}},
			Properties: map[string]any{"commune": "xã"},
		})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		link, problems := record.NewLink(api.Model, record.Link{From: fmt.Sprintf("post:made-up-%d", i), Type: "IN_PROVINCE", To: "prov:sonla"},
			api.Model.Type("BorderPost"), api.Model.Type("Province"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		change.Nodes = append(change.Nodes, query.NodeChange{After: &post})
		change.Links = append(change.Links, query.LinkChange{After: &link})
	}
	if err := query.Write(t.Context(), store, change); err != nil {
		t.Fatal(err)
	}
	s := newSite()
	s.schema, s.timeout = graph.New(api, store, graph.Options{}), time.Minute
	return handlerOf(t, s)
}

// allocations is how many a request for so many posts makes.
func allocations(t *testing.T, handler http.Handler, first int, fields string) float64 {
	t.Helper()
	body := fmt.Sprintf(`{"query":"{ borderPosts(first: %d, orderBy: [{name: ASC}]) { nodes { %s } } }"}`, first, fields)
	ask := func() *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		answer.Body = bytes.NewBuffer(make([]byte, 0, 1<<20))
		handler.ServeHTTP(answer, request)
		return answer
	}
	if text, _ := io.ReadAll(ask().Body); bytes.Contains(text, []byte(`"errors"`)) || bytes.Count(text, []byte("post:")) != first {
		t.Fatalf("the answer is %.300s", text)
	}
	return testing.AllocsPerRun(10, func() { ask() })
}
