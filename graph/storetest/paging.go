package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

// listsPerGraph is how many random lists of a random graph are walked.
const listsPerGraph = 20

// FuzzPages walks random lists of random graphs page by page, forwards and backwards: the pages
// together are the list asked for at once, and their flags and totals are exact.
func FuzzPages(t *testing.T, rounds int, open Open) {
	eachRound(t, rounds, func(t *testing.T, r random, api *derive.API) {
		w := NewWorldOf(t, api, replaceBy(r.graph(t, api.Model)), open)
		for range listsPerGraph {
			l := &list{t: t, world: w}
			l.random(&operations{random: r, api: api})
			whole, err := l.page("first: 1000")
			if err != nil {
				continue // a filter that is refused
			}
			for _, size := range []int{1, 2, 1 + r.IntN(5)} {
				l.walk(whole, size)
				l.walkBack(whole, size)
			}
		}
	})
}

// list is a list with a filter and an order, at the root or below an object.
type list struct {
	t             *testing.T
	world         *World
	before, after string // of the operation, around the page
	question      Question
}

// page is what is asked of a page.
type page struct {
	TotalCount int
	Edges      []edge
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
}

type edge struct {
	Cursor string
	Node   struct{ ID string }
}

func (l *list) random(o *operations) {
	l.question = Question{Today: pick(o.random, days), Clearance: o.clearance()}
	l.before, l.after = "query"+o.asOf()+" { ", " }"
	owner := o.api.Schema.Query
	if o.oneIn(2) {
		node := o.api.Schema.Types[pick(o.random, o.api.Model.Types).Name]
		if fields := lists(node); len(fields) > 0 {
			owner = node
			l.before += fmt.Sprintf("node(id: %q) { ... on %s { ", nodeID(o.api.Model.Type(node.Name), o.IntN(3)), node.Name)
			l.after = " } }" + l.after
		}
	}
	field := pick(o.random, lists(owner))
	where, orderBy := field.Arguments.ForName("where"), field.Arguments.ForName("orderBy")
	l.before += "list: " + field.Name + "("
	if o.oneIn(4) {
		l.before += "where: " + o.input(where.Type, 2) + ", "
	}
	l.before += "orderBy: " + o.input(orderBy.Type, 3) + ", "
	l.after = ") { totalCount edges { cursor node { ... on Node { id } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }" + l.after
}

// lists are the fields of a type that are connections.
func lists(def *ast.Definition) []*ast.FieldDefinition {
	var fields []*ast.FieldDefinition
	for _, f := range def.Fields {
		if f.Arguments.ForName("orderBy") != nil {
			fields = append(fields, f)
		}
	}
	return fields
}

// page asks for a page; below what the asker may not see there is an empty one.
func (l *list) page(arguments string) (page, error) {
	l.question.Operation = l.before + arguments + l.after
	var body struct {
		Errors []any
		Data   struct {
			List *page
			Node *struct{ List page }
		}
	}
	answer := ask(l.t, l.world, l.question)
	err := json.Unmarshal(answer, &body)
	switch {
	case err != nil:
		return page{}, err
	case len(body.Errors) > 0:
		return page{}, errors.New(string(answer))
	case body.Data.List != nil:
		return *body.Data.List, nil
	case body.Data.Node != nil:
		return body.Data.Node.List, nil
	}
	return page{}, nil
}

func (l *list) walk(whole page, size int) {
	arguments := fmt.Sprintf("first: %d", size)
	for begin := 0; begin <= len(whole.Edges); begin += size {
		got := l.compare(whole, arguments, begin, min(begin+size, len(whole.Edges)))
		if len(got.Edges) == 0 {
			return
		}
		arguments = fmt.Sprintf("first: %d, after: %q", size, got.Edges[len(got.Edges)-1].Cursor)
	}
}

func (l *list) walkBack(whole page, size int) {
	arguments := fmt.Sprintf("last: %d", size)
	for end := len(whole.Edges); end >= 0; end -= size {
		got := l.compare(whole, arguments, max(0, end-size), end)
		if len(got.Edges) == 0 {
			return
		}
		arguments = fmt.Sprintf("last: %d, before: %q", size, got.Edges[0].Cursor)
	}
}

// compare asks for a page and holds it against the part of the whole list that it should be.
func (l *list) compare(whole page, arguments string, begin, end int) page {
	l.t.Helper()
	want := page{TotalCount: len(whole.Edges), Edges: append([]edge{}, whole.Edges[begin:end]...)}
	want.PageInfo.HasNextPage, want.PageInfo.HasPreviousPage = end < len(whole.Edges), begin > 0
	if begin < end {
		want.PageInfo.StartCursor, want.PageInfo.EndCursor = &whole.Edges[begin].Cursor, &whole.Edges[end-1].Cursor
	}
	got, err := l.page(arguments)
	got.Edges = append([]edge{}, got.Edges...)
	if err != nil || !reflect.DeepEqual(want, got) {
		l.t.Fatalf("page %d to %d of\n%s\ntoday %s, clearance %s\nwant %s\ngot %s %v", begin, end,
			l.question.Operation, l.question.Today, query.Clearances[l.question.Clearance], inJSON(want), inJSON(got), err)
	}
	return got
}

func inJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
