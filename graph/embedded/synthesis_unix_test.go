//go:build unix

package embedded_test

import (
	"testing"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// large is the graph of 50,000 nodes and 250,000 relationships; all dates are moments.
type large struct {
	*query.Model
	*embedded.Store
}

func openLarge(b *testing.B) large {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		b.Fatal(err)
	}
	for _, t := range api.Model.Types {
		for _, p := range t.Properties {
			if p.Kind == query.Date && !p.List {
				api.Model.Moments = append(api.Model.Moments, query.Moment{Type: t, Kind: p.Name, Date: p, Precision: t.Property(p.Name + "Precision")})
			}
		}
	}
	records, err := storetest.Large(api.Model)
	if err != nil {
		b.Fatal(err)
	}
	path := b.TempDir() + "/graph.db"
	s := open(b, path, api.Model)
	put(b, s, records.Nodes, records.Links)
	finish(b, s)
	return large{api.Model, open(b, path, api.Model)}
}

func (l large) measure(b *testing.B, name string, a *ask, columns ...query.Column) {
	b.Run(name, func(b *testing.B) {
		q := &query.Query{Columns: columns, Args: a.args}
		measure(b, func() {
			if _, err := l.Select(b.Context(), q); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// step is what is reached over a relationship from nodes of a type.
func (l large) step(from, name, to string, scope *query.Scope) *query.Set {
	types := []*query.Type{l.Type(to)}
	return &query.Set{Scope: scope, Start: &query.Walk{Steps: []query.Step{{Relationship: l.Relationship(name, l.Type(from), types[0]), To: types}}}}
}

// Synthesis of a graph of 50,000 nodes and 250,000 relationships:
//
//	go test ./graph/embedded -run '^$' -bench Synthesis -benchmem
func BenchmarkSynthesis(b *testing.B) {
	l := openLarge(b)
	l.groups(b)
	l.moments(b)
	l.leads(b)
}

func (l large) groups(b *testing.B) {
	a := &ask{}
	scope := a.scope(query.Possible, "2025-07-01", query.Internal)
	nodes := &query.Set{Start: &query.All{Types: l.Types}, Scope: scope}
	posts := &query.Set{Start: &query.All{Types: []*query.Type{l.Type("BorderPost")}}, Scope: scope}
	province := &query.First{Select: &query.Select{Set: l.step("BorderPost", "IN_PROVINCE", "Province", scope), Order: byID, Limit: query.NoLimit, Columns: ids}}
	sectors := &query.List{Select: &query.Select{Set: l.step("BorderPost", "IN_SECTOR", "BorderSector", scope), Order: byID, Limit: query.NoLimit, Columns: ids}}
	inYear := &query.Period{Date: fact(query.FactValidFrom).Property, Precision: fact(query.FactValidFromPrecision).Property, Unit: query.Year}
	limit, few := a.arg(int64(100)), a.arg(int64(3))
	group := func(name string, g *query.Groups) {
		g.Limit = limit
		l.measure(b, name, a, g)
	}
	group("groups of 50,000 nodes by a field and a to-one", &query.Groups{Set: nodes, Keys: []query.Column{fact(query.FactConfidence), province}})
	group("groups of 50,000 nodes by type and year", &query.Groups{Set: nodes, Keys: []query.Column{&query.TypeName{}, inYear}})
	group("groups of 25,000 posts by sectors", &query.Groups{Set: posts, Keys: []query.Column{sectors}})
	group("groups of 50,000 nodes by name", &query.Groups{Set: nodes, Keys: []query.Column{&query.Value{Property: query.NodeProperties[query.NodeName]}}})
	group("groups of 50,000 nodes by year and their first", &query.Groups{Set: nodes, Keys: []query.Column{inYear},
		Members: &query.Select{Order: byID, Limit: few, Columns: ids}})
	name := &query.Value{Property: query.NodeProperties[query.NodeName]}
	group("groups of 50,000 nodes by year and their first by name", &query.Groups{Set: nodes, Keys: []query.Column{inYear},
		Members: &query.Select{Order: []query.Key{{By: name}, byID[0]}, Limit: few, Columns: ids}})
}

func (l large) moments(b *testing.B) {
	a := &ask{}
	all := &query.Set{Start: &query.Moments{Of: l.Moments}, Scope: a.scope(query.Possible, "2025-07-01", query.Internal)}
	date, kind := &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentDate]}, &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentKind]}
	order := []query.Key{{By: date}, byID[0], {By: kind}}
	size := a.arg(int64(10))
	page := func(name string, beyond *query.Keyset) {
		columns := []query.Column{&query.List{Select: &query.Select{Set: all, Order: order, Beyond: beyond, Limit: size, Columns: []query.Column{date, ids[0], kind}}}}
		l.measure(b, name, a, columns...)
	}
	page("page 1 of the timeline", nil)
	first, err := l.Select(b.Context(), &query.Query{Args: append(a.args, int64(20_000)), Columns: []query.Column{&query.List{Select: &query.Select{
		Set: all, Order: order, Limit: query.Param(len(a.args)), Columns: []query.Column{date, ids[0], kind}}}}})
	if err != nil {
		b.Fatal(err)
	}
	rows := first[0].([]any)
	last := rows[19_989].([]any)
	page("page 2,000 of the timeline", &query.Keyset{Values: []query.Param{a.arg(last[0]), a.arg(last[1]), a.arg(last[2])}, Missing: make([]bool, 3)})
	l.measure(b, "moments counted", a, &query.Count{Set: all})
	during := *all
	during.Where = &query.And{All: []query.Condition{
		&query.Compare{Of: query.Link, Property: date.Property, Operator: query.GreaterOrEqual, Value: a.arg("2010-01-01")},
		&query.Compare{Of: query.Link, Property: date.Property, Operator: query.LessOrEqual, Value: a.arg("2010-12-31")}}}
	l.measure(b, "moments of a year counted", a, &query.Count{Set: &during})
}

func (l large) leads(b *testing.B) {
	locating := map[string]bool{"IN_SECTOR": true, "IN_PROVINCE": true, "OF_BORDER": true, "VIETNAM_SIDE": true, "FOREIGN_SIDE": true, "IN_COUNTRY": true,
		"BETWEEN": true, "VIETNAM_POST": true, "COUNTERPART_UNIT": true, "VIETNAM_PROVINCE": true, "COUNTERPART_PROVINCE": true}
	var relationships []*query.Relationship
	for _, r := range l.Relationships {
		if locating[r.Name] {
			relationships = append(relationships, r)
		}
	}
	for name, place := range map[string]string{"sector": "bordersector:7", "province": storetest.HubID, "border": "landborder:1", "country": "country:2"} {
		a := &ask{}
		scope := a.scope(query.Possible, "2025-07-01", query.Internal)
		touching := &query.Set{Start: &query.All{Types: l.Types}, Scope: scope,
			Where: &query.Leads{To: a.arg([]any{place}), Relationships: relationships, Steps: 4, Scope: scope}}
		l.measure(b, "count of what touches a "+name, a, &query.Count{Set: touching})
		posts := &query.Set{Start: &query.All{Types: []*query.Type{l.Type("BorderPost")}}, Scope: scope, Where: touching.Where}
		l.measure(b, "list of 100 posts that touch a "+name, a, &query.List{Select: &query.Select{Set: posts, Order: byID, Limit: a.arg(int64(100)), Columns: ids}})
	}
}
