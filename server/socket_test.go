package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	initialise   = `{"type":"connection_init"}`
	acknowledged = `{"type":"connection_ack"}`
)

func TestSocketIsClosedForWhatTheProtocolForbids(t *testing.T) {
	long := strings.Repeat("đ", 200)
	for _, c := range []struct {
		name string
		send []string
		code websocket.StatusCode
		says string
	}{
		{"no JSON", []string{`{"type":`}, 4400, "JSON object"},
		{"no object", []string{`["ping"]`}, 4400, "JSON object"},
		{"no type", []string{`{"id":"1"}`}, 4400, "type"},
		{"unknown type", []string{`{"type":"start"}`}, 4400, "type"},
		{"message of the server", []string{initialise, `{"type":"next","id":"1","payload":{}}`}, 4400, "type"},
		{"payload of another kind", []string{`{"type":"connection_init","payload":[]}`}, 4400, "payload"},
		{"no id", []string{initialise, `{"type":"subscribe","payload":{"query":"{hello}"}}`}, 4400, "id"},
		{"id of another kind", []string{initialise, `{"type":"complete","id":1}`}, 4400, "JSON object"},
		{"no query", []string{initialise, `{"type":"subscribe","id":"1","payload":{}}`}, 4400, "query"},
		{"variables of another kind", []string{initialise, `{"type":"subscribe","id":"1","payload":{"query":"{hello}","variables":[]}}`}, 4400, "variables"},
		{"before the acknowledgement", []string{subscribing("1", "{hello}")}, 4401, "Unauthorized"},
		{"second initialisation", []string{initialise, initialise}, 4429, "Too many"},
		{"id that is taken", []string{initialise, subscribing("1", "subscription{ticks}"), subscribing("1", "{hello}")}, 4409, "Subscriber for 1 already exists"},
		{"long id that is taken", []string{initialise, subscribing(long, "subscription{ticks}"), subscribing(long, "{hello}")}, 4409, "Subscriber for đđđ"},
		{"message too large", []string{initialise, `{"type":"ping","payload":{"x":"` + strings.Repeat("x", maxBody) + `"}}`}, 1009, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := dial(t, newSiteOf(&stub{answer: silent}))
			for _, text := range c.send {
				s.send(text)
			}
			if code, reason := s.closed(); code != c.code || !strings.Contains(reason, c.says) {
				t.Errorf("got %d %q, want %d with %q", code, reason, c.code, c.says)
			}
		})
	}
}

func TestSocketSpeaksOneSubprotocolOnly(t *testing.T) {
	for _, offered := range [][]string{nil, {"graphql-ws"}} {
		s := dialWith(t, newSite(), &websocket.DialOptions{Subprotocols: offered})
		if code, _ := s.closed(); code != 4406 {
			t.Errorf("%v: got %d", offered, code)
		}
	}
}

func TestSocketWithoutInitialisationIsClosed(t *testing.T) {
	site := newSite()
	site.initWithin = 10 * time.Millisecond
	if code, _ := dial(t, site).closed(); code != 4408 {
		t.Errorf("got %d", code)
	}
}

func TestSocketAnswersPingsAndIgnoresPongs(t *testing.T) {
	s := dial(t, newSite())
	s.send(`{"type":"pong"}`)
	s.send(`{"type":"ping"}`)
	s.wants(`{"type":"pong"}`)
	s.send(`{"type":"ping","payload":{"at":[1.0]}}`)
	s.wants(`{"type":"pong","payload":{"at":[1.0]}}`)
}

func TestSocketTakesWhatComesWithTheInitialisation(t *testing.T) {
	for _, payload := range []string{`{}`, `null`, `{"token":"x"}`} {
		s := dial(t, newSite())
		s.send(`{"type":"connection_init","payload":` + payload + `}`)
		s.wants(acknowledged)
	}
}

func TestQueryOverASocketHasOneAnswer(t *testing.T) {
	s := begin(t, newSite())
	s.send(subscribing("1", "{hello}"))
	s.wants(`{"id":"1","type":"next","payload":{"data":{"hello":"world"}}}`)
	s.wants(`{"id":"1","type":"complete"}`)
}

func TestMutationOverASocketHasOneAnswer(t *testing.T) {
	s := begin(t, newSite())
	s.send(subscribing("1", "mutation{rename}"))
	s.wants(`{"id":"1","type":"next","payload":{"data":{"hello":"world"}}}`)
	s.wants(`{"id":"1","type":"complete"}`)
}

func TestSubscriptionOverASocketHasManyAnswers(t *testing.T) {
	s := begin(t, newSiteOf(&stub{answer: ticking(3)}))
	s.send(subscribing("a", "subscription{ticks}"))
	for i := 1; i <= 3; i++ {
		s.wants(fmt.Sprintf(`{"id":"a","type":"next","payload":{"data":{"ticks":%d}}}`, i))
	}
	s.wants(`{"id":"a","type":"complete"}`)
}

func TestOperationsOfASocketAreAnsweredSideBySide(t *testing.T) {
	s := begin(t, newSiteOf(&stub{answer: bySort}))
	s.send(subscribing("a", "subscription{ticks}"))
	s.send(subscribing("b", "{hello}"))
	s.wants(`{"id":"b","type":"next","payload":{"data":{}}}`)
	s.wants(`{"id":"b","type":"complete"}`)
}

func TestRefusedOperationOverASocketHasErrorsAndNothingElse(t *testing.T) {
	s := begin(t, newSite())
	s.send(subscribing("1", "{unknown}"))
	if got := s.receive(); !strings.HasPrefix(got, `{"id":"1","type":"error","payload":[{"message":"Cannot query field`) {
		t.Errorf("got %s", got)
	}
	s.send(subscribing("1", "{"+strings.Repeat("hello ", maxRepeats+1)+"}"))
	if got := s.receive(); !strings.HasPrefix(got, `{"id":"1","type":"error","payload":[{"message":"a selection has one field more than`) {
		t.Errorf("got %s", got)
	}
	s.wantsNothing()
}

func TestSubscriptionThatCannotGoOnEndsWithErrors(t *testing.T) {
	count := 0
	s := begin(t, newSiteOf(&stub{answer: func(context.Context) *graphql.Response {
		if count++; count == 1 {
			return &graphql.Response{Data: []byte(`{"ticks":1}`)}
		}
		return &graphql.Response{Errors: gqlerror.List{gqlerror.Errorf("the clock stopped")}}
	}}))
	s.send(subscribing("1", "subscription{ticks}"))
	s.wants(`{"id":"1","type":"next","payload":{"data":{"ticks":1}}}`)
	s.wants(`{"id":"1","type":"error","payload":[{"message":"the clock stopped"}]}`)
	s.wantsNothing()
}

func TestNothingFollowsTheCompletionByTheClient(t *testing.T) {
	begun, stopped := make(chan bool), make(chan bool)
	s := begin(t, newSiteOf(&stub{answer: func(ctx context.Context) *graphql.Response {
		begun <- true
		<-ctx.Done()
		stopped <- true
		return &graphql.Response{Data: []byte(`{"late":true}`)}
	}}))
	s.send(subscribing("1", "subscription{ticks}"))
	<-begun
	s.send(`{"type":"complete","id":"1"}`)
	<-stopped
	s.wantsNothing()
}

func TestQueryThatTheClientCompletedHasNoAnswer(t *testing.T) {
	begun, finish := make(chan bool), make(chan bool)
	s := begin(t, newSiteOf(&stub{answer: func(context.Context) *graphql.Response {
		begun <- true
		<-finish
		return &graphql.Response{Data: []byte(`{}`)}
	}}))
	s.send(subscribing("1", "{hello}"))
	<-begun
	s.send(`{"type":"complete","id":"1"}`)
	s.wantsNothing()
	close(finish)
	s.wantsNothing()
}

func TestCompletionOfWhatIsOverIsIgnored(t *testing.T) {
	s := begin(t, newSite())
	s.send(`{"type":"complete","id":"never begun"}`)
	s.wantsNothing()
}

func TestIDMayBeUsedAgainOnceItsOperationIsOver(t *testing.T) {
	s := begin(t, newSite())
	for range 3 {
		s.send(subscribing("1", "{hello}"))
		s.wants(`{"id":"1","type":"next","payload":{"data":{"hello":"world"}}}`)
		s.wants(`{"id":"1","type":"complete"}`)
	}
}

func TestSocketHasManyOperationsAtATimeButNotMore(t *testing.T) {
	s := begin(t, newSiteOf(&stub{answer: silent}))
	for i := range maxRunning + 1 {
		s.send(subscribing(fmt.Sprint(i), "subscription{ticks}"))
	}
	want := fmt.Sprintf(`{"id":"%d","type":"error","payload":[{"message":"the socket has %d operations`, maxRunning, maxRunning)
	if got := s.receive(); !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	s.send(`{"type":"complete","id":"0"}`)
	s.send(subscribing("next", "subscription{ticks}"))
	s.wantsNothing()
}

func TestConnectionsAreBounded(t *testing.T) {
	site := newSiteOf(&stub{answer: silent})
	site.connections = newConnections(1)
	server := serverOf(t, site)
	first := dialAt(t, server.URL, transportWSOnly())
	first.send(initialise)
	first.wants(acknowledged)
	_, response, err := websocket.Dial(t.Context(), server.URL+"/graphql", transportWSOnly())
	if err == nil || response.StatusCode != 503 || response.Header.Get("Retry-After") == "" {
		t.Errorf("got %v %v", response, err)
	}
}

func TestSocketsOfPagesOfOtherOriginsAreRefused(t *testing.T) {
	site := newSite()
	site.origins = []string{"https://maps.example"}
	server := serverOf(t, site)
	for origin, admitted := range map[string]bool{
		"https://maps.example": true, server.URL: true,
		"http://maps.example": false, "https://maps.example.org": false, "null": false,
	} {
		options := transportWSOnly()
		options.HTTPHeader = http.Header{"Origin": {origin}}
		conn, response, err := websocket.Dial(t.Context(), server.URL+"/graphql", options)
		if (err == nil) != admitted || !admitted && response.StatusCode != 403 {
			t.Errorf("%s: got %v %v", origin, response, err)
		}
		if err == nil {
			_ = conn.CloseNow()
		}
	}
}

func TestSocketWhoseClientIsGoneWithoutAWordIsClosed(t *testing.T) {
	site := newSiteOf(&stub{answer: silent})
	site.pulse = 10 * time.Millisecond
	s := dial(t, site)
	s.send(initialise)
	s.send(subscribing("1", "subscription{ticks}"))
	// The client answers pings only while it reads.
	if err := site.connections.wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSocketWhoseClientTakesNothingIsClosedAndHoldsUpNoOther(t *testing.T) {
	flood := []byte(`{"ticks":"` + strings.Repeat("x", 64<<10) + `"}`)
	site := newSiteOf(&stub{answer: func(context.Context) *graphql.Response { return &graphql.Response{Data: flood} }})
	site.pulse = 100 * time.Millisecond
	server := serverOf(t, site).URL
	deaf, other := dialAt(t, server, transportWSOnly()), dialAt(t, server, transportWSOnly())
	deaf.send(initialise)
	deaf.send(subscribing("1", "subscription{ticks}"))
	other.send(initialise)
	other.wants(acknowledged)
	for range 10 {
		other.send(subscribing("1", "{hello}"))
		other.receive()
		other.wants(`{"id":"1","type":"complete"}`)
	}
	_ = other.conn.CloseNow()
	if err := site.connections.wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSubscriptionsOutliveTheTimeOfAnOperation(t *testing.T) {
	site := newSiteOf(&stub{answer: func(ctx context.Context) *graphql.Response {
		if _, bounded := ctx.Deadline(); bounded {
			return &graphql.Response{Data: []byte(`{"bounded":true}`)}
		}
		return &graphql.Response{Data: []byte(`{"bounded":false}`)}
	}})
	s := begin(t, site)
	s.send(subscribing("1", "{hello}"))
	s.wants(`{"id":"1","type":"next","payload":{"data":{"bounded":true}}}`)
	s.wants(`{"id":"1","type":"complete"}`)
	s.send(subscribing("2", "subscription{ticks}"))
	s.wants(`{"id":"2","type":"next","payload":{"data":{"bounded":false}}}`)
}

func TestPanicOverASocketIsAnInternalError(t *testing.T) {
	s := begin(t, newSiteOf(&stub{answer: func(context.Context) *graphql.Response { panic("s3cret") }}))
	s.send(subscribing("1", "{hello}"))
	if got := s.receive(); !strings.HasPrefix(got, `{"id":"1","type":"error","payload":[{"message":"internal error"`) || strings.Contains(got, "s3cret") {
		t.Errorf("got %s", got)
	}
	s.wantsNothing()
}

func TestSocketsFinishWhatTheyAnswerAndCloseWhenTheServerEnds(t *testing.T) {
	begun, finish := make(chan bool), make(chan bool)
	site := newSiteOf(&stub{answer: func(ctx context.Context) *graphql.Response {
		if graphql.GetOperationContext(ctx).Operation.Operation == "subscription" {
			<-ctx.Done()
			return nil
		}
		begun <- true
		<-finish
		return &graphql.Response{Data: []byte(`{}`)}
	}})
	s := begin(t, site)
	s.send(subscribing("1", "subscription{ticks}"))
	s.send(subscribing("2", "mutation{rename}"))
	<-begun
	site.connections.end()
	close(finish)
	s.wants(`{"id":"2","type":"next","payload":{"data":{}}}`)
	s.wants(`{"id":"2","type":"complete"}`)
	if code, _ := s.closed(); code != websocket.StatusGoingAway {
		t.Errorf("got %d", code)
	}
	if err := site.connections.wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNothingIsLeftOfAThousandConnections(t *testing.T) {
	site := newSiteOf(&stub{answer: silent})
	server := serverOf(t, site)
	client := server.Client()
	open := func(i int) {
		if i%2 == 0 {
			s := dialAt(t, server.URL, transportWSOnly())
			s.send(initialise)
			s.wants(acknowledged)
			s.send(subscribing("1", "subscription{ticks}"))
			_ = s.conn.CloseNow()
			return
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r, _ := http.NewRequestWithContext(ctx, "GET", server.URL+"/graphql?query=subscription{ticks}", nil)
		r.Header.Set("Accept", eventStream)
		if response, err := client.Do(r); err != nil || response.StatusCode != 200 {
			t.Fatal(response, err)
		}
	}
	settle := func(most int) (goroutines, files int) {
		for range 200 {
			client.CloseIdleConnections()
			if goroutines, files = runtime.NumGoroutine(), descriptors(t); goroutines+files <= most {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		return goroutines, files
	}
	for i := range 10 {
		open(i)
	}
	goroutinesBefore, filesBefore := settle(0)
	for i := range 1000 {
		open(i)
	}
	goroutines, files := settle(goroutinesBefore + filesBefore)
	if goroutines > goroutinesBefore || files > filesBefore {
		t.Errorf("%d goroutines and %d descriptors became %d and %d", goroutinesBefore, filesBefore, goroutines, files)
	}
	if places := len(site.connections.places); places > 0 {
		t.Errorf("%d places are taken", places)
	}
}

// descriptors is the number of open files, where the system tells.
func descriptors(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil && runtime.GOOS == "linux" {
		t.Fatal(err)
	}
	return len(files)
}

// silent answers nothing until it is stopped.
func silent(ctx context.Context) *graphql.Response {
	<-ctx.Done()
	return nil
}

// ticking answers each operation some numbers.
func ticking(most int) func(context.Context) *graphql.Response {
	var mu sync.Mutex
	ticks := map[*graphql.OperationContext]int{}
	return func(ctx context.Context) *graphql.Response {
		mu.Lock()
		defer mu.Unlock()
		op := graphql.GetOperationContext(ctx)
		if ticks[op]++; ticks[op] > most {
			return nil
		}
		return &graphql.Response{Data: []byte(fmt.Sprintf(`{"ticks":%d}`, ticks[op]))}
	}
}

// bySort is silent for subscriptions only.
func bySort(ctx context.Context) *graphql.Response {
	if graphql.GetOperationContext(ctx).Operation.Operation == "subscription" {
		return silent(ctx)
	}
	return &graphql.Response{Data: []byte(`{}`)}
}

func newSiteOf(s *stub) *site {
	site := newSite()
	site.schema = s
	return site
}

func serverOf(t *testing.T, s *site) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handlerOf(t, s))
	t.Cleanup(server.Close)
	t.Cleanup(s.connections.end)
	return server
}

func transportWSOnly() *websocket.DialOptions {
	return &websocket.DialOptions{Subprotocols: []string{transportWS}}
}

// socketClient is a client that says what a test says.
type socketClient struct {
	*testing.T
	conn *websocket.Conn
}

func dial(t *testing.T, s *site) *socketClient {
	t.Helper()
	return dialWith(t, s, transportWSOnly())
}

func dialWith(t *testing.T, s *site, options *websocket.DialOptions) *socketClient {
	t.Helper()
	return dialAt(t, serverOf(t, s).URL, options)
}

func dialAt(t *testing.T, server string, options *websocket.DialOptions) *socketClient {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), server+"/graphql", options)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(maxBody)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &socketClient{t, conn}
}

// begin is dial, up to the acknowledgement.
func begin(t *testing.T, s *site) *socketClient {
	t.Helper()
	c := dial(t, s)
	c.send(initialise)
	c.wants(acknowledged)
	return c
}

func subscribing(id, query string) string {
	return fmt.Sprintf(`{"type":"subscribe","id":%q,"payload":{"query":%q}}`, id, query)
}

func (c *socketClient) send(text string) {
	c.Helper()
	if err := c.conn.Write(c.Context(), websocket.MessageText, []byte(text)); err != nil {
		c.Fatal(err)
	}
}

func (c *socketClient) receive() string {
	c.Helper()
	_, text, err := c.conn.Read(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return string(text)
}

func (c *socketClient) wants(text string) {
	c.Helper()
	if got := c.receive(); got != text {
		c.Fatalf("got %s, want %s", got, text)
	}
}

// wantsNothing wants that what was sent by now, for all that is known, is all.
func (c *socketClient) wantsNothing() {
	c.Helper()
	c.send(`{"type":"ping","payload":{"nothing":"before"}}`)
	c.wants(`{"type":"pong","payload":{"nothing":"before"}}`)
}

// closed reads on until the server closes the socket.
func (c *socketClient) closed() (websocket.StatusCode, string) {
	c.Helper()
	for {
		_, _, err := c.conn.Read(c.Context())
		var closed websocket.CloseError
		if errors.As(err, &closed) {
			return closed.Code, closed.Reason
		}
		if err != nil {
			c.Fatal(err)
		}
	}
}
