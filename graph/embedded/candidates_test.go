package embedded_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// crowd is many posts in a few provinces, near others and twinned with units, not all of it in force.
func crowd(t *testing.T, w *world) *embedded.Store {
	random := rand.New(rand.NewPCG(1, 2))
	facts := func() record.Facts {
		return []record.Facts{day("", "2019-12-31"), day("2021-01-01", ""), secret(none), none}[min(random.IntN(20), 3)]
	}
	var nodes []query.NodeRecord
	var links []query.LinkRecord
	nodesOf := func(typ *query.Type, count int) func() string {
		for i := range count {
			of := none // of those that are asked for
			if i > 20 {
				of = facts()
			}
			nodes = append(nodes, w.node(t, typ, fmt.Sprint(typ.Name, i), of, nil))
		}
		return func() string { return fmt.Sprint(typ.Name, random.IntN(count)) }
	}
	known := map[string]bool{}
	link := func(r *query.Relationship, from, to string, properties map[string]any) {
		if l := w.link(t, r, from, to, facts(), properties); !known[l.ID()] {
			known[l.ID()] = true
			links = append(links, l)
		}
	}
	post, province, unit, twinning := nodesOf(w.post, 3000), nodesOf(w.province, 8), nodesOf(w.unit, 40), nodesOf(w.twinning, 300)
	for range 6000 {
		link(w.inProvince, post(), province(), nil)
	}
	for range 2000 {
		link(w.near, post(), post(), nil)
		link(w.posts, twinning(), post(), map[string]any{"title": "t"})
		link(w.units, twinning(), unit(), nil)
	}
	link(w.succeeded, "Province0", "Province1", nil)
	link(w.succeeded, "Province1", "Province2", nil)
	return w.open(t, nodes, links)
}

// posts are the ids of the first posts.
func posts(count int) []any {
	ids := make([]any, count)
	for i := range ids {
		ids[i] = fmt.Sprint("Post", i)
	}
	return ids
}

// Nothing is looked for from what a negated condition names.
func TestWhatIsLookedForFromAnIDIsWhatIsFoundAmongAll(t *testing.T) {
	w := newWorld()
	s := crowd(t, w)
	a := &ask{}
	scope := a.scope(query.Possible, "2020-06-01", query.Public)
	where := func(ids ...any) query.Condition {
		return &query.Compare{Property: id, Operator: query.OneOf, Value: a.arg(ids)}
	}
	some := func(start query.Start, where query.Condition) query.Condition {
		return &query.Some{Set: &query.Set{Start: start, Where: where, Scope: scope}}
	}
	walk := func(steps ...query.Step) *query.Walk { return &query.Walk{Steps: steps} }
	step := func(r *query.Relationship, d query.Direction, to *query.Type) query.Step {
		return query.Step{Relationship: r, Direction: d, To: []*query.Type{to}}
	}
	in := walk(step(w.inProvince, query.Out, w.province))
	twinned := walk(step(w.posts, query.In, w.twinning), step(w.units, query.Out, w.unit))
	linked := &query.Linked{Relationships: []*query.Relationship{w.inProvince, w.near}, Direction: query.Out, To: w.Types}
	leads := &query.Leads{To: a.arg([]any{"Province2", "absent"}), Relationships: []*query.Relationship{w.inProvince, w.succeeded}, Steps: 3, Scope: scope}
	fellow := walk(step(w.posts, query.In, w.twinning), step(w.posts, query.Out, w.post))
	numbered := *twinned
	numbered.ViaWhere = &query.Compare{Property: id, Operator: query.OneOf, Value: a.arg([]any{"Twinning1", "Twinning2", "Twinning3", "Twinning4"})}
	edge := &query.Compare{Of: query.Via, Property: id, Operator: query.Equal, Value: a.arg("Twinning7")}
	conditions := map[string]query.Condition{
		"its id":               where("Post17", "Post18", "Province1", "absent"),
		"a province":           some(in, where("Province3")),
		"one of two":           &query.Or{Any: []query.Condition{some(in, where("Province3")), where("Post17")}},
		"two at once":          &query.And{All: []query.Condition{some(in, where("Province3")), some(in, where("Province4"))}},
		"the neighbour":        some(walk(step(w.near, query.Both, w.post)), where("Post17", "Post18", "Post19")),
		"the unit":             some(twinned, where("Unit4")),
		"the middle":           some(twinned, edge),
		"the neighbour's unit": some(walk(step(w.near, query.Both, w.post)), some(twinned, where("Unit4", "Unit5", "Unit6"))),
		"the unit of some":     some(&numbered, where("Unit4", "Unit5", "Unit6", "Unit7", "Unit8")),
		"another of the same":  some(fellow, where(posts(40)...)),
		"not in force":         some(walk(step(w.near, query.In, w.post)), where(posts(60)...)),
		"any relationship":     some(linked, where("Province3", "Post17", "Post18")),
		"leads there":          leads,
		"or its own do":        &query.Or{Any: []query.Condition{leads, some(linked, leads)}},
		"with none twinned":    &query.And{All: []query.Condition{leads, &query.Not{Condition: some(twinned, nil)}}},
	}
	name := &query.Value{Property: query.NodeProperties[query.NodeName]}
	size := a.arg(int64(50))
	for what, condition := range conditions {
		answer := func(condition query.Condition) query.Row {
			set := &query.Set{Start: &query.All{Types: []*query.Type{w.province, w.post}}, Where: condition, Scope: scope}
			columns := []query.Column{&query.Count{Set: set}, list(set)}
			for _, key := range []query.Key{{By: name}, {By: name, Descending: true}, byID[0], {By: ids[0], Descending: true}} {
				for _, reverse := range []bool{false, true} {
					columns = append(columns, &query.List{Select: &query.Select{Set: set, Order: []query.Key{key, byID[0]}, Reverse: reverse, Limit: size, Columns: ids}})
				}
			}
			return run(t, s, a, columns...)
		}
		got := answer(condition)
		if got[0] == int64(0) {
			t.Errorf("%s: nothing is like that", what)
		}
		expect(t, what, got, answer(&query.Not{Condition: &query.Not{Condition: condition}}))
	}
}

func TestAsManyAreCountedAsAreListed(t *testing.T) {
	w := newWorld()
	s := crowd(t, w)
	a := &ask{}
	scope := a.scope(query.Possible, "2020-06-01", query.Public)
	step := func(r *query.Relationship, d query.Direction, to *query.Type) query.Step {
		return query.Step{Relationship: r, Direction: d, To: []*query.Type{to}}
	}
	some := func(where query.Condition, steps ...query.Step) query.Condition {
		return &query.Some{Set: &query.Set{Start: &query.Walk{Steps: steps, ViaWhere: where}, Scope: scope}}
	}
	one := &query.Compare{Property: id, Operator: query.OneOf, Value: a.arg(append(posts(60), "Twinning1", "Twinning2"))}
	toTwinning, toUnit := step(w.posts, query.In, w.twinning), step(w.units, query.Out, w.unit)
	conditions := map[string]query.Condition{
		"twinned":          some(nil, toTwinning, toUnit),
		"by one of some":   some(one, toTwinning, toUnit),
		"near a twinned":   some(nil, step(w.near, query.Both, w.post), toTwinning),
		"near one of some": some(one, step(w.near, query.Out, w.post), toTwinning),
		"near and in":      some(nil, step(w.near, query.In, w.post), step(w.inProvince, query.Out, w.province)),
	}
	for what, condition := range conditions {
		for _, c := range []query.Condition{condition, &query.Not{Condition: condition}} {
			set := &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Where: c, Scope: scope}
			listed := run(t, s, a, list(set))[0].([]any)
			if len(listed) == 0 {
				t.Errorf("%s: nothing is like that", what)
			}
			expect(t, what, run(t, s, a, &query.Count{Set: set})[0], int64(len(listed)))
		}
	}
}

func TestThePageByNameIsTheFirstOfAllByName(t *testing.T) {
	w := newWorld()
	s := crowd(t, w)
	a := &ask{}
	set := &query.Set{Start: &query.All{Types: w.Types}, Scope: a.scope(query.Possible, "2020-06-01", query.Public)}
	name := &query.Value{Property: query.NodeProperties[query.NodeName]}
	size := a.arg(int64(1500))
	for _, reverse := range []bool{false, true} {
		page := &query.Select{Set: set, Order: []query.Key{{By: name}}, Reverse: reverse, Limit: size, Columns: ids}
		all := *page
		all.Order, all.Reverse, all.Limit = []query.Key{{By: &query.Rank{}}, {By: name}}, false, query.NoLimit
		row := run(t, s, a, &query.List{Select: page}, &query.List{Select: &all})
		want := row[1].([]any)
		if reverse {
			slices.Reverse(want)
		}
		expect(t, fmt.Sprint("reversed ", reverse), flat(row[0]), flat(want[:1500]))
	}
}

func TestAPageByNameFollowsNewOtherAndGoneNames(t *testing.T) {
	w := newWorld()
	named := func(id, name string) query.NodeRecord {
		n := w.node(t, w.post, id, none, nil)
		n.Values = slices.Clone(n.Values)
		n.Values[query.NodeName] = name
		return n
	}
	a, b, c, d := named("a", "Z"), named("b", "M"), named("c", "B"), named("d", "N")
	s := w.open(t, []query.NodeRecord{a, b, c}, nil)
	renamed := named("a", "A")
	change := &query.Change{Nodes: []query.NodeChange{{Before: &a, After: &renamed}, {Before: &b}, {After: &d}}}
	for _, want := range []string{"c b a ", "a c d "} {
		asked := &ask{}
		all := &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: asked.always()}
		row := run(t, s, asked, &query.List{Select: &query.Select{Set: all, Limit: asked.arg(int64(3)), Columns: ids,
			Order: []query.Key{{By: &query.Value{Property: query.NodeProperties[query.NodeName]}}}}})
		expect(t, "by name", flat(row[0]), want)
		if change != nil {
			apply(t, s, change)
			change = nil
		}
	}
}
