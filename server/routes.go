package main

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"bordergraph/graph"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/rs/cors"
	"github.com/vektah/gqlparser/v2/ast"
)

// What one request may cost before the graph is asked.
const (
	maxBody           = 1 << 20
	maxTokens         = 5_000
	maxCached         = 256
	maxCachedDocument = 8 << 10
)

// site is everything that the server answers.
type site struct {
	schema  graphql.ExecutableSchema
	exports *graph.Exports
	// api is the text of the schema, for people and tools.
	api   string
	ready *readiness
	// origins are the web origins, besides the server's own, whose pages may ask.
	origins []string
	// actorHeader, if not empty, is the header that names who asks.
	actorHeader string
	// timeout is how long one operation may take.
	timeout time.Duration
	// connections are those that stay open.
	connections *connections
	// initWithin and pulse, if not zero, stand for the constants of these names.
	initWithin, pulse time.Duration
	log               *slog.Logger
}

// How many connections may stay open, how long a client may take to begin with a socket, and how often it
// is seen whether an idle connection is alive: proxies cut one that says nothing for a minute.
const (
	maxConnections = 2_000
	initWithin     = 10 * time.Second
	pulse          = 20 * time.Second
)

func (s *site) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	graphQL := s.graphQL()
	mux.Handle("GET /graphql", graphQL)
	mux.Handle("POST /graphql", graphQL)
	export := &exporting{exports: s.exports, maxBody: maxBody, timeout: exportTimeout, log: s.log}
	mux.Handle("GET /export", export)
	mux.Handle("POST /export", export)
	mux.Handle("GET /schema.graphqls", text(s.api))
	mux.Handle("GET /livez", text("alive\n"))
	mux.Handle("GET /readyz", s.ready)
	mux.Handle("GET /{$}", http.RedirectHandler("/graphiql", http.StatusFound))
	routeGraphiQL(mux)
	return s.guard(named(s.actorHeader, mux, s.log))
}

// graphQL is gqlgen's handler with bounds and transports of its own.
func (s *site) graphQL() http.Handler {
	h := handler.New(s.schema)
	h.SetParserTokenLimit(maxTokens)
	documents := documentCache{lru.New[*ast.QueryDocument](maxCached)}
	h.SetQueryCache(documents)
	h.SetRecoverFunc(panicked)
	o := &operations{documents: documents, timeout: s.timeout, ending: s.connections.ending, log: s.log}
	h.AddTransport(&socketTransport{operations: o, connections: s.connections, origins: s.origins, maxBody: maxBody, initWithin: cmp.Or(s.initWithin, initWithin), pulse: cmp.Or(s.pulse, pulse)})
	h.AddTransport(&eventTransport{operations: o, connections: s.connections, maxBody: maxBody, pulse: cmp.Or(s.pulse, pulse)})
	h.AddTransport(&transport{operations: o, maxBody: maxBody})
	return h
}

// text serves a text as it is.
func text(content string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, content)
	})
}

// guard lets pages of foreign origins in only where the settings name them.
func (s *site) guard(next http.Handler) (http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range s.origins {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	next = protection.Handler(next)
	if len(s.origins) == 0 { // without origins, rs/cors would admit all
		return next, nil
	}
	return cors.New(cors.Options{
		AllowedOrigins: s.origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Accept", "Content-Type"},
		ExposedHeaders: []string{"Content-Disposition", truncatedHeader},
		MaxAge:         600,
	}).Handler(next), nil
}

// documentCache keeps parsed documents by their text; a large one would hold memory for long.
type documentCache struct {
	graphql.Cache[*ast.QueryDocument]
}

func (c documentCache) Add(ctx context.Context, text string, document *ast.QueryDocument) {
	if len(text) <= maxCachedDocument {
		c.Cache.Add(ctx, text, document)
	}
}
