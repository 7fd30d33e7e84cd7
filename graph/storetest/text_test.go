package storetest_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"

	"bordergraph/graph/cypher"
	"bordergraph/graph/derive"
	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

func openMemory(t *testing.T, model *query.Model) query.Store {
	store, err := embedded.Open(embedded.Memory, model)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// eachAsked calls do with every case that asks a store, in a world that has asked it.
func eachAsked(t *testing.T, do func(t *testing.T, w *storetest.World, q storetest.Question)) {
	folders, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(folders) == 0 {
		t.Fatal("no cases", err)
	}
	for _, folder := range folders {
		w := storetest.NewWorld(t, filepath.Base(folder), openMemory)
		files, _ := filepath.Glob(filepath.Join(folder, "*.txtar"))
		for _, file := range files {
			q, err := storetest.ReadQuestion(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Ask(t.Context(), q); err != nil {
				t.Fatal(err)
			}
			if w.Asked != nil {
				t.Run(filepath.Base(folder)+"/"+filepath.Base(file), func(t *testing.T) { do(t, w, q) })
			}
		}
	}
}

func TestTextIsTheSameHoweverAnOperationIsWritten(t *testing.T) {
	eachAsked(t, func(t *testing.T, w *storetest.World, q storetest.Question) {
		// Which search of several comes first depends on how the operation is written, and what follows on what is found.
		var want []string
		for _, q := range w.Asked {
			want = append(want, cypher.Compile(q).Text)
		}
		for seed := range uint64(5) {
			other := q
			other.Operation = rewritten(t, q.Operation, seed)
			answer, err := w.Ask(t.Context(), other)
			if err != nil || w.Asked == nil {
				t.Fatalf("%v\n%s\n%s", err, other.Operation, answer)
			}
			if got := cypher.Compile(w.Asked[0]).Text; !slices.Contains(want, got) {
				t.Fatalf("%s\nis asked as\n%s\n%s\nis asked as\n%s", q.Operation, strings.Join(want, "\n"), other.Operation, got)
			}
		}
	})
}

// rewritten is the same operation, written another way and with other values.
func rewritten(t *testing.T, operation string, seed uint64) string {
	doc, err := parser.ParseQuery(&ast.Source{Input: operation})
	if err != nil {
		t.Fatal(err)
	}
	r := &rewriter{rand.New(rand.NewPCG(seed, 0)), seed}
	for _, op := range doc.Operations {
		op.SelectionSet = r.selections(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		f.SelectionSet = r.selections(f.SelectionSet)
	}
	var b strings.Builder
	formatter.NewFormatter(&b).FormatQueryDocument(doc)
	return b.String()
}

type rewriter struct {
	*rand.Rand
	seed uint64
}

// another is a number that stands for a text: the same for the same, so that fields which merge still do.
func (r *rewriter) another(text string) int {
	h := fnv.New32a()
	fmt.Fprint(h, r.seed, text)
	return int(h.Sum32() % 1000)
}

// selections shuffles fields, gives them other response keys, and puts some into fragments.
func (r *rewriter) selections(set ast.SelectionSet) ast.SelectionSet {
	set = slices.Clone(set)
	r.Shuffle(len(set), func(i, j int) { set[i], set[j] = set[j], set[i] })
	for i, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			r.field(s)
		case *ast.InlineFragment:
			s.SelectionSet = r.selections(s.SelectionSet)
		}
		if r.IntN(3) == 0 {
			set[i] = &ast.InlineFragment{SelectionSet: ast.SelectionSet{s}}
		}
	}
	return set
}

// shaping are the arguments whose values say what is asked, or how far a search goes: another value is another question.
var shaping = []string{"by", "after", "before", "depth", "limit", "maxSteps", "maxDegree", "relationships", "types"}

func (r *rewriter) field(f *ast.Field) {
	f.Alias = fmt.Sprintf("k%d_%s", r.another(f.Alias), f.Alias)
	r.Shuffle(len(f.Arguments), func(i, j int) { f.Arguments[i], f.Arguments[j] = f.Arguments[j], f.Arguments[i] })
	for _, a := range f.Arguments {
		if !slices.Contains(shaping, a.Name) {
			r.value(a.Value)
		}
	}
	f.SelectionSet = r.selections(f.SelectionSet)
}

// value shuffles the fields of objects and changes numbers, texts and days.
func (r *rewriter) value(v *ast.Value) {
	switch v.Kind {
	case ast.ObjectValue:
		r.Shuffle(len(v.Children), func(i, j int) { v.Children[i], v.Children[j] = v.Children[j], v.Children[i] })
		fallthrough
	case ast.ListValue:
		for _, child := range v.Children {
			r.value(child.Value)
		}
	case ast.IntValue:
		v.Raw = strconv.Itoa(r.another(v.Raw) % 4)
	case ast.StringValue:
		if day, err := time.Parse(time.DateOnly, v.Raw); err == nil {
			v.Raw = day.AddDate(0, 0, int(r.seed)).Format(time.DateOnly) // all alike, so that periods do not end before they begin
		} else {
			v.Raw = fmt.Sprintf("v%d", r.another(v.Raw))
		}
	}
}

// Everything that a text may be made of but names of the schema, which are quoted.
var (
	words    = regexp.MustCompile(`^(RETURN|COLLECT|COUNT|EXISTS|MATCH|WHERE|AND|OR|NOT|IS|NULL|null|WITH|ORDER|BY|DESC|LIMIT|AS|IN|CONTAINS|STARTS|ENDS|CASE|WHEN|THEN|ELSE|END|UNION|ALL|CALL|OPTIONAL|UNWIND|DISTINCT|any|all|count|collect|left|substring|toInteger|toString|range|reduce|nodes|last|size|coalesce|head|labels|label|type|startNode|endNode|YIELD|node|db|index|fulltext|queryNodes|true|false|v|x|max|lasts|looked|steps|(near|count|firsts|nodes|looked|members|[a-z])\d+(_\d+)?|[0-8]|1000|1001)$`)
	quoted   = regexp.MustCompile("`[^`]*`|'[^']*'")
	wordsIn  = regexp.MustCompile(`[\p{L}\p{N}_]+`)
	paramsIn = regexp.MustCompile(`\$p\d+`)
)

func TestNoValueStandsInTheText(t *testing.T) {
	eachAsked(t, func(t *testing.T, w *storetest.World, q storetest.Question) {
		text := w.Statements()
		names := namesOf(w.API)
		for _, name := range quoted.FindAllString(text, -1) {
			if !names[name[1:len(name)-1]] {
				t.Errorf("%s is no name of the schema in\n%s", name, text)
			}
		}
		rest := paramsIn.ReplaceAllString(quoted.ReplaceAllString(text, ""), "")
		for _, word := range wordsIn.FindAllString(rest, -1) {
			if !words.MatchString(word) {
				t.Errorf("%s is no word of Cypher in\n%s", word, text)
			}
		}
		if strings.ContainsAny(rest, "'\"`") {
			t.Errorf("a quotation mark too many in\n%s", text)
		}
	})
}

// namesOf are the identifiers that a schema makes, and what the parts of a date and of a neighbour are called.
func namesOf(api *derive.API) map[string]bool {
	names := map[string]bool{"Node": true, cypher.NamesIndex: true, "-Q": true}
	for _, p := range slices.Concat(query.MomentProperties, query.NeighbourProperties) {
		names[p.Name] = true
	}
	for _, precision := range query.NodeProperties[query.NodeFacts+query.FactValidFromPrecision].Values {
		names[precision] = true
	}
	for _, m := range api.Model.Moments {
		names[m.Kind] = true
	}
	for _, t := range api.Model.Types {
		for _, label := range t.Labels {
			names[label] = true
		}
		for _, p := range t.Properties {
			names[p.Name] = true
		}
	}
	for _, r := range api.Model.Relationships {
		names[r.Name] = true
		for _, p := range r.Properties {
			names[p.Name] = true
		}
	}
	return names
}
