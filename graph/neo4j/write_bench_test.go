package neo4j_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
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

// Writing one object, and 500 with 3,000 relationships, in turn with what writes the same over the driver in one
// transaction, without a log: a loop that goes row by row, and one statement for all nodes and one for all
// relationships. Into an empty Neo4j and into one that holds 50,000 nodes; the ratios are of the medians. The first rounds
// do not count: Java compiles what runs thousands of times, and until then a statement takes two to four times as long:
//
//	go test ./graph/neo4j -run '^$' -bench Write -benchtime 1x -timeout 30m
func BenchmarkWrite(b *testing.B) {
	api, large := storetest.BundledLarge(b)
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
		for _, size := range []struct{ units, links, uncounted, times int }{{1, 0, 3000, 600}, {500, 6, 3, 10}} {
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
				put := func(r query.Records) {
					if err := storetest.Put(b.Context(), store, r.Nodes, r.Links); err != nil {
						b.Fatal(err)
					}
				}
				for b.Loop() {
					took := inTurn(size.uncounted, size.times, batch, put, loop.rows, loop.unwound)
					ours, rows, unwound := milliseconds(took[0]), milliseconds(took[1]), milliseconds(took[2])
					b.ReportMetric(ours, "ms/store")
					b.ReportMetric(ours/rows, "to-loop")
					b.ReportMetric(ours/unwound, "to-unwound")
				}
			})
		}
		store.Close()
	}
}

// Importing objects, each with two relationships: read from a document, checked, written, with the log. In turn with what
// writes the same over the driver in one transaction, without any of that, as BenchmarkWrite has it; the ratios are of the
// medians. 100,000 objects are imported alone, because a loop over them would take an hour:
//
//	go test ./graph/neo4j -run '^$' -bench Import -benchtime 1x -timeout 60m
func BenchmarkImport(b *testing.B) {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		b.Fatal(err)
	}
	server := neo4jtest.Start(b)
	store, err := neo4j.Open(b.Context(), config(server), api.Model)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	loop, round := newLoop(b, server), 0
	batch := func(objects int) query.Records {
		round++
		made, err := storetest.Agreements(api.Model, round, objects)
		if err != nil {
			b.Fatal(err)
		}
		return made
	}
	imported := func(objects int) time.Duration {
		document := storetest.Lines(batch(objects))
		began := time.Now()
		if err := storetest.Import(b.Context(), api, store, document); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	timed := func(write func(query.Records), objects int) time.Duration {
		made := batch(objects)
		began := time.Now()
		write(made)
		return time.Since(began)
	}
	b.Run("1000", func(b *testing.B) {
		for b.Loop() {
			var ours, rows, unwound []time.Duration
			for i := range 7 {
				a, c, d := imported(1000), timed(loop.rows, 1000), timed(loop.unwound, 1000)
				if i >= 2 { // the first so that Neo4j has compiled what it runs
					ours, rows, unwound = append(ours, a), append(rows, c), append(unwound, d)
				}
			}
			b.ReportMetric(1e6/milliseconds(ours), "objects/s")
			b.ReportMetric(milliseconds(ours)/milliseconds(rows), "to-loop")
			b.ReportMetric(milliseconds(ours)/milliseconds(unwound), "to-unwound")
		}
	})
	b.Run("100000", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(1e5/imported(100_000).Seconds(), "objects/s")
		}
	})
}

// inTurn is how long each of some writes took. Their order changes: what one leaves Neo4j to do delays the next.
func inTurn(uncounted, times int, batch func() query.Records, writes ...func(query.Records)) [][]time.Duration {
	took := make([][]time.Duration, len(writes))
	for round := range uncounted + times {
		for _, i := range rand.Perm(len(writes)) {
			records := batch()
			began := time.Now()
			writes[i](records)
			if round >= uncounted {
				took[i] = append(took[i], time.Since(began))
			}
		}
	}
	return took
}

func milliseconds(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2].Microseconds()) / 1000
}

// loop writes over the driver, without a log.
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

func mergeNode(t *query.Type) string {
	return "MERGE (n:Node {id: row.id}) SET n = row, n:" + strings.Join(t.Labels, ":")
}

func mergeLink(r *query.Relationship) string {
	return "MATCH (a:Node {id: row.from}) MATCH (b:Node {id: row.to}) MERGE (a)-[r:" + r.Name + " {id: row.values.id}]->(b) SET r = row.values"
}

func (l *loop) rows(r query.Records) {
	l.transaction(func(run func(text string, values map[string]any)) {
		for i, row := range nodeRows(r.Nodes) {
			run("WITH $row AS row "+mergeNode(r.Nodes[i].Type), map[string]any{"row": row})
		}
		for i, row := range linkRows(r.Links) {
			run("WITH $row AS row "+mergeLink(r.Links[i].Relationship), map[string]any{"row": row})
		}
	})
}

// unwound writes what is of one kind and stands together with one statement, of 5,000 rows at most.
func (l *loop) unwound(r query.Records) {
	l.transaction(func(run func(text string, values map[string]any)) {
		for nodes := range together(r.Nodes, func(n query.NodeRecord) any { return n.Type }) {
			run("UNWIND $rows AS row "+mergeNode(nodes[0].Type), map[string]any{"rows": nodeRows(nodes)})
		}
		for links := range together(r.Links, func(l query.LinkRecord) any { return l.Relationship }) {
			run("UNWIND $rows AS row "+mergeLink(links[0].Relationship), map[string]any{"rows": linkRows(links)})
		}
	})
}

func together[R any](records []R, kind func(R) any) func(yield func([]R) bool) {
	return func(yield func([]R) bool) {
		for len(records) > 0 {
			end := 1
			for end < min(len(records), 5000) && kind(records[end]) == kind(records[0]) {
				end++
			}
			if !yield(records[:end]) {
				return
			}
			records = records[end:]
		}
	}
}

func (l *loop) transaction(write func(run func(text string, values map[string]any))) {
	_, err := l.session.ExecuteWrite(l.b.Context(), func(tx driver.ManagedTransaction) (any, error) {
		write(func(text string, values map[string]any) {
			result, err := tx.Run(l.b.Context(), text, values)
			if err == nil {
				_, err = result.Consume(l.b.Context())
			}
			if err != nil {
				l.b.Fatal(err)
			}
		})
		return nil, nil
	})
	if err != nil {
		l.b.Fatal(err)
	}
}

func nodeRows(nodes []query.NodeRecord) (rows []any) {
	for _, n := range nodes {
		rows = append(rows, named(n.Type.Properties, n.Values))
	}
	return rows
}

func linkRows(links []query.LinkRecord) (rows []any) {
	for _, k := range links {
		rows = append(rows, map[string]any{"from": k.From, "to": k.To, "values": named(k.Relationship.Properties, k.Values)})
	}
	return rows
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
