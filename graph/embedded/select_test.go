package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
	"bordergraph/graph/storetest"
	"bordergraph/graph/text"
)

// world is a small model: posts lie in provinces, are near each other, were succeeded by others,
// and are joined with units by twinnings.
type world struct {
	*query.Model
	post, province, unit, twinning, source *query.Type
	inProvince, near, succeeded            *query.Relationship
	posts, units                           *query.Relationship // of a twinning
}

func newWorld() *world {
	w := &world{
		post: &query.Type{Name: "Post", Dated: true, Properties: []*query.Property{
			{Name: "markers", Kind: query.Int},
			{Name: "lengthKm", Kind: query.Float},
			{Name: "staffed", Kind: query.Boolean},
			{Name: "communes", Kind: query.String, List: true},
		}},
		province: &query.Type{Name: "Province", Dated: true},
		unit:     &query.Type{Name: "Unit", Dated: true, Properties: []*query.Property{{Name: "markers", Kind: query.Int}}},
		twinning: &query.Type{Name: "Twinning", Dated: true, Properties: []*query.Property{
			{Name: "status", Kind: query.Enum, Values: []string{"TWINNED", "PLANNED"}}}},
		source: &query.Type{Name: "Source"},
	}
	one := func(t *query.Type) []*query.Type { return []*query.Type{t} }
	w.inProvince = &query.Relationship{Name: "IN_PROVINCE", From: one(w.post), To: one(w.province)}
	w.near = &query.Relationship{Name: "NEAR", From: one(w.post), To: one(w.post), Symmetric: true}
	w.succeeded = &query.Relationship{Name: "SUCCEEDED_BY", From: one(w.province), To: one(w.province), Lasting: true}
	w.posts = &query.Relationship{Name: "VIETNAM_POST", From: one(w.twinning), To: one(w.post),
		Properties: []*query.Property{{Name: "title", Kind: query.String}}}
	w.units = &query.Relationship{Name: "COUNTERPART_UNIT", From: one(w.twinning), To: one(w.unit)}
	w.Model = query.NewModel("world", []*query.Type{w.post, w.province, w.unit, w.twinning, w.source},
		[]*query.Relationship{w.inProvince, w.near, w.succeeded, w.posts, w.units})
	from, to := query.NodeProperties[query.NodeFacts+query.FactValidFrom], query.NodeProperties[query.NodeFacts+query.FactValidTo]
	exact := query.NodeProperties[query.NodeFacts+query.FactValidFromPrecision]
	w.Moments = []query.Moment{{Type: w.post, Kind: "OPENED", Date: from, Precision: exact}, {Type: w.post, Kind: "CLOSED", Date: to},
		{Type: w.twinning, Kind: "TWINNED", Date: from, Precision: exact}}
	return w
}

// node is a node named as its id, with facts as a test wants them.
func (w *world) node(t testing.TB, typ *query.Type, id string, facts record.Facts, properties map[string]any) query.NodeRecord {
	t.Helper()
	r, problems := record.NewNode(w.Model, record.Node{ID: id, Type: typ.Name, Facts: facts, Properties: properties,
		Names: []record.Name{{Lang: "vi", Text: id, Kind: "MAIN"}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return r
}

func (w *world) link(t testing.TB, r *query.Relationship, from, to string, facts record.Facts, properties map[string]any) query.LinkRecord {
	t.Helper()
	l, problems := record.NewLink(w.Model, record.Link{From: from, Type: r.Name, To: to, Facts: facts, Properties: properties}, r.From[0], r.To[0])
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return l
}

// open makes a store in memory that holds these.
func (w *world) open(t testing.TB, nodes []query.NodeRecord, links []query.LinkRecord) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(embedded.Memory, w.Model)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := storetest.Put(t.Context(), s, nodes, links); err != nil {
		t.Fatal(err)
	}
	return s
}

// ask builds a query; arg adds a value of the caller's.
type ask struct{ args []any }

func (a *ask) arg(v any) query.Param {
	a.args = append(a.args, v)
	return query.Param(len(a.args) - 1)
}

// scope is any time, for the public, but for what change does.
func (a *ask) scope(time query.Time, date string, clearance query.Clearance) *query.Scope {
	return &query.Scope{Time: time, Date: a.arg(date), Clearance: a.arg(int64(clearance))}
}

func (a *ask) always() *query.Scope { return a.scope(query.AnyTime, "", query.Public) }

func run(t testing.TB, s query.Store, a *ask, columns ...query.Column) query.Row {
	t.Helper()
	row, err := s.Select(context.Background(), &query.Query{Columns: columns, Args: a.args})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

var (
	id   = query.NodeProperties[query.NodeID]
	ids  = []query.Column{&query.Value{Property: id}}
	byID = []query.Key{{By: &query.Value{Property: id}}}
)

// list is the ids of a set, by id.
func list(s *query.Set) *query.List {
	return &query.List{Select: &query.Select{Set: s, Order: byID, Limit: query.NoLimit, Columns: ids}}
}

// flat writes rows of one column on one line.
func flat(rows any) string {
	line := ""
	for _, row := range rows.([]any) {
		line += fmt.Sprint(row.([]any)[0], " ")
	}
	return line
}

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %#v, want %#v", what, got, want)
	}
}

var none = record.Facts{}

func day(from, to string) record.Facts {
	f := record.Facts{ValidFrom: from, ValidTo: to}
	if from != "" {
		f.ValidFromPrecision = "DAY"
	}
	if to != "" {
		f.ValidToPrecision = "DAY"
	}
	return f
}

func year(from string) record.Facts {
	return record.Facts{ValidFrom: from + "-01-01", ValidFromPrecision: "YEAR"}
}

func secret(f record.Facts) record.Facts {
	f.Marking = "SECRET"
	return f
}

func TestRootListShowsWhatIsInForce(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "undated", none, nil),
		w.node(t, w.post, "old", day("", "2025-06-30"), nil),
		w.node(t, w.post, "new", day("2025-07-01", ""), nil),
		w.node(t, w.post, "year", year("2025"), nil),
		w.node(t, w.post, "stated", record.Facts{StatedOn: "2019-03-04", StatedOnPrecision: "DAY"}, nil),
		w.node(t, w.source, "source", none, nil),
	}, nil)
	for _, c := range []struct {
		time query.Time
		date string
		want string
	}{
		{query.Possible, "2025-06-30", "old source stated undated year "},
		{query.Possible, "2025-07-01", "new source stated undated year "},
		{query.Possible, "2024-12-31", "old source stated undated "},
		{query.Certain, "2025-07-01", "new source stated "},
		{query.Certain, "2025-12-31", "new source stated year "},
		{query.Certain, "2019-03-03", "source "},
		{query.AnyTime, "", "new old source stated undated year "},
	} {
		a := &ask{}
		set := &query.Set{Start: &query.All{Types: []*query.Type{w.post, w.source}}, Scope: a.scope(c.time, c.date, query.Public)}
		expect(t, fmt.Sprint(c.time, c.date), flat(run(t, s, a, list(set))[0]), c.want)
	}
}

func TestByIDTestsTheTimeOnlyWhenADateWasGiven(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "new", none, nil), w.node(t, w.post, "old", day("", "2025-06-30"), nil),
		w.node(t, w.unit, "unit", none, nil), w.node(t, w.post, "secret", secret(none), nil),
	}, nil)
	a := &ask{}
	wanted := a.arg([]any{"old", "new", "old", "unit", "secret", "absent"})
	scope := a.scope(query.Possible, "2025-07-01", query.Internal)
	row := run(t, s, a,
		list(&query.Set{Start: &query.ByID{Types: []*query.Type{w.post}, IDs: wanted}, Scope: scope}),
		list(&query.Set{Start: &query.ByID{Types: []*query.Type{w.post}, IDs: wanted, Dated: true}, Scope: scope}))
	expect(t, "undated", flat(row[0]), "new old ")
	expect(t, "dated", flat(row[1]), "new ")
}

// provinces walks from each post to its provinces.
func provinces(w *world, scope *query.Scope) *query.Set {
	return &query.Set{Scope: scope, Start: &query.Walk{From: query.Node,
		Steps: []query.Step{{Relationship: w.inProvince, Direction: query.Out, To: []*query.Type{w.province}}}}}
}

func TestRelationshipNeedsItsOwnDatesAndThoseOfItsTarget(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "p", none, nil),
		w.node(t, w.province, "old", day("", "2025-06-30"), nil),
		w.node(t, w.province, "new", day("2025-07-01", ""), nil),
		w.node(t, w.province, "left", none, nil),
	}, []query.LinkRecord{
		w.link(t, w.inProvince, "p", "old", none, nil),
		w.link(t, w.inProvince, "p", "new", none, nil),
		w.link(t, w.inProvince, "p", "left", day("", "2020-12-31"), nil),
	})
	for date, want := range map[string]string{"2020-12-31": "left old ", "2025-06-30": "old ", "2025-07-01": "new "} {
		a := &ask{}
		scope := a.scope(query.Possible, date, query.Public)
		posts := &query.Select{Set: &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope},
			Order: byID, Limit: query.NoLimit, Columns: []query.Column{list(provinces(w, scope))}}
		got := run(t, s, a, &query.List{Select: posts})[0].([]any)[0].([]any)[0]
		expect(t, date, flat(got), want)
	}
}

func TestLastingRelationshipOutlivesTheEndOfItsTargetButNotItsBeginning(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.province, "old", day("", "2025-06-30"), nil),
		w.node(t, w.province, "new", day("2025-07-01", ""), nil),
	}, []query.LinkRecord{w.link(t, w.succeeded, "old", "new", record.Facts{StatedOn: "2025-07-01", StatedOnPrecision: "DAY"}, nil)})
	for _, c := range []struct {
		start     string
		direction query.Direction
		time      query.Time
		date      string
		want      string
	}{
		{"new", query.In, query.Possible, "2025-07-01", "old "},
		{"old", query.Out, query.Possible, "2025-06-30", ""},
		{"old", query.Out, query.Possible, "2025-07-01", "new "},
		{"old", query.Out, query.Certain, "2025-07-01", "new "},
		{"new", query.In, query.Certain, "2025-07-01", ""}, // since when the old one was, nobody knows
	} {
		a := &ask{}
		scope := a.scope(c.time, c.date, query.Public)
		step := query.Step{Relationship: w.succeeded, Direction: c.direction, To: []*query.Type{w.province}}
		start := &query.ByID{Types: []*query.Type{w.province}, IDs: a.arg([]any{c.start})}
		row := run(t, s, a, &query.First{Select: &query.Select{Set: &query.Set{Start: start, Scope: scope}, Order: byID, Limit: query.NoLimit,
			Columns: []query.Column{list(&query.Set{Start: &query.Walk{Steps: []query.Step{step}}, Scope: scope})}}})
		expect(t, fmt.Sprint(c), flat(row[0]), c.want)
	}
}

func TestWhatIsMarkedAboveTheClearanceDoesNotExist(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "p", record.Facts{Sources: []string{"open", "hidden"}}, nil),
		w.node(t, w.post, "q", secret(none), nil),
		w.node(t, w.province, "a", none, nil),
		w.node(t, w.province, "b", secret(none), nil),
		w.node(t, w.province, "c", none, nil),
		w.node(t, w.source, "open", none, nil),
		w.node(t, w.source, "hidden", secret(none), nil),
	}, []query.LinkRecord{
		w.link(t, w.inProvince, "p", "a", none, nil),
		w.link(t, w.inProvince, "p", "b", none, nil),
		w.link(t, w.inProvince, "p", "c", secret(none), nil),
	})
	for clearance, want := range map[query.Clearance][]any{
		query.Confidential: {"p ", int64(1), "a ", int64(1), true, false, "open "},
		query.Secret:       {"p q ", int64(2), "a b c ", int64(3), false, true, "hidden open "},
	} {
		a := &ask{}
		scope := a.scope(query.AnyTime, "", clearance)
		posts := &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope}
		p := &query.Set{Start: &query.ByID{Types: []*query.Type{w.post}, IDs: a.arg([]any{"p"})}, Scope: scope}
		column := func(c query.Column) query.Column {
			return &query.First{Select: &query.Select{Set: p, Order: byID, Limit: query.NoLimit, Columns: []query.Column{c}}}
		}
		has := func(province string) query.Column {
			where := *provinces(w, scope)
			where.Where = &query.Compare{Property: id, Operator: query.Equal, Value: a.arg(province)}
			counted := &query.Counted{Set: &where, Operator: query.Equal, Value: a.arg(int64(0))}
			return &query.Exists{Set: &query.Set{Start: p.Start, Scope: scope, Where: &query.And{All: []query.Condition{
				map[bool]query.Condition{true: counted, false: &query.Not{Condition: counted}}[province == "b"]}}}}
		}
		row := run(t, s, a, list(posts), &query.Count{Set: posts}, column(list(provinces(w, scope))), column(&query.Count{Set: provinces(w, scope)}),
			has("b"), has("c"), column(list(&query.Set{Start: &query.Cited{By: query.Node, Types: []*query.Type{w.source}}, Scope: scope})))
		got := []any{flat(row[0]), row[1], flat(row[2]), row[3], row[4], row[5], flat(row[6])}
		expect(t, query.Clearances[clearance], got, want)
	}
}

func TestOrderPutsMissingValuesLastOrFirstWhenDescending(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "a", none, map[string]any{"markers": int64(2)}),
		w.node(t, w.post, "b", none, nil),
		w.node(t, w.post, "c", none, map[string]any{"markers": int64(1)}),
		w.node(t, w.unit, "d", none, map[string]any{"markers": int64(2)}),
		w.node(t, w.province, "e", none, nil),
	}, nil)
	for descending, want := range map[bool]string{false: "c a d b e ", true: "b e a d c "} {
		a := &ask{}
		order := []query.Key{{By: &query.Value{Property: w.post.Property("markers")}, Descending: descending}, byID[0]}
		row := run(t, s, a, &query.List{Select: &query.Select{Order: order, Limit: query.NoLimit, Columns: ids,
			Set: &query.Set{Start: &query.All{Types: []*query.Type{w.post, w.unit, w.province}}, Scope: a.always()}}})
		expect(t, fmt.Sprint("descending ", descending), flat(row[0]), want)
	}
}

func TestStringsAreOrderedByCodePoint(t *testing.T) {
	w := newWorld()
	var nodes []query.NodeRecord
	for _, name := range []string{"đ", "B", "á", "z", "Đ", "ă", "a", "Z"} {
		nodes = append(nodes, w.node(t, w.post, name, none, nil))
	}
	a := &ask{}
	row := run(t, w.open(t, nodes, nil), a, list(&query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: a.always()}))
	expect(t, "order", flat(row[0]), "B Z a z á ă Đ đ ")
}

// numbered are posts n0, n1, … whose markers are as given; nil is missing.
func numbered(t testing.TB, w *world, markers ...any) []query.NodeRecord {
	var nodes []query.NodeRecord
	for i, m := range markers {
		properties := map[string]any{}
		if m != nil {
			properties["markers"] = int64(m.(int))
		}
		nodes = append(nodes, w.node(t, w.post, fmt.Sprint("n", i), none, properties))
	}
	return nodes
}

func TestPagesGoThroughTheOrderInBothDirections(t *testing.T) {
	w := newWorld()
	s := w.open(t, numbered(t, w, 3, nil, 1, 2, nil, 2, 1), nil)
	for _, descending := range []bool{false, true} {
		for size := int64(1); size <= 8; size++ {
			order := []query.Key{{By: &query.Value{Property: w.post.Property("markers")}, Descending: descending}, byID[0]}
			all := pages(t, w, s, order, 100, false)
			expect(t, fmt.Sprint("forward ", descending, size), pages(t, w, s, order, size, false), all)
			expect(t, fmt.Sprint("backward ", descending, size), pages(t, w, s, order, size, true), reversed(all))
		}
	}
}

// pages reads all posts page by page: after the last row of the page before, or before it, in reverse.
func pages(t *testing.T, w *world, s query.Store, order []query.Key, size int64, backward bool) (read []any) {
	t.Helper()
	var beyond func(a *ask) *query.Keyset
	for {
		a := &ask{}
		set := &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: a.always()}
		sel := &query.Select{Set: set, Order: order, Reverse: backward, Limit: a.arg(size),
			Columns: []query.Column{&query.Value{Property: id}, order[0].By}}
		columns := []query.Column{&query.List{Select: sel}}
		if beyond != nil {
			sel.Beyond = beyond(a)
			columns = append(columns, &query.Exists{Set: set, Order: order, Beyond: sel.Beyond})
		}
		row := run(t, s, a, columns...)
		rows := row[0].([]any)
		if beyond != nil {
			expect(t, "a page beyond", row[1], len(rows) > 0)
		}
		if len(rows) == 0 {
			return read
		}
		for _, r := range rows {
			read = append(read, r.([]any)[0])
		}
		last := rows[len(rows)-1].([]any)
		beyond = func(a *ask) *query.Keyset {
			return &query.Keyset{Values: []query.Param{a.arg(last[1]), a.arg(last[0])}, Missing: []bool{last[1] == nil, false}, Before: backward}
		}
	}
}

func reversed(all []any) []any {
	var back []any
	for i := len(all) - 1; i >= 0; i-- {
		back = append(back, all[i])
	}
	return back
}

func TestKeysetMayKeepThePositionItself(t *testing.T) {
	w := newWorld()
	s := w.open(t, numbered(t, w, 1, 2, 3), nil)
	for _, c := range []struct {
		before, inclusive bool
		want              string
	}{{false, false, "n2 "}, {false, true, "n1 n2 "}, {true, false, "n0 "}, {true, true, "n0 n1 "}} {
		a := &ask{}
		row := run(t, s, a, &query.List{Select: &query.Select{Order: byID, Limit: query.NoLimit, Columns: ids,
			Set:    &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: a.always()},
			Beyond: &query.Keyset{Values: []query.Param{a.arg("n1")}, Missing: []bool{false}, Before: c.before, Inclusive: c.inclusive}}})
		expect(t, fmt.Sprintf("%+v", c), flat(row[0]), c.want)
	}
}

func TestOrderByACountAndByAFieldOfATarget(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "p", none, nil), w.node(t, w.post, "q", none, nil), w.node(t, w.post, "r", none, nil),
		w.node(t, w.province, "a", none, nil), w.node(t, w.province, "b", none, nil),
	}, []query.LinkRecord{
		w.link(t, w.inProvince, "p", "b", none, nil),
		w.link(t, w.inProvince, "q", "b", none, nil), w.link(t, w.inProvince, "q", "a", none, nil),
	})
	a := &ask{}
	scope := a.always()
	order := func(by query.Column) *query.List {
		return &query.List{Select: &query.Select{Set: &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope},
			Order: []query.Key{{By: by}, byID[0]}, Limit: a.arg(int64(3)), Columns: ids}}
	}
	first := &query.First{Select: &query.Select{Set: provinces(w, scope), Order: byID, Limit: query.NoLimit, Columns: ids}}
	row := run(t, s, a, order(&query.Count{Set: provinces(w, scope)}), order(first))
	expect(t, "by the number of provinces", flat(row[0]), "r p q ")
	expect(t, "by the first province", flat(row[1]), "q p r ")
}

func TestWalkThroughAMiddleNodeHasAMemberAPathAndShowsItsFacts(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.unit, "u", none, nil),
		w.node(t, w.post, "p", none, nil), w.node(t, w.post, "q", none, nil),
		w.node(t, w.twinning, "t1", none, map[string]any{"status": "TWINNED"}),
		w.node(t, w.twinning, "t2", none, map[string]any{"status": "TWINNED"}),
		w.node(t, w.twinning, "t3", none, map[string]any{"status": "PLANNED"}),
		w.node(t, w.twinning, "t4", secret(none), map[string]any{"status": "TWINNED"}),
	}, []query.LinkRecord{
		w.link(t, w.units, "t1", "u", none, nil), w.link(t, w.units, "t2", "u", none, nil),
		w.link(t, w.units, "t3", "u", none, nil), w.link(t, w.units, "t4", "u", none, nil),
		w.link(t, w.posts, "t1", "p", none, map[string]any{"title": "one"}),
		w.link(t, w.posts, "t1", "p", none, map[string]any{"title": "two"}), // parallel
		w.link(t, w.posts, "t2", "p", none, nil),
		w.link(t, w.posts, "t3", "q", none, nil),
		w.link(t, w.posts, "t4", "q", none, nil),
	})
	a := &ask{}
	scope := a.always()
	walk := &query.Walk{
		Steps: []query.Step{
			{Relationship: w.units, Direction: query.In, To: []*query.Type{w.twinning}},
			{Relationship: w.posts, Direction: query.Out, To: []*query.Type{w.post}},
		},
		ViaWhere: &query.Compare{Property: w.twinning.Property("status"), Operator: query.Equal, Value: a.arg("TWINNED")},
	}
	title := &query.Value{Of: query.Link, Property: w.posts.Property("title")}
	via := &query.Value{Of: query.Via, Property: id}
	first := &query.Value{Of: query.ViaLink, Property: query.LinkProperties[query.LinkFacts+query.FactMarking]}
	twinned := &query.Select{Set: &query.Set{Start: walk, Scope: scope}, Limit: query.NoLimit,
		Order:   []query.Key{byID[0], {By: via}, {By: title}},
		Columns: []query.Column{&query.TypeName{}, ids[0], via, title, first}}
	unit := &query.Set{Start: &query.ByID{Types: []*query.Type{w.unit}, IDs: a.arg([]any{"u"})}, Scope: scope}
	row := run(t, s, a, &query.First{Select: &query.Select{Set: unit, Order: byID, Limit: query.NoLimit, Columns: []query.Column{&query.List{Select: twinned}}}})
	expect(t, "twinned posts", row[0], []any{
		[]any{"Post", "p", "t1", "one", int64(0)},
		[]any{"Post", "p", "t1", "two", int64(0)},
		[]any{"Post", "p", "t2", nil, int64(0)},
	})
}

func TestWalkOverOneRelationshipTwiceDoesNotGoBackTheWayItCame(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "p", none, nil), w.node(t, w.post, "q", none, nil), w.node(t, w.twinning, "t", none, nil),
	}, []query.LinkRecord{w.link(t, w.posts, "t", "p", none, nil), w.link(t, w.posts, "t", "q", none, nil)})
	a := &ask{}
	scope := a.always()
	walk := &query.Walk{Steps: []query.Step{
		{Relationship: w.posts, Direction: query.In, To: []*query.Type{w.twinning}},
		{Relationship: w.posts, Direction: query.Out, To: []*query.Type{w.post}},
	}}
	start := &query.Set{Start: &query.ByID{Types: []*query.Type{w.post}, IDs: a.arg([]any{"p"})}, Scope: scope}
	row := run(t, s, a, &query.First{Select: &query.Select{Set: start, Order: byID, Limit: query.NoLimit,
		Columns: []query.Column{list(&query.Set{Start: walk, Scope: scope})}}})
	expect(t, "twinned together with p", flat(row[0]), "q ")
}

func TestSymmetricRelationshipIsReadFromBothEndsAndALoopOnce(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{w.node(t, w.post, "p", none, nil), w.node(t, w.post, "q", none, nil)},
		[]query.LinkRecord{w.link(t, w.near, "p", "q", none, nil), w.link(t, w.near, "q", "q", none, nil)})
	a := &ask{}
	scope := a.always()
	near := &query.Set{Scope: scope, Start: &query.Walk{Steps: []query.Step{{Relationship: w.near, Direction: query.Both, To: []*query.Type{w.post}}}}}
	posts := &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope}
	row := run(t, s, a, &query.List{Select: &query.Select{Set: posts, Order: byID, Limit: query.NoLimit, Columns: []query.Column{list(near)}}})
	p, q := row[0].([]any)[0], row[0].([]any)[1]
	expect(t, "near p", flat(p.([]any)[0]), "q ")
	expect(t, "near q", flat(q.([]any)[0]), "p q ")
}

func TestWhatAFactCitesIsCountedAsItWasChanged(t *testing.T) {
	w := newWorld()
	citing := func(sources ...string) query.NodeRecord {
		return w.node(t, w.post, "p", record.Facts{Sources: sources}, nil)
	}
	before, after := citing("s"), citing("s", "t")
	like := w.node(t, w.post, "q", record.Facts{Sources: []string{"s"}}, nil)
	s := w.open(t, []query.NodeRecord{before, like, w.node(t, w.source, "s", none, nil), w.node(t, w.source, "t", none, nil)}, nil)
	counts := func() []any {
		a := &ask{}
		scope := a.always()
		posts := list(&query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope})
		posts.Columns = []query.Column{&query.Count{Set: &query.Set{Start: &query.Cited{By: query.Node, Types: []*query.Type{w.source}}, Scope: scope}}}
		return run(t, s, a, posts)[0].([]any)
	}
	expect(t, "loaded", flat(counts()), "1 1 ")
	apply(t, s, &query.Change{Nodes: []query.NodeChange{{Before: &before, After: &after}}})
	expect(t, "changed", flat(counts()), "2 1 ")
	apply(t, s, &query.Change{Nodes: []query.NodeChange{{Before: &like}}})
	expect(t, "deleted", flat(counts()), "2 ")
	apply(t, s, &query.Change{Nodes: []query.NodeChange{{Before: &after, After: &before}, {After: &like}}})
	expect(t, "as before", flat(counts()), "1 1 ")
}

func TestCitedSourcesCountOnce(t *testing.T) {
	w := newWorld()
	doubled := w.node(t, w.post, "p", record.Facts{Sources: []string{"a"}}, nil)
	doubled.Values[query.NodeFacts+query.FactSources] = []any{"b", "a", "b", "p", "gone"}
	s := w.open(t, []query.NodeRecord{doubled, w.node(t, w.source, "a", none, nil), w.node(t, w.source, "b", none, nil)}, nil)
	a := &ask{}
	scope := a.always()
	cited := &query.Set{Start: &query.Cited{By: query.Node, Types: []*query.Type{w.source}}, Scope: scope}
	row := run(t, s, a, &query.List{Select: &query.Select{Set: &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope},
		Order: byID, Limit: query.NoLimit, Columns: []query.Column{list(cited), &query.Count{Set: cited}}}})
	p := row[0].([]any)[0].([]any)
	expect(t, "sources", flat(p[0]), "a b ")
	expect(t, "their number", p[1], int64(2))
}

func TestSourcesOfARelationshipAreItsOwn(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "p", record.Facts{Sources: []string{"a"}}, nil), w.node(t, w.province, "x", none, nil),
		w.node(t, w.source, "a", none, nil), w.node(t, w.source, "b", none, nil),
	}, []query.LinkRecord{w.link(t, w.inProvince, "p", "x", record.Facts{Sources: []string{"b"}}, nil)})
	a := &ask{}
	scope := a.always()
	cited := list(&query.Set{Start: &query.Cited{By: query.Link, Types: []*query.Type{w.source}}, Scope: scope})
	edge := &query.First{Select: &query.Select{Set: provinces(w, scope), Order: byID, Limit: query.NoLimit, Columns: []query.Column{cited}}}
	row := run(t, s, a, &query.First{Select: &query.Select{Set: &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope},
		Order: byID, Limit: query.NoLimit, Columns: []query.Column{edge}}})
	expect(t, "sources", flat(row[0]), "b ")
}

func TestConditionsAreTwoValued(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "full", none, map[string]any{"markers": int64(2), "lengthKm": 2.0, "staffed": true, "communes": []any{"Thanh Thủy", "Xín Cái"}}),
		w.node(t, w.post, "bare", none, nil),
	}, nil)
	compare := func(property string, o query.Operator, value any) func(a *ask) query.Condition {
		return func(a *ask) query.Condition {
			return &query.Compare{Property: w.post.Property(property), Operator: o, Value: a.arg(value)}
		}
	}
	not := func(c func(a *ask) query.Condition) func(a *ask) query.Condition {
		return func(a *ask) query.Condition { return &query.Not{Condition: c(a)} }
	}
	for name, c := range map[string]struct {
		condition func(a *ask) query.Condition
		want      string
	}{
		"equal":                    {compare("markers", query.Equal, int64(2)), "full "},
		"not equal":                {not(compare("markers", query.Equal, int64(2))), "bare "},
		"an integer is a float":    {compare("markers", query.Equal, 2.0), "full "},
		"a float is an integer":    {compare("lengthKm", query.Equal, int64(2)), "full "},
		"a number is no text":      {compare("markers", query.Equal, "2"), ""},
		"not less than a text":     {not(compare("markers", query.Less, "9")), "bare full "},
		"less":                     {compare("markers", query.Less, int64(3)), "full "},
		"not less":                 {compare("markers", query.Less, int64(2)), ""},
		"at most":                  {compare("markers", query.LessOrEqual, int64(2)), "full "},
		"more":                     {compare("markers", query.Greater, int64(1)), "full "},
		"not more":                 {compare("markers", query.Greater, int64(2)), ""},
		"at least":                 {compare("markers", query.GreaterOrEqual, int64(2)), "full "},
		"false is less than true":  {compare("staffed", query.Greater, false), "full "},
		"one of":                   {compare("markers", query.OneOf, []any{int64(1), int64(2)}), "full "},
		"one of none":              {compare("markers", query.OneOf, []any{}), ""},
		"not one of":               {not(compare("markers", query.OneOf, []any{int64(2)})), "bare "},
		"has":                      {compare("communes", query.Has, "Xín Cái"), "full "},
		"has not":                  {not(compare("communes", query.Has, "Xín")), "bare full "},
		"contains, by code point":  {compare("id", query.Contains, "ul"), "full "},
		"contains in another case": {compare("id", query.Contains, "UL"), ""},
		"starts with":              {compare("id", query.StartsWith, "ful"), "full "},
		"ends with":                {compare("id", query.EndsWith, "ll"), "full "},
		"missing":                  {func(*ask) query.Condition { return &query.Missing{Property: w.post.Property("markers")} }, "bare "},
		"and of nothing":           {func(*ask) query.Condition { return &query.And{} }, "bare full "},
		"or of nothing":            {func(*ask) query.Condition { return &query.Or{} }, ""},
		"or": {func(a *ask) query.Condition {
			return &query.Or{Any: []query.Condition{compare("markers", query.Equal, int64(2))(a), &query.Missing{Property: w.post.Property("markers")}}}
		}, "bare full "},
	} {
		t.Run(name, func(t *testing.T) {
			a := &ask{}
			set := &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: a.always(), Where: c.condition(a)}
			expect(t, "posts", flat(run(t, s, a, list(set))[0]), c.want)
		})
	}
}

func TestOneNameSatisfiesTheWholeCondition(t *testing.T) {
	w := newWorld()
	named := func(id string, names ...string) query.NodeRecord {
		n := record.Node{ID: id, Type: "Post"}
		for i, name := range names {
			n.Names = append(n.Names, record.Name{Lang: "vi", Text: name, Kind: []string{"MAIN", "ALIAS", "ALIAS"}[i]})
		}
		r, problems := record.NewNode(w.Model, n)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return r
	}
	s := w.open(t, []query.NodeRecord{
		named("can", "Nậm Cắn"), named("càn", "Nậm Càn"), named("split", "Nậm Lạnh", "Cắn"),
	}, nil)
	for _, c := range []struct {
		typed string
		match query.Match
		want  string
	}{
		{"nam can", query.Words, "can càn "},
		{"can NAM", query.Words, "can càn "},
		{"nậm cắn", query.Words, "can "},
		{"cắn", query.Words, "can split "},
		{"ca", query.Words, ""},
		{"nam can", query.Whole, "can càn "},
		{"Nậm Càn", query.Whole, "càn "},
		{"can", query.Whole, "split "},
		{"nam c", query.Prefix, "can càn "},
		{"nậm", query.Prefix, "can càn split "},
		{"can", query.Prefix, "split "},
	} {
		p, a := text.NewPattern(c.typed), &ask{}
		folded, spelled := p.Words, p.Spelled
		switch c.match {
		case query.Whole:
			folded = []string{p.Whole}
		case query.Prefix:
			folded, spelled = []string{p.Prefix}, p.SpelledPrefix
		}
		condition := &query.Names{Match: c.match, Folded: a.arg(query.ListOf(folded)), Spelled: a.arg(query.ListOf(spelled))}
		set := &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: a.always(), Where: condition}
		expect(t, fmt.Sprint(c), flat(run(t, s, a, list(set))[0]), c.want)
	}
}

func TestDeadlineIsReportedAsTimeout(t *testing.T) {
	w := newWorld()
	s := w.open(t, numbered(t, w, 1, 2, 3), nil)
	a := &ask{}
	posts := list(&query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: a.always()})
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err := s.Select(ctx, &query.Query{Columns: []query.Column{posts}, Args: a.args})
	var shown *query.Error
	if !errors.As(err, &shown) || shown.Code != query.Timeout {
		t.Errorf("got %v, want the code %s", err, query.Timeout)
	}
}

func TestLongScanEndsAtTheDeadline(t *testing.T) {
	w := newWorld()
	s := w.open(t, numbered(t, w, make([]any, 3000)...), nil)
	a := &ask{}
	all := &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: a.always()}
	var where query.Condition = &query.Compare{Property: id, Operator: query.Equal, Value: a.arg("absent")}
	for range 3 { // 3000 to the power of 3 would take minutes
		where = &query.Some{Set: &query.Set{Start: all.Start, Scope: all.Scope, Where: where}}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := s.Select(ctx, &query.Query{Args: a.args, Columns: []query.Column{&query.Count{Set: &query.Set{Start: all.Start, Scope: all.Scope, Where: where}}}})
	if err == nil || time.Since(begun) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(begun), err)
	}
}
