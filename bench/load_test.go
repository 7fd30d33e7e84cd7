package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var ready = regexp.MustCompile(`ready on (http://\S+)`)

// built is the program of a package.
func built(b *testing.B, pkg string) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "program")
	if out, err := exec.Command("go", "build", "-o", program, pkg).CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

// start runs a server with settings, as NAME=value, until the benchmark ends. It answers its address.
func start(b *testing.B, settings []string, program string, arguments ...string) string {
	b.Helper()
	command := exec.Command(program, arguments...)
	command.Env = append(os.Environ(), settings...)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
	limit := time.AfterFunc(time.Minute, func() { _ = command.Process.Kill() })
	defer limit.Stop()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if address := ready.FindStringSubmatch(lines.Text()); address != nil {
			return address[1]
		}
	}
	b.Fatalf("%s did not become ready", program)
	return ""
}

// load is a request that is sent over and over.
type load struct {
	b           *testing.B
	address     string
	connections int
	body        func() []byte // of each time
	client      *http.Client
}

func newLoad(b *testing.B, connections int, address string, body func() []byte) *load {
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	b.Cleanup(transport.CloseIdleConnections)
	return &load{b, address, connections, body, &http.Client{Transport: transport, Timeout: 5 * time.Minute}}
}

// encoded is a body as JSON.
func encoded(body any) []byte {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return text
}

// always is the same body each time.
func always(body any) func() []byte {
	text := encoded(body)
	return func() []byte { return text }
}

func (l *load) send() ([]byte, error) {
	response, err := l.client.Post(l.address, "application/json", bytes.NewReader(l.body()))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK || bytes.Contains(answer, []byte(`"errors"`)) {
		return nil, fmt.Errorf("%s: %.1000s", response.Status, answer)
	}
	return answer, nil
}

// answer is what is answered.
func (l *load) answer() map[string]any {
	l.b.Helper()
	text, err := l.send()
	if err != nil {
		l.b.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil || answer["data"] == nil {
		l.b.Fatalf("%v: %s", err, text)
	}
	return answer
}

// data is what is answered for a root field.
func (l *load) data(field string) any {
	l.b.Helper()
	return l.answer()["data"].(map[string]any)[field]
}

// run sends on all connections for a time, and answers how many requests were answered per second.
func (l *load) run(d time.Duration) float64 {
	var sent atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range l.connections {
		all.Go(func() {
			for time.Since(began) < d {
				if _, err := l.send(); err != nil {
					l.b.Error(err)
					return
				}
				sent.Add(1)
			}
		})
	}
	all.Wait()
	return float64(sent.Load()) / time.Since(began).Seconds()
}
