// Package examples asks a server the operations of this folder, and compares what it answers.
//
// An example is two files of one name: the operation, headed by its question, and the answer.
package examples

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Check asks the server whose GraphQL endpoint this is every example. With update it writes the
// answers down instead of comparing them.
func Check(t *testing.T, endpoint string, update bool) {
	_, file, _, _ := runtime.Caller(0)
	operations, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*.graphql"))
	if err != nil || len(operations) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, operation := range operations {
		name := strings.TrimSuffix(filepath.Base(operation), ".graphql")
		t.Run(name, func(t *testing.T) {
			answer := strings.TrimSuffix(operation, ".graphql") + ".json"
			text, err := os.ReadFile(operation)
			if err != nil {
				t.Fatal(err)
			}
			got := Ask(t, endpoint, string(text))
			checkLink(t, endpoint, got)
			if update {
				if err := os.WriteFile(answer, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(answer)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("want:\n%s\ngot:\n%s", want, got)
			}
		})
	}
}

// today is the day on which the answers hold.
const today = "2026-01-15"

var client = &http.Client{Timeout: 10 * time.Second}

// Ask asks the server an operation, on the day of the examples, and gives what it answers, indented.
func Ask(t *testing.T, endpoint, operation string) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": operation, "extensions": map[string]string{"today": today}})
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Post(endpoint, "application/json", bytes.NewReader(body))
	return indented(t, response, err)
}

// checkLink opens the link of an answer's citation, if it has one: it must give the same answer.
func checkLink(t *testing.T, endpoint string, answer []byte) {
	t.Helper()
	var cited struct {
		Extensions struct{ Citation struct{ Link string } }
	}
	if err := json.Unmarshal(answer, &cited); err != nil {
		t.Fatal(err)
	}
	link := cited.Extensions.Citation.Link
	if link == "" {
		return
	}
	response, err := client.Get(strings.TrimSuffix(endpoint, "/graphql") + link)
	if again := indented(t, response, err); !bytes.Equal(again, answer) {
		t.Errorf("%s gives\n%s", link, again)
	}
}

// indented is the body of an answer.
func indented(t *testing.T, response *http.Response, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v: %s", response.StatusCode, err, text)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	return b.Bytes()
}
