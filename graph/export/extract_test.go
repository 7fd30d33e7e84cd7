package export_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"bordergraph/graph"
	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/export"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

func TestTheWholeGraphKeepsWhatEventsLeadTo(t *testing.T) {
	// The old gate has ended, but what it was succeeded by and the meeting that was held there still lead to it.
	small(t).has(t, graph.Selection{},
		"gate:new gate:old meeting:2015 road:1 src:open",
		"gate:new-ON_ROAD->road:1 gate:new-POSSIBLY_SAME_AS->gate:new gate:old-SUCCEEDED_BY->gate:new meeting:2015-HELD_AT->gate:old")
}

func TestWhatHasEndedIsKeptByLastingRelationshipsOnly(t *testing.T) {
	// That a gate lies on a road ends with the gate; that a road was closed for a meeting has the same name, and does not end.
	nodes, _, _ := small(t).read(t, graph.Selection{})
	if slices.Contains(nodes, "gate:shut") {
		t.Errorf("nothing leads to gate:shut of %v", nodes)
	}
}

func TestAGraphIsOfADay(t *testing.T) {
	// The new gate has not begun, so that nothing leads to it; the old one still lies on its road.
	small(t).has(t, graph.Selection{Date: "2019-06-01"},
		"gate:old meeting:2015 road:1 src:open",
		"gate:old-ON_ROAD->road:1 meeting:2015-HELD_AT->gate:old")
}

func TestAGraphMayBeOfWhatIsCertain(t *testing.T) {
	// Nothing that is undated and never stated is certain; the undated road is among it, and so is each link.
	small(t).has(t, graph.Selection{Certainty: "CERTAIN"}, "gate:new src:open", "")
}

func TestAGraphMayBeOfAnyTime(t *testing.T) {
	small(t).has(t, graph.Selection{Any: true},
		"gate:new gate:old gate:shut meeting:2015 road:1 src:open",
		"gate:new-ON_ROAD->road:1 gate:new-POSSIBLY_SAME_AS->gate:new gate:new-POSSIBLY_SAME_AS->gate:old gate:old-ON_ROAD->road:1 gate:old-SUCCEEDED_BY->gate:new gate:shut-ON_ROAD->road:1 meeting:2015-HELD_AT->gate:old")
}

func TestWhatIsMarkedHigherIsNotExported(t *testing.T) {
	w := small(t)
	public := w.export(t, format(t, "jsonl"), graph.Selection{Any: true})
	if strings.Contains(string(public), "hidden") || strings.Contains(string(public), "secret") {
		t.Errorf("the public sees\n%s", public)
	}
	ctx := graph.WithClearance(t.Context(), query.Secret)
	extract, err := w.Select(ctx, graph.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	var secret bytes.Buffer
	if err := extract.Write(ctx, format(t, "jsonl").NewWriter(&secret, extract.Graph)); err != nil {
		t.Fatal(err)
	}
	for _, wanted := range []string{`"id":"gate:hidden"`, `"to":"gate:hidden"`, `"sources":["src:open","src:secret"]`} {
		if !strings.Contains(secret.String(), wanted) {
			t.Errorf("%s is missing in\n%s", wanted, secret.String())
		}
	}
}

func TestAnOperationChoosesItsObjects(t *testing.T) {
	small(t).has(t, graph.Selection{Query: `{ roads { nodes { gates { nodes { name } } } } }`},
		"gate:new road:1", "gate:new-ON_ROAD->road:1 gate:new-POSSIBLY_SAME_AS->gate:new")
}

func TestAliasesFragmentsAndVariablesChooseObjectsAsInAnAnswer(t *testing.T) {
	small(t).has(t, graph.Selection{
		Query:     `query A { roads { totalCount } } query B($id: ID!) { m: meeting(id: $id) { ...Held } } fragment Held on Meeting { at: gates { edges { node { id } } } }`,
		Variables: map[string]any{"id": "meeting:2015"}, OperationName: "B",
	}, "gate:old meeting:2015", "meeting:2015-HELD_AT->gate:old")
}

func TestTheDayOfAnOperationIsThatOfTheGraph(t *testing.T) {
	for _, s := range []graph.Selection{
		{Query: `query @asOf(date: "2019-06-01") { gates { nodes { road { id } } } }`},
		{Query: `{ gates { nodes { road { id } } } }`, Date: "2019-06-01"},
	} {
		small(t).has(t, s, "gate:old road:1", "gate:old-ON_ROAD->road:1")
	}
}

func TestTheMiddleOfAShortcutIsExported(t *testing.T) {
	w := bundled(t)
	nodes, links, _ := w.read(t, graph.Selection{Query: `{ borderPost(id: "post:phiengpan") { twinnedWith { nodes { id } } } }`})
	if !slices.ContainsFunc(nodes, func(id string) bool { return strings.HasPrefix(id, "twin:") }) || len(links) < 2 {
		t.Errorf("got %v and %v", nodes, links)
	}
}

func TestAListThatIsCutTruncatesTheGraph(t *testing.T) {
	w := small(t)
	for operation, want := range map[string]bool{
		`{ gates(first: 1) { nodes { id } pageInfo { hasNextPage } } }`:             true,
		`{ gates(first: 3) { nodes { id } pageInfo { hasNextPage } } }`:             false,
		`{ gates(last: 1) { nodes { id } } }`:                                       true,
		`{ roads { nodes { gates(first: 0) { nodes { id } } } } }`:                  true,
		`{ node(id: "gate:new") { id } nodes(ids: ["gate:old", "road:1"]) { id } }`: false,
	} {
		_, _, truncated := w.read(t, graph.Selection{Query: operation, Any: true})
		if truncated != want {
			t.Errorf("%s: truncated is %t", operation, truncated)
		}
	}
}

func TestACutListShowsWhatItsAnswerShows(t *testing.T) {
	w := small(t)
	w.has(t, graph.Selection{Query: `{ gates(first: 1, orderBy: {id: ASC}) { nodes { id } pageInfo { hasNextPage } } }`, Any: true}, "gate:new", "gate:new-POSSIBLY_SAME_AS->gate:new")
	w.has(t, graph.Selection{Query: `{ gates(last: 1, orderBy: {id: ASC}) { nodes { id } pageInfo { hasPreviousPage } } }`, Any: true}, "gate:shut", "")
}

func TestANeighbourhoodIsExported(t *testing.T) {
	w := small(t)
	w.has(t, graph.Selection{Query: `{ graph(around: ["road:1"], depth: 1) { nodes { id } } }`},
		"gate:new road:1", "gate:new-ON_ROAD->road:1 gate:new-POSSIBLY_SAME_AS->gate:new")
	_, _, truncated := w.read(t, graph.Selection{Query: `{ graph(around: ["road:1"], depth: 1, limit: 1) { nodes { id } } }`})
	if !truncated {
		t.Error("it is not truncated")
	}
}

func TestFormerIDsStandForTheObjectsOfToday(t *testing.T) {
	bundled(t).has(t, graph.Selection{Query: `{ province(id: "prov25:caobang") { id } nodes(ids: ["org:ASEAN-ACT"]) { id } }`}, "prog:ASEAN-ACT prov:caobang", "")
}

func TestPathsAreExported(t *testing.T) {
	small(t).has(t, graph.Selection{Query: `{ paths(from: "meeting:2015", to: "road:1", first: 1) { paths { nodes { id } } } }`},
		"gate:new gate:old meeting:2015 road:1",
		"gate:new-ON_ROAD->road:1 gate:new-POSSIBLY_SAME_AS->gate:new gate:old-SUCCEEDED_BY->gate:new meeting:2015-HELD_AT->gate:old")
}

func TestWhatCannotBeExportedIsRefused(t *testing.T) {
	w := small(t)
	for _, c := range []struct {
		selection graph.Selection
		says      string
	}{
		{graph.Selection{Query: "{"}, "Expected Name"},
		{graph.Selection{Query: "{ gatez { nodes { id } } }"}, "gatez"},
		{graph.Selection{Query: "{ gates(first: 5000) { nodes { id } } }"}, `"first" is 5000`},
		{graph.Selection{Query: "query A { gates { nodes { id } } } query B { roads { nodes { id } } }"}, "operationName"},
		{graph.Selection{Query: "{ gates { totalCount } }"}, "asks for no objects"},
		{graph.Selection{Query: "{ gates { nodes { id } } about { version } }"}, `Field "about"`},
		{graph.Selection{Query: `{ gates @asOf(date: "2019-06-01") { nodes { id } } }`}, "one time"},
		{graph.Selection{Query: `query @asOf(any: true) { gates { nodes { id } } }`, Date: "2019-06-01"}, "leave out date"},
		{graph.Selection{Date: "2019-13-01"}, "2019-13-01"},
		{graph.Selection{Certainty: "SURE"}, "SURE"},
		{graph.Selection{Certainty: "CERTAIN", Any: true}, "one of the two"},
		{graph.Selection{Query: `query @cite { gates { nodes { id } } }`}, "leave out @cite"},
		{graph.Selection{Query: `{ difference(from: "2019-01-01", to: "2021-01-01") { appeared { nodes { id } } } }`}, "one time"},
	} {
		_, err := w.Select(t.Context(), c.selection)
		var refused gqlerror.List
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: got %v, want a refusal with %q", c.selection, err, c.says)
		}
	}
}

func TestAnErrorOfTheStoreEndsTheExport(t *testing.T) {
	w := small(t)
	extract, err := w.Select(t.Context(), graph.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var b bytes.Buffer
	if err := extract.Write(ctx, format(t, "d3").NewWriter(&b, extract.Graph)); !errors.Is(err, context.Canceled) || json.Valid(b.Bytes()) {
		t.Errorf("got %v, having written %s", err, b.String())
	}
}

func TestAnErrorOfTheReceiverEndsTheExport(t *testing.T) {
	w := bundled(t)
	extract, err := w.Select(t.Context(), graph.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	reader, writer := io.Pipe()
	reader.Close()
	if err := extract.Write(t.Context(), format(t, "d3").NewWriter(writer, extract.Graph)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

// The document has some fifty megabytes; what is held meanwhile is the ids of the nodes, and a page.
func TestMemoryDoesNotGrowWithTheDocument(t *testing.T) {
	w := large(t)
	m := &meter{}
	m.before = m.live()
	extract, err := w.Select(t.Context(), graph.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if err := extract.Write(t.Context(), format(t, "d3").NewWriter(m, extract.Graph)); err != nil {
		t.Fatal(err)
	}
	if m.written < 40<<20 || m.most > 20<<20 {
		t.Errorf("%d bytes were held while %d were written", m.most, m.written)
	}
}

// meter measures, every ten megabytes, how much more memory is held than before.
type meter struct{ before, most, written int64 }

func (m *meter) Write(p []byte) (int, error) {
	const measured = 10 << 20
	if m.written/measured < (m.written+int64(len(p)))/measured {
		m.most = max(m.most, m.live()-m.before)
	}
	m.written += int64(len(p))
	return len(p), nil
}

func (m *meter) live() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// has compares the ids of the nodes, and the ends and types of the links, in the order of their text.
func (w *world) has(t *testing.T, s graph.Selection, nodes, links string) {
	t.Helper()
	gotNodes, gotLinks, _ := w.read(t, s)
	if got := strings.Join(gotNodes, " "); got != nodes {
		t.Errorf("nodes: got %s\nwant %s", got, nodes)
	}
	slices.Sort(gotLinks)
	if got := strings.Join(gotLinks, " "); got != links {
		t.Errorf("links: got %s\nwant %s", got, links)
	}
}

// read exports a selection and reads it: each link must lead between nodes that came before it.
func (w *world) read(t *testing.T, s graph.Selection) (nodes, links []string, truncated bool) {
	t.Helper()
	var document struct {
		Graph struct{ Truncated bool }
		Nodes []struct{ ID string }
		Links []struct{ ID, Source, Target, Type string }
	}
	decode(t, w.export(t, format(t, "d3"), s), &document)
	for _, n := range document.Nodes {
		nodes = append(nodes, n.ID)
	}
	for _, l := range document.Links {
		if !slices.Contains(nodes, l.Source) || !slices.Contains(nodes, l.Target) {
			t.Errorf("%s has an end that is not there", l.ID)
		}
		links = append(links, fmt.Sprintf("%s-%s->%s", l.Source, l.Type, l.Target))
	}
	return nodes, links, document.Graph.Truncated
}

// Writing the generated graph of 50,000 nodes and 250,000 relationships, in MB/s and with what was
// allocated for one node and its relationships:
//
//	go test ./graph/export -run '^$' -bench Formats -benchmem
func BenchmarkFormats(b *testing.B) {
	w := large(b)
	for _, f := range export.Formats {
		b.Run(f.Name, func(b *testing.B) {
			b.ReportAllocs()
			var size counter
			nodes := 0
			for b.Loop() {
				extract, err := w.Select(b.Context(), graph.Selection{})
				if err != nil {
					b.Fatal(err)
				}
				size = 0
				writer := f.NewWriter(&size, extract.Graph)
				if err := extract.Write(b.Context(), writer); err != nil {
					b.Fatal(err)
				}
				nodes = writer.Nodes
			}
			b.SetBytes(int64(size))
			b.ReportMetric(float64(nodes), "nodes")
		})
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func large(t testing.TB) *world {
	w := worldOf(embeddedtest.Empty(t))
	large, err := storetest.Large(w.model)
	if err != nil {
		t.Fatal(err)
	}
	w.apply(t, &query.Change{Nodes: query.AddNodes(large.Nodes), Links: query.AddLinks(large.Links)})
	return w
}
