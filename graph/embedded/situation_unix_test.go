//go:build unix

package embedded_test

import (
	"testing"

	"bordergraph/graph/storetest"
)

// What goes from object to object, and what compares two days, on the large graph:
//
//	go test ./graph/embedded -run '^$' -bench Situation -benchmem
func BenchmarkSituation(b *testing.B) {
	api, large := storetest.BundledLarge(b)
	names := []string{"paths", "paths over a hub", "paths without hubs", "reachable", "graph", "graph around a hub", "difference"}
	benchmarkOperations(b, api, large, names, storetest.Measured)
}
