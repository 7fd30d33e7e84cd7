package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

func TestQueryOverEventsHasOneAnswer(t *testing.T) {
	for method, send := range map[string]request{
		"GET":  {method: "GET", url: "/graphql?query={hello}"},
		"POST": {body: `{"query":"{hello}"}`},
	} {
		got := sendForEvents(t, &stub{}, send)
		if got.status != 200 || eventsOf(got.body) != "event: next\ndata: {\"data\":{\"hello\":\"world\"}}\n\nevent: complete\ndata: \n\n" {
			t.Errorf("%s: got %d %s", method, got.status, got.body)
		}
	}
}

func TestEventsSayHowTheyMayBeReadAndKept(t *testing.T) {
	got := sendForEvents(t, &stub{}, request{body: `{"query":"{hello}"}`})
	for name, want := range map[string]string{"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache", "Vary": "Accept", "X-Content-Type-Options": "nosniff"} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
		}
	}
}

func TestMutationOverEventsIsMadeByPOSTOnly(t *testing.T) {
	made := false
	s := &stub{answer: func(context.Context) *graphql.Response {
		made = true
		return &graphql.Response{Data: []byte(`{}`)}
	}}
	for _, method := range []string{"GET", "HEAD"} {
		got := sendForEvents(t, s, request{method: method, url: "/graphql?query=mutation{rename}"})
		if made || !strings.Contains(got.body, `{"errors":[{"message":"a mutation must be sent by POST"`) {
			t.Errorf("by %s: made is %v, got %s", method, made, got.body)
		}
	}
	got := sendForEvents(t, s, request{body: `{"query":"mutation{rename}"}`})
	if !made || !strings.Contains(got.body, `{"data":{}}`) {
		t.Errorf("by POST: made is %v, got %s", made, got.body)
	}
}

func TestSubscriptionOverEventsHasManyAnswers(t *testing.T) {
	got := sendForEvents(t, &stub{answer: ticking(2)}, request{method: "GET", url: "/graphql?query=subscription{ticks}"})
	want := "event: next\ndata: {\"data\":{\"ticks\":1}}\n\nevent: next\ndata: {\"data\":{\"ticks\":2}}\n\nevent: complete\ndata: \n\n"
	if eventsOf(got.body) != want {
		t.Errorf("got %s", got.body)
	}
}

func TestRefusedOperationOverEventsIsToldInTheStream(t *testing.T) {
	got := sendForEvents(t, &stub{}, request{body: `{"query":"{unknown}"}`})
	if got.status != 200 || !strings.HasPrefix(eventsOf(got.body), `event: next`+"\n"+`data: {"errors":[{"message":"Cannot query field`) || !strings.HasSuffix(got.body, "event: complete\ndata: \n\n") {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestSubscriptionOverEventsThatCannotGoOnEndsWithErrors(t *testing.T) {
	s := &stub{answer: func(context.Context) *graphql.Response {
		return &graphql.Response{Errors: gqlerror.List{gqlerror.Errorf("the clock stopped")}}
	}}
	got := sendForEvents(t, s, request{body: `{"query":"subscription{ticks}"}`})
	if want := "event: next\ndata: {\"errors\":[{\"message\":\"the clock stopped\"}]}\n\nevent: complete\ndata: \n\n"; eventsOf(got.body) != want {
		t.Errorf("got %s", got.body)
	}
}

func TestRequestsForEventsThatAreNotGraphQLOverHTTPAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		send   request
		status int
	}{
		"no query":      {request{body: `{}`}, 400},
		"no JSON":       {request{body: `{`}, 400},
		"form":          {request{body: `query={hello}`, contentType: "application/x-www-form-urlencoded"}, 415},
		"other methods": {request{method: "PUT", body: `{"query":"{hello}"}`}, 405},
	} {
		if got := sendForEvents(t, &stub{}, c.send); got.status != c.status {
			t.Errorf("%s: got %d, want %d", name, got.status, c.status)
		}
	}
}

func TestEventsAreOnlyForThoseWhoLikeThemBest(t *testing.T) {
	for accept, mediaType := range map[string]string{
		"text/event-stream":                          eventStream,
		"text/event-stream, application/json;q=0.9":  eventStream,
		"application/json, text/event-stream":        plainJSON,
		"*/*":                                        plainJSON,
		"text/event-stream;q=0, application/json":    plainJSON,
		"multipart/mixed, application/json, */*;q=0": plainJSON,
	} {
		got := send(t, &stub{}, request{body: `{"query":"{hello}"}`, accept: accept})
		if !strings.HasPrefix(got.header.Get("Content-Type"), mediaType+";") {
			t.Errorf("%s: got %s", accept, got.header.Get("Content-Type"))
		}
	}
}

func TestIdleStreamSaysThatItIsAlive(t *testing.T) {
	site := newSiteOf(&stub{answer: silent})
	site.pulse = time.Millisecond
	lines := subscribeTo(t, t.Context(), serverOf(t, site).URL, "subscription{ticks}")
	for range 6 {
		if line, err := lines.ReadString('\n'); err != nil || line != ":\n" && line != "\n" {
			t.Fatalf("got %q %v", line, err)
		}
	}
}

func TestClientThatLeavesAStreamEndsTheSubscription(t *testing.T) {
	site := newSiteOf(&stub{answer: silent})
	ctx, leave := context.WithCancel(t.Context())
	subscribeTo(t, ctx, serverOf(t, site).URL, "subscription{ticks}")
	leave()
	if err := site.connections.wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestStreamsAreCutWithoutCompletionWhenTheServerEnds(t *testing.T) {
	site := newSiteOf(&stub{answer: silent})
	lines := subscribeTo(t, t.Context(), serverOf(t, site).URL, "subscription{ticks}")
	site.connections.end()
	rest, err := io.ReadAll(lines)
	if err != nil || strings.Contains(string(rest), "complete") {
		t.Errorf("got %q %v", rest, err)
	}
}

// sendForEvents is send for a client that wants events.
func sendForEvents(t *testing.T, s *stub, r request) reply {
	t.Helper()
	r.accept = eventStream
	return send(t, s, r)
}

// eventsOf is a stream without its comments.
func eventsOf(body string) string { return strings.ReplaceAll(body, ":\n\n", "") }

// subscribeTo opens a stream that is over when the test is.
func subscribeTo(t *testing.T, ctx context.Context, server, query string) *bufio.Reader {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", server+"/graphql?query="+url.QueryEscape(query), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", eventStream)
	response, err := http.DefaultClient.Do(r)
	if err != nil || response.StatusCode != 200 {
		t.Fatalf("got %v %v", response, err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return bufio.NewReader(response.Body)
}

// nextEvent is the data of the next event of a stream.
func nextEvent(t *testing.T, stream *bufio.Reader) string {
	t.Helper()
	for {
		line, err := stream.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if data, is := strings.CutPrefix(line, "data: "); is {
			return strings.TrimSuffix(data, "\n")
		}
	}
}
