package chaos

import (
	"bufio"
	"context"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"bordergraph/graph/embedded"
	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
)

// site is a store on which a server can be started again and again.
type site struct {
	name     string
	settings []string
	// open opens the store beside no server.
	open func() (query.Store, error)
}

func onFile(t *testing.T) *site { return inFolder(t.TempDir()) }

func inFolder(dir string) *site {
	path := filepath.Join(dir, "bordergraph.db")
	return &site{"the embedded store", []string{"BORDERGRAPH_DATA=" + path},
		func() (query.Store, error) { return embedded.Open(path, api.Model) }}
}

func onNeo4j(server neo4jtest.Server) *site {
	settings := []string{"BORDERGRAPH_STORE=neo4j", "NEO4J_URI=" + server.URI, "NEO4J_USERNAME=" + server.Username, "NEO4J_PASSWORD=" + server.Password}
	return &site{"Neo4j", settings, func() (query.Store, error) {
		ctx, cancel := context.WithTimeout(context.Background(), bound)
		defer cancel()
		return neo4j.Open(ctx, neo4j.Config{URI: server.URI, Username: server.Username, Password: server.Password}, api.Model)
	}}
}

// bound is how long anything may take before the test gives up.
const bound = 5 * time.Minute

// process is a server that runs.
type process struct {
	*exec.Cmd
	url string
	mu  sync.Mutex
	log strings.Builder
}

var readyLine = regexp.MustCompile(`ready on (http://\S+) in`)

// start starts a server and waits until it is ready. It ends with the test.
func (s *site) start(t *testing.T) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(program)}
	p.Env = append(s.settings, "BORDERGRAPH_LISTEN=127.0.0.1:0")
	p.Stderr = p
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the server said\n%s", p.said())
		}
	})
	limit := time.AfterFunc(bound, func() { _ = p.Process.Kill() })
	defer limit.Stop()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if address := readyLine.FindStringSubmatch(lines.Text()); address != nil {
			p.url = address[1] + "/graphql"
			return p
		}
	}
	t.Fatalf("the server did not become ready: %s", p.said())
	return nil
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.Process.Kill()
	_ = p.Wait()
}

// Write keeps the server's log.
func (p *process) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(line)
}

// said is the end of the server's log.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.log.String()
	return all[max(0, len(all)-4000):]
}
