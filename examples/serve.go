package examples

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var ready = regexp.MustCompile(`ready on (http://\S+)`)

// Serve builds the server and starts it on a free port with these settings, as NAME=value, and
// answers its GraphQL endpoint. The server ends with the test.
func Serve(t *testing.T, settings ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "bordergraph")
	if out, err := exec.Command("go", "build", "-o", program, "bordergraph/server").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	server := exec.Command(program)
	server.Env = append(append(environment(), "BORDERGRAPH_LISTEN=127.0.0.1:0"), settings...)
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		if err := server.Wait(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	limit := time.AfterFunc(time.Minute, func() { _ = server.Process.Kill() })
	defer limit.Stop()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if address := ready.FindStringSubmatch(lines.Text()); address != nil {
			return address[1] + "/graphql"
		}
	}
	t.Fatal("the server did not become ready")
	return ""
}

// environment is the process's own but for settings of the server: those are the caller's to give.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "BORDERGRAPH_") || strings.HasPrefix(variable, "NEO4J_")
	})
}
