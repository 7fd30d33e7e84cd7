package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/embedded"
	"bordergraph/graph/query"

	"github.com/coder/websocket"
)

// TestMain lets the test binary be the program, so that tests can start, signal and await it.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_AS_SERVER") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestFirstStartAnswersFromTheBundledDataset(t *testing.T) {
	p := start(t, t.TempDir())
	got := p.ask(t, `{"query":"{ about { store dataset } country(id: \"country:LA\") { iso3 } }"}`)
	if !strings.Contains(got, `"store":"EMBEDDED"`) || strings.Contains(got, `"dataset":null`) || !strings.Contains(got, `"iso3":"LAO"`) {
		t.Errorf("got %s", got)
	}
}

func TestSecondStartKeepsTheGraphWithoutAWarning(t *testing.T) {
	dir := t.TempDir()
	start(t, dir).end(t)
	second := start(t, dir)
	if strings.Contains(second.said, "warning") {
		t.Errorf("it said %s", second.said)
	}
}

func TestGraphOfAnotherDatasetIsKeptWithAWarningUntilItIsLoaded(t *testing.T) {
	dir := t.TempDir()
	makeForeign(t, filepath.Join(dir, "bordergraph.db"))
	p := start(t, dir)
	if !strings.Contains(p.said, "warning") || !strings.Contains(p.said, "go run ./server load") {
		t.Errorf("it said %s", p.said)
	}
	if got := p.ask(t, `{"query":"{ about { dataset } }"}`); !strings.Contains(got, `"dataset":"another"`) {
		t.Errorf("got %s", got)
	}
	p.end(t)
	if said, err := command(dir, "load").CombinedOutput(); err != nil || !strings.Contains(string(said), "dataset loaded") {
		t.Fatalf("load: %v %s", err, said)
	}
	if p := start(t, dir); strings.Contains(p.said, "warning") {
		t.Errorf("after load, it said %s", p.said)
	}
}

func TestTakenPortEndsTheStartAndLeavesTheStoreAlone(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dir := t.TempDir()
	said, err := command(dir, "--listen", listener.Addr().String()).CombinedOutput()
	want := fmt.Sprintf("bordergraph: listen on %s: address already in use\n", listener.Addr())
	if err == nil || string(said) != want {
		t.Errorf("got %v %q, want %q", err, said, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "bordergraph.db")); !os.IsNotExist(err) {
		t.Errorf("the store was touched: %v", err)
	}
}

func TestHelpNamesCommandsFlagsAndVariables(t *testing.T) {
	said, err := command(t.TempDir(), "--help").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"serve", "load", "--listen", "BORDERGRAPH_LISTEN", "--data", "BORDERGRAPH_DATA", "NEO4J_URI", "NEO4J_PASSWORD"} {
		if !strings.Contains(string(said), word) {
			t.Errorf("%s is missing in %s", word, said)
		}
	}
}

func TestRequestsInFlightFinishWhenTheServerEnds(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	arrived, finish := make(chan bool), make(chan bool)
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-finish
		_, _ = io.WriteString(w, "finished")
	})
	ctx, end := context.WithCancel(t.Context())
	ready := &readiness{store: &store{}}
	ended, answered := make(chan error, 1), make(chan string, 1)
	go func() { ended <- answerOn(ctx, listener, slow, ready, newConnections(1)) }()
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()
	<-arrived
	end()
	for !ready.draining.Load() {
		time.Sleep(time.Millisecond)
	}
	close(finish)
	if got := <-answered; got != "finished" {
		t.Errorf("the request got %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

func TestSocketsAreToldThatTheServerEnds(t *testing.T) {
	p := start(t, t.TempDir())
	s := dialAt(t, p.url, transportWSOnly())
	s.send(initialise)
	s.wants(acknowledged)
	ended := make(chan bool)
	go func() {
		p.end(t)
		close(ended)
	}()
	if code, _ := s.closed(); code != websocket.StatusGoingAway {
		t.Errorf("got %d", code)
	}
	<-ended
}

func TestSubscriptionGoesOnAfterTheServerWasKilled(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir)
	s := dialAt(t, first.url, transportWSOnly())
	s.send(initialise)
	s.wants(acknowledged)
	s.send(subscribing("1", `subscription { changes(after: "1") { sequence comment } }`))
	first.note(t, "one")
	s.wants(`{"id":"1","type":"next","payload":{"data":{"changes":{"sequence":2,"comment":"one"}}}}`)
	first.note(t, "two")
	_ = first.Process.Kill()
	_ = first.Wait()

	second := start(t, dir)
	second.note(t, "three")
	events := subscribeTo(t, t.Context(), second.url, `subscription { changes(after: "2") { sequence comment } }`)
	for _, want := range []string{`{"data":{"changes":{"sequence":3,"comment":"two"}}}`, `{"data":{"changes":{"sequence":4,"comment":"three"}}}`} {
		if got := nextEvent(t, events); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// note makes a change with a comment.
func (p *process) note(t *testing.T, comment string) {
	t.Helper()
	got := p.ask(t, fmt.Sprintf(`{"query":"mutation @change(comment: \"%[1]s\") { saveCountries(objects: [{id: \"country:LA\", note: \"%[1]s\"}]) { note } }"}`, comment))
	if !strings.Contains(got, `"note":"`+comment+`"`) {
		t.Fatalf("got %s", got)
	}
}

// process is a server that runs as one of its own.
type process struct {
	*exec.Cmd
	url, said string
}

var readyLine = regexp.MustCompile(`ready on (http://\S+) in \S+s\n`)

// start starts the program in a directory and waits until it is ready.
func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: command(dir, append([]string{"--listen", "127.0.0.1:0"}, args...)...)}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	lines := bufio.NewReader(out)
	for p.url == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("it ended after saying %q: %v", p.said, p.Wait())
		}
		p.said += line
		if match := readyLine.FindStringSubmatch(line); match != nil {
			p.url = match[1]
		}
	}
	return p
}

func command(dir string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Dir = dir
	c.Env = []string{"RUN_AS_SERVER=1"}
	return c
}

func (p *process) ask(t *testing.T, body string) string {
	t.Helper()
	response, err := http.Post(p.url+"/graphql", plainJSON, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// end asks the program to end, which it does without an error.
func (p *process) end(t *testing.T) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// makeForeign makes a store whose graph is not the bundled dataset.
func makeForeign(t *testing.T, path string) {
	t.Helper()
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		t.Fatal(err)
	}
	s, err := embedded.Open(path, api.Model)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := query.Write(t.Context(), s, &query.Change{Contents: &query.Contents{Dataset: "another", Schema: api.Model.Fingerprint}}); err != nil {
		t.Fatal(err)
	}
}
