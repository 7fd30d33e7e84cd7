package main

import (
	"embed"
	"encoding/json"
	"net/http"

	"bordergraph"
)

// GraphiQL is served from here in full, so that its page works without any other host.
//
//go:embed graphiql
var graphiQL embed.FS

// contentPolicy lets the page load from this server only. GraphiQL's editor sets styles from script,
// hence 'unsafe-inline' for them.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func routeGraphiQL(mux *http.ServeMux) {
	mux.HandleFunc("GET /graphiql", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", contentPolicy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		http.ServeFileFS(w, r, graphiQL, "graphiql/page.html")
	})
	files := http.FileServerFS(graphiQL)
	mux.Handle("GET /graphiql/{file}", files)
	mux.HandleFunc("GET /graphiql/examples.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(bordergraph.Examples()) // the client may have gone
	})
	mux.HandleFunc("GET /graphiql/assets/{file}", func(w http.ResponseWriter, r *http.Request) {
		// Their names carry their versions, so what a browser has kept stays right.
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		files.ServeHTTP(w, r)
	})
}
