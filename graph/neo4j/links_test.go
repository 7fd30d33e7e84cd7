package neo4j_test

import (
	"reflect"
	"testing"

	"bordergraph/graph/query"
)

var (
	linkName = &query.LinkName{}
	outgoing = &query.Outgoing{}
)

func byLink() []query.Key { return []query.Key{{By: linkID}} }

// linked is what any relationship of a node leads to.
func (q *queryBuilder) linked(d query.Direction, to ...*query.Type) *query.Set {
	return q.set(&query.Linked{Relationships: q.model.Relationships, Direction: d, To: to})
}

func TestLinksAreOfAnyTypeInEitherDirection(t *testing.T) {
	m, s := loaded(t)
	q := m.query()
	q.add(list(q.byID("province:1"), nil, list(q.linked(query.Both, m.Types...), byLink(), id, typeName, linkName, outgoing)))
	want := []any{
		query.Row{"post:a", "Post", "IN_PROVINCE", false},
		query.Row{"post:b", "Post", "IN_PROVINCE", false},
		query.Row{"province:2", "Province", "NEAR", false},
		query.Row{"province:2", "Province", "SUCCEEDS", false},
	}
	if got := q.answer(t, s)[0].([]any)[0].(query.Row)[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestLinksOfOneDirectionToOneType(t *testing.T) {
	m, s := loaded(t)
	for d, want := range map[query.Direction][]any{query.In: {"post:a", "post:b"}, query.Out: {}} {
		q := m.query()
		q.add(list(q.byID("province:1"), nil, list(q.linked(d, m.post), byLink(), id)))
		if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestALoopIsOneOutgoingLink(t *testing.T) {
	m, s := loaded(t)
	apply(t, s, query.Records{Links: []query.LinkRecord{m.link(m.near, "province:2", "province:2", "loop")}})
	for _, d := range []query.Direction{query.Out, query.In, query.Both} {
		q := m.query()
		links := q.linked(d, m.Types...)
		links.Where = &query.Compare{Of: query.Link, Property: query.LinkProperties[query.LinkID], Value: q.arg("loop")}
		q.add(list(q.byID("province:2"), nil, list(links, byLink(), id, outgoing)))
		if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, []any{"province:2", true}) {
			t.Errorf("%v: got %v", d, got)
		}
	}
}

func TestOnlyLastingLinksOutliveTheirEnds(t *testing.T) {
	m := newModel("1", withLastingNear)
	s := open(t, cleared(t), m)
	change := m.graph()
	lasting := m.link(m.Relationships[len(m.Relationships)-1], "unit:a", "province:1", "unit:a NEAR province:1")
	change.Links = append(change.Links, lasting)
	apply(t, s, change)
	for date, want := range map[string][]any{
		"2025-12-31": {"unit:a NEAR province:1", "province:2 NEAR province:1", "province:2 SUCCEEDS province:1"},
		"2026-01-01": {"unit:a NEAR province:1", "province:2 SUCCEEDS province:1"}, // province:1 has ended
	} {
		q := m.query()
		q.scope.Date = q.arg(date)
		links := q.set(&query.Linked{Relationships: m.Relationships, To: types(m.province)})
		q.add(list(q.all(m.province, m.unit), byName, list(links, byLink(), linkID)))
		if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", date, got, want)
		}
	}
}

// withLastingNear adds a relationship of a name that there is, from another type, and lasting.
func withLastingNear(m *model) {
	m.Relationships = append(m.Relationships, &query.Relationship{Name: "NEAR", From: types(m.unit), To: types(m.province), Lasting: true})
}
