//go:build unix

package embedded_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/embedded"
	"bordergraph/graph/storetest"
)

// All lists of each view, on the large graph:
//
//	go test ./graph/embedded -run '^$' -bench Views -benchmem
func BenchmarkViews(b *testing.B) {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		b.Fatal(err)
	}
	large, err := storetest.Large(api.Model)
	if err != nil {
		b.Fatal(err)
	}
	store := open(b, embedded.Memory, api.Model)
	put(b, store, large.Nodes, large.Links)
	world := storetest.NewWorldOver(api, store)
	views := storetest.Views(api)
	for _, name := range slices.Sorted(maps.Keys(views)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := processTime(b)
			for b.Loop() {
				answer, err := world.Ask(b.Context(), storetest.Question{Operation: views[name], Today: "2026-01-15"})
				if err != nil || strings.Contains(string(answer), `"errors"`) {
					b.Fatalf("%v: %s", err, answer)
				}
			}
			b.ReportMetric(float64((processTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}
