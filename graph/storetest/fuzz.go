package storetest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

var (
	seed = flag.Uint64("seed", 0, "where random tests begin; 0 for anywhere")
	full = flag.Bool("full", false, "run long: random tests with a hundred times as many rounds")
)

// operationsPerGraph is how many random operations a random graph is asked.
const operationsPerGraph = 25

// Fuzz asks random operations of random graphs of two stores, which must answer the same bytes.
func Fuzz(t *testing.T, rounds int, openA, openB Open) {
	eachRound(t, rounds, func(t *testing.T, r random, api *derive.API) {
		change := replaceBy(r.graph(t, api.Model))
		a, b := NewWorldOf(t, api, change, openA), NewWorldOf(t, api, change, openB)
		r.compare(t, a, func(q Question) (one, other []byte) { return ask(t, a, q), ask(t, b, q) })
	})
}

// FuzzClearance asks random operations of a store: an answer to somebody is the answer to somebody
// who may see everything, over the graph from which all that the former may not see was removed.
func FuzzClearance(t *testing.T, rounds int, open Open) {
	eachRound(t, rounds, func(t *testing.T, r random, api *derive.API) {
		graph := r.graph(t, api.Model)
		marked := NewWorldOf(t, api, replaceBy(graph), open)
		var removed []*World
		for clearance := range query.Clearances {
			removed = append(removed, NewWorldOf(t, api, replaceBy(cleared(graph, query.Clearance(clearance))), open))
		}
		r.compare(t, marked, func(q Question) (one, other []byte) {
			secret := q
			secret.Clearance = query.Secret
			return ask(t, marked, q), ask(t, removed[q.Clearance], secret)
		})
	})
}

// eachRound gives each round a random source of its own and the API of the fixture.
func eachRound(t *testing.T, rounds int, round func(*testing.T, random, *derive.API)) {
	first := *seed
	if first == 0 {
		first = uint64(time.Now().UnixNano()) % 1e9
	}
	if *full {
		rounds *= 100
	}
	api, _ := read(t, "fixture")
	for i := range rounds {
		roundSeed := first + uint64(i)
		ok := t.Run(fmt.Sprint(roundSeed), func(t *testing.T) { round(t, newRandom(roundSeed), api) })
		if !ok {
			t.Fatalf("again with: -run '^%s$' -args -seed %d", strings.Split(t.Name(), "/")[0], roundSeed)
		}
	}
}

// compare asks random operations, and those that go on from the cursors of their answers, twice.
func (r random) compare(t *testing.T, w *World, twice func(Question) (one, other []byte)) {
	o := &operations{random: r, api: w.API}
	answered := 0
	for range operationsPerGraph {
		op := o.operation()
		q := Question{Today: pick(r, days), Clearance: o.clearance()}
		data := same(t, op, q, twice)
		if data == nil {
			continue
		}
		answered++
		if o.goOn(op, data) {
			same(t, op, q, twice)
		}
	}
	if answered < operationsPerGraph/2 {
		t.Errorf("only %d of %d random operations were answered", answered, operationsPerGraph)
	}
}

// same fails unless both answers to an operation are the same, and shows a smallest one for which
// they are not.
func same(t *testing.T, op *operation, q Question, twice func(Question) (one, other []byte)) map[string]any {
	q.Operation = op.String()
	one, other := twice(q)
	if bytes.Equal(one, other) {
		return decode(t, one)
	}
	for shrunk := true; shrunk; {
		shrunk = false
		for _, smaller := range op.smaller() {
			q.Operation = smaller.String()
			if a, b := twice(q); !bytes.Equal(a, b) {
				op, one, other, shrunk = smaller, a, b, true
				break
			}
		}
	}
	t.Fatalf("two answers to\n%s\ntoday %s, clearance %s\none:\n%s\nthe other:\n%s", op, q.Today, query.Clearances[q.Clearance], one, other)
	return nil
}

func ask(t *testing.T, w *World, q Question) []byte {
	t.Helper()
	answer, err := w.Ask(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(answer, []byte("INCOMPLETE_DATA")) {
		t.Fatalf("a fault in the answer to\n%s\n%s", q.Operation, answer)
	}
	return answer
}

func decode(t *testing.T, answer []byte) map[string]any {
	var body struct{ Data map[string]any }
	if err := json.Unmarshal(answer, &body); err != nil {
		t.Fatal(err)
	}
	return body.Data
}

// goOn turns the pages of an operation: what has cursors in the answer goes on from one of them. It
// reports whether there was any.
func (o *operations) goOn(op *operation, data any) bool {
	turned := false
	for _, root := range op.roots {
		for _, connection := range root.connections() {
			cursors := cursorsOf(connection, data)
			if len(cursors) == 0 {
				continue
			}
			turned = true
			cursor := pick(o.random, cursors)
			connection.page = pick(o.random, []string{
				fmt.Sprintf("first: %d, after: %q", o.IntN(4), cursor), fmt.Sprintf("last: %d, before: %q", o.IntN(4), cursor),
			})
		}
	}
	return turned
}

// cursorsOf are the cursors that a connection has anywhere in an answer.
func cursorsOf(connection *selection, data any) []string {
	keys := map[string]bool{}
	for _, child := range connection.children {
		for _, grandchild := range child.children {
			if strings.HasSuffix(strings.ToLower(grandchild.name), "cursor") {
				keys[grandchild.key] = true
			}
		}
	}
	var cursors []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, member := range v {
				walk(member)
			}
		case map[string]any:
			for key, member := range v {
				if cursor, is := member.(string); is && keys[key] {
					cursors = append(cursors, cursor)
				}
				walk(member)
			}
		}
	}
	walk(data)
	return cursors
}
