package embedded

import "bordergraph/graph/query"

// way is what is looked through for the members of a set: nodes, or moments of the timeline.
type way struct {
	nodes   []*node
	among   nodeSet // which of them are looked at; nil for all
	moments []*moment
	// backward ways are gone from their end.
	backward bool
	// ordered ways meet their members in the order of its first key.
	ordered bool
}

func (w way) node(i int) *node {
	if w.backward {
		i = len(w.nodes) - 1 - i
	}
	return w.nodes[i]
}

func (w way) moment(i int) *moment {
	if w.backward {
		i = len(w.moments) - 1 - i
	}
	return w.moments[i]
}

// has reports whether a node that is met is one of those that the way is for.
func (w way) has(n *node) bool { return w.among == nil || w.among.has(n) }

// ways are those on which all members of a set are that are beyond a position of an order, from the
// first, or reversed from the last. What starts at a member has one, of nothing: it is near. The set that is
// answered has the same members on these ways, and less to test.
func (r *reader) ways(s *query.Set, order []query.Key, beyond *query.Keyset, reverse bool) ([]way, *query.Set) {
	switch start := s.Start.(type) {
	case *query.Moments:
		w := r.alongTimeline(order, beyond, reverse)
		w.among, s = r.among(s)
		return []way{w}, s
	case *query.All:
		return r.through(start.Types, s, order, reverse)
	case *query.Found:
		return r.through(start.Types, s, order, reverse)
	case *query.Namesakes:
		return r.through(start.Types, s, order, reverse)
	}
	return near, s
}

var near = []way{{}}

// manyCandidates is from how many on nodes are looked for among all, in an order; fewer are sorted.
const manyCandidates = 1000

// through goes through the nodes of each type of which a condition can hold.
func (r *reader) through(types []*query.Type, s *query.Set, order []query.Key, reverse bool) ([]way, *query.Set) {
	ways := make([]way, len(types))
	among, s := r.among(s)
	few := among != nil && among.size() < manyCandidates
	for i, t := range types {
		if few {
			ways[i] = way{nodes: r.graph.ofType(t, among)}
		} else {
			ways[i] = way{nodes: r.graph.byType[t.Index], among: among}
		}
	}
	if property, backward := first(order, reverse); property == query.NodeProperties[query.NodeID] {
		for i := range ways {
			ways[i].ordered, ways[i].backward = true, backward
		}
	} else if property == query.NodeProperties[query.NodeName] && !few {
		for i, t := range types {
			ways[i] = way{nodes: r.graph.byName[t.Index], among: among, ordered: true, backward: backward}
		}
	}
	return ways, s
}

// among narrows the nodes of a set to some, among which it has what is left to test; nil for all.
func (r *reader) among(s *query.Set) (nodeSet, *query.Set) {
	found := r.narrow(s.Where)
	if found.among == nil {
		return nil, s
	}
	return found.among, &query.Set{Start: s.Start, Where: found.left, Scope: s.Scope}
}

// first is the property of nodes that an order is by, before all else; nil if it is another thing, or
// not as values are compared.
func first(order []query.Key, reverse bool) (property *query.Property, backward bool) {
	if len(order) == 0 || order[0].MissingLast {
		return nil, false
	}
	if v, is := order[0].By.(*query.Value); is && v.Of == query.Node {
		property = v.Property
	}
	return property, order[0].Descending != reverse
}

// looked is how many nodes are looked at on some ways.
func looked(ways []way) int {
	nodes := 0
	for _, w := range ways {
		nodes += len(w.nodes)
	}
	if len(ways) > 0 && ways[0].among != nil {
		nodes = min(nodes, ways[0].among.size())
	}
	return nodes
}
