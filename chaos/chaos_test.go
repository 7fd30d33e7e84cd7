// Package chaos shows that what was confirmed survives: it runs the server as it is run, lets writers
// change the graph over HTTP, and takes away, at moments that nobody chose, the server, Neo4j, the
// connection between them or the room on the disk. Then it looks for what is lost, doubled or half done,
// through the API, in the log, and by making the log again beside the graph.
//
//	go test ./chaos -count=1 -v -timeout 60m -args -cycles 20
package chaos

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/derive"
)

var (
	cycles  = flag.Int("cycles", 3, "how often each store is interrupted")
	moments = flag.Uint64("moments", 1, "seed of the moments at which it is")
	figures = flag.String("figures", "", "a document of which to write anew the table of figures")
)

// What all tests share: the program as it is built for its users, and the API that it derives.
var (
	program string
	api     *derive.API
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "bordergraph-chaos-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "bordergraph")
	if out, err := exec.Command("go", "build", "-o", program, "bordergraph/server").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build: %w\n%s", err, out)
	}
	if api, err = graph.Read(bordergraph.Schema); err != nil {
		return 0, err
	}
	code := m.Run()
	if code == 0 && *figures != "" {
		err = writeFigures(*figures)
	}
	return code, err
}

func newRandom() *rand.Rand { return rand.New(rand.NewPCG(*moments, 0)) }
