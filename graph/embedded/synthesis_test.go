package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

func TestPeriodIsKnownAsFarAsTheDateIsExact(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "a", day("2024-12-31", ""), nil),
		w.node(t, w.post, "b", record.Facts{ValidFrom: "2024-07-01", ValidFromPrecision: "MONTH"}, nil),
		w.node(t, w.post, "c", year("2024"), nil),
		w.node(t, w.post, "d", record.Facts{ValidFrom: "2024-07-31", ValidFromPrecision: "UNKNOWN"}, nil),
		w.node(t, w.post, "e", none, nil),
	}, nil)
	date, precision := fact(query.FactValidFrom).Property, fact(query.FactValidFromPrecision).Property
	for want, period := range map[string]*query.Period{
		"2024 2024 2024 2024 <nil> ":                         {Date: date, Precision: precision, Unit: query.Year},
		"2024-Q4 2024-Q3 <nil> <nil> <nil> ":                 {Date: date, Precision: precision, Unit: query.Quarter},
		"2024-12 2024-07 <nil> <nil> <nil> ":                 {Date: date, Precision: precision, Unit: query.Month},
		"2024-12-31 <nil> <nil> <nil> <nil> ":                {Date: date, Precision: precision, Unit: query.Day},
		"2024-12-31 2024-07-01 2024-01-01 2024-07-31 <nil> ": {Date: date, Unit: query.Day},
		"2024-Q4 2024-Q3 2024-Q1 2024-Q3 <nil> ":             {Date: date, Unit: query.Quarter},
	} {
		a := &ask{}
		posts := list(&query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: a.always()})
		posts.Columns = []query.Column{period}
		expect(t, fmt.Sprint("unit ", period.Unit), flat(run(t, s, a, posts)[0]), want)
	}
}

// situated is a post in two provinces, one in one of them, one in none.
func situated(t *testing.T, w *world, a record.Facts) query.Store {
	return w.open(t, []query.NodeRecord{
		w.node(t, w.post, "p", none, map[string]any{"markers": int64(2)}), w.node(t, w.post, "q", none, map[string]any{"markers": int64(1)}), w.node(t, w.post, "r", none, nil),
		w.node(t, w.province, "a", a, nil), w.node(t, w.province, "b", none, nil),
	}, []query.LinkRecord{
		w.link(t, w.inProvince, "p", "a", none, nil), w.link(t, w.inProvince, "p", "b", none, nil),
		w.link(t, w.inProvince, "p", "b", day("2020-01-01", ""), nil), // parallel
		w.link(t, w.inProvince, "q", "b", none, nil),
	})
}

func TestGroupsCountAMemberOnceForEachValue(t *testing.T) {
	w := newWorld()
	s := situated(t, w, none)
	a := &ask{}
	scope := a.always()
	groups := func(limit int64, keys ...query.Column) *query.Groups {
		return &query.Groups{Set: &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: scope}, Keys: keys, Limit: a.arg(limit)}
	}
	first := &query.First{Select: list(provinces(w, scope)).Select}
	markers := &query.Value{Property: w.post.Property("markers")}
	members := groups(10, first)
	members.Members = &query.Select{Order: []query.Key{{By: ids[0], Descending: true}}, Limit: a.arg(int64(1)), Columns: ids}
	row := run(t, s, a, groups(10, list(provinces(w, scope))), groups(10, first), groups(10, markers, list(provinces(w, scope))), groups(2, markers), members)
	expect(t, "by each province", row[0], []any{[]any{"a", int64(1)}, []any{"b", int64(2)}, []any{nil, int64(1)}})
	expect(t, "by the first province", row[1], []any{[]any{"a", int64(1)}, []any{"b", int64(1)}, []any{nil, int64(1)}})
	expect(t, "by markers and province", row[2], []any{[]any{int64(1), "b", int64(1)}, []any{int64(2), "a", int64(1)}, []any{int64(2), "b", int64(1)}, []any{nil, nil, int64(1)}})
	expect(t, "the first two", row[3], []any{[]any{int64(1), int64(1)}, []any{int64(2), int64(1)}})
	expect(t, "with members", row[4], []any{[]any{"a", int64(1), []any{[]any{"p"}}}, []any{"b", int64(1), []any{[]any{"q"}}}, []any{nil, int64(1), []any{[]any{"r"}}}})
}

func TestGroupShowsTheNodeOfAKeyWhateverItsTimeButNotWhatIsMarkedHigher(t *testing.T) {
	w := newWorld()
	for want, facts := range map[string]record.Facts{"a ": day("", "2001-12-31"), "": secret(none)} {
		s := situated(t, w, facts)
		a := &ask{}
		public := a.scope(query.Possible, "2025-07-01", query.Public)
		everything := a.scope(query.AnyTime, "", query.Secret)
		keyed := &query.Set{Start: &query.Keyed{Types: []*query.Type{w.province}}, Scope: public}
		groups := &query.Groups{Set: &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: public}, Limit: a.arg(int64(1)),
			Keys: []query.Column{list(provinces(w, everything))}, Shown: []query.Column{list(keyed)}}
		group := run(t, s, a, groups)[0].([]any)[0].([]any)
		expect(t, "group", group[:2], []any{"a", int64(1)})
		expect(t, "its node", flat(group[2]), want)
	}
}

func TestMomentsAreTheDatesOfNodesInForce(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{
		w.node(t, w.post, "p", day("2001-01-01", "2030-12-31"), nil),
		w.node(t, w.post, "over", day("2001-01-01", "2002-12-31"), nil),
		w.node(t, w.post, "secret", secret(day("2003-01-01", "")), nil),
		w.node(t, w.twinning, "t", year("2001"), nil),
		w.node(t, w.twinning, "undated", none, nil),
	}, nil)
	a := &ask{}
	set := &query.Set{Start: &query.Moments{Of: w.Moments}, Scope: a.scope(query.Possible, "2025-07-01", query.Internal)}
	moment := func(position int) *query.Value {
		return &query.Value{Of: query.Link, Property: query.MomentProperties[position]}
	}
	date, precision, kind := moment(query.MomentDate), moment(query.MomentPrecision), moment(query.MomentKind)
	timeline := &query.Select{Set: set, Order: []query.Key{{By: date, Descending: true}, byID[0], {By: kind}}, Limit: a.arg(int64(5)),
		Columns: []query.Column{date, precision, kind, &query.TypeName{}, ids[0]}}
	closed := *set
	closed.Start = &query.Moments{Of: w.Moments[1:2]}
	row := run(t, s, a, &query.List{Select: timeline}, &query.Count{Set: &closed})
	expect(t, "timeline", row[0], []any{
		[]any{"2030-12-31", "DAY", "CLOSED", "Post", "p"},
		[]any{"2001-01-01", "DAY", "OPENED", "Post", "p"},
		[]any{"2001-01-01", "YEAR", "TWINNED", "Twinning", "t"},
	})
	expect(t, "closed", row[1], int64(1))
}

func TestLeadsTestsEachRelationshipAndTheNodeItLeadsTo(t *testing.T) {
	w := newWorld()
	nodes := func(via, place record.Facts) []query.NodeRecord {
		return []query.NodeRecord{w.node(t, w.twinning, "t", none, nil), w.node(t, w.post, "p", via, nil), w.node(t, w.province, "a", place, nil)}
	}
	ended := day("", "2001-12-31")
	for name, c := range map[string]struct {
		link, via, place record.Facts
		steps            int
		want             string
	}{
		"all in force":            {none, none, none, 2, "a p t "},
		"one step":                {none, none, none, 1, "a p "},
		"a relationship ended":    {ended, none, none, 2, "a p "},
		"a relationship hidden":   {secret(none), none, none, 2, "a p "},
		"the node between ended":  {none, ended, none, 2, "a p "},
		"the node between hidden": {none, secret(none), none, 2, "a "},
		"the place ended":         {none, none, ended, 2, "a "},
		"the place hidden":        {none, none, secret(none), 2, ""},
	} {
		s := w.open(t, nodes(c.via, c.place), []query.LinkRecord{w.link(t, w.posts, "t", "p", c.link, nil), w.link(t, w.inProvince, "p", "a", none, nil)})
		a := &ask{}
		scope := a.scope(query.Possible, "2025-07-01", query.Public)
		all := &query.ByID{Types: w.Types, IDs: a.arg([]any{"t", "p", "a"})}
		leads := &query.Leads{To: a.arg([]any{"a", "nowhere"}), Relationships: []*query.Relationship{w.posts, w.inProvince}, Steps: c.steps, Scope: scope}
		expect(t, name, flat(run(t, s, a, list(&query.Set{Start: all, Scope: scope, Where: leads}))[0]), c.want)
	}
}

func TestLeadsOverALastingRelationshipToWhatHasEnded(t *testing.T) {
	w := newWorld()
	s := w.open(t, []query.NodeRecord{w.node(t, w.province, "a", none, nil), w.node(t, w.province, "b", day("", "2001-12-31"), nil)},
		[]query.LinkRecord{w.link(t, w.succeeded, "a", "b", none, nil)})
	a := &ask{}
	scope := a.scope(query.Possible, "2025-07-01", query.Public)
	leads := &query.Leads{To: a.arg([]any{"b"}), Relationships: []*query.Relationship{w.succeeded}, Steps: 1, Scope: scope}
	expect(t, "provinces", flat(run(t, s, a, list(&query.Set{Start: &query.All{Types: []*query.Type{w.province}}, Scope: scope, Where: leads}))[0]), "a ")
}

// impatient is done after it was asked some times whether it is.
type impatient struct {
	context.Context
	patience int
}

func (c *impatient) Err() error {
	if c.patience--; c.patience < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

func TestDearConditionOnFewNodesEndsAtTheDeadline(t *testing.T) {
	w := newWorld()
	s := w.open(t, numbered(t, w, 1, 2, 3), nil)
	numbers, conditions, a := make([]any, 5_000), make([]query.Condition, 5_000), &ask{}
	for i := range numbers {
		numbers[i] = int64(-i)
		conditions[i] = &query.Compare{Property: id, Operator: query.Equal, Value: a.arg(fmt.Sprint("absent", i))}
	}
	for name, where := range map[string]query.Condition{
		"many conditions": &query.Or{Any: conditions},
		"one of many":     &query.Compare{Property: w.post.Property("markers"), Operator: query.OneOf, Value: a.arg(numbers)},
	} {
		ctx := &impatient{t.Context(), 2}
		count := &query.Count{Set: &query.Set{Start: &query.All{Types: []*query.Type{w.post}}, Scope: a.always(), Where: where}}
		_, err := s.Select(ctx, &query.Query{Columns: []query.Column{count}, Args: a.args})
		var shown *query.Error
		if !errors.As(err, &shown) || shown.Code != query.Timeout {
			t.Errorf("%s: got %v, want the code %s", name, err, query.Timeout)
		}
	}
}

func fact(position int) *query.Value {
	return &query.Value{Property: query.NodeProperties[query.NodeFacts+position]}
}
