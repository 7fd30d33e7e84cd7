package neo4j_test

import (
	"reflect"
	"strings"
	"testing"

	"bordergraph/graph/query"
	"bordergraph/graph/text"
)

// named is a node with names that are written as package text writes them.
func (m *model) named(t *query.Type, id string, f facts, names ...string) query.NodeRecord {
	n := m.node(t, id, names[0], f)
	var texts, spelled, folded []any
	for _, name := range names {
		texts, spelled, folded = append(texts, name), append(spelled, text.Spell(name)), append(folded, text.Fold(name))
	}
	n.Values[query.NodeNameTexts], n.Values[query.NodeNameSpelled], n.Values[query.NodeNameFolded] = texts, spelled, folded
	return n
}

// search is what is found by beginnings of words, by how well it fits.
func (q *queryBuilder) search(types []*query.Type, begun ...any) *query.List {
	found := q.set(&query.Found{Types: types, Begun: q.arg(begun)})
	var whole string
	var words, beginnings []any
	for _, b := range begun {
		whole += " " + b.(string)
		words, beginnings = append(words, " "+b.(string)+" "), append(beginnings, " "+b.(string))
	}
	notSpelled := q.arg([]any{})
	rank := &query.Rank{Conditions: []query.Condition{
		&query.Names{Match: query.Whole, Folded: q.arg([]any{whole + " "}), Spelled: notSpelled},
		&query.Names{Match: query.Words, Folded: q.arg(words), Spelled: notSpelled},
		&query.Names{Match: query.Words, Folded: q.arg(beginnings), Spelled: notSpelled},
	}}
	found.Where = rank.Conditions[2]
	return list(found, append([]query.Key{{By: rank}}, byName...), id, rank)
}

func TestFoundComesInTheOrderOfItsRank(t *testing.T) {
	m, s := loaded(t)
	secret := facts{query.FactMarking: int64(query.Secret)}
	ended := facts{query.FactValidTo: "2020-01-01"}
	apply(t, s, query.Records{Nodes: []query.NodeRecord{
		m.named(m.post, "post:beginnings", nil, "Bến Dongs Biển"),
		m.named(m.post, "post:words", nil, "Đồn Biên phòng"),
		m.named(m.unit, "unit:exact", nil, "Company 213", "đồn biên"),
		m.named(m.unit, "unit:two names", nil, "Đồn", "Biên"),
		m.named(m.unit, "unit:secret", secret, "Đồn Biên"),
		m.named(m.unit, "unit:ended", ended, "Đồn Biên"),
		m.named(m.source, "source:other type", nil, "Đồn Biên"),
	}})
	q := m.query()
	q.scope.Clearance = q.arg(int64(query.Confidential))
	q.add(q.search(types(m.post, m.unit), "don", "bien"))
	want := query.Row{[]any{query.Row{"unit:exact", int64(0)}, query.Row{"post:words", int64(1)}, query.Row{"post:beginnings", int64(2)}}}
	if got := q.answer(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestWordsOfAnyLengthNumberAndScriptAreFound(t *testing.T) {
	m, s := loaded(t)
	long, many := strings.Repeat("đ", 300), strings.TrimSpace(strings.Repeat("ma ", 1500))
	apply(t, s, query.Records{Nodes: []query.NodeRecord{
		m.named(m.unit, "unit:long", nil, long), m.named(m.unit, "unit:many", nil, many),
		m.named(m.unit, "unit:lao", nil, "ຄ້າຍ ດ"), m.named(m.unit, "unit:and", nil, "And not or 213"),
	}})
	for id, name := range map[string]string{"unit:long": long, "unit:many": many, "unit:lao": "ຄ້າຍ ດ", "unit:and": "and not or 21"} {
		var begun []any
		for _, word := range strings.Fields(text.Fold(name)) {
			begun = append(begun, word)
		}
		q := m.query()
		q.add(q.search(types(m.unit), begun...))
		if got := flat(q.answer(t, s)); len(got) != 2 || got[0] != id {
			t.Errorf("%s: got %v", id, got)
		}
	}
}

func TestAllThatBeginAlikeAreFound(t *testing.T) {
	m, s := loaded(t)
	const units = 3000 // more than the index takes terms in one query
	var change query.Records
	for i := range units {
		name := "ma" + strings.Repeat("x", i%50) + string(rune('a'+i/50%26)) + string(rune('a'+i/1300))
		change.Nodes = append(change.Nodes, m.named(m.unit, "unit:"+name, nil, name))
	}
	apply(t, s, change)
	q := m.query()
	q.add(&query.Count{Set: q.search(types(m.unit), "ma").Set})
	if got := q.answer(t, s); got[0] != int64(units) {
		t.Errorf("%v of %d are found", got[0], units)
	}
}

func TestNamesakesHaveANameWhole(t *testing.T) {
	m, s := loaded(t)
	long, many := strings.Repeat("đ", 300), strings.TrimSpace(strings.Repeat("ma ", 1500))
	apply(t, s, query.Records{Nodes: []query.NodeRecord{
		m.named(m.unit, "unit:and", nil, "Company 213", "And not or *"), m.named(m.unit, "unit:none", nil, "…"),
		m.named(m.unit, "unit:long", nil, long), m.named(m.unit, "unit:longer", nil, long+"a"),
		m.named(m.unit, "unit:many", nil, many), m.named(m.unit, "unit:more", nil, many+" ma"),
		m.named(m.unit, "unit:secret", facts{query.FactMarking: int64(query.Secret)}, "Company 213"),
		m.named(m.post, "post:other type", nil, "Company 213"),
	}})
	names := []any{}
	for _, name := range []string{"COMPANY-213", "and not or", "?", long, many, "Company", "absent"} {
		names = append(names, text.Fold(name))
	}
	q := m.query()
	q.scope.Clearance = q.arg(int64(query.Confidential))
	q.add(list(q.set(&query.Namesakes{Types: types(m.unit), Names: q.arg(names)}), []query.Key{{By: id}}, id))
	want := []any{"unit:and", "unit:long", "unit:many", "unit:none"}
	if got := flat(q.answer(t, s)); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
