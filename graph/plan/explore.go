package plan

import (
	"context"
	"slices"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
	"bordergraph/graph/search"
)

// explore plans a root field that goes from object to object.
func (b *builder) explore(root *row, meaning *derive.Root, g *group, scope *scope) response.Value {
	problems := len(b.problems)
	arguments := b.arguments(g)
	if len(b.problems) > problems {
		return response.Null{} // else a problem would be told once more, of the null in its place
	}
	e := expanding{scope: scope, links: b.linked(query.Node, arguments["relationships"], arguments["direction"]), within: noParam, maxDegree: anyDegree}
	if edge, given := arguments["edge"].(map[string]any); given {
		e.edge = b.condition("EdgeWhere", edge, &whereContext{of: query.Link, scope: scope, depth: 1, row: root}, "Argument \"edge\"")
	}
	if types, given := arguments["types"].([]any); given {
		e.types = b.nodeTypes(types)
	}
	f := b.found(root, meaning.Target, scope, e.links)
	switch meaning.Kind {
	case derive.Paths:
		return b.paths(f, e, arguments, g)
	case derive.Reached:
		return b.reachable(f, e, arguments, g)
	default:
		return b.around(f, e, arguments, g)
	}
}

func (b *builder) paths(f *found, e expanding, arguments map[string]any, g *group) response.Value {
	from, to := arguments["from"].(string), arguments["to"].(string)
	avoided, _ := arguments["avoid"].([]any)
	if from == to {
		b.problem(BadInput, "Arguments \"from\" and \"to\" are the same object; give two.")
	}
	if slices.Contains(avoided, any(from)) || slices.Contains(avoided, any(to)) {
		b.problem(BadInput, "Argument \"avoid\" has one of the two ends, without which there is no path.")
	}
	wanted := search.Wanted{
		From: from, To: to,
		First: b.within(arguments, "first", 0, derive.MaxPaths),
		Steps: b.within(arguments, "maxSteps", 1, derive.MaxPathSteps),
	}
	e.ends = []any{from, to}
	if degree, given := arguments["maxDegree"].(int64); given {
		e.maxDegree, wanted.Closed = max(degree, 0), true
	}
	avoid := texts(avoided)
	ends, expansion := b.presence(e.ends, e.scope), b.expansion(e)
	f.members, f.nodesOf, f.linksOf = int64(wanted.First), int64(wanted.Steps)+1, int64(wanted.Steps)
	return f.by(g, "GraphPaths", func(ctx context.Context, s *finding) (query.Row, error) {
		if err := ends.check(ctx, s); err != nil {
			return nil, err
		}
		paths, more, err := search.Paths(ctx, &expanded{expansion, s, avoid}, wanted)
		if err != nil {
			return nil, err
		}
		return f.pathsFound(s, paths, more), nil
	})
}

func (f *found) pathsFound(s *finding, paths []search.Path, more bool) query.Row {
	nodes, links, near := idSet{}, idSet{}, idSet{}
	members := make([]any, len(paths))
	for i, p := range paths {
		var all []string
		for _, step := range p.Links {
			all = append(all, step...)
		}
		nodes.add(p.Nodes...)
		links.add(all...)
		near.add(p.Near...)
		members[i] = query.Row{foundLength: int64(len(p.Links)), foundNodes: anys(p.Nodes), foundLinks: anys(all)}
	}
	f.read(s, nodes, links, near)
	return query.Row{foundMore: more, foundMembers: members}
}

func (b *builder) reachable(f *found, e expanding, arguments map[string]any, g *group) response.Value {
	from := arguments["from"].(string)
	steps, first := b.within(arguments, "maxSteps", 1, derive.MaxPathSteps), b.within(arguments, "first", 0, b.Limits.MaxList)
	if where, given := arguments["where"].(map[string]any); given {
		e.like = b.condition(f.nodes.Where, where, &whereContext{of: query.Node, scope: e.scope, depth: 1, row: f.root}, "Argument \"where\"")
	}
	e.nodesOnly = true
	kept, last := b.kept(f, e), b.expansion(e)
	e.types, e.like, e.ends = nil, nil, []any{from}
	start, expansion := b.presence(e.ends, e.scope), b.expansion(e)
	f.members, f.nodesOf = int64(first), 1
	return f.by(g, "Reachable", func(ctx context.Context, s *finding) (query.Row, error) {
		if err := start.check(ctx, s); err != nil {
			return nil, err
		}
		wanted := search.Reachable{
			Graph: &expanded{expansion, s, nil}, Last: &expanded{last, s, nil}, Keep: kept.of(s),
			Start: from, Steps: steps, First: first,
		}
		reached, more, err := search.Reach(ctx, wanted)
		if err != nil {
			return nil, err
		}
		nodes, members := idSet{}, make([]any, len(reached))
		for i, r := range reached {
			nodes.add(r.Node)
			members[i] = query.Row{foundLength: int64(r.Steps), foundNodes: r.Node}
		}
		f.read(s, nodes, nil, nil)
		return query.Row{foundMore: more, foundMembers: members}, nil
	})
}

// kept asks which nodes are wanted, by name.
type kept struct {
	query        *query.Query
	nodes, limit query.Param
}

func (b *builder) kept(f *found, e expanding) *kept {
	k := &kept{nodes: b.param([]any{}), limit: b.param(int64(0))}
	start := &query.ByID{Types: f.nodes.Types, AnyType: true, IDs: k.nodes}
	if e.types != nil {
		start.Types, start.AnyType = e.types, false
	}
	byName := query.Key{By: &query.Value{Property: query.NodeProperties[query.NodeName]}}
	k.query = rowsOf(&query.Set{Start: start, Where: e.like, Scope: e.scope.Scope}, k.limit, []query.Key{byName, nodeIDKey}, nodeID)
	return k
}

func (k *kept) of(s *finding) func(context.Context, []string, int) ([]string, error) {
	return func(ctx context.Context, nodes []string, limit int) ([]string, error) {
		s.args[k.nodes], s.args[k.limit] = anys(nodes), int64(limit)
		rows, err := s.rows(ctx, k.query)
		if err != nil {
			return nil, err
		}
		ids := make([]string, len(rows))
		for i, row := range rows {
			ids[i] = row.(query.Row)[0].(string)
		}
		return ids, nil
	}
}

func (b *builder) around(f *found, e expanding, arguments map[string]any, g *group) response.Value {
	e.ends, _ = arguments["around"].([]any)
	depth, limit := b.within(arguments, "depth", 0, derive.MaxAroundDepth), b.within(arguments, "limit", 1, derive.MaxAround)
	start := texts(e.ends)
	if n := len(slices.Compact(slices.Sorted(slices.Values(start)))); n > limit {
		b.problem(BadInput, "Argument \"around\" has %d objects, more than \"limit\" shows: %d.", n, limit)
	}
	e.nodesOnly = true
	middle, expansion := b.presence(e.ends, e.scope), b.expansion(e)
	e.nodesOnly, e.types, e.within = false, nil, b.param([]any{})
	out := *e.links
	out.Direction, out.AsStored = query.Out, true // so that of an object with very many, most are not looked at
	e.links, f.links = &out, &out
	between := b.expansion(e)
	f.members, f.nodesOf, f.linksOf = 1, int64(limit), linksOfNode*int64(limit)
	return f.by(g, "Subgraph", func(ctx context.Context, s *finding) (query.Row, error) {
		if err := middle.check(ctx, s); err != nil {
			return nil, err
		}
		nodes, truncated, err := search.Around(ctx, &expanded{expansion, s, nil}, start, depth, limit)
		if err != nil {
			return nil, err
		}
		s.args[e.within] = anys(nodes)
		shown, links, near := idSet{}, idSet{}, idSet{}
		shown.add(nodes...)
		err = (&expanded{between, s, nil}).Edges(ctx, nodes, func(from, _, link string) {
			if !links[link] {
				links.add(link)
				near.add(from)
			}
		})
		f.read(s, shown, links, near)
		return query.Row{foundNodes: anys(nodes), foundLinks: links.sorted(), foundMore: truncated}, err
	})
}

// linksOfNode is the number of relationships that each object of a graph is taken to have with the
// others when an operation's cost is counted.
const linksOfNode = 3

// by plans the answer of a search.
func (f *found) by(g *group, typeName string, find func(context.Context, *finding) (query.Row, error)) response.Value {
	f.searches = append(f.searches, &pending{key: g.key, column: f.value.Column, find: find})
	return f.answer(typeName, g)
}

// read completes the query: it reads these nodes, and these relationships from these ends.
func (f *found) read(s *finding, nodes, links, near idSet) {
	s.args[f.nodeIDs], s.args[f.linkIDs], s.args[f.nearIDs] = nodes.sorted(), links.sorted(), near.sorted()
}

// within reads a number that has bounds.
func (b *builder) within(arguments map[string]any, name string, least, most int) int {
	n, _ := arguments[name].(int64)
	if n < int64(least) || n > int64(most) {
		b.problem(BadInput, "Argument %q is %d; give a number from %d to %d.", name, n, least, most)
		return least
	}
	return int(n)
}

func texts(ids []any) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i], _ = id.(string)
	}
	return texts
}
