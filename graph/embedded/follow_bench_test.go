package embedded_test

import (
	"path/filepath"
	"testing"

	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// How long after a change is confirmed a subscriber is told, in a file:
//
//	go test ./graph/embedded -run '^$' -bench Following -benchtime 1000x
func BenchmarkFollowing(b *testing.B) {
	storetest.MeasureFollowing(b, func(model *query.Model) (from, to query.Store) {
		s := open(b, filepath.Join(b.TempDir(), "graph.db"), model)
		b.Cleanup(func() { s.Close() })
		return s, s
	})
}
