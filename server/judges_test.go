package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

func TestGraphQLOverHTTPIsFollowed(t *testing.T) {
	p := start(t, t.TempDir())
	var audits []struct{ ID, Name, Status, Reason string }
	judge(t, &audits, "audit.js", p.url+"/graphql")
	if len(audits) != 61 {
		t.Errorf("%d audits were made, not 61", len(audits))
	}
	for _, audit := range audits {
		if audit.Status != "ok" {
			t.Errorf("%s %s: %s %s", audit.ID, audit.Name, audit.Status, audit.Reason)
		}
	}
}

func TestClientsOfGraphQLWSAndGraphQLSSEAreServed(t *testing.T) {
	for _, c := range []struct {
		name, query     string
		answer          func(context.Context) *graphql.Response
		overWS, overSSE string
	}{
		{"a query", "{hello}", nil,
			`[{"data":{"hello":"world"}}]`, `[{"data":{"hello":"world"}}]`},
		{"a subscription", "subscription{ticks}", ticking(3),
			`[{"data":{"ticks":1}},{"data":{"ticks":2}},{"data":{"ticks":3}}]`, `[{"data":{"ticks":1}},{"data":{"ticks":2}},{"data":{"ticks":3}}]`},
		{"what is refused", "{a: hello(x: 1)}", nil,
			`[{"thrown":[{"message":"Unknown argument \"x\" on field \"Query.hello\".","locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}]`,
			`[{"errors":[{"message":"Unknown argument \"x\" on field \"Query.hello\".","locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var given struct{ WS, SSE json.RawMessage }
			judge(t, &given, "subscribe.js", serverOf(t, newSiteOf(&stub{answer: c.answer})).URL+"/graphql", c.query)
			if string(given.WS) != c.overWS {
				t.Errorf("over WebSocket: got %s, want %s", given.WS, c.overWS)
			}
			if string(given.SSE) != c.overSSE {
				t.Errorf("over events: got %s, want %s", given.SSE, c.overSSE)
			}
		})
	}
}

func TestGraphiQLAnswersTheFirstQuestionWithoutAnotherHost(t *testing.T) {
	p := start(t, t.TempDir())
	var page struct {
		Answer               json.RawMessage
		Requests, Complaints []string
	}
	judge(t, &page, "graphiql.js", p.url+"/")
	for _, name := range []string{"Phiêng Pằn", "Chiềng On", "Chiềng Tương", "213", "2023-03-01"} {
		if !strings.Contains(string(page.Answer), name) {
			t.Errorf("%s is missing in %s", name, page.Answer)
		}
	}
	if len(page.Requests) == 0 {
		t.Error("no requests were seen")
	}
	for _, url := range page.Requests {
		if !strings.HasPrefix(url, p.url+"/") {
			t.Errorf("the page asks %s", url)
		}
	}
	if len(page.Complaints) > 0 {
		t.Errorf("the browser complains: %q", page.Complaints)
	}
}

func TestGraphiQLSubscribes(t *testing.T) {
	p := start(t, t.TempDir())
	var page struct {
		Answer     json.RawMessage
		Complaints []string
	}
	judge(t, &page, "graphiql.js", p.url+"/", `subscription { changes(after: "0") { sequence } }`)
	if want := `{"data":{"changes":{"sequence":1}}}`; string(page.Answer) != want || len(page.Complaints) > 0 {
		t.Errorf("got %s, want %s; the browser complains: %q", page.Answer, want, page.Complaints)
	}
}

func TestGraphiQLFilesAreTheOnesThatThePageNames(t *testing.T) {
	page, err := fs.ReadFile(graphiQL, "graphiql/page.html")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`"/(graphiql/assets/[^"]+)" integrity="sha256-([^"]+)"`).FindAllStringSubmatch(string(page), -1)
	if len(named) != 4 {
		t.Fatalf("the page names %d files, not 4", len(named))
	}
	for _, file := range named {
		data, err := fs.ReadFile(graphiQL, file[1])
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(data); base64.StdEncoding.EncodeToString(sum[:]) != file[2] {
			t.Errorf("%s is another file", file[1])
		}
	}
}

// judge runs a script of tools/npm and reads what it prints.
func judge(t *testing.T, into any, script string, args ...string) {
	t.Helper()
	if _, err := os.Stat("../tools/npm/node_modules"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("needs Node.js, Chromium and `make tools`")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "node", append([]string{"../tools/npm/" + script}, args...)...)
	var complaints strings.Builder
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v %s", script, err, complaints.String())
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("%s printed %s: %v", script, out, err)
	}
}
