package storetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"bordergraph/graph/derive"
	"bordergraph/graph/importer"
	"bordergraph/graph/query"
)

// FuzzImports imports random rows into random graphs, and expects what it says of them, and what it writes, to be
// the same however few of them are held against the graph at once.
func FuzzImports(t *testing.T, rounds int, open Open) {
	eachRound(t, rounds, func(t *testing.T, r random, api *derive.API) {
		stored := r.graph(t, api.Model)
		files := []string{r.lines(r.graph(t, api.Model)), r.posts()}
		clearance := query.Clearance(r.IntN(len(query.Clearances)))
		run := func(limits importer.Limits) (report string, graph []byte) {
			w := NewWorldOf(t, api, replaceBy(stored), open)
			reader := importer.NewReader(api, importer.Tables{Type: "Post"})
			defer reader.Rows.Close()
			for i, content := range files {
				if err := reader.Read(fmt.Sprint(i), strings.NewReader(content)); err != nil {
					t.Fatal(err)
				}
			}
			im := &importer.Import{API: api, Rows: reader.Rows, Limits: limits, Partial: true, Clearance: clearance, At: time.Now()}
			return reportOf(t, w, im), backup(t, w)
		}
		want, wantGraph := run(importer.Limits{Whole: 10_000, Rows: 10_000})
		for _, rows := range []int{1, 7} {
			got, gotGraph := run(importer.Limits{Whole: 150, Rows: rows})
			if got != want {
				t.Errorf("of %d rows at once it says\n%s\nof all\n%s", rows, difference([]byte(got), []byte(want)), difference([]byte(want), []byte(got)))
			}
			if !bytes.Equal(gotGraph, wantGraph) {
				t.Errorf("of %d rows at once the graph is\n%s\nof all\n%s", rows, difference(gotGraph, wantGraph), difference(wantGraph, gotGraph))
			}
		}
	})
}

// reportOf is what became of each row of an import.
func reportOf(t *testing.T, w *World, im *importer.Import) string {
	t.Helper()
	done, err := im.Run(t.Context(), w.Store)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := im.Rows.Each(func(row *importer.Row) error { b.WriteString(row.String()); return nil }); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "%d\n", done.Counts)
	return b.String()
}

// lines are those of a graph in any order, some of them wrong.
func (r random) lines(graph query.Records) string {
	var lines []string
	for _, line := range bytes.Split(Lines(graph), []byte("\n")) {
		var given map[string]any
		if json.Unmarshal(line, &given) != nil || given["dataset"] != nil || given["end"] != nil || r.oneIn(4) {
			continue
		}
		if !r.oneIn(20) {
			given["sources"] = []string{"source:0"}
		}
		if given["id"] == nil {
			given["from"], given["to"] = r.other(given["from"]), r.other(given["to"])
		} else if r.oneIn(20) {
			given["formerIds"] = []any{r.other(given["id"]), "gone:" + fmt.Sprint(r.IntN(3))}
		}
		if r.oneIn(40) {
			delete(given, pick(r, []string{"names", "properties", "type", "confidence", "validTo"}))
		}
		if r.oneIn(40) {
			given["properties"] = map[string]any{pick(r, []string{"number", "title", "km"}): "x"}
		}
		line, err := json.Marshal(given)
		if err != nil {
			panic(err) // it was read just before
		}
		for range 1 + r.IntN(20)/19 {
			lines = append(lines, string(line))
		}
	}
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return strings.Join(lines, "\n")
}

// other is seldom another id than one of a random graph.
func (r random) other(id any) string {
	kind, _, _ := strings.Cut(id.(string), ":")
	if r.oneIn(10) {
		return fmt.Sprintf("%s:%d", kind, r.IntN(8))
	}
	return id.(string)
}

// posts are a table.
func (r random) posts() string {
	table := "id,name,number,sees,flags,town,sources\n"
	for i := range 12 {
		if !r.oneIn(3) {
			continue
		}
		cell := func(kind string) string {
			ids := []string{}
			for range r.IntN(3) {
				ids = append(ids, fmt.Sprintf("%s:%d", kind, r.IntN(12)))
			}
			return strings.Join(ids, ";")
		}
		table += fmt.Sprintf("post:%d,Đồn,%d,%s,%s,%s,source:0\n", i, r.IntN(4), cell("post"), cell("emblem"), cell("town"))
	}
	return table
}
