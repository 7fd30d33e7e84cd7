package neo4j_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// Writing one object, and 500 with 3,000 relationships, in turn with a loop over the driver that writes the
// same in one transaction, into an empty Neo4j and into one that holds 50,000 nodes. The ratio is of the medians:
//
//	go test ./graph/neo4j -run '^$' -bench Write -benchtime 1x -timeout 30m
func BenchmarkWrite(b *testing.B) {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		b.Fatal(err)
	}
	large, err := storetest.Large(api.Model)
	if err != nil {
		b.Fatal(err)
	}
	server := neo4jtest.Start(b)
	for _, held := range []query.Records{{}, large} {
		server.Clear(b)
		store, err := neo4j.Open(b.Context(), config(server), api.Model)
		if err != nil {
			b.Fatal(err)
		}
		if err := storetest.LoadInParts(b.Context(), store, held, api.Model, 25_000); err != nil {
			b.Fatal(err)
		}
		round := 0
		for _, size := range []struct{ units, links, times int }{{1, 0, 100}, {500, 6, 10}} {
			b.Run(fmt.Sprintf("%d of %d", size.units, len(held.Nodes)), func(b *testing.B) {
				batch := func() query.Records {
					round++
					made, err := storetest.Batch(api.Model, round, size.units, size.links)
					if err != nil {
						b.Fatal(err)
					}
					return made
				}
				loop := newLoop(b, server)
				for b.Loop() {
					var ours, raw []time.Duration
					for i := range size.times + 3 { // the first so that Neo4j has compiled what it runs
						a, c := batch(), batch()
						began := time.Now()
						if err := storetest.Put(b.Context(), store, a.Nodes, a.Links); err != nil {
							b.Fatal(err)
						}
						between := time.Now()
						loop.write(c)
						if i >= 3 {
							ours, raw = append(ours, between.Sub(began)), append(raw, time.Since(between))
						}
					}
					b.ReportMetric(milliseconds(ours), "ms/store")
					b.ReportMetric(milliseconds(raw), "ms/loop")
					b.ReportMetric(milliseconds(ours)/milliseconds(raw), "ratio")
				}
			})
		}
		store.Close()
	}
}

func milliseconds(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2].Microseconds()) / 1000
}

// loop writes row by row over the driver, without a log.
type loop struct {
	b       *testing.B
	session driver.SessionWithContext
}

func newLoop(b *testing.B, server neo4jtest.Server) *loop {
	d, err := driver.NewDriverWithContext(server.URI, driver.BasicAuth(server.Username, server.Password, ""))
	if err != nil {
		b.Fatal(err)
	}
	session := d.NewSession(b.Context(), driver.SessionConfig{DatabaseName: server.Database})
	b.Cleanup(func() { session.Close(b.Context()); d.Close(b.Context()) })
	return &loop{b, session}
}

func (l *loop) write(r query.Records) {
	_, err := l.session.ExecuteWrite(l.b.Context(), func(tx driver.ManagedTransaction) (any, error) {
		run := func(text string, values map[string]any) error {
			result, err := tx.Run(l.b.Context(), text, values)
			if err == nil {
				_, err = result.Consume(l.b.Context())
			}
			return err
		}
		for _, n := range r.Nodes {
			if err := run("MERGE (n:Node {id: $id}) SET n = $values, n:CounterpartUnit:Unit:Place:Party", map[string]any{"id": n.ID(), "values": named(n.Type.Properties, n.Values)}); err != nil {
				return nil, err
			}
		}
		for _, k := range r.Links {
			if err := run("MATCH (a:Node {id: $from}) MATCH (b:Node {id: $to}) MERGE (a)-[r:POSSIBLY_SAME_AS {id: $id}]->(b) SET r = $values",
				map[string]any{"from": k.From, "to": k.To, "id": k.ID(), "values": named(k.Relationship.Properties, k.Values)}); err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
	if err != nil {
		l.b.Fatal(err)
	}
}

func named(properties []*query.Property, values []any) map[string]any {
	named := map[string]any{}
	for i, p := range properties {
		if values[i] != nil {
			named[p.Name] = values[i]
		}
	}
	return named
}
