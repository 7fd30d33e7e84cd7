package neo4j_test

import (
	"reflect"
	"testing"

	"bordergraph/graph/cypher"
	"bordergraph/graph/neo4j"
	"bordergraph/graph/query"
)

// diary is a graph of meetings in towns and provinces, and of the provinces in which towns lie.
type diary struct {
	*model
	meeting, town          *query.Type
	heldIn, lies           *query.Relationship
	held, planned, founded query.Moment
}

func newDiary() *diary {
	d := &diary{
		meeting: &query.Type{Name: "Meeting", Labels: []string{"Meeting"}, Properties: []*query.Property{
			{Name: "heldOn", Kind: query.Date}, {Name: "heldOnPrecision", Kind: query.Enum, Values: []string{"DAY", "MONTH", "YEAR", "UNKNOWN"}},
			{Name: "plannedOn", Kind: query.Date}, {Name: "kind", Kind: query.String}}},
		town: &query.Type{Name: "Town", Labels: []string{"Town"}, Dated: true, Properties: []*query.Property{{Name: "foundedOn", Kind: query.Date}}},
	}
	d.model = newModel("diary", func(m *model) {
		d.heldIn = &query.Relationship{Name: "HELD_IN", From: types(d.meeting), To: types(d.town, m.province), Lasting: true}
		d.lies = &query.Relationship{Name: "IN_PROVINCE", From: types(d.town), To: types(m.province)}
		m.Types = append(m.Types, d.meeting, d.town)
		m.Relationships = append(m.Relationships, d.heldIn, d.lies)
	})
	d.held = query.Moment{Type: d.meeting, Kind: "HELD", Date: d.meeting.Property("heldOn"), Precision: d.meeting.Property("heldOnPrecision")}
	d.planned = query.Moment{Type: d.meeting, Kind: "PLANNED", Date: d.meeting.Property("plannedOn")}
	d.founded = query.Moment{Type: d.town, Kind: "FOUNDED", Date: d.town.Property("foundedOn")}
	d.Moments = []query.Moment{d.held, d.planned, d.founded}
	return d
}

// loadedDiary has five meetings, one of them secret, two towns and two provinces.
func loadedDiary(t *testing.T) (*diary, *neo4j.Store) {
	t.Helper()
	d := newDiary()
	s := open(t, cleared(t), d.model)
	lapsed := d.link(d.lies, "town:b", "province:2", "")
	lapsed.Values = withFacts(lapsed.Values, query.LinkFacts, facts{query.FactValidTo: "2010-12-31", query.FactValidToPrecision: "DAY"})
	secret := d.heldAt("e", "2024-07-31", "DAY", "", "patrol")
	secret.Values = withFacts(secret.Values, query.NodeFacts, facts{query.FactMarking: int64(query.Secret)})
	apply(t, s, query.Records{
		Nodes: []query.NodeRecord{
			d.node(d.province, "province:1", "Lai Châu", nil), d.node(d.province, "province:2", "Sơn La", nil),
			d.place("town:a", "1990-01-01"), d.place("town:b", ""),
			d.heldAt("a", "2024-07-31", "DAY", "2024-05-01", "talks"),
			d.heldAt("b", "2024-07-01", "MONTH", "2024-05-01", "patrol"),
			d.heldAt("c", "2024-01-01", "YEAR", "", "talks"),
			d.heldAt("d", "", "", "", ""),
			secret,
		},
		Links: []query.LinkRecord{
			d.link(d.lies, "town:a", "province:1", ""), lapsed,
			d.link(d.heldIn, "meeting:a", "town:a", ""), d.link(d.heldIn, "meeting:a", "town:b", ""),
			d.link(d.heldIn, "meeting:b", "town:b", ""), d.link(d.heldIn, "meeting:c", "province:1", ""),
		},
	})
	return d, s
}

func (d *diary) heldAt(id, day, precision, planned, kind string) query.NodeRecord {
	m := d.node(d.meeting, "meeting:"+id, "Meeting "+id, nil)
	for name, value := range map[string]string{"heldOn": day, "heldOnPrecision": precision, "plannedOn": planned, "kind": kind} {
		if value != "" {
			m.Values[d.meeting.Property(name).Index] = value
		}
	}
	return m
}

func (d *diary) place(id, founded string) query.NodeRecord {
	town := d.node(d.town, id, "Town "+id, nil)
	if founded != "" {
		town.Values[d.town.Property("foundedOn").Index] = founded
	}
	return town
}

// public is a query by one who may see what is public.
func (d *diary) public() *queryBuilder {
	q := d.query()
	q.scope.Clearance = q.arg(int64(query.Public))
	return q
}

func answers(t *testing.T, s *neo4j.Store, q *queryBuilder, want ...any) {
	t.Helper()
	if got := q.answer(t, s)[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v\n%s", got, want, cypher.Compile(q.finished()).Text)
	}
}
