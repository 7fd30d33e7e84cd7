package neo4j_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/cypher"
	"bordergraph/graph/derive"
	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// workload is the large graph, asked as callers ask, with the date and the clearance tested.
type workload struct {
	*testing.T
	world  *storetest.World
	server neo4jtest.Server
	// hand is the driver of what is written by hand: it keeps its connections, as that of the store does.
	hand driver.DriverWithContext
	sent []string
}

// What needs no clock to judge, whatever the machine.
func TestGatesOnALargeGraph(t *testing.T) {
	w := loadLarge(t)
	for _, text := range w.sent {
		if len(text) >= 2048 {
			t.Errorf("to write takes a text of %d bytes:\n%s", len(text), text)
		}
	}
	w.oneTextForAnyAliases()
	w.fewHits()
	w.synthesis()
	w.besideHandWritten()
}

func (w *workload) oneTextForAnyAliases() {
	w.ask(`{ borderSectors(first: 5) { nodes { id name posts(first: 2) { nodes { id name } totalCount } } } }`, nil)
	text := w.text()
	w.ask(`query($n: Int) { s: borderSectors(first: 7) { nodes { p: posts(first: $n) { totalCount nodes { label: name id } } name key: id } } }`, map[string]any{"n": json.Number("3")})
	if w.text() != text {
		w.Errorf("other aliases, another text:\n%s\n%s", text, w.text())
	}
}

func (w *workload) fewHits() {
	for name, most := range map[string]int64{
		"point":                     10,
		"list of 100":               900,
		"50 x 10 nested":            30_000,
		"some and none over 3 hops": 20_000,
		"20 roots":                  200,
		"4 hops deep":               30_000,
		"list of an interface":      1_000,
		"search":                    1_000,
		"links of 20":               5_000,
		"list of 1,000, one nested": 30_000,
	} {
		if hits := w.hits(name, nil); hits > most {
			w.Errorf("%s: %d hits, want at most %d:\n%s", name, hits, most, w.text())
		}
	}
	first, deep := w.hits("page", nil), w.hits("page", map[string]any{"after": w.cursorOf(20_000)})
	if float64(deep) > 1.2*float64(first) {
		w.Errorf("page 2,000: %d hits, page 1: %d:\n%s", deep, first, w.text())
	}
}

func loadLarge(t *testing.T) *workload {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		t.Fatal(err)
	}
	api.Model.Moments = append(api.Model.Moments, manyMoments(api.Model)...)
	w := &workload{T: t, server: cleared(t)}
	c := config(w.server)
	c.OnStatement = func(text string) { w.sent = append(w.sent, text) }
	store, err := neo4j.Open(t.Context(), c, api.Model)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	if w.hand, err = driver.NewDriverWithContext(c.URI, driver.BasicAuth(c.Username, c.Password, "")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.hand.Close(context.Background()) })
	w.sent = nil
	w.load(api, store)
	w.world = storetest.NewWorldOf(t, api, &query.Change{}, func(*testing.T, *query.Model) query.Store { return store })
	return w
}

func (w *workload) load(api *derive.API, store query.Store) {
	large, err := storetest.Large(api.Model)
	if err != nil {
		w.Fatal(err)
	}
	if err := storetest.LoadInParts(w.Context(), store, large, api.Model, 25_000); err != nil {
		w.Fatal(err)
	}
}

// ask answers an operation, which must be one statement, and have no errors.
func (w *workload) ask(operation string, variables map[string]any) []byte {
	w.Helper()
	w.sent = nil
	answer, err := w.world.Ask(w.Context(), storetest.Question{Operation: operation, Variables: variables, Today: today})
	if err != nil {
		w.Fatal(err)
	}
	if len(w.sent) != 1 || strings.Contains(string(answer), `"errors"`) {
		w.Fatalf("%d statements answer %s", len(w.sent), answer)
	}
	return answer
}

func (w *workload) text() string { return cypher.Compile(w.world.Asked[0]).Text }

func (w *workload) hits(name string, variables map[string]any) int64 {
	w.Helper()
	w.ask(storetest.Measured[name], variables)
	asked := w.world.Asked[0]
	s := cypher.Compile(asked)
	hits := w.server.Hits(w, s.Text, s.Arguments(asked.Args))
	w.Logf("%s: %d hits", name, hits)
	return hits
}

// cursorOf is the cursor of a post in the order of names.
func (w *workload) cursorOf(position int) string {
	w.Helper()
	var after any
	for range position / 1000 {
		answer := w.ask(`query($after: String) { borderPosts(first: 1000, after: $after, orderBy: {name: ASC}) { pageInfo { endCursor } } }`, map[string]any{"after": after})
		var page struct {
			Data struct {
				BorderPosts struct{ PageInfo struct{ EndCursor *string } }
			}
		}
		if err := json.Unmarshal(answer, &page); err != nil || page.Data.BorderPosts.PageInfo.EndCursor == nil {
			w.Fatalf("%v: %s", err, answer)
		}
		after = *page.Data.BorderPosts.PageInfo.EndCursor
	}
	return after.(string)
}
