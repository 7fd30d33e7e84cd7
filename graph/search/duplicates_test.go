package search_test

import (
	"fmt"
	"testing"

	"bordergraph/graph/search"
)

func none() map[search.Pair]bool { return map[search.Pair]bool{} }

func TestDuplicatesComeWithTheirReasonsBestFirst(t *testing.T) {
	candidates := []search.Candidate{
		{ID: "e", Type: "Gate", Names: []string{"thanh thuy"}, Located: true, Latitude: 22.9300, Longitude: 104.8300},
		{ID: "d", Type: "Gate", Names: []string{"other"}, Located: true, Latitude: 22.9308, Longitude: 104.8300},
		{ID: "c", Type: "Unit", Names: []string{"company 213", "thanh thuy"}, Key: "213"},
		{ID: "b", Type: "Unit", Names: []string{"213 company"}, Key: "213"},
		{ID: "a", Type: "Unit", Names: []string{"thanh thuy", "company 213"}},
		{ID: "f", Type: "Unit", Names: []string{"alone"}},
	}
	found, all := search.Duplicates(candidates, map[search.Pair]bool{search.PairOf("f", "b"): true}, none(), 10)
	got := ""
	for _, d := range found {
		got += fmt.Sprintln(d.A, d.B, d.Reasons, d.Weight())
	}
	want := fmt.Sprintln("b", "f", []search.Reason{search.Recorded}, 8) +
		fmt.Sprintln("b", "c", []search.Reason{search.SameKey, search.SameWords}, 6) +
		fmt.Sprintln("a", "c", []search.Reason{search.SameName}, 4) +
		fmt.Sprintln("d", "e", []search.Reason{search.Close}, 4) +
		fmt.Sprintln("a", "b", []search.Reason{search.SameWords}, 2)
	if !all || got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestDuplicatesAreNoneOfWhatIsKnownToBeTwo(t *testing.T) {
	pair := search.PairOf("b", "a")
	candidates := []search.Candidate{{ID: "a", Names: []string{"x"}}, {ID: "b", Names: []string{"x"}}}
	if found, _ := search.Duplicates(candidates, none(), map[search.Pair]bool{pair: true}, 10); len(found) > 0 {
		t.Errorf("got %v", found)
	}
}

func TestPlacesAreCloseWithinAHundredMetres(t *testing.T) {
	at := func(id string, latitude, longitude float64) search.Candidate {
		return search.Candidate{ID: id, Located: true, Latitude: latitude, Longitude: longitude}
	}
	for _, c := range []struct {
		name  string
		other search.Candidate
		close bool
	}{
		{"89 m north", at("b", 22.0008, 104), true},
		{"111 m north", at("b", 22.0010, 104), false},
		{"93 m east", at("b", 22, 104.0009), true},
		{"103 m east", at("b", 22, 104.0010), false},
		{"the same place", at("b", 22, 104), true},
		{"no place", search.Candidate{ID: "b"}, false},
	} {
		found, _ := search.Duplicates([]search.Candidate{at("a", 22, 104), c.other}, none(), none(), 10)
		if (len(found) == 1) != c.close {
			t.Errorf("%s: got %v", c.name, found)
		}
	}
}

func TestTooManyDuplicatesAreNotAnswered(t *testing.T) {
	var candidates []search.Candidate
	for i := range 1000 {
		candidates = append(candidates, search.Candidate{ID: fmt.Sprint(i), Names: []string{"x"}})
	}
	if found, all := search.Duplicates(candidates, none(), none(), 100); all || found != nil {
		t.Errorf("got %d, all: %t", len(found), all)
	}
}
