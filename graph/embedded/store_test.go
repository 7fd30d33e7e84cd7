package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bordergraph/graph/dataset"
	"bordergraph/graph/derive"
	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
	"bordergraph/graph/storetest"

	"go.etcd.io/bbolt"
)

func open(t testing.TB, path string, model *query.Model) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(path, model)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func apply(t testing.TB, s *embedded.Store, c *query.Change) {
	t.Helper()
	if err := query.Write(t.Context(), s, c); err != nil {
		t.Fatal(err)
	}
}

func put(t testing.TB, s *embedded.Store, nodes []query.NodeRecord, links []query.LinkRecord) {
	t.Helper()
	if err := storetest.Put(t.Context(), s, nodes, links); err != nil {
		t.Fatal(err)
	}
}

func finish(t testing.TB, s *embedded.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// everything is all nodes with all values, and all relationships with theirs, as text.
func everything(t testing.TB, s *embedded.Store, m *query.Model) string {
	t.Helper()
	a := &ask{}
	scope := a.scope(query.AnyTime, "", query.Secret)
	var columns []query.Column
	for _, typ := range m.Types {
		node := &query.Select{Set: &query.Set{Start: &query.All{Types: []*query.Type{typ}}, Scope: scope}, Order: byID, Limit: query.NoLimit}
		for _, p := range typ.Properties {
			node.Columns = append(node.Columns, &query.Value{Property: p})
		}
		for _, r := range m.Relationships {
			links := &query.Select{Limit: query.NoLimit, Order: []query.Key{{By: &query.Value{Of: query.Link, Property: query.LinkProperties[query.LinkID]}}}}
			links.Set = &query.Set{Scope: scope, Start: &query.Walk{Steps: []query.Step{{Relationship: r, Direction: query.Out, To: r.To}}}}
			for _, p := range r.Properties {
				links.Columns = append(links.Columns, &query.Value{Of: query.Link, Property: p})
			}
			links.Columns = append(links.Columns, ids...)
			node.Columns = append(node.Columns, &query.List{Select: links})
		}
		columns = append(columns, &query.List{Select: node})
	}
	contents, err := s.Contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if contents != nil {
		return fmt.Sprintf("%#v %#v", *contents, run(t, s, a, columns...))
	}
	return fmt.Sprintf("%#v", run(t, s, a, columns...))
}

// sample is a change of a few nodes and relationships with values of every kind.
func sample(t testing.TB, w *world) *query.Change {
	return &query.Change{
		Nodes: query.AddNodes([]query.NodeRecord{
			w.node(t, w.post, "p", year("2019"), map[string]any{"markers": int64(-7), "lengthKm": 1.5, "staffed": false, "communes": []any{"Xín Cái", ""}}),
			w.node(t, w.post, "q", none, map[string]any{"staffed": true, "communes": []any{}}),
			w.node(t, w.province, "a", secret(day("2020-01-01", "2025-06-30")), nil),
		}),
		Links: query.AddLinks([]query.LinkRecord{
			w.link(t, w.inProvince, "p", "a", day("", "2025-06-30"), nil),
			w.link(t, w.near, "p", "q", none, nil),
		}),
		Contents: &query.Contents{Dataset: "sample", Schema: w.Fingerprint},
	}
}

// stored is the path of a file that holds the sample.
func stored(t testing.TB, w *world) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path, w.Model)
	apply(t, s, sample(t, w))
	finish(t, s)
	return path
}

func TestReopenedStoreHoldsWhatWasApplied(t *testing.T) {
	w := newWorld()
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path, w.Model)
	apply(t, s, sample(t, w))
	before := everything(t, s, w.Model)
	finish(t, s)
	s = open(t, path, w.Model)
	defer s.Close()
	if after := everything(t, s, w.Model); after != before {
		t.Errorf("before: %s\nafter: %s", before, after)
	}
}

func TestBundledDatasetIsReadBack(t *testing.T) {
	schema, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	api, err := derive.New(string(schema), "")
	if err != nil {
		t.Fatal(err)
	}
	change, err := dataset.Read(api.Model, os.DirFS("../../dataset"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path, api.Model)
	apply(t, s, change)
	before := everything(t, s, api.Model)
	finish(t, s)
	s = open(t, path, api.Model)
	defer s.Close()
	if everything(t, s, api.Model) != before {
		t.Error("the graph differs after reopening")
	}
}

func TestNewStoreIsEmpty(t *testing.T) {
	w := newWorld()
	emptyFile := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(emptyFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{embedded.Memory, emptyFile, filepath.Join(t.TempDir(), "absent.db")} {
		for range 2 { // made, and opened again
			s := open(t, path, w.Model)
			if contents, err := s.Contents(t.Context()); contents != nil || err != nil {
				t.Errorf("%s: contents %v, error %v", path, contents, err)
			}
			if err := s.Ready(t.Context()); err != nil {
				t.Error(err)
			}
			finish(t, s)
		}
	}
}

func TestRecordsOfTheSameIDAreReplacedAndKeepTheirLinks(t *testing.T) {
	w := newWorld()
	path := stored(t, w)
	s := open(t, path, w.Model)
	put(t, s, []query.NodeRecord{w.node(t, w.province, "a", none, nil)},
		[]query.LinkRecord{w.link(t, w.near, "p", "q", record.Facts{Confidence: "LOW"}, nil)})
	for range 2 {
		a := &ask{}
		scope := a.always()
		posts := &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope}
		near := &query.Walk{Steps: []query.Step{{Relationship: w.near, Direction: query.Both, To: []*query.Type{w.post}}}}
		confidence := &query.Value{Of: query.Link, Property: query.LinkProperties[query.LinkFacts+query.FactConfidence]}
		row := run(t, s, a, &query.First{Select: &query.Select{Set: posts, Order: byID, Limit: query.NoLimit, Columns: []query.Column{
			&query.List{Select: &query.Select{Set: &query.Set{Start: near, Scope: scope}, Order: byID, Limit: query.NoLimit, Columns: []query.Column{confidence}}}}}},
			&query.First{Select: &query.Select{Set: posts, Order: byID, Limit: query.NoLimit, Columns: []query.Column{list(provinces(w, scope))}}})
		expect(t, "near p", flat(row[0]), "LOW ")
		expect(t, "provinces of p", flat(row[1]), "a ")
		finish(t, s)
		s = open(t, path, w.Model)
	}
	finish(t, s)
}

func TestReplaceRemovesTheGraphFirst(t *testing.T) {
	w := newWorld()
	path := stored(t, w)
	s := open(t, path, w.Model)
	apply(t, s, &query.Change{Replace: true, Nodes: query.AddNodes([]query.NodeRecord{w.node(t, w.post, "new", none, nil)}),
		Contents: &query.Contents{Dataset: "other", Schema: w.Fingerprint}})
	for range 2 {
		a := &ask{}
		row := run(t, s, a, list(&query.Set{Start: &query.All{Types: w.Types}, Scope: a.scope(query.AnyTime, "", query.Secret)}))
		expect(t, "nodes", flat(row[0]), "new ")
		contents, _ := s.Contents(t.Context())
		expect(t, "contents", contents, &query.Contents{Dataset: "other", Schema: "world"})
		finish(t, s)
		s = open(t, path, w.Model)
	}
	finish(t, s)
}

func TestReplacedGraphOfUnknownOriginHasNoContents(t *testing.T) {
	w := newWorld()
	s := open(t, stored(t, w), w.Model)
	defer s.Close()
	apply(t, s, &query.Change{})
	kept, _ := s.Contents(t.Context())
	expect(t, "contents after a change that says nothing of them", kept, &query.Contents{Dataset: "sample", Schema: "world"})
	apply(t, s, &query.Change{Replace: true})
	if contents, err := s.Contents(t.Context()); contents != nil || err != nil {
		t.Errorf("contents %v, error %v", contents, err)
	}
}

func TestChangeThatCannotBeIsRefusedWhole(t *testing.T) {
	w := newWorld()
	path := stored(t, w)
	s := open(t, path, w.Model)
	before := everything(t, s, w.Model)
	for name, c := range map[string]struct {
		change *query.Change
		want   string
	}{
		"dangling": {&query.Change{Links: query.AddLinks([]query.LinkRecord{w.link(t, w.inProvince, "new", "z", none, nil)})},
			`write: IN_PROVINCE from new to z: there is no node "z"`},
		"between other types": {&query.Change{Links: query.AddLinks([]query.LinkRecord{w.link(t, w.inProvince, "new", "p", none, nil)})},
			`write: IN_PROVINCE from new to p: it does not lead from Post to Post`},
		"no value of a store": {&query.Change{Links: query.AddLinks([]query.LinkRecord{{Relationship: w.near, From: "new", To: "p",
			Values: append([]any{"link:x", struct{}{}}, make([]any, len(w.near.Properties)-2)...)}})},
			`write: link:x: a value of the kind struct {} cannot be stored`},
	} {
		c.change.Nodes = query.AddNodes([]query.NodeRecord{w.node(t, w.post, "new", none, nil)})
		if err := query.Write(t.Context(), s, c.change); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
		if everything(t, s, w.Model) != before {
			t.Errorf("%s: the graph has changed", name)
		}
	}
	finish(t, s)
	s = open(t, path, w.Model)
	defer s.Close()
	if everything(t, s, w.Model) != before {
		t.Error("the file has changed")
	}
}

func TestReaderKeepsItsStateDuringAChange(t *testing.T) {
	w := newWorld()
	s := w.open(t, numbered(t, w, 0, 0), nil)
	done := make(chan error, 1)
	go func() {
		for i := 1; i <= 200; i++ {
			if err := storetest.Put(context.Background(), s, numbered(t, w, i, i), nil); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for running := true; running; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			running = false
		default:
		}
		a := &ask{}
		row := run(t, s, a, &query.List{Select: &query.Select{Set: &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: a.always()},
			Order: byID, Limit: query.NoLimit, Columns: []query.Column{&query.Value{Property: w.post.Property("markers")}}}})
		rows := row[0].([]any)
		expect(t, "second post beside the first", rows[1], rows[0])
	}
}

// refused opens a file that is to be refused with a code, and sees that it stays as it is.
func refused(t *testing.T, path string, model *query.Model, code string) string {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := embedded.Open(path, model)
	if err == nil {
		s.Close()
		t.Fatal("it was opened")
	}
	var shown *query.Error
	if !errors.As(err, &shown) || shown.Code != code || !strings.Contains(shown.Message, path) {
		t.Errorf("got %v, want the code %s and the name of the file", err, code)
	}
	after, err2 := os.ReadFile(path)
	if err2 != nil || !bytes.Equal(before, after) {
		t.Errorf("the file has changed (%v)", err2)
	}
	return err.Error()
}

func TestForeignFileIsRefusedAndLeftAsItIs(t *testing.T) {
	w := newWorld()
	for name, content := range map[string]string{
		"a byte":    "x",
		"text":      strings.Repeat("These are notes about the border.\n", 1000),
		"short":     "notes",
		"only zero": strings.Repeat("\x00", 40000),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "notes.txt")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if message := refused(t, path, w.Model, query.Foreign); strings.Contains(message, "\n") {
				t.Errorf("more than one line: %s", message)
			}
		})
	}
}

func TestOtherBboltDatabaseIsRefusedAndLeftAsItIs(t *testing.T) {
	for _, noFreelistSync := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "other.db")
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoFreelistSync: noFreelistSync})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucket([]byte("other"))
			if err != nil {
				return err
			}
			return b.Put([]byte("key"), []byte("value"))
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		refused(t, path, newWorld().Model, query.Foreign)
	}
}

func TestTruncatedFileIsRefusedAndLeftAsItIs(t *testing.T) {
	w := newWorld()
	whole := bigFile(t, w)
	for _, size := range []int{1, 15, 100, 4095, 4096, 5000, 8192, 12288, 20480, len(whole) / 4, len(whole) / 3} {
		path := filepath.Join(t.TempDir(), "graph.db")
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, path, w.Model, query.Foreign)
	}
}

// bigFile is the bytes of a store with pages of every kind.
func bigFile(t *testing.T, w *world) []byte {
	t.Helper()
	path := stored(t, w)
	s := open(t, path, w.Model)
	put(t, s, numbered(t, w, make([]any, 500)...), nil)
	put(t, s, numbered(t, w, 1, 2, 3), nil)
	finish(t, s)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestFlippedByteIsNoticedOrChangesNothing(t *testing.T) {
	w := newWorld()
	whole := bigFile(t, w)
	path := filepath.Join(t.TempDir(), "graph.db")
	contents := func() (string, error) {
		s, err := embedded.Open(path, w.Model)
		if err != nil {
			return "", err
		}
		defer s.Close()
		return everything(t, s, w.Model), nil
	}
	write := func(data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(whole)
	want, err := contents()
	if err != nil {
		t.Fatal(err)
	}
	random, noticed := rand.New(rand.NewPCG(1, 2)), 0
	for i := range 300 {
		at := random.IntN(len(whole))
		if i < 200 { // the headers of pages, where it hurts most
			at = at/4096*4096 + random.IntN(200)
		}
		damaged := bytes.Clone(whole)
		damaged[at] ^= byte(1 << random.IntN(8))
		write(damaged)
		got, err := contents()
		var shown *query.Error
		switch {
		case err == nil && got != want:
			t.Fatalf("byte %d: another graph was read", at)
		case err != nil && (!errors.As(err, &shown) || shown.Code != query.Foreign):
			t.Fatalf("byte %d: %v", at, err)
		case err != nil:
			noticed++
			if now, _ := os.ReadFile(path); !bytes.Equal(now, damaged) {
				t.Fatalf("byte %d: the file has changed", at)
			}
		}
	}
	if noticed == 0 {
		t.Error("no damage was noticed at all")
	}
}

func TestFileInUseIsRefused(t *testing.T) {
	w := newWorld()
	path := stored(t, w)
	s := open(t, path, w.Model)
	defer s.Close()
	message := refused(t, path, w.Model, query.Unavailable)
	if want := path + " is in use by another process; stop that one, or name another file"; message != want {
		t.Errorf("got %s, want %s", message, want)
	}
}

func TestUnreadablePathIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "absent", "graph.db")
	if _, err := embedded.Open(path, newWorld().Model); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want the name of the file", err)
	}
}

// grownWorld is the world with another type first, a property more, and the properties of a post
// in another order.
func grownWorld() *world {
	w := newWorld()
	own := func(properties []*query.Property) []*query.Property { return properties[len(query.NodeProperties):] }
	w.post.Properties = append([]*query.Property{{Name: "commune", Kind: query.String}}, own(w.post.Properties)...)
	slices.Reverse(w.post.Properties)
	for _, t := range w.Types {
		if t != w.post {
			t.Properties = own(t.Properties)
		}
	}
	for _, r := range w.Relationships {
		r.Properties = r.Properties[len(query.LinkProperties):]
	}
	slices.Reverse(w.Relationships)
	w.Model = query.NewModel("grown", append([]*query.Type{{Name: "Marker", Dated: true}}, w.Types...), w.Relationships)
	return w
}

func TestSchemaMayGrow(t *testing.T) {
	path, w := stored(t, newWorld()), grownWorld()
	s := open(t, path, w.Model)
	defer s.Close()
	a := &ask{}
	scope := a.scope(query.AnyTime, "", query.Secret)
	var columns []query.Column
	for _, name := range []string{"markers", "lengthKm", "staffed", "communes", "commune"} {
		columns = append(columns, &query.Value{Property: w.post.Property(name)})
	}
	row := run(t, s, a, &query.List{Select: &query.Select{Order: byID, Limit: query.NoLimit,
		Set:     &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope},
		Columns: append(columns, &query.Count{Set: provinces(w, scope)})}})
	expect(t, "posts", row[0], []any{
		[]any{int64(-7), 1.5, false, []any{"Xín Cái", ""}, nil, int64(1)},
		[]any{nil, nil, true, []any{}, nil, int64(0)},
	})
}

func TestDataThatDoesNotFitIsListed(t *testing.T) {
	path := stored(t, newWorld())
	for name, c := range map[string]struct {
		change func(w *world)
		want   string
	}{
		"type gone": {func(w *world) { w.Types[1].Name = "Region" },
			"a: type: the schema has no type Province"},
		"property gone": {func(w *world) { w.post.Properties[w.post.Property("markers").Index].Name = "stones" },
			"p: markers: the schema has no such property"},
		"property of another kind": {func(w *world) { w.post.Property("markers").Kind = query.String },
			"p: markers: -7 does not fit; write a text"},
		"property required": {func(w *world) { w.post.Property("lengthKm").Required = true },
			"q: lengthKm: is missing; a value is required: a number"},
		"relationship gone": {func(w *world) { w.near.Name = "BESIDE" },
			"p NEAR q: type: the schema has no NEAR from Post to Post"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			c.change(w)
			if message := refused(t, path, w.Model, query.Misfit); !strings.Contains(message, c.want) {
				t.Errorf("got %s, want %s", message, c.want)
			}
		})
	}
}

func TestMisfitsAreCountedAndTheFirstTwentyListed(t *testing.T) {
	w := newWorld()
	path := stored(t, w)
	s := open(t, path, w.Model)
	put(t, s, numbered(t, w, make([]any, 30)...), nil)
	finish(t, s)
	w.post.Property("lengthKm").Required = true
	message := refused(t, path, w.Model, query.Misfit)
	if !strings.Contains(message, "does not fit the schema: 31 problems, the first 20:\n") || strings.Count(message, "\n") != 20 {
		t.Errorf("got %s", message)
	}
}

func TestDataThatDoesNotFitCanBeReplaced(t *testing.T) {
	w := newWorld()
	path := stored(t, w)
	w.post.Property("lengthKm").Required = true
	s, err := embedded.OpenToReplace(path, w.Model)
	if err != nil {
		t.Fatal(err)
	}
	if err := query.Write(t.Context(), s, &query.Change{}); err == nil {
		t.Error("a change that leaves the graph in place was taken")
	}
	apply(t, s, &query.Change{Replace: true})
	finish(t, s)
	finish(t, open(t, path, w.Model))
}
