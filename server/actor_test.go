package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

const userHeader = "X-Forwarded-User"

func TestChangesAreMadeInTheNameThatTheProxyGives(t *testing.T) {
	p := start(t, t.TempDir(), "--actor-header", userHeader)
	if status, body := p.askAs(t, noting("over HTTP"), "Nguyễn Thị Hoa"); status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	s := dialAt(t, p.url, &websocket.DialOptions{Subprotocols: []string{transportWS}, HTTPHeader: http.Header{userHeader: {"Trần Văn Bình"}}})
	s.send(initialise)
	s.wants(acknowledged)
	s.send(subscribing("1", noting("over a socket")))
	s.wants(`{"id":"1","type":"next","payload":{"data":{"saveCountries":[{"id":"country:LA"}]}}}`)
	if status, body := p.askAs(t, noting("by nobody")); status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	got := p.ask(t, `{"query":"{ changes { nodes { actor } } }"}`)
	if want := `{"data":{"changes":{"nodes":[{"actor":"bordergraph"},{"actor":"Nguyễn Thị Hoa"},{"actor":"Trần Văn Bình"},{"actor":"anonymous"}]}}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRequestsWhoseNameIsNoneAreRefused(t *testing.T) {
	s := newSite()
	s.actorHeader = userHeader
	handler := handlerOf(t, s)
	for _, names := range [][]string{{"one", "another"}, {"\xff"}, {"a\tb"}, {strings.Repeat("a", maxActor+1)}} {
		got := exchange(t, handler, request{body: `{"query":"{hello}"}`, names: names})
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, "the header X-Forwarded-User must come once") {
			t.Errorf("%q: got %d %s", names, got.status, got.body)
		}
	}
}

// noting is a mutation.
func noting(note string) string {
	return fmt.Sprintf("mutation { saveCountries(objects: [{id: %q, note: %q}]) { id } }", "country:LA", note)
}

// askAs asks as a proxy would that passes these names on.
func (p *process) askAs(t *testing.T, operation string, names ...string) (status int, answer string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": operation})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {plainJSON}, userHeader: names}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
