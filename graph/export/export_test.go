package export_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bordergraph/graph"
	"bordergraph/graph/dataset"
	"bordergraph/graph/derive"
	"bordergraph/graph/embedded"
	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/export"
	"bordergraph/graph/query"
)

// Each format writes the small graph as the file of its name in testdata/documents has it; -update, a
// flag of package storetest, rewrites them.
func TestFormatsWriteTheSmallGraph(t *testing.T) {
	w := small(t)
	for _, f := range export.Formats {
		t.Run(f.Name, func(t *testing.T) {
			got := w.export(t, f, graph.Selection{})
			file := filepath.Join("testdata/documents", f.Name+"."+f.Extension)
			if flag.Lookup("update").Value.String() == "true" {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// world is a graph in an embedded store, with its exports as of 2026-01-15.
type world struct {
	*graph.Exports
	model *query.Model
	store query.Store
}

func small(t testing.TB) *world {
	t.Helper()
	schema, err := os.ReadFile("testdata/small/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	api, err := graph.Read(string(schema))
	if err != nil {
		t.Fatal(err)
	}
	store, err := embedded.Open(embedded.Memory, api.Model)
	if err != nil {
		t.Fatal(err)
	}
	change, err := dataset.Read(api.Model, os.DirFS("testdata/small"))
	if err != nil {
		t.Fatal(err)
	}
	w := worldOf(api, store)
	w.apply(t, change)
	return w
}

func bundled(t testing.TB) *world { return worldOf(embeddedtest.Bundled(t)) }

func worldOf(api *derive.API, store query.Store) *world {
	now := func() time.Time { return time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC) }
	return &world{graph.NewExports(api, store, graph.Options{Now: now}), api.Model, store}
}

func (w *world) apply(t testing.TB, change *query.Change) {
	t.Helper()
	if err := query.Write(t.Context(), w.store, change); err != nil {
		t.Fatal(err)
	}
}

func (w *world) export(t testing.TB, f *export.Format, s graph.Selection) []byte {
	t.Helper()
	extract, err := w.Select(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := extract.Write(t.Context(), f.NewWriter(&b, extract.Graph)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func format(t testing.TB, name string) *export.Format {
	t.Helper()
	for _, f := range export.Formats {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("there is no format %s", name)
	return nil
}
