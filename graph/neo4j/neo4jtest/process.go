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
	server    Server
	lib, home string
	command   *exec.Cmd
	ended     chan struct{}
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
	p := &process{server: Server{URI: "bolt://" + address, Username: "neo4j", Password: initialPassword}, lib: lib, home: home}
	if err := p.start("system", setPassword); err != nil {
		p.stop()
		return nil, err
	}
	p.server.Password = password
	return p, nil
}

// start runs the server on what its home holds, and waits until a database of it answers.
func (p *process) start(database string, ask func(context.Context, neo4j.SessionWithContext) error) error {
	p.command, p.ended = command(p.lib, p.home), make(chan struct{})
	if err := startWithParent(p.command, p.ended); err != nil {
		return fmt.Errorf("starting java: %w", err)
	}
	if err := p.answers(database, ask); err != nil {
		log, _ := os.ReadFile(filepath.Join(p.home, "logs", "neo4j.log"))
		return fmt.Errorf("starting Neo4j: %w\n%s", err, log)
	}
	return nil
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

// answers waits until a database does what is asked.
func (p *process) answers(database string, ask func(context.Context, neo4j.SessionWithContext) error) error {
	deadline := time.After(startTimeout)
	for {
		err := p.server.session(database, ask)
		if err == nil {
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

// setPassword replaces the initial password.
func setPassword(ctx context.Context, s neo4j.SessionWithContext) error {
	result, err := s.Run(ctx, "ALTER CURRENT USER SET PASSWORD FROM $old TO $new", map[string]any{"old": initialPassword, "new": password})
	if err != nil {
		return err
	}
	_, err = result.Consume(ctx)
	return err
}

// kill ends the server at once; what it holds stays.
func (p *process) kill() {
	if p.command != nil && p.command.Process != nil {
		p.command.Process.Kill()
		<-p.ended
	}
}

// stop ends the server at once: nothing of it is kept.
func (p *process) stop() {
	p.kill()
	os.RemoveAll(p.home)
}
