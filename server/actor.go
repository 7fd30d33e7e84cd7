package main

import (
	"log/slog"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"bordergraph/graph"
)

// maxActor is how many bytes the name of one who makes changes may have.
const maxActor = 200

// named has changes made in the name that a header gives, which only a trusted proxy may be able to set. Without a
// header, or where a request has none, they are anonymous.
func named(header string, next http.Handler, log *slog.Logger) http.Handler {
	if header == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		actor := strings.Join(r.Header.Values(header), "\n")
		if !isName(actor) {
			a := &answer{w: w, mediaType: plainJSON, log: log}
			a.refuse(badRequest("the header %s must come once and name who asks, in up to %d bytes of UTF-8 without control characters", header, maxActor))
			return
		}
		next.ServeHTTP(w, r.WithContext(graph.WithActor(r.Context(), actor)))
	})
}

// isName is whether a text is what one can be called, or empty.
func isName(text string) bool {
	return len(text) <= maxActor && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}
