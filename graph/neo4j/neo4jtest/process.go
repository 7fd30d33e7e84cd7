package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// process is a server that this test process runs.
type process struct {
	server  Server
	home    string
	command *exec.Cmd
	ended   chan struct{}
}

const (
	startTimeout    = 90 * time.Second
	initialPassword = "neo4j"
	password        = "of-these-tests"
)

func launch(lib string) (*process, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	home, err := makeHome(address)
	if err != nil {
		return nil, err
	}
	p := &process{server: Server{URI: "bolt://" + address, Username: "neo4j", Password: initialPassword},
		home: home, command: command(lib, home), ended: make(chan struct{})}
	if err := startWithParent(p.command, p.ended); err != nil {
		p.stop()
		return nil, fmt.Errorf("starting java: %w", err)
	}
	if err := p.signIn(); err != nil {
		log, _ := os.ReadFile(filepath.Join(home, "logs", "neo4j.log"))
		p.stop()
		return nil, fmt.Errorf("starting Neo4j: %w\n%s", err, log)
	}
	return p, nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func makeHome(address string) (string, error) {
	home, err := os.MkdirTemp("", "bordergraph-neo4j-")
	if err != nil {
		return "", err
	}
	for _, name := range []string{"conf", "data", "logs", "plugins", "import", "run"} {
		if err := os.Mkdir(filepath.Join(home, name), 0o755); err != nil {
			return "", err
		}
	}
	settings := "server.bolt.listen_address=" + address + `
server.http.enabled=false
dbms.usage_report.enabled=false
server.memory.heap.max_size=2g
server.memory.pagecache.size=256m
`
	return home, os.WriteFile(filepath.Join(home, "conf", "neo4j.conf"), []byte(settings), 0o644)
}

func command(lib, home string) *exec.Cmd {
	return exec.Command("java", "-Xmx2g", "-cp", filepath.Join(lib, "*"),
		"--add-opens=java.base/java.nio=ALL-UNNAMED",
		"--add-opens=java.base/java.io=ALL-UNNAMED",
		"--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
		"org.neo4j.server.CommunityEntryPoint", "--home-dir="+home, "--config-dir="+filepath.Join(home, "conf"))
}

// signIn waits until the server answers and replaces its initial password.
func (p *process) signIn() error {
	deadline := time.After(startTimeout)
	for {
		err := p.server.session("system", setPassword)
		if err == nil {
			p.server.Password = password
			return nil
		}
		select {
		case <-p.ended:
			return errors.New("it ended")
		case <-deadline:
			return fmt.Errorf("it does not answer within %v: %w", startTimeout, err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func setPassword(ctx context.Context, s neo4j.SessionWithContext) error {
	result, err := s.Run(ctx, "ALTER CURRENT USER SET PASSWORD FROM $old TO $new", map[string]any{"old": initialPassword, "new": password})
	if err != nil {
		return err
	}
	_, err = result.Consume(ctx)
	return err
}

// stop ends the server at once: nothing of it is kept.
func (p *process) stop() {
	if p.command.Process != nil {
		p.command.Process.Kill()
		<-p.ended
	}
	os.RemoveAll(p.home)
}
