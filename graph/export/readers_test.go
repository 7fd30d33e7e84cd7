package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gonum.org/v1/gonum/graph/formats/cytoscapejs"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/dataset"
	"bordergraph/graph/query"
)

// The tests of this file read each format back with a reader that others wrote, and compare all nodes
// and links of the bundled dataset with the records that it was loaded from.

func TestGonumReadsCytoscape(t *testing.T) {
	w := bundled(t)
	var document cytoscapejs.GraphNodeEdge
	decode(t, w.all(t, "cytoscape"), &document)
	var got content
	for _, n := range document.Elements.Nodes {
		got.node(n.Data.ID, n.Data.Attributes)
	}
	for _, e := range document.Elements.Edges {
		got.link(e.Data.ID, e.Data.Source, e.Data.Target, e.Data.Attributes)
	}
	compare(t, recorded(t, w.model), &got)
}

func TestGraphologyReadsGraphology(t *testing.T) {
	if _, err := os.Stat("../../tools/npm/node_modules/graphology"); err != nil {
		missing(t, "graphology is not installed: run make tools")
	}
	w := bundled(t)
	var got struct {
		content
		Undirected int
	}
	decode(t, run(t, "node", "../../tools/npm/graphology.js", w.file(t, "graphology")), &got)
	want := recorded(t, w.model)
	compare(t, want, &got.content)
	if got.Undirected != len(want.symmetric) {
		t.Errorf("%d edges are undirected, want %d", got.Undirected, len(want.symmetric))
	}
}

func TestNetworkxReadsGraphML(t *testing.T) {
	w := bundled(t)
	var got content
	decode(t, run(t, python(t), "../../tools/python/read_graph.py", "graphml", w.file(t, "graphml")), &got)
	compare(t, recorded(t, w.model), &got)
}

// Of a mutual edge, networkx makes one in each direction.
func TestNetworkxReadsGEXF(t *testing.T) {
	w := bundled(t)
	var got content
	decode(t, run(t, python(t), "../../tools/python/read_graph.py", "gexf", w.file(t, "gexf")), &got)
	want := recorded(t, w.model)
	for _, l := range want.symmetric {
		if l[1] != l[2] {
			want.Links = append(want.Links, []string{l[0], l[2], l[1], l[3], l[4]})
		}
	}
	compare(t, want, &got)
}

func TestD3FollowsItsSchema(t *testing.T) {
	w := bundled(t)
	var document struct{ Nodes, Links []map[string]any }
	validated(t, "d3", w.all(t, "d3"), &document)
	var got content
	for _, n := range document.Nodes {
		got.node(n["id"].(string), n)
	}
	for _, l := range document.Links {
		got.link(l["id"].(string), l["source"].(string), l["target"].(string), l)
	}
	compare(t, recorded(t, w.model), &got)
}

func TestNVLFollowsItsSchema(t *testing.T) {
	w := bundled(t)
	var document struct {
		Nodes []struct {
			ID         string
			Labels     []string
			Properties map[string]any
		}
		Relationships []struct {
			ID, From, To, Type string
			Properties         map[string]any
		}
	}
	validated(t, "nvl", w.all(t, "nvl"), &document)
	var got content
	for _, n := range document.Nodes {
		n.Properties["type"] = n.Labels[0]
		got.node(n.ID, n.Properties)
	}
	for _, r := range document.Relationships {
		r.Properties["type"] = r.Type
		got.link(r.ID, r.From, r.To, r.Properties)
	}
	compare(t, recorded(t, w.model), &got)
}

func TestJSONLinesFollowTheirSchema(t *testing.T) {
	w := bundled(t)
	var got content
	var end struct{ Nodes, Links int }
	for line := range strings.Lines(string(w.all(t, "jsonl"))) {
		var document struct {
			Node, Link map[string]any
			End        *struct{ Nodes, Links int }
		}
		validated(t, "jsonl", []byte(line), &document)
		switch {
		case document.Node != nil:
			got.node(document.Node["id"].(string), document.Node)
		case document.Link != nil:
			got.link(document.Link["id"].(string), document.Link["from"].(string), document.Link["to"].(string), document.Link)
		case document.End != nil:
			end = *document.End
		}
	}
	compare(t, recorded(t, w.model), &got)
	if end.Nodes != len(got.Nodes) || end.Links != len(got.Links) {
		t.Errorf("the last line says %v", end)
	}
}

func TestCSVIsReadAsTables(t *testing.T) {
	w := bundled(t)
	var got content
	for _, n := range table(t, w.all(t, "csv-nodes")) {
		got.node(n["id"].(string), n)
	}
	for _, l := range table(t, w.all(t, "csv-links")) {
		got.link(l["id"].(string), l["source"].(string), l["target"].(string), l)
	}
	compare(t, recorded(t, w.model), &got)
}

func TestGeoJSONHasThePlacesThatAreKnownAndSaysHowManyAreNot(t *testing.T) {
	w := bundled(t)
	var document struct {
		Features []struct {
			ID         string
			Geometry   struct{ Coordinates []float64 }
			Properties map[string]any
		}
		LeftOut struct{ Nodes, Links int }
	}
	validated(t, "geojson", w.all(t, "geojson"), &document)
	want := recorded(t, w.model)
	if len(document.Features) == 0 || len(document.Features)+document.LeftOut.Nodes != len(want.Nodes) || document.LeftOut.Links != len(want.Links) {
		t.Errorf("%d features, left out are %v, of %d nodes and %d links", len(document.Features), document.LeftOut, len(want.Nodes), len(want.Links))
	}
	for _, f := range document.Features {
		if f.Geometry.Coordinates[0] != f.Properties["longitude"] || f.Geometry.Coordinates[1] != f.Properties["latitude"] {
			t.Errorf("%s lies at %v, but its properties are %v", f.ID, f.Geometry.Coordinates, f.Properties)
		}
	}
}

// content is what a reader finds: of each node its id, type, name and validTo, of each link its id,
// ends, type and statedOn; empty where there is none.
type content struct {
	Nodes, Links [][]string
	symmetric    [][]string
}

func (c *content) node(id string, attributes map[string]any) {
	c.Nodes = append(c.Nodes, []string{id, text(attributes["type"]), text(attributes["name"]), text(attributes["validTo"])})
}

func (c *content) link(id, from, to string, attributes map[string]any) {
	c.Links = append(c.Links, []string{id, from, to, text(attributes["type"]), text(attributes["statedOn"])})
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// recorded is what the bundled dataset has.
func recorded(t *testing.T, m *query.Model) *content {
	t.Helper()
	change, err := dataset.Read(m, bordergraph.Dataset())
	if err != nil {
		t.Fatal(err)
	}
	var c content
	for _, made := range change.Nodes {
		n := made.After
		c.Nodes = append(c.Nodes, []string{text(n.Values[query.NodeID]), n.Type.Name, text(n.Values[query.NodeName]), text(n.Values[query.NodeFacts+query.FactValidTo])})
	}
	for _, made := range change.Links {
		l := made.After
		link := []string{text(l.Values[query.LinkID]), l.From, l.To, l.Relationship.Name, text(l.Values[query.LinkFacts+query.FactStatedOn])}
		c.Links = append(c.Links, link)
		if l.Relationship.Symmetric {
			c.symmetric = append(c.symmetric, link)
		}
	}
	return &c
}

func compare(t *testing.T, want, got *content) {
	t.Helper()
	compareRows(t, "nodes", want.Nodes, got.Nodes)
	compareRows(t, "links", want.Links, got.Links)
}

func compareRows(t *testing.T, what string, want, got [][]string) {
	t.Helper()
	slices.SortFunc(want, slices.Compare)
	slices.SortFunc(got, slices.Compare)
	if len(want) != len(got) {
		t.Errorf("%d %s, want %d", len(got), what, len(want))
	}
	for i := range min(len(want), len(got)) {
		if !slices.Equal(want[i], got[i]) {
			t.Fatalf("%s: got %q, want %q", what, got[i], want[i])
		}
	}
}

// all is the whole graph, over all time, in a format.
func (w *world) all(t *testing.T, name string) []byte {
	t.Helper()
	return w.export(t, format(t, name), graph.Selection{Any: true})
}

func (w *world) file(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, w.all(t, name), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func decode(t *testing.T, document []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(document, into); err != nil {
		t.Fatal(err)
	}
}

var schemas = map[string]*jsonschema.Schema{}

// validated decodes a document that follows the schema of that name.
func validated(t *testing.T, schema string, document []byte, into any) {
	t.Helper()
	if schemas[schema] == nil {
		compiled, err := jsonschema.NewCompiler().Compile("testdata/schemas/" + schema + ".json")
		if err != nil {
			t.Fatal(err)
		}
		schemas[schema] = compiled
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := schemas[schema].Validate(instance); err != nil {
		t.Fatal(err)
	}
	decode(t, document, into)
}

// table is the rows of a CSV document, by the names in its first line.
func table(t *testing.T, document []byte) []map[string]any {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(document)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var table []map[string]any
	for _, row := range rows[1:] {
		cells := map[string]any{}
		for i, name := range rows[0] {
			cells[name] = row[i]
		}
		if len(cells) != len(row) {
			t.Fatalf("two columns have one name: %q", rows[0])
		}
		table = append(table, cells)
	}
	return table
}

// python is the interpreter that has networkx. It is installed if it is not there.
func python(t *testing.T) string {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "make", "-C", "../..", "tools/python/venv").CombinedOutput(); err != nil {
		missing(t, "networkx cannot be installed: "+string(out))
	}
	return "../../tools/python/venv/bin/python"
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func run(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, program, args...)
	var complaints strings.Builder
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v %s", program, err, complaints.String())
	}
	return out
}
