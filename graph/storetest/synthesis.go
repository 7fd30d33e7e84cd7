package storetest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

// FuzzSynthesis asks a store, of random graphs, for groups, moments, what leads to nodes and what is near them: each must
// be what follows from plain lists of the same store.
func FuzzSynthesis(t *testing.T, rounds int, open Open) {
	eachRound(t, rounds, func(t *testing.T, r random, api *derive.API) {
		model := *api.Model
		model.Moments = momentsOf(model.Types)
		s := &synthesis{random: r, t: t, model: &model, store: open(t, &model)}
		graph := r.graph(t, &model)
		if err := query.Write(t.Context(), s.store, replaceBy(graph)); err != nil {
			t.Fatal(err)
		}
		for round := range 5 { // and of what becomes of it
			change := r.change(t, &model, graph, round)
			if err := query.Write(t.Context(), s.store, change); err != nil {
				t.Fatal(err)
			}
			graph = after(graph, change)
		}
		for _, n := range graph.Nodes {
			s.ids = append(s.ids, n.Values[query.NodeID])
		}
		for range operationsPerGraph {
			s.groups()
			s.moments()
			s.leads()
			s.neighbours()
		}
	})
}

// momentsOf are all dates of some types, but for those of validity, of which one is enough.
func momentsOf(types []*query.Type) []query.Moment {
	var moments []query.Moment
	for _, t := range types {
		for _, p := range t.Properties {
			if p.Kind == query.Date && !p.List && (p.Index >= len(query.NodeProperties) || p.Index == query.NodeFacts+query.FactValidFrom) {
				moments = append(moments, query.Moment{Type: t, Kind: p.Name, Date: p, Precision: t.Property(p.Name + "Precision")})
			}
		}
	}
	return moments
}

// synthesis asks one random graph.
type synthesis struct {
	random
	t     *testing.T
	model *query.Model
	store query.Store
	ids   []any // of all nodes
	args  []any
	scope *query.Scope
}

// begin forgets the last query, and what it was allowed to see.
func (s *synthesis) begin() {
	s.args = nil
	s.scope = &query.Scope{Time: query.Time(s.IntN(3)), Date: s.arg(pick(s.random, days)), Clearance: s.arg(int64(s.IntN(len(query.Clearances))))}
}

func (s *synthesis) arg(v any) query.Param {
	s.args = append(s.args, v)
	return query.Param(len(s.args) - 1)
}

func (s *synthesis) answer(columns ...query.Column) query.Row {
	row, err := s.store.Select(context.Background(), &query.Query{Columns: columns, Args: s.args})
	if err != nil {
		s.t.Fatal(err)
	}
	return row
}

func (s *synthesis) same(what string, asked query.Column, got, want any) {
	if !reflect.DeepEqual(got, want) {
		s.t.Fatalf("%s of\n%s\nof %v\ngot  %v\nwant %v", what, query.Print(asked), s.args, got, want)
	}
}

var (
	nodeIDs   = &query.Value{Property: query.NodeProperties[query.NodeID]}
	nodeNames = &query.Value{Property: query.NodeProperties[query.NodeName]}
	byID      = []query.Key{{By: nodeIDs}}
)

func whole(set *query.Set, order []query.Key, columns ...query.Column) *query.List {
	return &query.List{Select: &query.Select{Set: set, Order: order, Limit: query.NoLimit, Columns: columns}}
}

// groups are as the rows of a list, counted here, say.
func (s *synthesis) groups() {
	s.begin()
	types := []*query.Type{pick(s.random, s.model.Types), pick(s.random, s.model.Types)}
	types = slices.Compact(types)
	set := &query.Set{Start: &query.All{Types: types}, Scope: s.scope}
	keys := []query.Column{s.key(types)}
	if s.oneIn(2) {
		keys = append(keys, s.key(types))
	}
	asked := &query.Groups{Set: set, Keys: keys, Limit: s.arg(int64(1 + s.IntN(6))),
		Members: &query.Select{Order: []query.Key{{By: nodeIDs, Descending: true}}, Limit: s.arg(int64(2)), Columns: []query.Column{nodeIDs}}}
	row := s.answer(asked, whole(set, byID, append([]query.Column{nodeIDs}, keys...)...))
	want := counted(row[1].([]any), 2)
	s.same("groups", asked, row[0], want[:min(len(want), int(s.args[asked.Limit].(int64)))])
}

// key is something by which nodes of these types may be told apart.
func (s *synthesis) key(types []*query.Type) query.Column {
	switch p := pick(s.random, types[0].Properties); s.IntN(4) {
	case 0:
		return &query.TypeName{}
	case 1:
		if !slices.ContainsFunc(types, func(t *query.Type) bool { q := t.Property(p.Name); return q != nil && (q.List || q.Kind != p.Kind) }) {
			return &query.Value{Property: p}
		}
	case 2:
		if r := pick(s.random, s.model.Relationships); slices.Contains(types, r.From[0]) {
			reached := whole(&query.Set{Start: &query.Walk{Steps: []query.Step{{Relationship: r, To: r.To}}}, Scope: s.scope}, byID, s.shown())
			return pick(s.random, []query.Column{reached, &query.First{Select: reached.Select}})
		}
	}
	date := query.NodeProperties[query.NodeFacts+pick(s.random, []int{query.FactValidFrom, query.FactValidTo, query.FactStatedOn})]
	return &query.Period{Date: date, Precision: types[0].Property(date.Name + "Precision"), Unit: query.Unit(s.IntN(4))}
}

func (s *synthesis) shown() query.Column {
	return pick(s.random, []query.Column{nodeIDs, &query.TypeName{}})
}

// counted are the groups of rows, each of an id and keys, with the last so many ids of each.
func counted(rows []any, shown int) []any {
	groups, ids := map[string]query.Row{}, map[string][]any{}
	for _, row := range rows {
		id, seen := row.(query.Row)[0], map[string]bool{}
		for _, keys := range combinations(row.(query.Row)[1:]) {
			name := fmt.Sprintf("%#v", keys)
			if !seen[name] {
				seen[name], groups[name], ids[name] = true, keys, append(ids[name], query.Row{id})
			}
		}
	}
	all := []any{}
	for _, name := range slices.SortedFunc(maps.Keys(groups), func(a, b string) int { return slices.CompareFunc(groups[a], groups[b], inOrder) }) {
		of := ids[name]
		slices.Reverse(of)
		all = append(all, append(slices.Clone(groups[name]), int64(len(of)), of[:min(shown, len(of))]))
	}
	return all
}

// combinations are one value of each key: of a list, one of its rows, or nil.
func combinations(keys []any) []query.Row {
	if len(keys) == 0 {
		return []query.Row{{}}
	}
	values := []any{keys[0]}
	if rows, list := keys[0].([]any); list {
		values = nil
		for _, row := range rows {
			values = append(values, row.(query.Row)[0])
		}
		if len(rows) == 0 {
			values = []any{nil}
		}
	}
	var all []query.Row
	for _, rest := range combinations(keys[1:]) {
		for _, value := range values {
			all = append(all, append(query.Row{value}, rest...))
		}
	}
	return all
}

// inOrder compares values of one kind; nil comes last.
func inOrder(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, same := b.(string); same {
			return cmp.Compare(x, y)
		}
	case int64:
		if y, same := b.(int64); same {
			return cmp.Compare(x, y)
		}
	case float64:
		if y, same := b.(float64); same {
			return cmp.Compare(x, y)
		}
	case bool:
		if y, same := b.(bool); same && x != y {
			return map[bool]int{true: 1, false: -1}[x]
		}
	}
	return map[bool]int{true: 1, false: 0}[a == nil] - map[bool]int{true: 1, false: 0}[b == nil]
}

var (
	momentDates = &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentDate]}
	momentKinds = &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentKind]}
)

// moments are the dates of the nodes, in order, and their pages together are all of them.
func (s *synthesis) moments() {
	s.begin()
	asked := s.someMoments()
	set := &query.Set{Start: asked, Scope: s.scope}
	descending := s.oneIn(2)
	order := []query.Key{{By: momentDates, Descending: descending}, {By: nodeIDs}, {By: momentKinds}}
	all := whole(set, order, momentDates, nodeIDs, momentKinds)
	got := s.answer(all, &query.Count{Set: set})
	want := s.dated(asked.Of, descending)
	s.same("moments", all, got, query.Row{want, int64(len(want))})

	backward, size := s.oneIn(2), s.arg(int64(1+s.IntN(4)))
	page := &query.Select{Set: set, Order: order, Reverse: backward, Limit: size, Columns: all.Columns}
	var read []any
	for {
		rows := s.answer(&query.List{Select: page})[0].([]any)
		if len(rows) == 0 {
			break
		}
		read = append(read, rows...)
		page.Beyond = &query.Keyset{Missing: make([]bool, len(order)), Before: backward}
		for _, value := range rows[len(rows)-1].(query.Row) {
			page.Beyond.Values = append(page.Beyond.Values, s.arg(value))
		}
		more := s.answer(&query.Exists{Set: set, Order: order, Beyond: page.Beyond})
		s.same("more", all, more[0], len(read) < len(want))
	}
	if backward {
		slices.Reverse(read)
	}
	s.same("pages", all, append([]any{}, read...), want)
}

func (s *synthesis) someMoments() *query.Moments {
	var some []query.Moment
	for len(some) == 0 {
		for _, m := range s.model.Moments {
			if !s.oneIn(3) {
				continue
			}
			if s.oneIn(3) {
				m.Where = &query.Compare{Property: nodeNames.Property, Operator: query.Less, Value: s.arg(pick(s.random, texts))}
			}
			some = append(some, m)
		}
	}
	return &query.Moments{Of: some}
}

// dated are the moments as lists of the nodes say.
func (s *synthesis) dated(moments []query.Moment, descending bool) []any {
	rows := []any{}
	for _, m := range moments {
		nodes := &query.Set{Start: &query.All{Types: []*query.Type{m.Type}}, Where: m.Where, Scope: s.scope}
		for _, row := range s.answer(whole(nodes, byID, &query.Value{Property: m.Date}, nodeIDs))[0].([]any) {
			if row.(query.Row)[0] != nil {
				rows = append(rows, append(row.(query.Row), m.Kind))
			}
		}
	}
	slices.SortFunc(rows, func(a, b any) int {
		x, y := a.(query.Row), b.(query.Row)
		byDate := inOrder(x[0], y[0])
		if descending {
			byDate = -byDate
		}
		return cmp.Or(byDate, inOrder(x[1], y[1]), inOrder(x[2], y[2]))
	})
	return rows
}

// leads are the nodes from which a place is found by going on from each, step by step.
func (s *synthesis) leads() {
	s.begin()
	places := []any{pick(s.random, s.ids), pick(s.random, s.ids), "nowhere"}
	condition := &query.Leads{To: s.arg(places), Relationships: s.someRelationships(), Steps: 1 + s.IntN(4), Scope: s.scope}
	nodes := &query.Set{Start: &query.ByID{Types: s.model.Types, IDs: s.arg(s.ids)}, Scope: s.scope}
	columns := []query.Column{nodeIDs}
	for _, r := range condition.Relationships {
		columns = append(columns, whole(&query.Set{Start: &query.Walk{Steps: []query.Step{{Relationship: r, To: r.To}}}, Scope: s.scope}, byID, nodeIDs))
	}
	leading := *nodes
	leading.Where = condition
	asked := whole(&leading, byID, nodeIDs)
	row := s.answer(asked, whole(nodes, byID, columns...))
	s.same("what leads there", asked, row[0], led(row[1].([]any), places, condition.Steps))
}

// someRelationships are all of some names. What is symmetric leads nowhere.
func (s *synthesis) someRelationships() []*query.Relationship {
	names := map[string]bool{}
	for range 3 {
		names[pick(s.random, s.model.Relationships).Name] = true
	}
	var some []*query.Relationship
	for _, r := range s.model.Relationships {
		if names[r.Name] && !r.Symmetric {
			some = append(some, r)
		}
	}
	if len(some) == 0 {
		return s.someRelationships()
	}
	return some
}

// led are the rows, each of an id and lists of the ids that it leads to, that lead to places.
func led(rows, places []any, steps int) []any {
	found := map[any]bool{}
	for _, id := range places {
		found[id] = true
	}
	for range steps {
		next := maps.Clone(found)
		for _, row := range rows {
			for _, list := range row.(query.Row)[1:] {
				for _, to := range list.([]any) {
					next[row.(query.Row)[0]] = next[row.(query.Row)[0]] || found[to.(query.Row)[0]]
				}
			}
		}
		found = next
	}
	ids := []any{}
	for _, row := range rows {
		if id := row.(query.Row)[0]; found[id] {
			ids = append(ids, query.Row{id})
		}
	}
	return ids
}

var (
	linkIDs   = &query.Value{Of: query.Link, Property: query.LinkProperties[query.LinkID]}
	stepsAway = &query.Value{Of: query.Link, Property: query.NeighbourProperties[query.NeighbourSteps]}
)

// neighbours are found by going on over relationships that are in force whichever end they are walked from.
func (s *synthesis) neighbours() {
	s.begin()
	near := &query.Neighbours{
		From: s.arg([]any{pick(s.random, s.ids), pick(s.random, s.ids), "nowhere"}), Steps: s.IntN(4), Order: byID,
		Over:  &query.Linked{Relationships: s.someRelationships(), Direction: query.Direction(s.IntN(3)), To: s.model.Types},
		First: s.arg(int64(s.IntN(8))), Most: s.arg(int64(1000)), Scope: s.scope,
	}
	if s.oneIn(2) {
		near.Wanted = &query.OfType{Types: []*query.Type{pick(s.random, s.model.Types), pick(s.random, s.model.Types)}}
	}
	stored := *near.Over
	stored.Direction, stored.AsStored = query.Out, true
	among := whole(&query.Set{Start: &query.Between{Neighbours: near, Over: &stored}, Scope: s.scope}, []query.Key{{By: linkIDs}},
		linkIDs, &query.Value{Of: query.Via, Property: nodeIDs.Property}, nodeIDs)
	asked := whole(&query.Set{Start: near, Scope: s.scope}, append([]query.Key{{By: stepsAway}}, byID...), nodeIDs, stepsAway)
	row := s.answer(asked, &query.More{Neighbours: near}, among, &query.Exceeded{Neighbours: near})

	want, more := s.nearest(near)
	s.same("what is near", asked, row[0], want)
	s.same("whether there is more", asked, row[1:2], []any{more})
	s.same("what is among them", among, row[2], s.among(want, &stored))
	s.same("whether too much was looked at", asked, row[3:], []any{false})
}

// nearest are the neighbours, gone to step by step.
func (s *synthesis) nearest(near *query.Neighbours) (found []any, more bool) {
	wanted := map[any]bool{}
	for _, row := range s.answer(whole(&query.Set{Start: s.everyone(), Where: near.Wanted, Scope: s.scope}, byID, nodeIDs))[0].([]any) {
		wanted[row.(query.Row)[0]] = true
	}
	seen := &query.Set{Start: &query.ByID{Types: s.model.Types, IDs: near.From}, Scope: s.scope}
	edges, met, level := s.edges(near.Over), map[any]bool{}, s.answer(whole(seen, byID, nodeIDs))[0].([]any)
	found = []any{}
	for steps := 0; steps <= near.Steps; steps++ {
		var ids []any
		for _, row := range level {
			if id := row.(query.Row)[0]; !met[id] {
				met[id] = true
				ids = append(ids, id)
			}
		}
		slices.SortFunc(ids, inOrder)
		level = nil
		for _, id := range ids {
			if wanted[id] {
				found = append(found, query.Row{id, int64(steps)})
			}
			for _, edge := range edges {
				if edge.(query.Row)[1] == id {
					level = append(level, query.Row{edge.(query.Row)[2]})
				}
			}
		}
	}
	first := int(s.args[near.First].(int64))
	return found[:min(len(found), first)], len(found) > first
}

func (s *synthesis) everyone() query.Start {
	return &query.ByID{Types: s.model.Types, IDs: s.arg(s.ids)}
}

// edges are the id and the ends of each relationship in force as it is walked, by its id. It is so from both its ends.
func (s *synthesis) edges(over *query.Linked) []any {
	there := s.walked(over)
	back := *over
	if over.Direction != query.Both {
		back.Direction = query.Out + query.In - over.Direction
	}
	known := map[[3]any]bool{}
	for _, e := range s.walked(&back) {
		known[[3]any(e.(query.Row))] = true
	}
	edges := []any{}
	for _, e := range there {
		if e := e.(query.Row); known[[3]any{e[0], e[2], e[1]}] {
			edges = append(edges, e)
		}
	}
	slices.SortFunc(edges, func(a, b any) int { return inOrder(a.(query.Row)[0], b.(query.Row)[0]) })
	return edges
}

func (s *synthesis) walked(over *query.Linked) []any {
	all := whole(&query.Set{Start: s.everyone(), Scope: s.scope}, byID, nodeIDs, whole(&query.Set{Start: over, Scope: s.scope}, nil, linkIDs, nodeIDs))
	edges := []any{}
	for _, from := range s.answer(all)[0].([]any) {
		for _, to := range from.(query.Row)[1].([]any) {
			edges = append(edges, query.Row{to.(query.Row)[0], from.(query.Row)[0], to.(query.Row)[1]})
		}
	}
	return edges
}

// among are those edges, as stored, that join nodes of which there are rows.
func (s *synthesis) among(rows []any, stored *query.Linked) []any {
	shown, among := map[any]bool{}, []any{}
	for _, row := range rows {
		shown[row.(query.Row)[0]] = true
	}
	for _, edge := range s.edges(stored) {
		if edge := edge.(query.Row); shown[edge[1]] && shown[edge[2]] {
			among = append(among, edge)
		}
	}
	return among
}
