package neo4j_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bordergraph/graph/neo4j"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// 500 objects of two types with 3,000 relationships of four kinds, made and then changed.
func TestAMutationIsAStatementForEachTypeAndEachKindOfRelationship(t *testing.T) {
	few, many := textsOfSaving(t, 13, 1), textsOfSaving(t, 400, 100)
	if !slices.Equal(few, many) {
		t.Errorf("the statements depend on how much is saved: %d, %d\n%s", len(few), len(many), strings.Join(many, "\n"))
	}
	const types, kinds = 2, 4
	written := 0
	for _, text := range many {
		if len(text) >= 2048 {
			t.Errorf("a text of %d bytes:\n%s", len(text), text)
		}
		if strings.HasPrefix(text, "UNWIND $rows") {
			written++
		}
	}
	if want := 2 * (types + kinds); written != want {
		t.Errorf("%d statements write, want %d:\n%s", written, want, strings.Join(many, "\n"))
	}
}

// textsOfSaving are the statements for a mutation that makes posts and camps, and for one that changes them.
func textsOfSaving(t *testing.T, posts, camps int) []string {
	var sent []string
	w := storetest.NewWorld(t, "fixture", func(t *testing.T, model *query.Model) query.Store {
		c := config(cleared(t))
		c.OnStatement = func(text string) { sent = append(sent, text) }
		store, err := neo4j.Open(t.Context(), c, model)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		return store
	})
	sent = nil
	for _, confidence := range []string{made, changed} {
		answer, err := w.Ask(t.Context(), storetest.Question{
			Operation: `mutation($posts: [PostInput!]!, $camps: [CampInput!]!) { savePosts(objects: $posts) { id } saveCamps(objects: $camps) { id } }`,
			Variables: map[string]any{"posts": newPosts(posts, confidence), "camps": newCamps(camps, confidence)},
			Today:     "2026-01-15",
		})
		if err != nil || bytes.Contains(answer, []byte(`"errors"`)) {
			t.Fatalf("%v: %.1000s", err, answer)
		}
	}
	entries, err := w.Store.Changes(t.Context(), 1, 10)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d changes, %v", len(entries), err)
	}
	for _, e := range entries {
		if len(e.Nodes) != posts+camps || len(e.Links) != 7*posts+2*camps {
			t.Errorf("change %d has %d objects and %d relationships", e.Sequence, len(e.Nodes), len(e.Links))
		}
	}
	return sent
}

// The confidence of what is made, and then changed.
const made, changed = "HIGH", "LOW"

type object = map[string]any

// newPosts lie in a town, and see each the next six.
func newPosts(count int, confidence string) []any {
	all := make([]any, count)
	for i := range all {
		var former, sees []any
		for step := 1; step <= 6; step++ {
			other := fmt.Sprintf("post:%d", (i+step)%count)
			sees = append(sees, linkTo(other, confidence))
			if confidence == changed {
				former = append(former, other)
			}
		}
		all[i] = station("post", i, confidence)
		all[i].(object)["sees"] = object{"remove": former, "add": sees}
	}
	return all
}

// newCamps lie in a town, and fly a flag.
func newCamps(count int, confidence string) []any {
	all := make([]any, count)
	for i := range all {
		all[i] = station("camp", i, confidence)
		all[i].(object)["flags"] = object{"set": []any{linkTo("emblem:crane", confidence)}}
	}
	return all
}

func station(kind string, number int, confidence string) object {
	id := fmt.Sprintf("%s:%d", kind, number)
	return object{
		"id": id, "names": []any{object{"text": id, "language": "VI", "kind": "MAIN"}}, "facts": factsOf(confidence),
		"town": object{"set": []any{linkTo("town:joint", confidence)}},
	}
}

func linkTo(id, confidence string) object { return object{"to": id, "facts": factsOf(confidence)} }

func factsOf(confidence string) object {
	return object{"confidence": confidence, "sources": []any{"src:gazette"}}
}
