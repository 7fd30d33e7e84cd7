package neo4j_test

import (
	"testing"

	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// How long after a change is confirmed a subscriber is told, by the server that wrote it and by another:
//
//	go test ./graph/neo4j -run '^$' -bench Following -benchtime 100x
func BenchmarkFollowing(b *testing.B) {
	server := neo4jtest.Start(b)
	for _, servers := range []string{"same server", "another server"} {
		b.Run(servers, func(b *testing.B) {
			server.Clear(b)
			openOne := func(model *query.Model) query.Store {
				s, err := neo4j.Open(b.Context(), config(server), model)
				if err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() { s.Close() })
				return s
			}
			storetest.MeasureFollowing(b, func(model *query.Model) (from, to query.Store) {
				if from = openOne(model); servers == "another server" {
					return from, openOne(model)
				}
				return from, from
			})
		})
	}
}
