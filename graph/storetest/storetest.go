// Package storetest judges stores: every store answers the same cases, byte for byte.
//
// A case is a file in testdata/cases, in txtar form: an operation, and where needed variables and
// settings (the day that is today, the asker's clearance), then what is wanted: the answer, and the
// Cypher that it is asked with. The folder that holds it is the name of the graph that it is asked
// of: a folder in testdata/graphs with a schema.graphqls and a dataset, or bundled, which is the
// project's own; a+b is both together. Run the tests with -update to rewrite what is wanted, then read the difference.
package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/tools/txtar"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/cypher"
	"bordergraph/graph/dataset"
	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

var update = flag.Bool("update", false, "rewrite the wanted answers and Cypher of the cases")

// Open opens an empty store for a model. Stores of one test are open one after another.
type Open func(t *testing.T, model *query.Model) query.Store

// Run runs every case on a store.
func Run(t *testing.T, open Open) {
	folders, err := os.ReadDir(testdata("cases"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		t.Run(folder.Name(), func(t *testing.T) {
			w := NewWorld(t, folder.Name(), open)
			files, err := filepath.Glob(filepath.Join(testdata("cases"), folder.Name(), "*.txtar"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no cases: %v", err)
			}
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { w.runCase(t, file) })
			}
		})
	}
}

func testdata(name string) string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "testdata", name)
}

// World is a graph in a store, ready to be asked.
type World struct {
	API   *derive.API
	Store query.Store
	// Asked is what the store was asked for the last question, in turn.
	Asked []*query.Query
	exec  *executor.Executor
	today time.Time
	// leave, if not nil, ends the subscription that is asked for once it would wait.
	leave context.CancelFunc
}

// NewWorld loads a graph of testdata/graphs, or the bundled one, into a store. A name such as a+b
// stands for both together.
func NewWorld(t *testing.T, name string, open Open) *World {
	t.Helper()
	api, change := read(t, name)
	return NewWorldOf(t, api, change, open)
}

// read derives the API of a graph and reads its data.
func read(t testing.TB, name string) (*derive.API, *query.Change) {
	t.Helper()
	schema, data := "", fstest.MapFS{}
	for _, part := range strings.Split(name, "+") {
		text, files := folder(t, part)
		schema += text
		for _, file := range []string{"objects.jsonl", "relations.jsonl", "sources.jsonl"} {
			lines, err := fs.ReadFile(files, file)
			if err != nil {
				t.Fatal(err)
			}
			if data[file] == nil {
				data[file] = &fstest.MapFile{}
			}
			data[file].Data = append(data[file].Data, lines...)
		}
	}
	api, err := graph.Read(schema)
	if err != nil {
		t.Fatal(err)
	}
	change, err := dataset.Read(api.Model, data)
	if err != nil {
		t.Fatal(err)
	}
	return api, change
}

// folder is the schema and the dataset of one graph.
func folder(t testing.TB, name string) (schema string, data fs.FS) {
	t.Helper()
	if name == "bundled" {
		return bordergraph.Schema, bordergraph.Dataset()
	}
	data = os.DirFS(filepath.Join(testdata("graphs"), name))
	text, err := fs.ReadFile(data, "schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return string(text), data
}

// NewWorldOf puts a change into a store.
func NewWorldOf(t *testing.T, api *derive.API, change *query.Change, open Open) *World {
	t.Helper()
	store := open(t, api.Model)
	if err := query.Write(t.Context(), store, change); err != nil {
		t.Fatal(err)
	}
	return NewWorldOver(api, store)
}

// NewWorldOver takes a store as it is.
func NewWorldOver(api *derive.API, store query.Store) *World {
	w := &World{API: api}
	w.Store = &recorder{store, w}
	w.exec = executor.New(graph.New(api, w.Store, graph.Options{Now: func() time.Time { return w.today }}))
	w.exec.SetQueryCache(graphql.MapCache[*ast.QueryDocument]{})
	return w
}

// recorder remembers what a store was asked.
type recorder struct {
	query.Store
	world *World
}

func (r *recorder) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	r.world.Asked = append(r.world.Asked, q)
	return r.Store.Select(ctx, q)
}

// Wait implements query.Store.
func (r *recorder) Wait(ctx context.Context, after int64) (int64, error) {
	last, err := r.Store.Wait(ctx, -1)
	if err == nil && last <= after && r.world.leave != nil {
		r.world.leave()
	}
	return r.Store.Wait(ctx, after)
}

// Question is an operation and who asks it when.
type Question struct {
	Operation string
	// OperationName says which operation is meant where the document has several.
	OperationName string
	Variables     map[string]any
	Today         string
	Clearance     query.Clearance
	// Actor is who asks; nobody known if it is empty.
	Actor string
}

// Ask answers a question as JSON, as a server would; a subscription up to where it would wait.
func (w *World) Ask(ctx context.Context, q Question) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.leave = cancel
	next, err := w.Follow(ctx, q)
	if err != nil {
		return nil, err
	}
	var answers []byte
	for {
		answer, err := next()
		if answer == nil || err != nil {
			return answers, err
		}
		answers = append(answers, answer...)
	}
}

// Follow answers a question by a function that answers one response after another; nil after the last.
func (w *World) Follow(ctx context.Context, q Question) (next func() ([]byte, error), err error) {
	day, err := time.Parse(time.DateOnly, q.Today)
	if err != nil {
		return nil, err
	}
	w.today, w.Asked = day, nil
	one := func(r *graphql.Response) func() ([]byte, error) {
		return func() ([]byte, error) {
			given := r
			r = nil
			return encode(given)
		}
	}
	ctx = graph.WithActor(graph.WithClearance(graphql.StartOperationTrace(ctx), q.Clearance), q.Actor)
	op, problems := w.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: q.Operation, OperationName: q.OperationName})
	if op.Operation == nil {
		return one(w.exec.DispatchError(graphql.WithOperationContext(ctx, op), problems)), nil
	}
	// Only now: gqlgen, given them before, rewrites them as it coerces them.
	op.Variables = q.Variables
	op.DisableIntrospection = false
	handle, ctx := w.exec.DispatchOperation(ctx, op)
	return func() ([]byte, error) { return encode(handle(ctx)) }, nil
}

// Statements is the Cypher of what was asked for the last question: most often one statement.
func (w *World) Statements() string {
	var b strings.Builder
	for _, q := range w.Asked {
		b.WriteString(cypher.Compile(q).Text + "\n")
	}
	return b.String()
}

// encode writes a response; nothing for none.
func encode(r *graphql.Response) ([]byte, error) {
	if r == nil {
		return nil, nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return nil, err
	}
	if r.Data == nil {
		return bytes.Replace(b.Bytes(), []byte(",\n  \"data\": null"), nil, 1), nil
	}
	return b.Bytes(), nil
}

// Sections of a case.
const (
	operationSection = "operation.graphql"
	variablesSection = "variables.json"
	settingsSection  = "settings.json"
	answerSection    = "answer.json"
	cypherSection    = "answer.cypher"
)

func (w *World) runCase(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	question, err := questionOf(archive)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := w.Ask(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	statements := w.Statements()
	if *update {
		set(archive, answerSection, answer)
		set(archive, cypherSection, []byte(statements))
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	compare(t, "answer", section(archive, answerSection), answer)
	compare(t, "Cypher", section(archive, cypherSection), []byte(statements))
}

// ReadQuestion reads the question of a case.
func ReadQuestion(file string) (Question, error) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		return Question{}, err
	}
	return questionOf(archive)
}

func questionOf(archive *txtar.Archive) (Question, error) {
	q := Question{Operation: string(section(archive, operationSection)), Today: "2026-01-15"}
	if text := section(archive, variablesSection); text != nil {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&q.Variables); err != nil {
			return q, fmt.Errorf("%s: %w", variablesSection, err)
		}
	}
	if text := section(archive, settingsSection); text != nil {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		settings := struct{ Today, Clearance, Actor string }{q.Today, query.Clearances[q.Clearance], ""}
		if err := decoder.Decode(&settings); err != nil {
			return q, fmt.Errorf("%s: %w", settingsSection, err)
		}
		q.Today, q.Actor, q.Clearance = settings.Today, settings.Actor, query.Clearance(slices.Index(query.Clearances, settings.Clearance))
		if q.Clearance < 0 {
			return q, fmt.Errorf("%s: clearance is %q; give one of %v", settingsSection, settings.Clearance, query.Clearances)
		}
	}
	return q, nil
}

func section(archive *txtar.Archive, name string) []byte {
	for _, f := range archive.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func set(archive *txtar.Archive, name string, data []byte) {
	for i := range archive.Files {
		if archive.Files[i].Name == name {
			archive.Files[i].Data = data
			return
		}
	}
	archive.Files = append(archive.Files, txtar.File{Name: name, Data: data})
}

func compare(t *testing.T, what string, want, got []byte) {
	t.Helper()
	if !bytes.Equal(want, got) {
		t.Errorf("%s\nwant:\n%s\ngot:\n%s", what, want, got)
	}
}
