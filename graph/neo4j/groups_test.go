package neo4j_test

import (
	"reflect"
	"testing"

	"bordergraph/graph/query"
)

func (q *queryBuilder) groups(s *query.Set, limit int64, keys ...query.Column) *query.Groups {
	return &query.Groups{Set: s, Keys: keys, Limit: q.arg(limit)}
}

func (q *queryBuilder) placesOf(d *diary, columns ...query.Column) *query.List {
	return list(q.walk(query.Step{Relationship: d.heldIn, To: types(d.town, d.province)}), byName, columns...)
}

func TestGroupsCountMembersByTheirKeysNilLast(t *testing.T) {
	d, s := loadedDiary(t)
	q := d.public()
	q.add(q.groups(q.all(d.meeting), 10, value(d.meeting, "kind"), typeName))
	answers(t, s, q, query.Row{"patrol", "Meeting", int64(1)}, query.Row{"talks", "Meeting", int64(2)}, query.Row{nil, "Meeting", int64(1)})
}

func TestGroupsAreCutInTheirOrder(t *testing.T) {
	d, s := loadedDiary(t)
	q := d.public()
	q.add(q.groups(q.all(d.meeting), 1, value(d.meeting, "kind")))
	answers(t, s, q, query.Row{"patrol", int64(1)})
}

func TestAMemberCountsOnceForEachValueOfAList(t *testing.T) {
	d, s := loadedDiary(t)
	q := d.public()
	g := q.groups(q.all(d.meeting), 10, q.placesOf(d, id))
	g.Shown = []query.Column{list(q.set(&query.Keyed{Key: 0, Types: types(d.town, d.province)}), nil, name, typeName)}
	q.add(g)
	answers(t, s, q,
		query.Row{"province:1", int64(1), []any{query.Row{"Lai Châu", "Province"}}},
		query.Row{"town:a", int64(1), []any{query.Row{"Town town:a", "Town"}}},
		query.Row{"town:b", int64(2), []any{query.Row{"Town town:b", "Town"}}},
		query.Row{nil, int64(1), []any{}})
}

func TestAMemberCountsOnceForEqualValuesOfAList(t *testing.T) {
	d, s := loadedDiary(t)
	q := d.public()
	q.add(q.groups(q.all(d.meeting), 10, q.placesOf(d, typeName), value(d.meeting, "kind")))
	answers(t, s, q,
		query.Row{"Province", "talks", int64(1)}, query.Row{"Town", "patrol", int64(1)}, query.Row{"Town", "talks", int64(1)}, query.Row{nil, nil, int64(1)})
}

func TestGroupsShowTheirFirstMembersInOrder(t *testing.T) {
	d, s := loadedDiary(t)
	q := d.public()
	g := q.groups(q.all(d.meeting), 10, value(d.meeting, "kind"))
	g.Members = &query.Select{Order: []query.Key{{By: name, Descending: true}, {By: id, Descending: true}}, Limit: q.arg(int64(1)), Columns: []query.Column{id, q.placesOf(d, id)}}
	q.add(g)
	answers(t, s, q,
		query.Row{"patrol", int64(1), []any{query.Row{"meeting:b", []any{query.Row{"town:b"}}}}},
		query.Row{"talks", int64(2), []any{query.Row{"meeting:c", []any{query.Row{"province:1"}}}}},
		query.Row{nil, int64(1), []any{query.Row{"meeting:d", []any{}}}})
}

func TestPeriodsAreKnownAsFarAsTheDateIsExact(t *testing.T) {
	d, s := loadedDiary(t)
	for unit, want := range map[query.Unit][]any{
		query.Year:    {"2024", "2024", "2024", nil},
		query.Quarter: {"2024-Q3", "2024-Q3", nil, nil},
		query.Month:   {"2024-07", "2024-07", nil, nil},
		query.Day:     {"2024-07-31", nil, nil, nil},
	} {
		q := d.public()
		q.add(list(q.all(d.meeting), byName, &query.Period{Date: d.held.Date, Precision: d.held.Precision, Unit: unit}))
		if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, want) {
			t.Errorf("%d: got %v, want %v", unit, got, want)
		}
	}
}

func TestADateWithoutAPrecisionIsADay(t *testing.T) {
	d, s := loadedDiary(t)
	q := d.public()
	q.add(list(q.all(d.meeting), byName, &query.Period{Date: d.planned.Date, Unit: query.Day}, &query.Period{Date: d.planned.Date, Unit: query.Quarter}))
	if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, []any{"2024-05-01", "2024-Q2", "2024-05-01", "2024-Q2", nil, nil, nil, nil}) {
		t.Errorf("got %v", got)
	}
}

func TestAnUnknownOrMissingPrecisionIsReadAsAYear(t *testing.T) {
	d, s := loadedDiary(t)
	apply(t, s, query.Records{Nodes: []query.NodeRecord{d.heldAt("a", "2024-07-31", "UNKNOWN", "", ""), d.heldAt("b", "2024-07-31", "", "", "")}})
	q := d.public()
	period := func(u query.Unit) query.Column {
		return &query.Period{Date: d.held.Date, Precision: d.held.Precision, Unit: u}
	}
	q.add(list(q.set(&query.ByID{Types: types(d.meeting), IDs: q.arg([]any{"meeting:a", "meeting:b"})}), byName, period(query.Year), period(query.Month)))
	if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, []any{"2024", nil, "2024", nil}) {
		t.Errorf("got %v", got)
	}
}
