package history_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"bordergraph/graph/embedded"
	"bordergraph/graph/history"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// logOf is a store of which each change makes so many nodes, an hour after the one before; those that
// make an odd number are an's.
func logOf(t *testing.T, sizes ...int) *embedded.Store {
	t.Helper()
	model := query.NewModel("m", []*query.Type{{Name: "Post"}}, nil)
	store, err := embedded.Open(embedded.Memory, model)
	if err != nil {
		t.Fatal(err)
	}
	for i, size := range sizes {
		c := &query.Change{At: noon.Add(time.Duration(i) * time.Hour)}
		if size%2 == 1 {
			c.Actor = "an"
		}
		for n := range size {
			node, problems := record.NewNode(model, record.Node{ID: fmt.Sprintf("post:%d.%d", i, n), Type: "Post", Names: []record.Name{{Lang: "vi", Text: "A", Kind: "MAIN"}}})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			c.Nodes = append(c.Nodes, query.NodeChange{After: &node})
		}
		if err := query.Write(t.Context(), store, c); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

func read(t *testing.T, r *history.Reader, most int) []int64 {
	t.Helper()
	sequences := []int64{}
	for {
		entries, err := r.Next(t.Context(), most)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			return sequences
		}
		for _, e := range entries {
			sequences = append(sequences, e.Sequence)
		}
	}
}

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestAReaderStopsOnceItHasReadEnoughAndAnotherGoesOn(t *testing.T) {
	store := logOf(t, 9, 2, 2, 2, 2)
	r := history.NewReader(store, history.Wanted{Records: 4})
	expect(t, "the first part", read(t, r, 1), []int64{1})
	expect(t, "where it stopped", []any{r.Last, r.Stopped}, []any{int64(1), true})
	r = history.NewReader(store, history.Wanted{After: r.Last, Records: 4})
	expect(t, "the second part", read(t, r, 1), []int64{2, 3})
	r = history.NewReader(store, history.Wanted{After: r.Last, Records: 4})
	expect(t, "the third part", read(t, r, 1), []int64{4, 5})
	expect(t, "where it ended", []any{r.Last, r.Stopped}, []any{int64(5), false})
}

func TestAReaderPassesOverWhatIsNotWanted(t *testing.T) {
	store := logOf(t, 1, 2, 1, 1, 2, 1)
	for _, c := range []struct {
		wanted history.Wanted
		want   []int64
	}{
		{history.Wanted{Actor: "an"}, []int64{1, 3, 4, 6}},
		{history.Wanted{Actor: "an", After: 1, Until: 4}, []int64{3, 4}},
		{history.Wanted{From: noon.Add(time.Hour), To: noon.Add(3 * time.Hour)}, []int64{2, 3, 4}},
		{history.Wanted{From: noon.Add(time.Hour), After: 3}, []int64{4, 5, 6}},
		{history.Wanted{From: noon.Add(24 * time.Hour)}, []int64{}},
		{history.Wanted{To: noon.Add(-time.Second)}, []int64{}},
	} {
		for _, most := range []int{1, 2, 100} {
			c.wanted.Records = 1000
			expect(t, fmt.Sprint(c.wanted, most), read(t, history.NewReader(store, c.wanted), most), c.want)
		}
	}
}

func TestTheFirstChangeFromAnyMomentOnIsFound(t *testing.T) {
	for length := range 12 {
		store := logOf(t, make([]int, length)...)
		for hours := range length + 2 {
			from := noon.Add(time.Duration(hours) * time.Hour)
			want := []int64{}
			for sequence := hours + 1; sequence <= length; sequence++ {
				want = append(want, int64(sequence))
			}
			expect(t, from.String(), read(t, history.NewReader(store, history.Wanted{From: from, Records: 10}), 5), want)
		}
	}
}
