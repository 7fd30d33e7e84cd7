//go:build unix

package embedded_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"bordergraph/graph/derive"
	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// benchmarkOperations measures some of the operations of these names on a graph.
func benchmarkOperations(b *testing.B, api *derive.API, held query.Records, names []string, operations map[string]string) {
	store := open(b, embedded.Memory, api.Model)
	put(b, store, held.Nodes, held.Links)
	world := storetest.NewWorldOver(api, store)
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			measure(b, func() {
				answer, err := world.Ask(b.Context(), storetest.Question{Operation: operations[name], Today: "2026-01-15"})
				if err != nil || strings.Contains(string(answer), `"errors"`) {
					b.Fatalf("%v: %s", err, answer)
				}
			})
		})
	}
}

// measure reports what one run takes of the processor.
func measure(b *testing.B, run func()) {
	b.ReportAllocs()
	before := processTime(b)
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64((processTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// processTime is the time that the process has had of the processor, whatever else the machine does.
func processTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
