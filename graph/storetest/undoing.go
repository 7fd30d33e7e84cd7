package storetest

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"bordergraph/graph/query"
)

// RunUndoing judges that some random changes, among them such that take others back, leave the graph as it
// was when they are taken back from the last to the first: after each it is as it was before it was made.
func RunUndoing(t *testing.T, changes int, open Open) {
	api, first := read(t, "fixture")
	u := &undoing{changing: &changing{t, NewWorldOf(t, api, first, open)}, random: newRandom(11)}
	states := []query.Records{u.state()}
	for len(states) <= changes {
		if operation := u.random.mutation(int64(len(states))); u.makes(operation) {
			states = append(states, u.state())
		}
	}
	for made := len(states); made > 1; made-- {
		if operation := fmt.Sprintf("mutation { undo(change: %d) { sequence } }", made); !u.makes(operation) {
			t.Fatalf("change %d is not taken back: %s", made, u.answer)
		}
		if !reflect.DeepEqual(u.state(), states[made-2]) {
			t.Fatalf("the graph is not as it was before change %d", made)
		}
	}
}

type undoing struct {
	*changing
	random
	answer []byte
}

// makes is whether a mutation was not refused, and made a change.
func (u *undoing) makes(operation string) bool {
	u.Helper()
	before := len(u.log())
	var err error
	if u.answer, err = u.Ask(u.Context(), Question{Operation: operation, Today: "2026-01-15", Clearance: query.Secret}); err != nil {
		u.Fatal(err)
	}
	gained := len(u.log()) - before
	if refused := bytes.Contains(u.answer, []byte(`"errors"`)); refused && gained > 0 {
		u.Fatalf("what was refused was made: %s", u.answer)
	}
	return gained > 0
}

// state is all that is stored but for the versions.
func (u *undoing) state() query.Records {
	all := u.everything()
	for i, n := range all.Nodes {
		all.Nodes[i] = left(n, 0)
	}
	return all
}

// mutation is a random one; it may well be refused.
func (r random) mutation(changes int64) string {
	posts := []string{"post:anh", "post:binh", "post:duong", "post:em", "post:new", "post:newer"}
	towns := []string{"town:joint", "town:ferry", "town:north", "town:south"}
	camps := []string{"camp:x", "camp:y"}
	sources := []string{"src:gazette", "src:almanac", "src:new"}
	facts := fmt.Sprintf("facts: {sources: [%q]}", pick(r, sources))
	link := func(to []string) string { return fmt.Sprintf("[{to: %q, %s}]", pick(r, to), facts) }
	name := fmt.Sprintf("names: [{text: %q, language: VI, kind: MAIN}]", pick(r, []string{"Đá", "Gỗ", "Sông"}))
	post := func(fields string) string {
		return fmt.Sprintf("savePosts(objects: [{id: %q, %s, %s, %s}]) { id }", pick(r, posts), name, facts, fields)
	}
	fields := []string{
		post(fmt.Sprintf("number: %d", r.IntN(9))),
		post("sees: {" + pick(r, []string{"set", "add"}) + ": " + link(posts) + "}"),
		post("town: {set: " + link(towns) + "}"),
		post(fmt.Sprintf("note: %q, flags: {set: []}", pick(r, []string{"a", "b"}))),
		fmt.Sprintf("saveSources(objects: [{id: \"src:new\", %s, title: \"T\", publisher: \"P\", language: \"vi\", kind: %s}]) { id }", name, pick(r, []string{"PRESS", "LETTER"})),
		fmt.Sprintf("savePacts(objects: [{id: %q, %s, %s, status: ACTIVE, posts: {set: %s}, camps: {set: %s}}]) { id }",
			pick(r, []string{"pact:new", "pact:newer"}), name, facts, link(posts), link(camps)),
		fmt.Sprintf("merge(keep: %q, drop: %q) { id }", pick(r, towns), pick(r, towns)),
		fmt.Sprintf("merge(keep: %q, drop: %q) { id }", pick(r, posts), pick(r, posts)),
		fmt.Sprintf("merge(keep: %q, drop: %q) { id }", pick(r, sources), pick(r, sources)),
		fmt.Sprintf("delete(ids: [%q], dependents: %v) { id }", pick(r, slices.Concat(posts, towns, []string{"pact:1", "pact:new", "src:new"})), !r.oneIn(3)),
	}
	if r.oneIn(5) {
		return fmt.Sprintf("mutation { undo(change: %d) { sequence } }", 2+r.Int64N(changes))
	}
	chosen := []string{"a: " + pick(r, fields)}
	if r.oneIn(2) {
		chosen = append(chosen, "b: "+pick(r, fields))
	}
	return "mutation { " + strings.Join(chosen, " ") + " }"
}
