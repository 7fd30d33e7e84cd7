// Package reference judges how operations are executed: what is answered over the embedded store
// is what graphql-js answers over plain objects, to the order of keys and the paths of errors.
//
// testdata/operations has the operations: a file a topic, one behaviour each. <name>.json is what a
// request says besides the operation: variables, operationName. <name>.difference says why we
// refuse what the reference answers; it has to be true. testdata/harbour is the graph that is asked,
// with holes: values that the schema does not allow, put in after the data was checked.
//
// Filters, orders and time are not judged here but by package storetest.
package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"bordergraph/graph"
	"bordergraph/graph/dataset"
	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

const today = "2026-01-15"

func TestOperationsAreAnsweredAsByTheReference(t *testing.T) {
	h := openHarbour(t)
	operations := readOperations(t)
	wanted := h.askReference(t, operations)
	for i, o := range operations {
		t.Run(o.name, func(t *testing.T) {
			got := h.ask(t, o)
			if o.difference != "" {
				checkDifference(t, o, wanted[i], got)
				return
			}
			if wanted[i].refused() != strings.HasSuffix(o.name, "-refused") {
				t.Errorf("what the reference refuses, and only that, is named so; it answers\n%s", wanted[i])
			}
			compare(t, wanted[i], got)
		})
	}
}

func TestIntrospectionIsThatOfTheReference(t *testing.T) {
	h := openHarbour(t)
	text, err := os.ReadFile("testdata/introspection.graphql")
	if err != nil {
		t.Fatal(err)
	}
	o := &operation{request: request{Query: string(text)}}
	want, got := introspection(t, h.askReference(t, []*operation{o})[0]), introspection(t, h.ask(t, o))
	for i := range max(len(want), len(got)) {
		if i >= len(want) || i >= len(got) || want[i] != got[i] {
			t.Fatalf("want\n%s\ngot\n%s", around(want, i), around(got, i))
		}
	}
}

// operation is one operation to be asked.
type operation struct {
	name       string
	difference string
	request
}

// request is an operation as a client sends it.
type request struct {
	Query         string         `json:"query"`
	Variables     map[string]any `json:"variables,omitempty"`
	OperationName string         `json:"operationName,omitempty"`
}

func readOperations(t *testing.T) []*operation {
	t.Helper()
	files, err := filepath.Glob("testdata/operations/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no operations: %v", err)
	}
	var operations []*operation
	for _, file := range files {
		topic := strings.TrimSuffix(filepath.Base(file), ".txtar")
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, section := range archive.Files {
			if operations, err = addSection(operations, topic, section); err != nil {
				t.Fatalf("%s: %s: %v", file, section.Name, err)
			}
		}
	}
	return operations
}

// addSection adds an operation, or what is said of the last one.
func addSection(operations []*operation, topic string, section txtar.File) ([]*operation, error) {
	extension := filepath.Ext(section.Name)
	name := topic + "/" + strings.TrimSuffix(section.Name, extension)
	if extension == ".graphql" {
		if slices.ContainsFunc(operations, func(o *operation) bool { return o.name == name }) {
			return nil, errors.New("the name stands twice")
		}
		return append(operations, &operation{name: name, request: request{Query: string(section.Data)}}), nil
	}
	if len(operations) == 0 || operations[len(operations)-1].name != name {
		return nil, errors.New("it follows no operation of its name")
	}
	last := operations[len(operations)-1]
	switch extension {
	case ".json":
		return operations, decode(section.Data, &last.request)
	case ".difference":
		last.difference = string(section.Data)
		return operations, nil
	}
	return nil, errors.New("a section ends in .graphql, .json or .difference")
}

// harbour is the graph that is asked.
type harbour struct {
	world  *storetest.World
	schema string
	change *query.Change
}

func openHarbour(t *testing.T) *harbour {
	t.Helper()
	folder := os.DirFS("testdata/harbour")
	schema, err := os.ReadFile("testdata/harbour/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	api, err := graph.Read(string(schema))
	if err != nil {
		t.Fatal(err)
	}
	change, err := dataset.Read(api.Model, folder)
	if err != nil {
		t.Fatal(err)
	}
	makeHoles(t, change)
	world := storetest.NewWorldOf(t, api, change, func(t *testing.T, model *query.Model) query.Store {
		store, err := embedded.Open(embedded.Memory, model)
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
	return &harbour{world: world, schema: string(schema), change: change}
}

// hole is a value that the schema does not allow. Of is the id of a node, or the ends and the type
// of a relationship.
type hole struct {
	Of       string
	Property string
	Value    any
}

func makeHoles(t *testing.T, change *query.Change) {
	t.Helper()
	text, err := os.ReadFile("testdata/harbour/holes.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var h hole
		if err := decode(line, &h); err != nil {
			t.Fatalf("holes.jsonl: %s: %v", line, err)
		}
		properties, values := find(change, h.Of)
		i := slices.IndexFunc(properties, func(p *query.Property) bool { return p.Name == h.Property })
		if i < 0 {
			t.Fatalf("holes.jsonl: there is no %s of %s", h.Property, h.Of)
		}
		values[i] = stored(h.Value)
	}
}

func find(change *query.Change, of string) ([]*query.Property, []any) {
	for _, n := range change.Nodes {
		if n.After.ID() == of {
			return n.After.Type.Properties, n.After.Values
		}
	}
	for _, l := range change.Links {
		if l := l.After; l.From+" "+l.Relationship.Name+" "+l.To == of {
			return l.Relationship.Properties, l.Values
		}
	}
	return nil, nil
}

// stored is a value of JSON as a row holds it.
func stored(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = stored(v[i])
		}
	}
	return v
}

// answer is what both sides answer.
type answer struct {
	Data   json.RawMessage `json:"data"`
	Errors []struct {
		Message string `json:"message"`
		Path    []any  `json:"path"`
	} `json:"errors"`
}

// refused is whether the operation was not executed.
func (a *answer) refused() bool { return a.Data == nil || string(a.Data) == "null" }

// paths are the paths of the errors, in an order of their own: that of errors is not defined.
func (a *answer) paths() []string {
	paths := make([]string, len(a.Errors))
	for i, e := range a.Errors {
		paths[i] = fmt.Sprint(e.Path)
	}
	slices.Sort(paths)
	return paths
}

func (a *answer) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s", a.Data)
	for _, e := range a.Errors {
		fmt.Fprintf(&s, "\n  %v: %s", e.Path, e.Message)
	}
	return s.String()
}

func (h *harbour) ask(t *testing.T, o *operation) *answer {
	t.Helper()
	text, err := h.world.Ask(t.Context(), storetest.Question{Operation: o.Query, OperationName: o.OperationName, Variables: o.Variables, Today: today})
	if err != nil {
		t.Fatal(err)
	}
	got := &answer{}
	if err := decode(text, got); err != nil {
		t.Fatal(err)
	}
	return got
}

func compare(t *testing.T, want, got *answer) {
	t.Helper()
	if want.refused() {
		if !got.refused() || len(got.Errors) == 0 {
			t.Errorf("want a refusal, as\n%s\ngot\n%s", want, got)
		}
		return
	}
	if !slices.Equal(tokens(t, want.Data), tokens(t, got.Data)) || !slices.Equal(want.paths(), got.paths()) {
		t.Errorf("want\n%s\ngot\n%s", want, got)
	}
}

func checkDifference(t *testing.T, o *operation, want, got *answer) {
	t.Helper()
	if want.refused() || !got.refused() || len(got.Errors) == 0 {
		t.Errorf("there is no such difference as\n%s\nthe reference answers\n%s\nand we\n%s", o.difference, want, got)
	}
}

// tokens are the tokens of a JSON text in their order, the spelling of strings apart.
func tokens(t *testing.T, text []byte) []json.Token {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var all []json.Token
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		all = append(all, token)
	}
}

// question is what reference.js reads.
type question struct {
	Schema   string         `json:"schema"`
	API      string         `json:"api"`
	About    map[string]any `json:"about"`
	Nodes    []node         `json:"nodes"`
	Links    []link         `json:"links"`
	Requests []*operation   `json:"requests"`
}

type node struct {
	Type   string         `json:"type"`
	Values map[string]any `json:"values"`
}

type link struct {
	ID     any            `json:"id"`
	From   string         `json:"from"`
	Type   string         `json:"type"`
	To     string         `json:"to"`
	Values map[string]any `json:"values"`
}

func (h *harbour) askReference(t *testing.T, operations []*operation) []*answer {
	t.Helper()
	if missing := missingTools(); missing != "" {
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	text, err := json.Marshal(h.question(operations))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "node", "reference.js")
	command.Stdin = bytes.NewReader(text)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	output, err := command.Output()
	if err != nil {
		t.Fatalf("node reference.js: %v\n%s", err, &complaints)
	}
	var answers []*answer
	if err := decode(output, &answers); err != nil || len(answers) != len(operations) {
		t.Fatalf("node reference.js: %d answers to %d operations, %v", len(answers), len(operations), err)
	}
	return answers
}

func missingTools() string {
	_, noNode := exec.LookPath("node")
	_, noPackage := os.Stat("../../tools/npm/node_modules/graphql")
	if noNode == nil && noPackage == nil {
		return ""
	}
	return "graphql-js is not installed: install Node.js 20 or later, then run npm ci in tools/npm"
}

func (h *harbour) question(operations []*operation) *question {
	q := &question{
		Schema:   h.schema,
		API:      h.world.API.SDL,
		About:    map[string]any{"version": "", "today": today, "dataset": h.change.Contents.Dataset, "schema": h.change.Contents.Schema},
		Requests: operations,
	}
	for _, c := range h.change.Nodes {
		n := c.After
		q.Nodes = append(q.Nodes, node{Type: n.Type.Name, Values: byName(n.Type.Properties, n.Values)})
	}
	for _, c := range h.change.Links {
		l := c.After
		q.Links = append(q.Links, link{ID: l.Values[query.LinkID], From: l.From, Type: l.Relationship.Name, To: l.To, Values: byName(l.Relationship.Properties, l.Values)})
	}
	return q
}

func byName(properties []*query.Property, values []any) map[string]any {
	named := map[string]any{}
	for i, p := range properties {
		named[p.Name] = values[i]
	}
	return named
}

// around are the lines around a line.
func around(lines []string, i int) string {
	return strings.Join(lines[min(max(0, i-8), len(lines)):min(i+4, len(lines))], "\n")
}

// introspection is an introspected schema, as lines to compare: with types and directives, which have no order,
// by name, and without what versions of GraphQL and gqlgen say otherwise of no API in particular.
func introspection(t *testing.T, a *answer) []string {
	t.Helper()
	var data map[string]map[string]any
	if err := decode(a.Data, &data); err != nil || len(a.Errors) > 0 {
		t.Fatalf("%v\n%s", err, a)
	}
	schema := data["__schema"]
	for _, part := range []string{"types", "directives"} {
		byName := map[string]any{}
		for _, member := range schema[part].([]any) {
			name := member.(map[string]any)["name"].(string)
			byName[name] = member
			if strings.HasPrefix(name, "__") || slices.Contains(builtIn, name) {
				byName[name] = "as GraphQL defines it"
			}
		}
		schema[part] = byName
	}
	text, err := json.MarshalIndent(withoutLaxities(schema), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

var builtIn = []string{"Int", "Float", "String", "Boolean", "ID", "skip", "include", "deprecated", "specifiedBy", "oneOf"}

// withoutLaxities turns into null what gqlgen answers where the specification says null: empty lists,
// and false for isOneOf.
func withoutLaxities(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return nil
		}
		for i := range v {
			v[i] = withoutLaxities(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = withoutLaxities(v[name])
		}
		if v["isOneOf"] == false {
			v["isOneOf"] = nil
		}
	}
	return v
}

// decode reads JSON with numbers as they are written.
func decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(into)
}
