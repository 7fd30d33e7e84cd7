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
	arguments = b.standingIn(scope, arguments, "from", "to", "avoid", "around")
	e := expanding{scope: scope, links: b.linked(query.Node, arguments["relationships"], arguments["direction"]), maxDegree: anyDegree}
	if edge, given := arguments["edge"].(map[string]any); given {
		e.edge = b.condition("EdgeWhere", edge, &whereContext{of: query.Link, scope: scope, depth: 1, row: root}, "Argument \"edge\"")
	}
	if types, given := arguments["types"].([]any); given {
		e.types = b.nodeTypes(types)
	}
	if meaning.Kind == derive.Paths {
		return b.paths(b.found(root, meaning.Target, scope, e.links), e, arguments, g)
	}
	n := b.neighbourhood(root, meaning.Target, e)
	if meaning.Kind == derive.Reached {
		return n.reachable(arguments, g)
	}
	return n.around(arguments, g)
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
		From: from, To: to, Few: fewExpanded,
		First: b.within(arguments, "first", 0, derive.MaxPaths),
		Steps: b.within(arguments, "maxSteps", 1, derive.MaxPathSteps),
	}
	e.ends = []any{from, to}
	b.name(e.scope, g.key, nil, e.ends...)
	b.meant.add(texts(avoided)...)
	if degree, given := arguments["maxDegree"].(int64); given {
		e.maxDegree, wanted.Closed = max(degree, 0), true
	}
	avoid := texts(avoided)
	expansion := b.expansion(e)
	f.members, f.nodesOf, f.linksOf = int64(wanted.First), int64(wanted.Steps)+1, int64(wanted.Steps)
	return f.by(g, "GraphPaths", b.presence(f.root, e.ends, e.scope), func(ctx context.Context, s *finding) (query.Row, error) {
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
		members[i] = query.Row{foundLength: int64(len(p.Links)), foundNodes: query.ListOf(p.Nodes), foundLinks: query.ListOf(all)}
	}
	f.read(s, nodes, links, near)
	return query.Row{foundMore: more, foundMembers: members}
}

// by plans the answer of a search.
func (f *found) by(g *group, typeName string, from *presence, find func(context.Context, *finding) (query.Row, error)) response.Value {
	f.searches = append(f.searches, &pending{key: g.key, column: f.value.Column, from: from, find: find})
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
