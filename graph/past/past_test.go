package past_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"bordergraph/graph/embedded"
	"bordergraph/graph/past"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var model = query.NewModel("m", []*query.Type{{Name: "Post"}}, nil)

// counting counts how often the log is read.
type counting struct {
	query.Store
	reads atomic.Int64
}

func (c *counting) Changes(ctx context.Context, after int64, limit int) ([]query.Entry, error) {
	c.reads.Add(1)
	return c.Store.Changes(ctx, after, limit)
}

func post(t *testing.T, id, name string) *query.NodeRecord {
	t.Helper()
	node, problems := record.NewNode(model, record.Node{ID: id, Type: "Post", Names: []record.Name{{Lang: "vi", Text: name, Kind: "MAIN"}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return &node
}

// growing is a store that gets a post each hour, from noon on.
func growing(t *testing.T, hours int) *counting {
	t.Helper()
	store, err := embedded.Open(embedded.Memory, model)
	if err != nil {
		t.Fatal(err)
	}
	for i := range hours {
		c := &query.Change{At: noon.Add(time.Duration(i) * time.Hour), Nodes: []query.NodeChange{{After: post(t, fmt.Sprintf("post:%d", i), "A")}}}
		if err := query.Write(t.Context(), store, c); err != nil {
			t.Fatal(err)
		}
	}
	return &counting{Store: store}
}

// posts are how many there are.
func posts(t *testing.T, store query.Store) int64 {
	t.Helper()
	set := &query.Set{Start: &query.All{Types: model.Types}, Scope: &query.Scope{Time: query.AnyTime, Clearance: 0}}
	row, err := store.Select(t.Context(), &query.Query{Columns: []query.Column{&query.Count{Set: set}}, Args: []any{int64(query.Secret)}})
	if err != nil {
		t.Fatal(err)
	}
	return row[0].(int64)
}

func at(t *testing.T, graphs *past.Graphs, hours float64) query.Store {
	t.Helper()
	store, err := graphs.At(t.Context(), noon.Add(time.Duration(hours*float64(time.Hour))))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func code(err error) string {
	var known *query.Error
	errors.As(err, &known)
	if known == nil {
		return ""
	}
	return known.Code
}

func TestAGraphIsThatOfTheLastChangeUpToTheMoment(t *testing.T) {
	graphs := past.New(growing(t, 4), model, 100)
	for hours, want := range map[float64]int64{0: 1, 0.9: 1, 1: 2, 2.5: 3, 3: 4, 30: 4} {
		if got := posts(t, at(t, graphs, hours)); got != want {
			t.Errorf("after %v hours: %d posts, want %d", hours, got, want)
		}
	}
	if _, err := graphs.At(t.Context(), noon.Add(-time.Second)); code(err) != past.NotRecorded {
		t.Errorf("before the first change: %v", err)
	}
}

func TestAPastGraphEndsWithItsLog(t *testing.T) {
	then := at(t, past.New(growing(t, 4), model, 100), 1)
	changes, err := then.Changes(t.Context(), 1, 10)
	if err != nil || len(changes) != 1 || changes[0].Sequence != 2 {
		t.Errorf("changes: %v, %v", changes, err)
	}
	heads, err := then.Heads(t.Context(), 0, 10)
	if err != nil || len(heads) != 2 {
		t.Errorf("heads: %v, %v", heads, err)
	}
	parts, err := then.Parts(t.Context(), []int64{1, 3}, map[string]bool{"post:0": true, "post:2": true})
	if err != nil || len(parts) != 1 || parts[0].Sequence != 1 {
		t.Errorf("parts: %v, %v", parts, err)
	}
	if err := query.Write(t.Context(), then, &query.Change{}); err == nil {
		t.Error("it was changed")
	}
}

func TestALargerGraphThanTheLimitIsRefused(t *testing.T) {
	graphs := past.New(growing(t, 4), model, 3)
	if _, err := graphs.At(t.Context(), noon.Add(3*time.Hour)); code(err) != past.TooLarge {
		t.Errorf("four posts: %v", err)
	}
	if got := posts(t, at(t, graphs, 2)); got != 3 {
		t.Errorf("three posts: %d", got)
	}
}

func TestWhatWasReplacedIsNotReadAgain(t *testing.T) {
	store := growing(t, 5)
	replacing := &query.Change{At: noon.Add(5 * time.Hour), Replace: true, Nodes: []query.NodeChange{{After: post(t, "post:new", "A")}}}
	if err := query.Write(t.Context(), store, replacing); err != nil {
		t.Fatal(err)
	}
	if got := posts(t, at(t, past.New(store, model, 3), 6)); got != 1 {
		t.Errorf("after the graph was replaced: %d posts", got)
	}
}

func TestAGraphIsMadeOnceAndKeptWhileThereIsRoom(t *testing.T) {
	store := growing(t, 4)
	graphs := past.New(store, model, 5)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { posts(t, at(t, graphs, 2)) })
	}
	group.Wait()
	if reads := store.reads.Load(); reads != 1 {
		t.Errorf("the log was read %d times for one graph", reads)
	}
	at(t, graphs, 1) // the two take all the room
	at(t, graphs, 2)
	if reads := store.reads.Load(); reads != 2 {
		t.Errorf("the log was read %d times for two graphs", reads)
	}
	at(t, graphs, 0) // in the place of that after one hour
	at(t, graphs, 2)
	at(t, graphs, 1)
	if reads := store.reads.Load(); reads != 4 {
		t.Errorf("the log was read %d times for three graphs, of which one was dropped", reads)
	}
}

func TestAGraphThatIsDroppedTakesNoMemory(t *testing.T) {
	graphs := past.New(growing(t, 12), model, 12)
	var made []weak.Pointer[past.Graph]
	for _, hour := range []float64{0, 1, 2, 0, 9} { // the last one leaves no room for those of the hours 1 and 2
		made = append(made, weak.Make(at(t, graphs, hour).(*past.Graph)))
	}
	runtime.GC()
	for i, wanted := range []bool{true, false, false, true, true} {
		if there := made[i].Value() != nil; there != wanted {
			t.Errorf("graph %d is there: %v", i+1, there)
		}
	}
	runtime.KeepAlive(graphs)
}
