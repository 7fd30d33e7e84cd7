package importer_test

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"bordergraph/graph/importer"
	"bordergraph/graph/query"
)

// An import holds a few bytes of each row, whatever the row says, besides as many rows as are checked at once.
func TestMemoryHardlyGrowsWithTheRows(t *testing.T) {
	const few, many = 3_000, 9_000
	limits := importer.Limits{Whole: 2_000, Rows: 2_000}
	small, large := imported(t, few, limits), imported(t, many, limits)
	if perRow := (large.live - small.live) / (large.rows - small.rows); perRow > 250 {
		t.Errorf("%d rows take %d bytes, %d rows %d: %d more for each", small.rows, small.live, large.rows, large.live, perRow)
	}
}

// How much memory an import takes besides the store, and how fast it checks rows:
//
//	go test ./graph/importer -run '^$' -bench Checking -benchtime 1x
func BenchmarkChecking(b *testing.B) {
	for _, objects := range []int{25_000, 50_000, 100_000} {
		b.Run(fmt.Sprintf("%d objects, 2 relations each", objects), func(b *testing.B) {
			for b.Loop() {
				begun := time.Now()
				done := imported(b, objects, importer.DefaultLimits)
				b.ReportMetric(float64(done.rows)/time.Since(begun).Seconds(), "rows/s")
				b.ReportMetric(float64(done.live)/float64(done.rows), "B/row")
			}
		})
	}
}

// measured is how many rows an import had, and how many bytes were live at most whenever it read the store.
type measured struct{ rows, live int }

// imported imports agreements, with their sources and parties, into an empty store; nothing is written.
func imported(t testing.TB, objects int, limits importer.Limits) measured {
	t.Helper()
	store := emptyStore(t)
	before := live()
	reader := importer.NewReader(store.api, importer.Tables{})
	defer reader.Rows.Close()
	if err := reader.Read("agreements", agreements(objects)); err != nil {
		t.Fatal(err)
	}
	m := measured{rows: reader.Rows.Len(), live: live() - before}
	watched := &watchedStore{store, func() { m.live = max(m.live, live()-before) }}
	im := &importer.Import{API: store.api, Rows: reader.Rows, DryRun: true, Limits: limits, Clearance: query.Secret, At: time.Now()}
	if done, err := im.Run(t.Context(), watched); err != nil || done.Counts[importer.Created] != m.rows {
		t.Fatalf("%+v, %v; want all %d rows to be created", done, err, m.rows)
	}
	return m
}

func live() int {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}

// agreements are so many with a long note, each of two states, as JSON Lines that are written as they are read.
func agreements(count int) io.Reader {
	lines, w := io.Pipe()
	note := strings.Repeat("về biên giới ", 100)
	go func() {
		fmt.Fprintln(w, `{"id":"src:a","title":"A","publisher":"A","language":"vi","kind":"PRESS"}`)
		for _, id := range []string{"country:a", "country:b"} {
			fmt.Fprintf(w, `{"id":%q,"type":"Country","names":[{"lang":"vi","text":"A","kind":"MAIN"}],"properties":{"role":"NEIGHBOUR","iso3":"AAA","officialName":"A","officialNameVi":"A"},"sources":["src:a"]}`+"\n", id)
		}
		for i := range count {
			fmt.Fprintf(w, `{"id":"agreement:%d","type":"Agreement","names":[{"lang":"vi","text":"Số %d","kind":"MAIN"}],"properties":{"kind":"BORDER_TREATY"},"note":%q,"sources":["src:a"]}`+"\n", i, i, note)
			for _, to := range []string{"country:a", "country:b"} {
				fmt.Fprintf(w, `{"from":"agreement:%d","type":"INVOLVES_COUNTRY","to":%q,"sources":["src:a"]}`+"\n", i, to)
			}
		}
		w.Close()
	}()
	return lines
}

// watchedStore is a store of which is watched when it is read in a transaction.
type watchedStore struct {
	query.Store
	watch func()
}

func (w *watchedStore) Update(ctx context.Context, f func(query.Tx) error) error {
	return w.Store.Update(ctx, func(tx query.Tx) error { return f(&watchedTx{tx, w.watch}) })
}

type watchedTx struct {
	query.Tx
	watch func()
}

func (w *watchedTx) Records(ctx context.Context, nodes []string, links []query.At) (query.Records, error) {
	w.watch()
	return w.Tx.Records(ctx, nodes, links)
}
