package neo4j_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"bordergraph/graph/cypher"
	"bordergraph/graph/neo4j"
	"bordergraph/graph/query"
)

// leads holds for what leads to some nodes over two relationships at most.
func (q *queryBuilder) leads(d *diary, to ...any) *query.Leads {
	return &query.Leads{To: q.arg(to), Relationships: []*query.Relationship{d.inProvince, d.lies, d.heldIn}, Steps: 2, Scope: q.scope}
}

func TestWhatLeadsToANode(t *testing.T) {
	d, s := loadedDiary(t)
	for _, c := range []struct {
		place, date string
		want        []any
	}{
		{"province:1", "2020-12-31", []any{"province:1", "meeting:a", "meeting:c", "town:a"}},
		{"province:2", "2010-12-31", []any{"meeting:a", "meeting:b", "province:2", "town:b"}},
		{"province:2", "2020-12-31", []any{"province:2"}}, // town:b lies there no more
		{"town:b", "2020-12-31", []any{"meeting:a", "meeting:b", "town:b"}},
		{"nowhere", "2020-12-31", []any{}},
	} {
		q := d.public()
		q.scope.Date = q.arg(c.date)
		set := q.all(d.meeting, d.town, d.province)
		set.Where = q.leads(d, c.place)
		page := list(set, byName, id)
		page.Limit = q.arg(int64(20))
		for _, column := range []query.Column{page, &query.Count{Set: set}, &query.Exists{Set: set}, q.groups(set, 10, id)} {
			q.add(column)
		}
		row := q.answer(t, s)
		if got := flat(row[0]); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.place, got, c.want)
		}
		if row[1] != int64(len(c.want)) || row[2] != (len(c.want) > 0) || len(row[3].([]any)) != len(c.want) {
			t.Errorf("%s: got %v, want %d", c.place, row[1:], len(c.want))
		}
		if text := cypher.Compile(q.finished()).Text; strings.Count(text, " AS near") != 2 {
			t.Errorf("there are other lists than a short and a whole one:\n%s", text)
		}
	}
}

func TestWhatLeadsToANodeOrHasARelationshipWithWhatDoes(t *testing.T) {
	d, s := loadedDiary(t)
	for place, want := range map[string][]any{"province:1": {"meeting:a", "meeting:c", "town:a"}, "province:2": {}} {
		q := d.public()
		onward := &query.Leads{To: q.arg([]any{place}), Relationships: []*query.Relationship{d.inProvince, d.lies}, Steps: 2, Scope: q.scope}
		own := q.set(&query.Linked{Relationships: []*query.Relationship{d.heldIn}, To: d.Types})
		own.Where = onward
		set := q.all(d.meeting, d.town)
		set.Where = &query.Or{Any: []query.Condition{onward, &query.Some{Set: own}}}
		page := list(set, byName, id)
		page.Limit = q.arg(int64(20))
		q.add(page)
		q.add(&query.Count{Set: set})
		if got := flat(q.answer(t, s)); !reflect.DeepEqual(got, append(want, int64(len(want)))) {
			t.Errorf("%s: got %v, want %v", place, got, want)
		}
	}
}

func TestWhatDoesNotLeadToANode(t *testing.T) {
	d, s := loadedDiary(t)
	q := d.public()
	set := q.all(d.meeting)
	set.Where = &query.Not{Condition: q.leads(d, "province:1")}
	q.add(list(set, byName, id))
	if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, []any{"meeting:b", "meeting:d"}) {
		t.Errorf("got %v", got)
	}
}

func TestAHiddenNodeLeadsNowhere(t *testing.T) {
	d, s := loadedDiary(t)
	hidden := d.place("town:a", "1990-01-01")
	hidden.Values = withFacts(hidden.Values, query.NodeFacts, facts{query.FactMarking: int64(query.Secret)})
	apply(t, s, query.Records{Nodes: []query.NodeRecord{hidden}})
	for place, want := range map[string][]any{"province:1": {"meeting:c"}, "town:a": {}} {
		expectLed(t, d, s, place, want, d.meeting)
	}
}

// expectLed asks for the nodes of some types that lead to a place.
func expectLed(t *testing.T, d *diary, s *neo4j.Store, place string, want []any, types ...*query.Type) {
	t.Helper()
	q := d.public()
	set := q.all(types...)
	set.Where = q.leads(d, place)
	page := list(set, byName, id)
	page.Limit = q.arg(int64(20))
	q.add(page)
	if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", place, got, want)
	}
}

// A meeting outlives the town in which it was held; a town does not outlive its province.
func TestOnlyLastingRelationshipsLeadToWhatHasEnded(t *testing.T) {
	d, s := loadedDiary(t)
	ended := d.place("town:b", "")
	ended.Values = withFacts(ended.Values, query.NodeFacts, facts{query.FactValidTo: "2015-12-31"})
	province := d.node(d.province, "province:1", "Lai Châu", facts{query.FactValidTo: "2015-12-31"})
	apply(t, s, query.Records{Nodes: []query.NodeRecord{ended, province}})
	for place, want := range map[string][]any{"town:b": {"meeting:a", "meeting:b"}, "province:1": {"meeting:c"}} {
		expectLed(t, d, s, place, want, d.meeting, d.town)
	}
}

func TestMomentsThatLeadToANode(t *testing.T) {
	d, s := loadedDiary(t)
	q := d.public()
	set := q.moments(d)
	set.Where = q.leads(d, "province:1")
	page := list(set, byMoment, momentDate, id)
	page.Limit = q.arg(int64(3))
	q.add(page)
	q.add(&query.Count{Set: set})
	want := query.Row{[]any{query.Row{"1990-01-01", "town:a"}, query.Row{"2024-01-01", "meeting:c"}, query.Row{"2024-05-01", "meeting:a"}}, int64(4)}
	if got := q.answer(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// More nodes lead there than are listed, so each candidate is asked.
func TestWhatLeadsToANodeToWhichMostLead(t *testing.T) {
	d, s := loadedDiary(t)
	var change query.Records
	for i := range 1200 {
		id := fmt.Sprintf("many:%04d", i)
		change.Nodes = append(change.Nodes, d.heldAt(id, "2023-01-01", "DAY", "", "many"))
		change.Links = append(change.Links, d.link(d.heldIn, "meeting:"+id, "town:a", ""))
	}
	apply(t, s, change)
	q := d.public()
	set, moments := q.all(d.meeting), q.moments(d)
	set.Where = q.leads(d, "province:1")
	moments.Where = q.leads(d, "province:1")
	page, timeline := list(set, byName, id), list(moments, byMoment, momentDate, id)
	page.Limit, timeline.Limit = q.arg(int64(3)), q.arg(int64(3))
	for _, column := range []query.Column{page, timeline, &query.Count{Set: set}, &query.Exists{Set: set}} {
		q.add(column)
	}
	want := query.Row{
		[]any{query.Row{"meeting:a"}, query.Row{"meeting:c"}, query.Row{"meeting:many:0000"}},
		[]any{query.Row{"1990-01-01", "town:a"}, query.Row{"2023-01-01", "meeting:many:0000"}, query.Row{"2023-01-01", "meeting:many:0001"}},
		int64(1202), true,
	}
	if got := q.answer(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
