package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// findings are what is wrong, by the request; nothing stands twice.
type findings struct{ lost, doubled, half map[string]bool }

func newFindings() *findings {
	return &findings{map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

// judge fails the test if anything is wrong.
func (f *findings) judge(t *testing.T) {
	t.Helper()
	for what, names := range map[string]map[string]bool{"lost": f.lost, "doubled": f.doubled, "half applied": f.half} {
		for name := range names {
			t.Errorf("%s: %s", what, name)
		}
	}
}

// expected calls yield with each request that was sent, and whether it was acknowledged.
func (ws *writers) expected(yield func(w *writer, request int, acknowledged bool)) {
	for _, w := range ws.all {
		for request := 1; request <= w.acknowledged; request++ {
			yield(w, request, true)
		}
		if w.uncertain {
			yield(w, w.acknowledged+1, false)
		}
	}
}

// replay holds the log of a store against its graph, and against what was sent. Nobody may write meanwhile.
func (ws *writers) replay(t *testing.T, s *site, f *findings) {
	t.Helper()
	store, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	log, err := storetest.Replay(ctx, store, api.Model)
	if err != nil {
		t.Fatal(err)
	}
	ws.compareLog(t, log, f)
}

// compareLog wants each acknowledged request once in the log, one that is uncertain once or not at
// all, whole, and nothing else.
func (ws *writers) compareLog(t *testing.T, log []query.Entry, f *findings) {
	t.Helper()
	made := map[string][]query.Entry{} // by the id of each object
	keys := map[string]bool{}
	for _, e := range log {
		if e.Key != "" && keys[e.Key] {
			f.doubled[e.Key] = true
		}
		keys[e.Key] = true
		for _, n := range e.Nodes {
			made[n.Record().ID()] = append(made[n.Record().ID()], e)
		}
	}
	requests := 0
	ws.expected(func(w *writer, request int, acknowledged bool) {
		name := w.name(request)
		entries := made["act:"+name]
		switch {
		case len(entries) == 0 && !acknowledged && len(made["agr:"+name]) == 0:
			return
		case len(entries) == 0:
			f.lost[name] = true
			return
		case len(entries) > 1 || len(made["agr:"+name]) > 1:
			f.doubled[name] = true
		case !w.whole(entries[0], request):
			f.half[name] = true
		}
		requests++
	})
	ws.compareTally(len(made[tally])-1, f)
	if changes := len(made[shared]) - 1; changes != requests && len(f.lost)+len(f.doubled) == 0 {
		t.Errorf("%d requests made %d changes", requests, changes)
	}
}

// whole is whether an entry is all that a request asks for.
func (w *writer) whole(e query.Entry, request int) bool {
	created, counted := 0, false
	for _, n := range e.Nodes {
		switch {
		case n.Before == nil:
			created++
		case n.Record().ID() == shared:
			at := n.Record().Type.Property(counts[w.number]).Index
			counted = n.Before.Values[at] == int64(request-1) && n.After.Values[at] == int64(request)
		}
	}
	return e.Key == w.name(request) && created == madeNodes && len(e.Links) == madeLinks && counted
}

const everything = `query($after: String) {
  activity(id: "act:chaos") {
    patrols gifts modules officers
    parts(first: 200, after: $after) {
      nodes { id countries(first: 3) { nodes { id } } produced(first: 3) { nodes { id countries(first: 3) { nodes { id } } } } }
      pageInfo { hasNextPage endCursor }
    }
  }
  tally: activity(id: "act:tally") { patrols }
}`

type listed struct {
	Nodes []struct {
		ID                  string
		Countries, Produced listed
	}
	PageInfo struct {
		HasNextPage bool
		EndCursor   string
	}
}

// compareAnswers wants of the API what compareLog wants of the log.
func (ws *writers) compareAnswers(t *testing.T, p *process, f *findings) {
	t.Helper()
	whole := map[string]bool{} // of each request that is there
	var counted map[string]any
	for variables := map[string]any{}; ; {
		answer, err := p.ask(ws.all[0].client, everything, variables)
		if err != nil || len(answer.Errors) > 0 {
			t.Fatalf("reading: %v, %v", err, answer)
		}
		var data struct {
			Activity json.RawMessage
			Tally    struct{ Patrols int }
		}
		var page struct{ Parts listed }
		if err := json.Unmarshal(answer.Data, &data); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(json.Unmarshal(data.Activity, &page), json.Unmarshal(data.Activity, &counted)); err != nil {
			t.Fatal(err)
		}
		for _, n := range page.Parts.Nodes {
			name := strings.TrimPrefix(n.ID, "act:")
			if _, again := whole[name]; again {
				f.doubled[name] = true
			}
			whole[name] = len(n.Countries.Nodes) == 2 && len(n.Produced.Nodes) == 1 &&
				n.Produced.Nodes[0].ID == "agr:"+name && len(n.Produced.Nodes[0].Countries.Nodes) == 2
		}
		if !page.Parts.PageInfo.HasNextPage {
			ws.compareTally(data.Tally.Patrols, f)
			break
		}
		variables["after"] = page.Parts.PageInfo.EndCursor
	}
	requests := 0
	ws.expected(func(w *writer, request int, acknowledged bool) {
		name := w.name(request)
		isWhole, is := whole[name]
		count := counted[counts[w.number]].(float64)
		switch {
		case !is && !acknowledged && count < float64(request):
			return
		case !is && acknowledged:
			f.lost[name] = true
		case !is || !isWhole || count < float64(request):
			f.half[name] = true
		}
		requests++
	})
	if len(whole) != requests && len(f.lost) == 0 {
		t.Errorf("%d requests made %d objects", requests, len(whole))
	}
}
