package chaos

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// rows are the figures of what has run.
var rows []string

// report keeps the figures of a test.
func (ws *writers) report(t *testing.T, what string, times int, f *findings) {
	resent := 0
	for _, w := range ws.all {
		resent += w.resent
	}
	row := fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d |", what, times, ws.acknowledged.Load(), resent, len(f.lost), len(f.doubled), len(f.half))
	t.Log(row)
	rows = append(rows, row)
}

const figuresBegin, figuresEnd = "<!-- figures -->\n", "<!-- end of figures -->"

// writeFigures replaces the table of figures in a document.
func writeFigures(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(figuresBegin))
	_, after, ended := bytes.Cut(rest, []byte(figuresEnd))
	if !found || !ended {
		return fmt.Errorf("%s has no place for the figures, between %q and %q", path, figuresBegin, figuresEnd)
	}
	table := fmt.Sprintf("%s, seed %d:\n\n| what happened | times | acknowledged | sent again | lost | doubled | half applied |\n|---|--:|--:|--:|--:|--:|--:|\n%s\n",
		time.Now().Format(time.DateOnly), *moments, strings.Join(rows, "\n"))
	return os.WriteFile(path, bytes.Join([][]byte{before, []byte(figuresBegin + table + figuresEnd), after}, nil), 0o644)
}
