package search

import (
	"cmp"
	"container/heap"
	"context"
	"math"
	"slices"
)

// Wanted says which paths are wanted: the first so many between two different nodes, of at most so many steps.
type Wanted struct {
	From, To string
	First    int
	Steps    int
	// Few is up to how many nodes are expanded without a thought. Of more, it is looked first whether
	// the edges to a few ends are enough.
	Few int
	// Closed says that the graph tells no edges of nodes that must not be gone through, though edges lead to them.
	Closed bool
}

// Path is a way that comes by no node twice: one more node than steps.
type Path struct {
	Nodes []string
	// Links are, of each step, all that lead there, in order.
	Links [][]string
	// Near is, of each step, the one of its two nodes that has fewer edges, as far as is known.
	Near []string
}

// Paths finds the shortest paths of an undirected graph, by their length, then by the ids of their
// nodes, one after another. Paths over the same nodes are one path. It also says whether there are more.
func Paths(ctx context.Context, g Graph, w Wanted) (paths []Path, more bool, err error) {
	e := explore(g)
	s := &pathSearch{explored: e, from: e.number(w.From), to: e.number(w.To), Wanted: w}
	found, err := s.run(ctx)
	if err != nil {
		return nil, false, err
	}
	if len(found) > w.First {
		found, more = found[:w.First], true
	}
	for _, nodes := range found {
		paths = append(paths, e.path(nodes))
	}
	return paths, more, nil
}

func (e *explored) path(nodes []int) Path {
	p := Path{Nodes: e.named(nodes)}
	for i, a := range nodes[:len(nodes)-1] {
		b := nodes[i+1]
		p.Links = append(p.Links, e.links(a, b))
		near := a
		if e.nodes[b].expanded && (!e.nodes[a].expanded || e.nodes[b].told < e.nodes[a].told) {
			near = b
		}
		p.Near = append(p.Near, e.ids[near])
	}
	return p
}

type pathSearch struct {
	*explored
	Wanted
	from, to int
}

// run explores the graph from both ends. What lies within a steps of the one and b steps of the
// other has all paths of at most a + b steps.
func (s *pathSearch) run(ctx context.Context) ([][]int, error) {
	near, far := newSide(s.from, s.to), newSide(s.to, s.from)
	for {
		sides := s.next(near, far)
		if found, done, err := s.joined(ctx, sides, near, far); done || err != nil {
			return found, err
		}
		if err := s.expand(ctx, frontiers(sides)); err != nil {
			return nil, err
		}
		for _, side := range sides {
			side.advance(s.explored)
		}
		steps := near.steps + far.steps
		whole := len(near.frontier) == 0 || len(far.frontier) == 0
		if steps == s.Steps || whole {
			return s.shortest(ctx, near, far, s.Steps)
		}
		if !near.meets(far) {
			continue
		}
		if found, err := s.shortest(ctx, near, far, steps); err != nil || len(found) > s.First {
			return found, err
		}
	}
}

// next are the sides to go on from: both while that is little, else the one where it is less.
func (s *pathSearch) next(near, far *side) []*side {
	if len(near.frontier)+len(far.frontier) <= s.Few && near.steps+far.steps+2 <= s.Steps {
		return []*side{near, far}
	}
	if cmp.Or(cmp.Compare(len(far.frontier), len(near.frontier)), cmp.Compare(far.steps, near.steps)) < 0 {
		return []*side{far}
	}
	return []*side{near}
}

// joined looks, before one side with very many nodes is expanded, whether it is enough to know the edges between
// both frontiers: they have all paths of one step more than is known. Closed nodes only their own edges tell.
func (s *pathSearch) joined(ctx context.Context, sides []*side, near, far *side) (found [][]int, done bool, err error) {
	if s.Closed || len(sides) > 1 || len(sides[0].frontier) <= s.Few {
		return nil, false, nil
	}
	side, other := sides[0], near
	if side == near {
		other = far
	}
	if err := s.join(ctx, side.frontier, other.frontier); err != nil {
		return nil, false, err
	}
	steps := near.steps + far.steps + 1
	found, err = s.shortest(ctx, near, far, steps)
	return found, steps == s.Steps || len(found) > s.First, err
}

func frontiers(sides []*side) []int {
	var nodes []int
	for _, side := range sides {
		nodes = append(nodes, side.frontier...)
	}
	slices.Sort(nodes)
	return slices.Compact(nodes)
}

// side is what is known from one end.
type side struct {
	end      int // of the other side, which is not gone through
	steps    int
	frontier []int // the nodes at a distance of steps
	distance map[int]int
}

func newSide(start, end int) *side {
	return &side{end: end, frontier: []int{start}, distance: map[int]int{start: 0}}
}

// advance goes one step further.
func (s *side) advance(e *explored) {
	s.steps++
	var next []int
	for _, n := range s.frontier {
		for _, edge := range e.nodes[n].edges {
			if _, met := s.distance[edge.to]; met {
				continue
			}
			s.distance[edge.to] = s.steps
			if edge.to != s.end {
				next = append(next, edge.to)
			}
		}
	}
	s.frontier = next
}

func (s *side) meets(other *side) bool {
	if len(other.distance) < len(s.distance) {
		s, other = other, s
	}
	for n := range s.distance {
		if _, met := other.distance[n]; met {
			return true
		}
	}
	return false
}

// shortest are the paths of at most so many steps, one more of them than wanted.
func (s *pathSearch) shortest(ctx context.Context, near, far *side, steps int) ([][]int, error) {
	if s.Closed {
		if err := s.expand(ctx, middle(near, far)); err != nil {
			return nil, err
		}
	}
	f := newPathFinder(s.explored, s.to, steps)
	return f.first(s.from, s.First+1), nil
}

// middle are the nodes at which the sides meet.
func middle(near, far *side) []int {
	var nodes []int
	for n := range near.distance {
		if _, met := far.distance[n]; met {
			nodes = append(nodes, n)
		}
	}
	slices.Sort(nodes)
	return nodes
}

// pathFinder finds the paths to one end in order, as Lawler does: the paths that are left when one
// is found are parted by where they leave it, and the first of each part waits for its turn.
type pathFinder struct {
	*explored
	to    int
	steps int
	// distance is that to the end, for nodes that were reached in the present round.
	distance []int
	round    []int
	rounds   int
	waiting  waiting
}

func newPathFinder(e *explored, to, steps int) *pathFinder {
	return &pathFinder{explored: e, to: to, steps: steps, distance: make([]int, len(e.nodes)), round: make([]int, len(e.nodes)), waiting: waiting{explored: e}}
}

// part is all paths that begin with some nodes, and do not go on to some others.
type part struct {
	begun    int // so many of the nodes of the path
	excluded []int
	path     []int // the first of the part
}

func (f *pathFinder) first(from, count int) [][]int {
	var paths [][]int
	f.wait([]int{from}, nil)
	for len(f.waiting.parts) > 0 {
		p := heap.Pop(&f.waiting).(*part)
		paths = append(paths, p.path)
		if len(paths) == count {
			break
		}
		for i := p.begun; i < len(p.path); i++ {
			excluded := []int{p.path[i]}
			if i == p.begun {
				excluded = append(excluded, p.excluded...)
			}
			f.wait(p.path[:i], excluded)
		}
	}
	return paths
}

// wait finds the first path of a part, if it has one.
func (f *pathFinder) wait(begun, excluded []int) {
	f.rounds++
	for _, n := range begun {
		f.round[n], f.distance[n] = f.rounds, math.MaxInt
	}
	last := begun[len(begun)-1]
	next, ok := f.measure(last, excluded, f.steps-len(begun)+1)
	if !ok {
		return
	}
	path := append(slices.Clone(begun), next)
	for n := next; n != f.to; {
		n = f.nearer(n, nil, f.distance[n]-1)
		path = append(path, n)
	}
	heap.Push(&f.waiting, &part{begun: len(begun), excluded: excluded, path: path})
}

// measure finds the distances to the end, by at most so many steps, up to where a node can go on. It
// answers to which node it goes on first.
func (f *pathFinder) measure(from int, excluded []int, steps int) (next int, ok bool) {
	f.round[f.to], f.distance[f.to] = f.rounds, 0
	layer := []int{f.to}
	for d := 0; d < steps && len(layer) > 0; d++ {
		if next := f.nearer(from, excluded, d); next >= 0 {
			return next, true
		}
		var further []int
		for _, n := range layer {
			for _, edge := range f.nodes[n].edges {
				if f.round[edge.to] != f.rounds && !f.closed(edge.to) {
					f.round[edge.to], f.distance[edge.to] = f.rounds, d+1
					further = append(further, edge.to)
				}
			}
		}
		layer = further
	}
	return 0, false
}

// nearer is the neighbour with the least id at a distance; -1 if there is none.
func (f *pathFinder) nearer(n int, excluded []int, distance int) int {
	least := -1
	for _, edge := range f.nodes[n].edges {
		if f.round[edge.to] != f.rounds || f.distance[edge.to] != distance || slices.Contains(excluded, edge.to) {
			continue
		}
		if least < 0 || f.ids[edge.to] < f.ids[least] {
			least = edge.to
		}
	}
	return least
}

// waiting is a heap of parts, by the order of paths.
type waiting struct {
	*explored
	parts []*part
}

func (w *waiting) Len() int      { return len(w.parts) }
func (w *waiting) Swap(i, j int) { w.parts[i], w.parts[j] = w.parts[j], w.parts[i] }
func (w *waiting) Push(p any)    { w.parts = append(w.parts, p.(*part)) }
func (w *waiting) Less(i, j int) bool {
	a, b := w.parts[i].path, w.parts[j].path
	return cmp.Or(cmp.Compare(len(a), len(b)), slices.CompareFunc(a, b, func(a, b int) int { return cmp.Compare(w.ids[a], w.ids[b]) })) < 0
}

func (w *waiting) Pop() any {
	last := w.parts[len(w.parts)-1]
	w.parts = w.parts[:len(w.parts)-1]
	return last
}
