package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

func TestFirstPageIsGraphiQL(t *testing.T) {
	got := get(t, newSite(), "/")
	if location := got.header.Get("Location"); got.status != 302 || location != "/graphiql" {
		t.Errorf("got %d to %q", got.status, location)
	}
}

func TestSchemaIsServedAsText(t *testing.T) {
	got := get(t, newSite(), "/schema.graphqls")
	if got.body != "type Query { hello: String }" || got.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("got %q as %s", got.body, got.header.Get("Content-Type"))
	}
}

func TestAliveWhateverTheStoreDoes(t *testing.T) {
	s := newSite()
	s.ready = &readiness{store: &store{err: errDown}}
	if got := get(t, s, "/livez"); got.status != 200 {
		t.Errorf("got %d", got.status)
	}
}

func TestUnknownPathsAreNotFound(t *testing.T) {
	for _, path := range []string{"/unknown", "/graphql/unknown", "/graphiql/unknown", "/graphiql/assets/unknown"} {
		if got := get(t, newSite(), path); got.status != 404 {
			t.Errorf("%s: got %d", path, got.status)
		}
	}
}

func TestPagesOfOtherOriginsAreRefused(t *testing.T) {
	got := exchange(t, handlerOf(t, newSite()), request{body: `{"query":"{hello}"}`, origin: "https://elsewhere.example"})
	if got.status != 403 || got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("got %d, allowed %q", got.status, got.header.Get("Access-Control-Allow-Origin"))
	}
}

func TestPagesOfTheOriginsInTheSettingsMayAsk(t *testing.T) {
	s := newSite()
	s.origins = []string{"https://maps.example"}
	got := exchange(t, handlerOf(t, s), request{body: `{"query":"{hello}"}`, origin: "https://maps.example"})
	if got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != "https://maps.example" {
		t.Errorf("got %d, allowed %q", got.status, got.header.Get("Access-Control-Allow-Origin"))
	}
	got = exchange(t, handlerOf(t, s), request{body: `{"query":"{hello}"}`, origin: "https://maps.example.org"})
	if got.status != 403 || got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a like origin: got %d, allowed %q", got.status, got.header.Get("Access-Control-Allow-Origin"))
	}
}

func TestDocumentOfTooManyTokensIsRefused(t *testing.T) {
	got := send(t, &stub{}, request{body: `{"query":"{` + strings.Repeat("hello ", maxTokens) + `}"}`, accept: graphqlJSON})
	if got.status != 400 || !strings.Contains(got.body, "token limit") {
		t.Errorf("got %d %.200s", got.status, got.body)
	}
}

func TestLargeDocumentsAreNotKept(t *testing.T) {
	kept := keeper{}
	cache := documentCache{kept}
	cache.Add(t.Context(), "{hello}", nil)
	cache.Add(t.Context(), "{hello}"+strings.Repeat("#", maxCachedDocument), nil)
	if len(kept) != 1 {
		t.Errorf("%d documents are kept", len(kept))
	}
}

func newSite() *site {
	return &site{
		schema:      &stub{},
		api:         "type Query { hello: String }",
		ready:       &readiness{store: &store{}},
		timeout:     time.Second,
		connections: newConnections(maxConnections),
		log:         slog.New(slog.DiscardHandler),
	}
}

func handlerOf(t *testing.T, s *site) http.Handler {
	t.Helper()
	handler, err := s.handler()
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

func get(t *testing.T, s *site, url string) reply {
	t.Helper()
	return exchange(t, handlerOf(t, s), request{method: "GET", url: url})
}

// keeper is a cache without bounds.
type keeper map[string]*ast.QueryDocument

func (k keeper) Add(_ context.Context, text string, document *ast.QueryDocument) { k[text] = document }

func (k keeper) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	document, kept := k[text]
	return document, kept
}
