package embedded_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// Writing one object, and 500 with 3,000 relationships, into a file and into memory, each when the store
// is empty and when it holds 50,000 nodes:
//
//	go test ./graph/embedded -run '^$' -bench Write -benchmem
func BenchmarkWrite(b *testing.B) {
	api, large := storetest.BundledLarge(b)
	for _, held := range []query.Records{{}, large} {
		for _, path := range []string{"memory", "file"} {
			for _, size := range []struct{ units, links int }{{1, 0}, {500, 6}} {
				b.Run(fmt.Sprintf("%d of %d in %s", size.units, len(held.Nodes), path), func(b *testing.B) {
					where := ":memory:"
					if path == "file" {
						where = filepath.Join(b.TempDir(), "graph.db")
					}
					s := open(b, where, api.Model)
					defer s.Close()
					apply(b, s, &query.Change{Replace: true, Nodes: query.AddNodes(held.Nodes), Links: query.AddLinks(held.Links)})
					apply(b, s, &query.Change{}) // so that there are two graphs
					round := 0
					b.ReportAllocs()
					for b.Loop() {
						b.StopTimer()
						round++
						made, err := storetest.Batch(api.Model, round, size.units, size.links)
						if err != nil {
							b.Fatal(err)
						}
						b.StartTimer()
						put(b, s, made.Nodes, made.Links)
					}
				})
			}
		}
	}
}

// Importing 100,000 objects with 200,000 relationships into an empty store, read and checked, in parts:
//
//	go test ./graph/embedded -run '^$' -bench Import -benchtime 1x
func BenchmarkImport(b *testing.B) {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		b.Fatal(err)
	}
	const objects = 100_000
	made, err := storetest.Agreements(api.Model, 1, objects)
	if err != nil {
		b.Fatal(err)
	}
	document := storetest.Lines(made)
	for _, name := range []string{"memory", "file"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				path := embedded.Memory
				if name == "file" {
					path = filepath.Join(b.TempDir(), "graph.db")
				}
				s := open(b, path, api.Model)
				if err := storetest.Import(b.Context(), api, s, document); err != nil {
					b.Fatal(err)
				}
				s.Close()
			}
			b.ReportMetric(objects*float64(b.N)/b.Elapsed().Seconds(), "objects/s")
		})
	}
}
