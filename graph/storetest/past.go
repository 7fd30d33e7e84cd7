package storetest

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"

	"bordergraph/graph/query"
)

// historyOperation asks what no case asks: versions, histories and the log.
const historyOperation = `{
  towns @asOf(any: true) { nodes { id facts { version } history(first: 3) { nodes { sequence objects { nodes { id action values { field after } } } links { totalCount } } pageInfo { hasNextPage } } } }
  changes(types: [TOWN, POST]) { nodes { sequence objects { totalCount } links(first: 3) { totalCount nodes { from to action } } } }
}`

// RunPast judges how a store's past is told: the graph fixture is changed at random, a change a day, and
// after each asked so many operations of the cases. Each answer is to be given again later as of that day.
func RunPast(t *testing.T, asked int, open Open) {
	const days = 6
	api, change := read(t, "fixture")
	change.At = dayOf(0)
	w := NewWorldOf(t, api, change, open)
	r := newRandom(*seed)
	questions := pastQuestions(t)
	now := stored(t, w.Store, query.Records{Nodes: recordsOf(change.Nodes)})
	for day := range days {
		if day > 0 {
			c := r.change(t, api.Model, now, day)
			c.At = dayOf(day)
			if err := query.Write(t.Context(), w.Store, c); err != nil {
				t.Fatal(err)
			}
			entries, err := w.Store.Changes(t.Context(), int64(day), 1)
			if err != nil || len(entries) != 1 {
				t.Fatalf("change %d: %v", day+1, err)
			}
			now = after(now, &entries[0].Change)
		}
		for range asked {
			questions.ask(t, w, pick(r, questions.all), day)
		}
		questions.ask(t, w, Question{Operation: historyOperation}, day)
	}
	if len(questions.given) < days*asked/2 {
		t.Fatalf("only %d questions were answered", len(questions.given))
	}
	for _, g := range questions.given {
		again := g.Question
		again.Operation, again.Today = asOf(t, g.Operation, dayOf(g.day)), dayOf(days+30).Format(time.DateOnly)
		compare(t, fmt.Sprintf("as of day %d: %s", g.day, again.Operation), g.answer, ask(t, w, again))
	}
}

func dayOf(n int) time.Time { return time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC) }

func recordsOf(changes []query.NodeChange) []query.NodeRecord {
	var records []query.NodeRecord
	for _, c := range changes {
		records = append(records, *c.After)
	}
	return records
}

// past is questions, and the answers that were given.
type past struct {
	all   []Question
	given []given
}

type given struct {
	Question
	day    int
	answer []byte
}

// pastQuestions are those of the cases, but for citations: their links hold the operation.
func pastQuestions(t *testing.T) *past {
	files, err := filepath.Glob(filepath.Join(testdata("cases"), "fixture", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	p := &past{}
	for _, file := range files {
		q, err := ReadQuestion(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(q.Operation, "@cite") {
			p.all = append(p.all, q)
		}
	}
	return p
}

// ask keeps the answer of a question, unless it was refused as a whole.
func (p *past) ask(t *testing.T, w *World, q Question, day int) {
	q.Today = dayOf(day).Format(time.DateOnly)
	if answer := ask(t, w, q); bytes.Contains(answer, []byte(`"data": {`)) {
		p.given = append(p.given, given{q, day, answer})
	}
}

// asOf is an operation as of a moment, wherever it says which day it is about.
func asOf(t *testing.T, operation string, moment time.Time) string {
	t.Helper()
	document, err := parser.ParseQuery(&ast.Source{Input: operation})
	if err != nil {
		t.Fatal(err)
	}
	recordedAt := &ast.Argument{Name: "recordedAt", Value: &ast.Value{Kind: ast.StringValue, Raw: moment.Format(time.RFC3339)}}
	for _, o := range document.Operations {
		if o.Directives.ForName("asOf") == nil {
			o.Directives = append(o.Directives, &ast.Directive{Name: "asOf"})
		}
		addTo(o.Directives, recordedAt)
		eachRoot(o.SelectionSet, func(f *ast.Field) { addTo(f.Directives, recordedAt) })
	}
	for _, f := range document.Fragments {
		eachRoot(f.SelectionSet, func(f *ast.Field) { addTo(f.Directives, recordedAt) })
	}
	var b bytes.Buffer
	formatter.NewFormatter(&b).FormatQueryDocument(document)
	return b.String()
}

func addTo(directives ast.DirectiveList, argument *ast.Argument) {
	if d := directives.ForName("asOf"); d != nil {
		d.Arguments = append(d.Arguments, argument)
	}
}

func eachRoot(set ast.SelectionSet, f func(*ast.Field)) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			f(s)
		case *ast.InlineFragment:
			eachRoot(s.SelectionSet, f)
		}
	}
}
