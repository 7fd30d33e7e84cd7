// Package embeddedtest gives tests an embedded store, in memory, of the bundled schema.
package embeddedtest

import (
	"testing"
	"time"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/dataset"
	"bordergraph/graph/derive"
	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
)

// Empty is the API of the bundled schema, and a store for it with nothing in it, which is closed when the test ends.
func Empty(t testing.TB) (*derive.API, query.Store) {
	t.Helper()
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		t.Fatal(err)
	}
	store, err := embedded.Open(embedded.Memory, api.Model)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return api, store
}

// Bundled is Empty, with the bundled dataset as the first change of the store.
func Bundled(t testing.TB) (*derive.API, query.Store) {
	t.Helper()
	api, store := Empty(t)
	change, err := dataset.Read(api.Model, bordergraph.Dataset())
	if err != nil {
		t.Fatal(err)
	}
	change.At = time.Now()
	if err := query.Write(t.Context(), store, change); err != nil {
		t.Fatal(err)
	}
	return api, store
}
