package embedded_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"bordergraph/graph/query"
)

// generated is 50,000 nodes: posts with names in no order, each in three of the provinces.
func generated(b *testing.B, w *world) (made query.Records) {
	random := rand.New(rand.NewPCG(1, 2))
	const provinces = 1000
	for i := range provinces {
		made.Nodes = append(made.Nodes, w.node(b, w.province, fmt.Sprintf("prov:%d", i), year("1990"), nil))
	}
	for i := range 49_000 {
		id := fmt.Sprintf("post:%x", random.Uint64())
		made.Nodes = append(made.Nodes, w.node(b, w.post, id, none, map[string]any{"markers": int64(i)}))
		first := random.IntN(provinces)
		for i := range 3 {
			made.Links = append(made.Links, w.link(b, w.inProvince, id, fmt.Sprintf("prov:%d", (first+i*i)%provinces), none, nil))
		}
	}
	return made
}

// A list of 100 posts by name, each with its provinces, of a graph of 50,000 nodes:
//
//	go test ./graph/embedded -run '^$' -bench ListOf100 -benchmem
func BenchmarkListOf100(b *testing.B) {
	w := newWorld()
	made := generated(b, w)
	s := w.open(b, made.Nodes, made.Links)
	a := &ask{}
	scope := a.scope(query.Possible, "2025-07-01", query.Internal)
	name := &query.Value{Property: query.NodeProperties[query.NodeName]}
	order := []query.Key{{By: name}, byID[0]}
	limit := a.arg(int64(100))
	nested := &query.List{Select: &query.Select{Set: provinces(w, scope), Order: order, Limit: a.arg(int64(20)), Columns: []query.Column{ids[0], name}}}
	q := &query.Query{Columns: []query.Column{&query.List{Select: &query.Select{
		Set: &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope}, Order: order, Limit: limit,
		Columns: []query.Column{ids[0], name, nested}}}}}
	q.Args = a.args
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Select(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
}

// Reading a graph of 50,000 nodes and 147,000 relationships from its file:
//
//	go test ./graph/embedded -run '^$' -bench Open
func BenchmarkOpen(b *testing.B) {
	w := newWorld()
	path := b.TempDir() + "/graph.db"
	s := open(b, path, w.Model)
	made := generated(b, w)
	put(b, s, made.Nodes, made.Links)
	finish(b, s)
	for b.Loop() {
		finish(b, open(b, path, w.Model))
	}
}
