package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bordergraph/graph/query"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

func TestRequestsThatAreNotGraphQLOverHTTPAreRefused(t *testing.T) {
	const body = `{"query":"{hello}"}`
	for _, c := range []struct {
		name   string
		send   request
		status int
		says   string
	}{
		{"no query", request{body: `{}`}, 400, "query is missing"},
		{"no query in the URL", request{method: "GET", url: "/graphql"}, 400, "query is missing"},
		{"query of another kind", request{body: `{"query":1}`}, 400, "query must be a string"},
		{"variables of another kind", request{body: `{"query":"{hello}","variables":[1]}`}, 400, "variables must be a JSON object"},
		{"variables in the URL that are no JSON", request{method: "GET", url: "/graphql?query={hello}&variables=x"}, 400, "variables must be a JSON object"},
		{"query string not well-formed", request{method: "GET", url: "/graphql?query=%zz"}, 400, "query string"},
		{"no object", request{body: `[` + body + `]`}, 400, "one JSON object"},
		{"two objects", request{body: body + body}, 400, "one JSON object"},
		{"not UTF-8", request{body: "{\"query\":\"{hello}\",\"x\":\"\xff\"}"}, 400, "UTF-8"},
		{"too large", request{body: `{"query":"` + strings.Repeat("#", maxBody) + `"}`}, 413, "1048576 bytes"},
		{"no content type", request{body: body, contentType: "-"}, 415, "application/json"},
		{"form", request{body: "query={hello}", contentType: "application/x-www-form-urlencoded"}, 415, "application/json"},
		{"foreign charset", request{body: body, contentType: "application/json; charset=iso-8859-1"}, 415, "UTF-8"},
		{"compressed", request{body: body, encoding: "gzip"}, 415, "compressed"},
		{"unacceptable", request{body: body, accept: "text/html"}, 406, "application/graphql-response+json"},
		{"mutation by GET", request{method: "GET", url: "/graphql?query=mutation{rename}"}, 405, "POST"},
		{"subscription without a stream", request{body: `{"query":"subscription{ticks}"}`}, 406, "text/event-stream"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := send(t, &stub{}, c.send)
			if got.status != c.status || !strings.Contains(got.body, c.says) || strings.Contains(got.body, `"data"`) {
				t.Errorf("got %d %s, want %d with %q and without data", got.status, got.body, c.status, c.says)
			}
		})
	}
}

func TestMutationByGETNamesTheMethodThatIsAllowed(t *testing.T) {
	got := send(t, &stub{}, request{method: "GET", url: "/graphql?query=mutation{rename}"})
	if allow := got.header.Get("Allow"); allow != "POST" {
		t.Errorf("Allow is %q", allow)
	}
}

func TestOtherMethodsAreRefusedWithThoseAllowed(t *testing.T) {
	got := send(t, &stub{}, request{method: "PUT", body: `{"query":"{hello}"}`})
	if allow := got.header.Get("Allow"); got.status != 405 || !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("got %d, Allow %q", got.status, allow)
	}
}

func TestMalformedBodyIsNotRepeated(t *testing.T) {
	got := send(t, &stub{}, request{body: `{"query":"{hello}","variables":{"password":s3cret}}`})
	if got.status != 400 || strings.Contains(got.body, "s3cret") {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestByteOrderMarkIsTolerated(t *testing.T) {
	got := send(t, &stub{}, request{body: "\ufeff" + `{"query":"{hello}"}`})
	if got.status != 200 || got.body != `{"data":{"hello":"world"}}` {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestAnswersSayHowTheyMayBeReadAndKept(t *testing.T) {
	got := send(t, &stub{}, request{body: `{"query":"{hello}"}`})
	for name, want := range map[string]string{"Content-Type": "application/json; charset=utf-8", "Vary": "Accept", "X-Content-Type-Options": "nosniff"} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
		}
	}
}

func TestRefusedOperationHasNoDataAndAStatusByMediaType(t *testing.T) {
	refuse := &stub{answer: func(context.Context) *graphql.Response {
		return &graphql.Response{Errors: gqlerror.List{gqlerror.Errorf("too dear")}}
	}}
	for accept, status := range map[string]int{plainJSON: 200, graphqlJSON: 400} {
		for _, document := range []string{"{", "{unknown}", "{hello}", "query A{hello} query B{hello}"} {
			body, _ := json.Marshal(map[string]string{"query": document})
			got := send(t, refuse, request{body: string(body), accept: accept})
			if got.status != status || strings.Contains(got.body, `"data"`) || !strings.Contains(got.body, `"errors":[{"message":`) {
				t.Errorf("%s as %s: got %d %s, want %d with errors only", document, accept, got.status, got.body, status)
			}
		}
	}
}

func TestFailureAtRunTimeKeepsTheData(t *testing.T) {
	fail := &stub{answer: func(context.Context) *graphql.Response {
		return &graphql.Response{Data: []byte(`{"hello":null}`), Errors: gqlerror.List{
			gqlerror.WrapPath(ast.Path{ast.PathName("hello")}, &query.Error{Code: query.Unavailable, Message: "the store is away"}),
		}}
	}}
	got := send(t, fail, request{body: `{"query":"{hello}"}`, accept: graphqlJSON})
	want := `{"errors":[{"message":"the store is away","path":["hello"],"extensions":{"code":"UNAVAILABLE"}}],"data":{"hello":null}}`
	if got.status != 200 || got.body != want {
		t.Errorf("got %d %s, want %s", got.status, got.body, want)
	}
}

func TestVariablesReachTheSchemaAsTheyWereSent(t *testing.T) {
	var variables map[string]any
	var introspection bool
	look := &stub{answer: func(ctx context.Context) *graphql.Response {
		op := graphql.GetOperationContext(ctx)
		variables, introspection = op.Variables, !op.DisableIntrospection
		return &graphql.Response{Data: []byte(`{}`)}
	}}
	// gqlgen would refuse the first two values, the first because it is no Int, and make a list of the third.
	send(t, look, request{body: `{"query":"query($a: Int!, $b: Int!, $c: [Int!]){add(a: $a, b: $b, c: $c)}","variables":{"a":"one","b":12345678901234567890,"c":1}}`})
	if variables["a"] != "one" || variables["b"] != json.Number("12345678901234567890") || variables["c"] != json.Number("1") {
		t.Errorf("got %v", variables)
	}
	if !introspection {
		t.Error("introspection is off")
	}
}

func TestPanicIsAnInternalErrorWithItsIDInTheLog(t *testing.T) {
	var log bytes.Buffer
	explode := &stub{log: &log, answer: func(context.Context) *graphql.Response { panic("bolt://user:s3cret@host") }}
	got := send(t, explode, request{body: `{"query":"{hello}"}`})
	var body struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code, RequestID string }
		}
	}
	if err := json.Unmarshal([]byte(got.body), &body); err != nil {
		t.Fatal(err)
	}
	e := body.Errors[0]
	if got.status != 500 || e.Message != "internal error" || e.Extensions.Code != "INTERNAL" || strings.Contains(got.body, "s3cret") {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if !strings.Contains(log.String(), e.Extensions.RequestID) || !strings.Contains(log.String(), "s3cret") {
		t.Errorf("the log has %s", log.String())
	}
}

func TestOperationThatTakesTooLongIsEnded(t *testing.T) {
	s := &stub{answer: func(ctx context.Context) *graphql.Response {
		<-ctx.Done()
		return nil
	}}
	got := send(t, s, request{body: `{"query":"{hello}"}`, timeout: 10 * time.Millisecond})
	if got.status != 503 || !strings.Contains(got.body, query.Timeout) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

// stub is a schema whose operations are all answered alike.
type stub struct {
	answer func(context.Context) *graphql.Response
	log    *bytes.Buffer
}

var stubSchema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	type Query { hello: String add(a: Int!, b: Int!, c: [Int!]): Int }
	type Mutation { rename: String }
	type Subscription { ticks: Int }
`})

func (s *stub) Schema() *ast.Schema { return stubSchema }

func (s *stub) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (s *stub) Exec(context.Context) graphql.ResponseHandler {
	if s.answer == nil {
		return graphql.OneShot(&graphql.Response{Data: []byte(`{"hello":"world"}`)})
	}
	return s.answer
}

// request is what a client sends: by default, POST with application/json to /graphql.
type request struct {
	method, url, body             string
	contentType, encoding, accept string
	origin                        string
	names                         []string
	timeout                       time.Duration
}

type reply struct {
	status int
	header http.Header
	body   string
}

// send sends a request to a site over the schema.
func send(t *testing.T, s *stub, r request) reply {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	if s.log != nil {
		log = slog.New(slog.NewTextHandler(s.log, nil))
	}
	site := newSite()
	site.schema, site.log, site.timeout = s, log, cmp.Or(r.timeout, site.timeout)
	return exchange(t, handlerOf(t, site), r)
}

func exchange(t *testing.T, handler http.Handler, r request) reply {
	t.Helper()
	req := httptest.NewRequest(cmp.Or(r.method, "POST"), cmp.Or(r.url, "/graphql"), strings.NewReader(r.body))
	req.Header.Set("Content-Type", cmp.Or(r.contentType, plainJSON))
	if r.contentType == "-" {
		req.Header.Del("Content-Type")
	}
	for name, value := range map[string]string{"Content-Encoding": r.encoding, "Accept": r.accept, "Origin": r.origin} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	for _, name := range r.names {
		req.Header.Add(userHeader, name)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, req)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{w.Code, w.Result().Header, string(body)}
}
