package search_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"bordergraph/graph/search"
)

// link is an edge of a graph in memory.
type link struct{ from, to, id string }

// memory is a graph in memory. Closed nodes tell no edges.
type memory struct {
	links    []link
	directed bool
	closed   []string
	asked    []string
	expanded []string // of the asked ones
}

func (m *memory) Edges(ctx context.Context, nodes []string, yield func(from, to, link string)) error {
	m.expanded = append(m.expanded, nodes...)
	return m.edges(ctx, nodes, yield)
}

func (m *memory) edges(_ context.Context, nodes []string, yield func(from, to, link string)) error {
	for _, n := range nodes {
		m.asked = append(m.asked, n)
		if slices.Contains(m.closed, n) {
			continue
		}
		for _, l := range m.links {
			if l.from == n {
				yield(n, l.to, l.id)
			} else if l.to == n && !m.directed {
				yield(n, l.from, l.id)
			}
		}
	}
	return nil
}

func (m *memory) EdgesTo(ctx context.Context, nodes, ends []string, yield func(from, to, link string)) error {
	return m.edges(ctx, nodes, func(from, to, link string) {
		if slices.Contains(ends, to) {
			yield(from, to, link)
		}
	})
}

// graphOf joins nodes of one letter: "ab" is a link from a to b. Its id is where it stands.
func graphOf(links ...string) *memory {
	m := &memory{}
	for i, l := range links {
		m.links = append(m.links, link{l[:1], l[1:], fmt.Sprint(i)})
	}
	return m
}

func nodesOf(paths []search.Path) []string {
	var texts []string
	for _, p := range paths {
		text := ""
		for _, n := range p.Nodes {
			text += n
		}
		texts = append(texts, text)
	}
	return texts
}

func TestPathsComeByLengthThenByTheIdsOfTheirNodes(t *testing.T) {
	g := graphOf("az", "ac", "cz", "ab", "bz", "bc")
	paths, more, err := search.Paths(t.Context(), g, search.Wanted{From: "a", To: "z", First: 4, Steps: 8})
	if want := []string{"az", "abz", "acz", "abcz"}; err != nil || !more || !reflect.DeepEqual(nodesOf(paths), want) {
		t.Errorf("got %v, %v, %v; want %v and more", nodesOf(paths), more, err, want)
	}
}

func TestParallelEdgesAreOneStep(t *testing.T) {
	paths, more, err := search.Paths(t.Context(), graphOf("ab", "ba", "ab", "bc"), search.Wanted{From: "a", To: "c", First: 3, Steps: 8})
	if err != nil || more || len(paths) != 1 || !reflect.DeepEqual(paths[0].Links, [][]string{{"0", "1", "2"}, {"3"}}) {
		t.Errorf("got %v, %v, %v", paths, more, err)
	}
}

func TestAHubIsNotReadWhenItIsInTheMiddle(t *testing.T) {
	g := graphOf("ah", "bh", "ch", "dh")
	paths, _, err := search.Paths(t.Context(), g, search.Wanted{From: "a", To: "b", First: 1, Steps: 2, Few: 2})
	if err != nil || len(paths) != 1 || !reflect.DeepEqual(paths[0].Near, []string{"a", "b"}) || slices.Contains(g.asked, "h") {
		t.Errorf("got %v after asking %v, %v", paths, g.asked, err)
	}
}

func TestOfManyNodesOnlyTheEdgesThatAreNeededAreRead(t *testing.T) {
	g := graphOf("ab", "ac", "ad", "bz", "be", "ce")
	paths, more, err := search.Paths(t.Context(), g, search.Wanted{From: "a", To: "z", First: 1, Steps: 2, Few: 1})
	if err != nil || more || !reflect.DeepEqual(nodesOf(paths), []string{"abz"}) || slices.Contains(g.expanded, "b") {
		t.Errorf("got %v after expanding %v, %v", nodesOf(paths), g.expanded, err)
	}
}

type broken struct{}

func (broken) Edges(context.Context, []string, func(from, to, link string)) error {
	return errors.New("broken")
}

func (broken) EdgesTo(context.Context, []string, []string, func(from, to, link string)) error {
	return errors.New("broken")
}

func TestErrorsOfTheGraphEndASearch(t *testing.T) {
	if _, _, err := search.Paths(t.Context(), broken{}, search.Wanted{From: "a", To: "b", First: 1, Steps: 2}); err == nil {
		t.Error("paths go on")
	}
}

// TestPathsEqualAllPathsThatThereAre compares with the enumeration of all simple paths, in graphs of every density.
func TestPathsEqualAllPathsThatThereAre(t *testing.T) {
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 1))
		g := randomGraph(random)
		w := search.Wanted{From: "0", To: "1", First: 1 + random.IntN(6), Steps: 1 + random.IntN(6), Few: random.IntN(6), Closed: len(g.closed) > 0}
		paths, more, err := search.Paths(t.Context(), g, w)
		if err != nil {
			t.Fatal(err)
		}
		want := allPaths(g, w)
		wantMore := len(want) > w.First
		want = want[:min(len(want), w.First)]
		for i := range paths {
			paths[i].Near = nil
		}
		if more != wantMore || !reflect.DeepEqual(paths, want) {
			t.Fatalf("seed %d, %+v, closed %v, %v:\ngot  %v, %v\nwant %v, %v", seed, w, g.closed, g.links, paths, more, want, wantMore)
		}
	}
}

func randomGraph(random *rand.Rand) *memory {
	g := &memory{}
	nodes := 2 + random.IntN(8)
	for i := range random.IntN(3 * nodes) {
		g.links = append(g.links, link{fmt.Sprint(random.IntN(nodes)), fmt.Sprint(random.IntN(nodes)), fmt.Sprint(i)})
	}
	if random.IntN(2) == 0 {
		for n := 2; n < nodes; n += 3 {
			g.closed = append(g.closed, fmt.Sprint(n))
		}
	}
	return g
}

// allPaths goes every way there is.
func allPaths(g *memory, w search.Wanted) []search.Path {
	var all []search.Path
	var walk func(nodes []string)
	walk = func(nodes []string) {
		last := nodes[len(nodes)-1]
		if last == w.To {
			all = append(all, pathOf(g, nodes))
			return
		}
		if len(nodes) > w.Steps || slices.Contains(g.closed, last) {
			return
		}
		for n := range neighbours(g, last) {
			if !slices.Contains(nodes, n) {
				walk(append(slices.Clone(nodes), n))
			}
		}
	}
	walk([]string{w.From})
	slices.SortFunc(all, func(a, b search.Path) int {
		return cmp.Or(cmp.Compare(len(a.Nodes), len(b.Nodes)), slices.Compare(a.Nodes, b.Nodes))
	})
	return all
}

func neighbours(g *memory, n string) map[string]bool {
	found := map[string]bool{}
	for _, l := range g.links {
		if l.from == n {
			found[l.to] = true
		}
		if l.to == n {
			found[l.from] = true
		}
	}
	return found
}

func pathOf(g *memory, nodes []string) search.Path {
	p := search.Path{Nodes: nodes}
	for i, a := range nodes[:len(nodes)-1] {
		var links []string
		for _, l := range g.links {
			if l.from == a && l.to == nodes[i+1] || l.to == a && l.from == nodes[i+1] {
				links = append(links, l.id)
			}
		}
		slices.Sort(links)
		p.Links = append(p.Links, links)
	}
	return p
}

// A cluster that is joined to the way by one node has no other path: all ways through it come back.
func TestADenseDeadEndTakesNoTime(t *testing.T) {
	g := &memory{}
	add := func(from, to string) { g.links = append(g.links, link{from, to, fmt.Sprint(len(g.links))}) }
	add("from", "middle")
	add("middle", "to")
	for i := range 40 {
		add("middle", fmt.Sprint(i))
		for j := range i {
			add(fmt.Sprint(i), fmt.Sprint(j))
		}
	}
	paths, more, err := search.Paths(t.Context(), g, search.Wanted{From: "from", To: "to", First: 20, Steps: 8})
	if err != nil || more || len(paths) != 1 {
		t.Errorf("got %d paths, %v, %v", len(paths), more, err)
	}
}
