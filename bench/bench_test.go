// Package bench compares bordergraph on Neo4j with others: the same operations through HTTP, with the same
// scope, of the same graph of 50,000 nodes and 250,000 relationships, in one run. The others are package hand
// and @neo4j/graphql, in the folder peer.
package bench

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
	"text/tabwriter"
	"time"

	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/storetest"
)

func TestMain(m *testing.M) { os.Exit(neo4jtest.Run(m)) }

const (
	rounds      = 5
	roundTime   = 2 * time.Second
	connections = 32
)

// operation is one that both programs answer.
type operation struct {
	name      string
	graphQL   string
	variables map[string]any
	path      string
	body      any
}

// request is the body of a GraphQL request.
type request struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables,omitempty"`
}

// Requests per second of both programs, and their ratio:
//
//	go test ./bench -run '^$' -bench HandWritten -benchtime 1x -timeout 30m
func BenchmarkAgainstHandWrittenCypher(b *testing.B) {
	settings := loaded(b)
	ours := start(b, settings, built(b, "bordergraph/server")) + "/graphql"
	hand := start(b, settings, built(b, "bordergraph/bench/hand"))

	var pairs []pair
	for _, o := range operations(b, ours) {
		p := pair{o.name, newLoad(b, connections, hand+o.path, always(o.body)), newLoad(b, connections, ours, always(request{o.graphQL, o.variables}))}
		p.same(b)
		p.inTurn(1) // so that Neo4j has compiled what it runs before anything counts
		pairs = append(pairs, p)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\nrequests per second\tby hand\tbordergraph\tratio\t")
	for _, p := range pairs {
		theirs, ours := p.inTurn(rounds)
		fmt.Fprintf(table, "%s\t%.0f\t%.0f\t%.2f\t\n", p.name, theirs, ours, ours/theirs)
	}
	table.Flush()
}

// loaded is a Neo4j that holds the large graph, as settings of a program.
func loaded(b *testing.B) []string {
	api, large := storetest.BundledLarge(b)
	server := neo4jtest.Start(b)
	server.Clear(b)
	store, err := neo4j.Open(b.Context(), neo4j.Config{URI: server.URI, Username: server.Username, Password: server.Password, Database: server.Database}, api.Model)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	if err := storetest.LoadInParts(b.Context(), store, large, api.Model, 25_000); err != nil {
		b.Fatal(err)
	}
	return []string{"BORDERGRAPH_STORE=neo4j", "BORDERGRAPH_LISTEN=127.0.0.1:0", "NEO4J_URI=" + server.URI,
		"NEO4J_USERNAME=" + server.Username, "NEO4J_PASSWORD=" + server.Password, "NEO4J_DATABASE=" + server.Database}
}

func operations(b *testing.B, ours string) []operation {
	plain := func(name, path string) operation {
		return operation{name, storetest.Measured[name], nil, path, struct{}{}}
	}
	page := func(name string, cursor any, after any) operation {
		return operation{name, storetest.Measured["page"], map[string]any{"after": cursor}, "/page", map[string]any{"after": after}}
	}
	cursor, last := row(b, ours, 20_000)
	return []operation{
		plain("point", "/point"),
		plain("list of 100", "/list"),
		plain("50 x 10 nested", "/nested"),
		page("page 1", nil, nil),
		page("page 2,000", cursor, last),
		plain("some and none over 3 hops", "/some-none"),
		plain("20 roots", "/roots"),
		plain("4 hops deep", "/deep"),
		plain("list of 1,000, one nested", "/list-nested"),
	}
}

// row is the cursor of a post in the order of names, and what that order goes by.
func row(b *testing.B, ours string, position int) (cursor any, last map[string]any) {
	for range position / 1000 {
		page := newLoad(b, 1, ours, always(request{
			`query($after: String) { borderPosts(first: 1000, after: $after, orderBy: {name: ASC}) { edges { cursor node { id name } } } }`,
			map[string]any{"after": cursor},
		})).answer()
		edges := page["data"].(map[string]any)["borderPosts"].(map[string]any)["edges"].([]any)
		edge := edges[len(edges)-1].(map[string]any)
		cursor, last = edge["cursor"], edge["node"].(map[string]any)
	}
	return cursor, last
}

// pair is an operation asked of both programs.
type pair struct {
	name         string
	theirs, ours *load
}

// same makes sure that both programs do the same work. Their cursors differ.
func (p pair) same(b *testing.B) {
	b.Helper()
	theirs, ours := p.theirs.answer(), p.ours.answer()
	for _, answer := range []map[string]any{theirs, ours} {
		if posts, ok := answer["data"].(map[string]any)["borderPosts"].(map[string]any); ok {
			if info, ok := posts["pageInfo"].(map[string]any); ok {
				delete(info, "endCursor")
			}
		}
	}
	if !reflect.DeepEqual(theirs, ours) {
		b.Fatalf("%s: the answers differ:\n%v\n%v", p.name, theirs, ours)
	}
}

// inTurn loads both programs in turn, and answers the medians of their requests per second.
func (p pair) inTurn(rounds int) (theirs, ours float64) {
	var all, own []float64
	for range rounds {
		all, own = append(all, p.theirs.run(roundTime)), append(own, p.ours.run(roundTime))
	}
	return median(all), median(own)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
