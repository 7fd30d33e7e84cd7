package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bordergraph/graph"
	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/export"
	"bordergraph/graph/query"
)

func TestExportIsInTheFormatThatTheAcceptHeaderLikesBest(t *testing.T) {
	s := exportSite(t, nil)
	for accept, want := range map[string]string{
		"":                                   "application/json; profile=cytoscape",
		"application/json":                   "application/json; profile=cytoscape",
		"application/json; profile=nvl":      "application/json; profile=nvl",
		"application/json; profile=\"d3\"":   "application/json; profile=d3",
		"application/*":                      "application/json; profile=cytoscape",
		"application/gexf+xml":               "application/gexf+xml",
		"application/graphml+xml, */*;q=0.1": "application/graphml+xml",
		"text/csv":                           "text/csv; profile=nodes; charset=utf-8",
		"text/csv;profile=links":             "text/csv; profile=links; charset=utf-8",
		"text/*, application/jsonl;q=0.5":    "text/csv; profile=nodes; charset=utf-8",
		"application/geo+json;q=1, */*;q=0":  "application/geo+json",
	} {
		got := exchange(t, handlerOf(t, s), request{method: "GET", url: "/export", accept: accept})
		if got.status != 200 || got.header.Get("Content-Type") != want {
			t.Errorf("%s: got %d %s, want %s", accept, got.status, got.header.Get("Content-Type"), want)
		}
	}
}

func TestEveryFormatIsNamedByItsParameter(t *testing.T) {
	s := exportSite(t, nil)
	for _, f := range export.Formats {
		got := exchange(t, handlerOf(t, s), request{method: "GET", url: "/export?format=" + f.Name, accept: "text/html"})
		if got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), f.MediaType) || !strings.Contains(got.header.Get("Content-Disposition"), "-2026-01-15."+f.Extension) {
			t.Errorf("%s: got %d %s, %s", f.Name, got.status, got.header.Get("Content-Type"), got.header.Get("Content-Disposition"))
		}
	}
}

func TestOperationIsExportedByGETAndPOSTAlike(t *testing.T) {
	s := exportSite(t, nil)
	body := `{"query":"query($n: Int) { borderPosts(first: $n) { nodes { id } } }","variables":{"n":2}}`
	posted := exchange(t, handlerOf(t, s), request{url: "/export?format=jsonl", body: body})
	got := exchange(t, handlerOf(t, s), request{method: "GET", url: `/export?format=jsonl&query=query($n:Int){borderPosts(first:$n){nodes{id}}}&variables={"n":2}`})
	if posted.status != 200 || posted.body != got.body || !strings.Contains(got.body, `{"end":{"nodes":2,`) {
		t.Errorf("posted: %d %s\ngot: %d %s", posted.status, posted.body, got.status, got.body)
	}
	if truncated := got.header.Get(truncatedHeader); truncated != "true" {
		t.Errorf("%s is %q", truncatedHeader, truncated)
	}
}

func TestExportIsOfTheDayInTheQueryString(t *testing.T) {
	s := exportSite(t, nil)
	got := exchange(t, handlerOf(t, s), request{method: "GET", url: "/export?format=jsonl&date=2020-01-01&certainty=CERTAIN"})
	if !strings.HasPrefix(got.body, `{"graph":{"date":"2020-01-01","certainty":"CERTAIN","truncated":false}}`) {
		t.Errorf("got %.200s", got.body)
	}
	got = exchange(t, handlerOf(t, s), request{method: "GET", url: "/export?format=jsonl&any=true"})
	if !strings.Contains(got.body, `"certainty":"ANY"`) {
		t.Errorf("got %.200s", got.body)
	}
}

func TestExportsThatAreWrongAreRefused(t *testing.T) {
	s := exportSite(t, nil)
	for _, c := range []struct {
		name   string
		send   request
		status int
		says   string
	}{
		{"unknown format", request{method: "GET", url: "/export?format=gephi"}, 400, "format must be one of cytoscape, "},
		{"unknown parameter", request{method: "GET", url: "/export?fromat=d3"}, 400, "each once: format, query, "},
		{"parameter twice", request{method: "GET", url: "/export?format=d3&format=nvl"}, 400, "each once: format, query, "},
		{"operation beside the body", request{url: "/export?query={borderPosts(first:3){nodes{id}}}", body: "{}"}, 400, "each once: format, date, certainty, any"},
		{"variables of no operation", request{method: "GET", url: `/export?variables={"n":2}`}, 400, "belong to an operation"},
		{"unacceptable", request{method: "GET", url: "/export", accept: "image/png"}, 406, "application/graphml+xml"},
		{"any of another kind", request{method: "GET", url: "/export?any=yes"}, 400, "any must be true or false"},
		{"no day", request{method: "GET", url: "/export?date=yesterday"}, 400, "yesterday"},
		{"body of another kind", request{url: "/export", body: "{}", contentType: "text/plain"}, 415, "application/json"},
		{"operation that does not parse", request{url: "/export", body: `{"query":"{"}`}, 400, "Expected Name"},
		{"operation of what is not there", request{url: "/export", body: `{"query":"{ borderPostz { nodes { id } } }"}`}, 400, "borderPostz"},
		{"operation that is too dear", request{url: "/export", body: `{"query":"{ borderPosts(first: 1000) { nodes { links(first: 1000) { nodes { id } } } } }"}`}, 400, "TOO_COSTLY"},
		{"search from what is not there", request{url: "/export", body: `{"query":"{ graph(around: [\"post:none\"]) { nodes { id } } }"}`}, 400, "NOT_FOUND"},
		{"document dear to validate", request{url: "/export", body: `{"query":"{` + strings.Repeat(" __typename", maxRepeats+1) + `}"}`}, 400, "BAD_REQUEST"},
	} {
		got := exchange(t, handlerOf(t, s), c.send)
		if got.status != c.status || !strings.Contains(got.body, c.says) || !strings.HasPrefix(got.body, `{"errors":[`) {
			t.Errorf("%s: got %d %s, want %d with %q", c.name, got.status, got.body, c.status, c.says)
		}
	}
}

func TestExportForAPageOfAnotherOriginIsRefused(t *testing.T) {
	got := exchange(t, handlerOf(t, exportSite(t, nil)), request{url: "/export", body: "{}", origin: "https://elsewhere.example"})
	if got.status != 403 {
		t.Errorf("got %d", got.status)
	}
}

func TestExportThatFailsBeforeItBeganIsAnError(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{&query.Error{Code: query.Unavailable, Message: "the store is away", Cause: errors.New("bolt://user:s3cret@host")}, 503, "the store is away"},
		{context.DeadlineExceeded, 503, "TIMEOUT"},
		{errors.New("bolt://user:s3cret@host"), 500, "internal error"},
	} {
		s := exportSite(t, func(context.Context, *query.Query) error { return c.err })
		got := exchange(t, handlerOf(t, s), request{method: "GET", url: "/export"})
		if got.status != c.status || !strings.Contains(got.body, c.says) || strings.Contains(got.body, "s3cret") || got.header.Get("Content-Disposition") != "" {
			t.Errorf("%v: got %d %s", c.err, got.status, got.body)
		}
	}
}

func TestExportThatFailsOnTheWayIsCut(t *testing.T) {
	s := exportSite(t, func(_ context.Context, q *query.Query) error {
		if asksForLinks(q) {
			return errors.New("the store fell over")
		}
		return nil
	})
	var log bytes.Buffer
	s.log = slog.New(slog.NewTextHandler(&log, nil))
	server := httptest.NewServer(handlerOf(t, s))
	defer server.Close()
	response, err := http.Get(server.URL + "/export?format=csv-nodes")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); !errors.Is(err, io.ErrUnexpectedEOF) || len(body) == 0 {
		t.Errorf("got %d bytes of a document that looks whole: %v", len(body), err)
	}
	server.Close()
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "the store fell over") {
		t.Errorf("the log says %s", said)
	}
}

func TestExportEndsWhenTheClientIsGone(t *testing.T) {
	ended, begun := make(chan error, 1), make(chan bool)
	s := exportSite(t, func(ctx context.Context, q *query.Query) error {
		if !asksForLinks(q) {
			return nil
		}
		close(begun)
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	})
	server := httptest.NewServer(handlerOf(t, s))
	defer server.Close()
	response, err := http.Get(server.URL + "/export?format=gexf")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-begun:
	case <-time.After(5 * time.Second):
		t.Fatal("the links are not asked for")
	}
	response.Body.Close()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it goes on")
	}
}

func TestExportCommandWritesAFile(t *testing.T) {
	dir := t.TempDir()
	loaded(t, dir)
	said, err := command(dir, "export", "--format", "jsonl", "--output", "graph.jsonl").CombinedOutput()
	if err != nil {
		t.Fatalf("%v %s", err, said)
	}
	written, err := os.ReadFile(filepath.Join(dir, "graph.jsonl"))
	if err != nil || !strings.Contains(string(written), `{"end":{"nodes":`) || !strings.Contains(string(said), "links exported") {
		t.Errorf("%v: it said %s and wrote %.200s", err, said, written)
	}
}

// loaded has the bundled dataset in the file that is taken unless another is named.
func loaded(t *testing.T, dir string) {
	t.Helper()
	said(t, dir, false, "load")
}

func TestWhereNoGraphIsNoneIsExported(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // the file is not made
		if got := said(t, dir, true, "export", "--data", "typo.db", "--output", "backup.jsonl"); !strings.Contains(got, "there is no graph in typo.db") {
			t.Errorf("it says %s", got)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "typo.db")); err == nil {
		t.Error("it made typo.db")
	}
	write(t, dir, "refused.jsonl", `{"id":"x"}`)
	said(t, dir, true, "import", "refused.jsonl", "--data", "empty.db")
	if got := said(t, dir, true, "export", "--data", "empty.db"); !strings.Contains(got, "there is no graph in empty.db") {
		t.Errorf("it says %s", got)
	}
}

func TestExportCommandWritesWhatTheServerAnswers(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "posts.graphql", `query($n: Int) { borderPosts(first: $n) { nodes { id } } }`)
	c := command(dir, "export", "--format", "d3", "--output", "-", "--operation", "posts.graphql", "--variables", `{"n": 3}`, "--date", "2026-01-15", "--data", ":memory:")
	var complaints strings.Builder
	c.Stderr = &complaints
	written, err := c.Output()
	if err != nil || !json.Valid(written) {
		t.Fatalf("%v %s: %s", err, complaints.String(), written)
	}
	got := exchange(t, handlerOf(t, exportSite(t, nil)), request{method: "GET", url: "/export?format=d3&query={borderPosts(first:3){nodes{id}}}"})
	if got.body != string(written) {
		t.Errorf("the command wrote\n%s\nthe server\n%s", written, got.body)
	}
	if !strings.Contains(complaints.String(), "truncated") {
		t.Errorf("it said %s", complaints.String())
	}
}

func TestExportCommandThatFailsLeavesTheFileAsItWas(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "old.json", "old")
	write(t, dir, "wrong.graphql", "{ borderPosts(frst: 3) { nodes { id } } }")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--output", "old.json", "--operation", "wrong.graphql"}, `Unknown argument "frst"`},
		{[]string{"--output", "old.json", "--operation", "none.graphql"}, "none.graphql"},
		{[]string{"--output", "old.json", "--variables", "{}"}, "--operation"},
		{[]string{"--output", "old.json", "--date", "soon"}, "soon"},
		{[]string{"--output", "/dev/full"}, "no regular file"},
		{[]string{"--output", "nowhere/new.json"}, "nowhere"},
	} {
		said, err := command(dir, append([]string{"export", "--format", "d3", "--data", ":memory:"}, c.args...)...).CombinedOutput()
		if err == nil || !strings.Contains(string(said), c.says) {
			t.Errorf("%v: got %v %s", c.args, err, said)
		}
	}
	kept, err := os.ReadFile(filepath.Join(dir, "old.json"))
	if err != nil || string(kept) != "old" {
		t.Errorf("%v: it holds %s", err, kept)
	}
}

func TestFileAppearsOnlyWhenItIsWhole(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("broken")
	err := writeFile(filepath.Join(dir, "graph.json"), nil, func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		return errors.Join(err, broken)
	})
	left, readErr := os.ReadDir(dir)
	if !errors.Is(err, broken) || readErr != nil || len(left) != 0 {
		t.Errorf("got %v, and %v is left", err, left)
	}
}

func TestExportCommandToAFullDeviceFails(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	defer full.Close()
	c := command(t.TempDir(), "export", "--format", "d3", "--data", ":memory:", "--output", "-")
	c.Stdout = full
	if err := c.Run(); err == nil {
		t.Error("it ended without an error")
	}
}

// exportSite is a site whose exports are of the bundled dataset on 2026-01-15. Before each
// Select, fail, if it is not nil, may say why it fails.
func exportSite(t *testing.T, fail func(context.Context, *query.Query) error) *site {
	t.Helper()
	api, store := embeddedtest.Bundled(t)
	s := newSite()
	now := func() time.Time { return time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC) }
	s.exports = graph.NewExports(api, &failing{store, fail}, graph.Options{Now: now})
	return s
}

type failing struct {
	query.Store
	fail func(context.Context, *query.Query) error
}

func (f *failing) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	if f.fail != nil {
		if err := f.fail(ctx, q); err != nil {
			return nil, err
		}
	}
	return f.Store.Select(ctx, q)
}

// asksForLinks is true after the nodes were written, which are more than one piece.
func asksForLinks(q *query.Query) bool {
	asked := query.Print(q.Columns[0])
	return strings.Contains(asked, "byID") && strings.Contains(asked, "outgoing")
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
