//go:build unix

package embedded_test

import (
	"maps"
	"slices"
	"testing"

	"bordergraph/graph/storetest"
)

// All lists of each view, on the large graph:
//
//	go test ./graph/embedded -run '^$' -bench Views -benchmem
func BenchmarkViews(b *testing.B) {
	api, large := storetest.BundledLarge(b)
	views := storetest.Views(api)
	benchmarkOperations(b, api, large, slices.Sorted(maps.Keys(views)), views)
}
