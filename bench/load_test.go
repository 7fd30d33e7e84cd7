package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
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

// start builds a program and runs it with settings, as NAME=value, until the benchmark ends. It answers its address.
func start(b *testing.B, pkg string, settings []string) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "program")
	if out, err := exec.Command("go", "build", "-o", program, pkg).CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	command := exec.Command(program)
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
	b.Fatalf("%s did not become ready", pkg)
	return ""
}

// load is a request that is sent over and over.
type load struct {
	b       *testing.B
	address string
	body    []byte
	client  *http.Client
}

func newLoad(b *testing.B, address string, body any) *load {
	text, err := json.Marshal(body)
	if err != nil {
		b.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	b.Cleanup(transport.CloseIdleConnections)
	return &load{b, address, text, &http.Client{Transport: transport, Timeout: 30 * time.Second}}
}

func (l *load) send() ([]byte, error) {
	response, err := l.client.Post(l.address, "application/json", bytes.NewReader(l.body))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// answer is what is answered, which must be without errors.
func (l *load) answer() map[string]any {
	l.b.Helper()
	text, err := l.send()
	if err != nil {
		l.b.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil || answer["errors"] != nil || answer["data"] == nil {
		l.b.Fatalf("%v: %s", err, text)
	}
	return answer
}

// run sends on all connections for a time, and answers how many requests were answered per second.
func (l *load) run(d time.Duration) float64 {
	var sent atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range connections {
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
