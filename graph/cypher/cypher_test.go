package cypher_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"bordergraph/graph/cypher"
	"bordergraph/graph/query"
)

var update = flag.Bool("update", false, "rewrite the texts in testdata")

func TestTexts(t *testing.T) {
	for file, cases := range goldens {
		t.Run(file, func(t *testing.T) {
			archive := &txtar.Archive{}
			for _, g := range cases {
				s := cypher.Compile(g.query())
				archive.Files = append(archive.Files, txtar.File{Name: g.name, Data: []byte(s.Text + "\n")})
			}
			compare(t, filepath.Join("testdata", file+".txtar"), archive)
		})
	}
}

func compare(t *testing.T, path string, got *txtar.Archive) {
	if *update {
		if err := os.WriteFile(path, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Files) != len(got.Files) {
		t.Errorf("%s has %d texts, want %d: run with -update", path, len(want.Files), len(got.Files))
	}
	for i, f := range got.Files[:min(len(got.Files), len(want.Files))] {
		if f.Name != want.Files[i].Name || string(f.Data) != string(want.Files[i].Data) {
			t.Errorf("%s\ngot\n%s\nwant %s\n%s", f.Name, f.Data, want.Files[i].Name, want.Files[i].Data)
		}
	}
}

func TestNoValueStandsInTheText(t *testing.T) {
	for _, cases := range goldens {
		for _, g := range cases {
			q := g.query()
			text := cypher.Compile(q).Text
			for _, value := range flatten(q.Args) {
				if strings.Contains(text, value) {
					t.Errorf("%s: the text has the value %q", g.name, value)
				}
			}
		}
	}
}

func flatten(values []any) []string {
	var texts []string
	for _, v := range values {
		if list, ok := v.([]any); ok {
			texts = append(texts, flatten(list)...)
		} else {
			texts = append(texts, fmt.Sprint(v))
		}
	}
	return texts
}

func TestTheOrderOfTheArgsDoesNotMatter(t *testing.T) {
	ascending := &query.Query{Args: []any{int64(1), "2025-06-30", int64(20)}, Columns: []query.Column{
		list(&query.Scope{Clearance: 0, Date: 1}, 2)}}
	descending := &query.Query{Args: []any{int64(20), "2025-06-30", int64(1)}, Columns: []query.Column{
		list(&query.Scope{Clearance: 2, Date: 1}, 0)}}

	a, b := cypher.Compile(ascending), cypher.Compile(descending)
	if a.Text != b.Text {
		t.Errorf("one tree, two texts:\n%s\n%s", a.Text, b.Text)
	}
	if slices.Equal(a.Params, b.Params) {
		t.Errorf("both texts take their values from %v", a.Params)
	}
	if x, y := a.Arguments(ascending.Args), b.Arguments(descending.Args); !reflect.DeepEqual(x, y) {
		t.Errorf("one query, two maps of values: %v, %v", x, y)
	}
}

func list(scope *query.Scope, limit query.Param) query.Column {
	return &query.List{Select: &query.Select{Set: &query.Set{Start: &query.All{Types: []*query.Type{post}}, Scope: scope},
		Order: byName(), Limit: limit, Columns: []query.Column{columnID}}}
}

func TestAValueUsedTwiceInOneColumnIsOneParameter(t *testing.T) {
	scope := &query.Scope{Clearance: 0, Date: 1}
	q := &query.Query{Args: []any{int64(0), "2025-06-30", int64(20)}, Columns: []query.Column{list(scope, 2)}}
	if s := cypher.Compile(q); len(s.Params) != 3 {
		t.Errorf("%d parameters for 3 values: %v", len(s.Params), s.Params)
	}
}

func TestEveryColumnOfAQueryIsAColumnOfTheRecord(t *testing.T) {
	tree := &tree{}
	q := &query.Query{Columns: []query.Column{&query.Count{Set: tree.all(post)}, &query.Exists{Set: tree.all(post)}}}
	q.Args = tree.args
	text := cypher.Compile(q).Text
	if !strings.HasPrefix(text, "RETURN COUNT {") || !strings.Contains(text, "} AS c0,\nEXISTS {") || !strings.HasSuffix(text, "} AS c1") {
		t.Errorf("the text is\n%s", text)
	}
}

func TestIdentifiersAreQuoted(t *testing.T) {
	hostile := &query.Type{Name: "T` {x: 'y'}) DETACH DELETE (n:`\\'", Properties: []*query.Property{{Name: "a`b"}}}
	other := &query.Type{Name: "Other"}
	link := &query.Relationship{Name: "R`S", From: []*query.Type{hostile}, To: []*query.Type{hostile}}
	query.NewModel("", []*query.Type{hostile, other}, []*query.Relationship{link})
	scope := &query.Scope{Time: query.AnyTime}
	walk := &query.Set{Start: &query.Walk{Steps: []query.Step{{Relationship: link, To: []*query.Type{hostile}}}}, Scope: scope}
	text := cypher.Compile(&query.Query{Args: []any{int64(0)}, Columns: []query.Column{
		unlimited(&query.Set{Start: &query.All{Types: []*query.Type{hostile}}, Scope: scope},
			&query.Value{Property: hostile.Property("a`b")}, &query.TypeName{}, unlimited(walk, columnID))}}).Text

	for _, want := range []string{"(n0:`T`` {x: 'y'}) DETACH DELETE (n:``\\'`)", "n0.`a``b`", "[r1:`R``S`]", `'T` + "` {x: \\'y\\'}) DETACH DELETE (n:`" + `\\\''`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestBeginningsOfWordsBecomeAQueryOfTheIndex(t *testing.T) {
	for _, c := range []struct {
		begun []any
		want  string
	}{
		{[]any{"don", "bien"}, "+don* +bien*"},
		{[]any{"ຄ້າຍ", "213"}, "+ຄ້າຍ* +213*"},
		{[]any{`a" OR *:*`, "not"}, `+a\"\ OR\ \*\:\** +not*`},
		{[]any{strings.Repeat("đ", 300)}, "+" + strings.Repeat("đ", 100) + "*"}, // the index cuts longer words
		{slices.Repeat([]any{"a"}, 2000), strings.TrimSpace(strings.Repeat("+a* ", 32))},
		{[]any{}, "*:*"},
	} {
		set := &query.Set{Scope: &query.Scope{Time: query.AnyTime, Clearance: 0}, Start: &query.Found{Types: []*query.Type{post}, Begun: 1}}
		q := &query.Query{Args: []any{int64(0), c.begun}, Columns: []query.Column{&query.Count{Set: set}}}
		if got := cypher.Compile(q).Arguments(q.Args)["p0"]; got != c.want {
			t.Errorf("%v: got %v, want %s", c.begun, got, c.want)
		}
	}
}
