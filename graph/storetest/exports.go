package storetest

import (
	"bytes"
	"testing"
	"time"

	"bordergraph/graph"
	"bordergraph/graph/export"
)

// exported are selections of the bundled graph that read all that an export can ask of a store.
var exported = map[string]graph.Selection{
	"whole":           {},
	"of a day":        {Date: "2024-12-31"},
	"certain":         {Certainty: "CERTAIN"},
	"of any time":     {Any: true},
	"lists in lists":  {Query: `{ borderSectors(first: 5) { nodes { id posts(first: 3) { nodes { id } } vietnamProvince { id } } } }`},
	"shortcuts":       {Query: `{ borderPosts(first: 30) { nodes { twinnedWith { edges { node { id } } } } } }`},
	"sources":         {Query: `{ postTwinnings(last: 5) { nodes { id facts { sources { id } } } } }`},
	"neighbourhood":   {Query: `{ graph(around: ["post:phiengpan"], depth: 2, limit: 50) { nodes { id } links { id } } }`},
	"paths":           {Query: `{ paths(from: "post:phiengpan", to: "country:LA", first: 3) { paths { nodes { id } links { id } } } }`},
	"groups":          {Query: `{ activities { groups(by: ["landBorders", "startDate.YEAR"], first: 5) { groups { keys { node { id name } } nodes(first: 2) { id } } } } }`},
	"timeline":        {Query: `query @asOf(any: true) { timeline(during: {from: "2024-01-01", to: "2024-12-31"}, first: 20) { edges { node { id } } } }`},
	"view":            {Query: `{ overview(id: "prov:dienbien") { posts { nodes { id } } postTwinnings(first: 5) { nodes { id } } } }`},
	"search and link": {Query: `{ search(text: "Lao Bảo", first: 5) { nodes { id links(first: 5) { nodes { id } } } } }`},
}

// Exports compares, byte for byte, what is exported of the bundled graph in two stores.
func Exports(t *testing.T, one, other Open) {
	want := exports(t, one)
	for name, got := range exports(t, other) {
		if len(got) == 0 || !bytes.Equal(got, want[name]) {
			t.Errorf("%s: got %d bytes, want %d; they differ at\n%s\nwant\n%s", name, len(got), len(want[name]), difference(got, want[name]), difference(want[name], got))
		}
	}
}

func exports(t *testing.T, open Open) map[string][]byte {
	t.Helper()
	w := NewWorld(t, "bundled", open)
	now := func() time.Time { return time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC) }
	e := graph.NewExports(w.API, w.Store, graph.Options{Now: now})
	documents := map[string][]byte{}
	for name, selection := range exported {
		extract, err := e.Select(t.Context(), selection)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, f := range export.Formats {
			var b bytes.Buffer
			if err := extract.Write(t.Context(), f.NewWriter(&b, extract.Graph)); err != nil {
				t.Fatalf("%s as %s: %v", name, f.Name, err)
			}
			documents[name+" as "+f.Name] = b.Bytes()
		}
	}
	return documents
}

// difference is where a document begins to differ from another.
func difference(document, other []byte) []byte {
	at := 0
	for at < min(len(document), len(other)) && document[at] == other[at] {
		at++
	}
	return document[max(0, at-100):min(len(document), at+100)]
}
