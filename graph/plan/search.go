package plan

import (
	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
	"bordergraph/graph/text"
)

// costOfSearch is the cost of a search besides its list: it looks at names that no other list does.
const costOfSearch = 100

// search plans the objects one of whose names matches, best first, then by name and id.
func (b *builder) search(root *row, node *derive.Target, g *group, scope *scope) response.Value {
	arguments := b.arguments(g)
	typed, _ := arguments["text"].(string)
	pattern := text.NewPattern(typed)
	if len(pattern.Words) == 0 {
		b.problem(BadInput, "Argument \"text\": %s has no letter and no digit to look for.", shown(typed))
		return response.Null{}
	}
	target := *node
	if types, given := arguments["types"].([]any); given {
		target.Types = b.nodeTypes(types)
	}
	words, spelled := b.param(query.ListOf(pattern.Words)), b.param(query.ListOf(pattern.Spelled))
	rank := &query.Rank{Conditions: []query.Condition{
		&query.Names{Match: query.Whole, Folded: b.param([]any{pattern.Whole}), Spelled: spelled},
		&query.Names{Match: query.Words, Folded: words, Spelled: spelled},
		&query.Names{Match: query.Words, Folded: b.param(query.ListOf(pattern.Begun)), Spelled: b.param(query.ListOf(pattern.SpelledBegun))},
	}}
	root.cost += costOfSearch
	return b.connection(root, &listed{
		target: &target, connection: "SearchConnection", edge: "SearchEdge", scope: scope, pattern: pattern,
		set: &query.Set{
			Start: &query.Found{Types: target.Types, Begun: b.param(beginnings(pattern))},
			Where: rank.Conditions[2],
			Scope: scope.Scope,
		},
		order: []query.Key{{By: rank}, {By: &query.Value{Of: query.Node, Property: query.NodeProperties[query.NodeName]}}, nodeIDKey},
	}, g)
}

// beginnings are the words of a pattern as an index has them.
func beginnings(p text.Pattern) []any {
	words := make([]any, len(p.Begun))
	for i, w := range p.Begun {
		words[i] = w[1:] // without the space before it
	}
	return words
}
