package neo4j_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"bordergraph/graph/query"
)

var (
	momentDate      = &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentDate]}
	momentPrecision = &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentPrecision]}
	momentKind      = &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentKind]}
	byMoment        = []query.Key{{By: momentDate}, {By: id}, {By: momentKind}}
)

func (q *queryBuilder) moments(d *diary) *query.Set {
	return q.set(&query.Moments{Of: d.Moments})
}

func TestMomentsAreInTheOrderOfTime(t *testing.T) {
	d, s := loadedDiary(t)
	q := d.public()
	q.add(list(q.moments(d), byMoment, momentDate, momentPrecision, momentKind, id))
	answers(t, s, q,
		query.Row{"1990-01-01", "DAY", "FOUNDED", "town:a"},
		query.Row{"2024-01-01", "YEAR", "HELD", "meeting:c"},
		query.Row{"2024-05-01", "DAY", "PLANNED", "meeting:a"},
		query.Row{"2024-05-01", "DAY", "PLANNED", "meeting:b"},
		query.Row{"2024-07-01", "MONTH", "HELD", "meeting:b"},
		query.Row{"2024-07-31", "DAY", "HELD", "meeting:a"})
}

// A page beyond each position, in both directions, is what is there of the whole list.
func TestPagesOfMomentsAreTheWholeList(t *testing.T) {
	d, s := loadedDiary(t)
	for _, descending := range []bool{false, true} {
		order := slices.Clone(byMoment)
		for i := range order {
			order[i].Descending = descending
		}
		whole := d.public()
		whole.add(list(whole.moments(d), order, momentDate, id, momentKind))
		rows := whole.answer(t, s)[0].([]any)
		for i, row := range rows {
			q := d.public()
			position := &query.Keyset{Missing: make([]bool, 3)}
			for _, v := range row.(query.Row) {
				position.Values = append(position.Values, q.arg(v))
			}
			before := *position
			before.Before = true
			after := list(q.moments(d), order, momentDate, id, momentKind)
			after.Beyond, after.Limit = position, q.arg(int64(2))
			last := list(q.moments(d), order, momentDate, id, momentKind)
			last.Beyond, last.Limit, last.Reverse = &before, q.arg(int64(1)), true
			q.add(after)
			q.add(last)
			q.add(&query.Exists{Set: q.moments(d), Order: order, Beyond: position})
			want := query.Row{rows[i+1 : min(i+3, len(rows))], rows[max(i-1, 0):i], i+1 < len(rows)}
			if got := q.answer(t, s); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%v: got %v, want %v", row, got, want)
			}
		}
	}
}

func TestMomentsAreFilteredCountedAndGrouped(t *testing.T) {
	d, s := loadedDiary(t)
	q := d.public()
	set := q.moments(d)
	set.Where = &query.And{All: []query.Condition{
		&query.Compare{Of: query.Link, Property: momentDate.Property, Operator: query.Greater, Value: q.arg("2024-01-01")},
		&query.Not{Condition: &query.Compare{Of: query.Link, Property: momentPrecision.Property, Value: q.arg("MONTH")}},
		&query.Compare{Of: query.Link, Property: momentKind.Property, Operator: query.OneOf, Value: q.arg([]any{"HELD", "PLANNED"})},
	}}
	q.add(&query.Count{Set: set})
	q.add(&query.Exists{Set: set})
	q.add(q.groups(set, 10, &query.Period{Of: query.Link, Date: momentDate.Property, Precision: momentPrecision.Property, Unit: query.Month}, momentKind))
	want := query.Row{int64(3), true, []any{query.Row{"2024-05", "PLANNED", int64(2)}, query.Row{"2024-07", "HELD", int64(1)}}}
	if got := q.answer(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEachMomentHasAnIndex(t *testing.T) {
	server := cleared(t)
	server.DropIndexes(t)
	open(t, server, newDiary().model)
	var got []string
	for _, r := range server.Records(t, "SHOW INDEXES YIELD name, properties, state WHERE properties[1] = 'id' AND state = 'ONLINE' RETURN name ORDER BY name", nil) {
		got = append(got, r.Values[0].(string))
	}
	if want := []string{"bordergraph_Meeting_heldOn", "bordergraph_Meeting_plannedOn", "bordergraph_Town_foundedOn"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
