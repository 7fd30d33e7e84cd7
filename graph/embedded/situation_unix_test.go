//go:build unix

package embedded_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/embedded"
	"bordergraph/graph/storetest"
)

// What goes from object to object, and what compares two days, on the large graph:
//
//	go test ./graph/embedded -run '^$' -bench Situation -benchmem
func BenchmarkSituation(b *testing.B) {
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
	for _, name := range []string{"paths", "paths over a hub", "paths without hubs", "reachable", "graph", "graph around a hub", "difference"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := processTime(b)
			for b.Loop() {
				answer, err := world.Ask(b.Context(), storetest.Question{Operation: storetest.Measured[name], Today: "2026-01-15"})
				if err != nil || strings.Contains(string(answer), `"errors"`) {
					b.Fatalf("%v: %s", err, answer)
				}
			}
			b.ReportMetric(float64((processTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// processTime is the time that the process has had of the processor, whatever else the machine does.
func processTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
