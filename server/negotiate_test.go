package main

import (
	"net/http"
	"testing"
)

func TestMediaTypeIsTheOneThatTheClientLikesBest(t *testing.T) {
	for accept, want := range map[string]string{
		"":                               plainJSON,
		"*/*":                            plainJSON,
		"application/*":                  plainJSON,
		plainJSON:                        plainJSON,
		graphqlJSON:                      graphqlJSON,
		graphqlJSON + ", " + plainJSON:   graphqlJSON,
		plainJSON + ", multipart/mixed":  plainJSON,
		"*/*, " + graphqlJSON:            graphqlJSON,
		graphqlJSON + ";q=0.5, */*":      plainJSON,
		plainJSON + ";q=0, */*":          graphqlJSON,
		"APPLICATION/JSON;charset=UTF-8": plainJSON,
		"text/html, */*;q=0.1":           plainJSON,
	} {
		if got, acceptable := negotiate(http.Header{"Accept": {accept}}, plainJSON, graphqlJSON); got != want || !acceptable {
			t.Errorf("%q: got %s %t, want %s", accept, got, acceptable, want)
		}
	}
}

func TestMediaTypeIsUnacceptableWhereTheClientExcludesBoth(t *testing.T) {
	for _, accept := range []string{"text/html", "*/*;q=0", plainJSON + ";q=0", plainJSON + ";charset=iso-8859-1", "nonsense", plainJSON + ";q=high"} {
		if got, acceptable := negotiate(http.Header{"Accept": {accept}}, plainJSON, graphqlJSON); acceptable {
			t.Errorf("%q: got %s", accept, got)
		}
	}
}

func TestAcceptMayBeSentInSeveralLines(t *testing.T) {
	if got, _ := negotiate(http.Header{"Accept": {"text/html", graphqlJSON}}, plainJSON, graphqlJSON); got != graphqlJSON {
		t.Errorf("got %s", got)
	}
}
