package neo4j_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
)

func TestMain(m *testing.M) { os.Exit(neo4jtest.Run(m)) }

func TestWrongPasswordIsRefused(t *testing.T) {
	server := neo4jtest.Start(t)
	c := config(server)
	c.Password = "not the password"
	refusedInOneLine(t, c, "NEO4J_PASSWORD")
}

func TestUnknownDatabaseIsRefused(t *testing.T) {
	server := neo4jtest.Start(t)
	c := config(server)
	c.Database = "elsewhere"
	refusedInOneLine(t, c, "NEO4J_DATABASE")
}

func TestNoAddressIsRefused(t *testing.T) {
	refusedInOneLine(t, neo4j.Config{URI: "http://user:secret@127.0.0.1"}, "bolt://")
}

func TestAnAddressWhereNothingListensIsRefusedSoon(t *testing.T) {
	l := listen(t)
	l.Close()
	refusedInOneLine(t, neo4j.Config{URI: "bolt://" + l.Addr().String()}, "NEO4J_URI")
}

func TestASilentServerIsRefusedSoon(t *testing.T) {
	l := listen(t)
	defer l.Close()
	refusedInOneLine(t, neo4j.Config{URI: "bolt://" + l.Addr().String()}, "NEO4J_URI")
}

func listen(t *testing.T) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func refusedInOneLine(t *testing.T, c neo4j.Config, want string) {
	t.Helper()
	began := time.Now()
	_, err := neo4j.Open(t.Context(), c, newModel("1").Model)
	if err == nil {
		t.Fatal("it is opened")
	}
	if line := err.Error(); strings.Contains(line, "\n") || !strings.Contains(line, want) || c.Password != "" && strings.Contains(line, c.Password) {
		t.Errorf("the refusal is %q", line)
	}
	if took := time.Since(began); took > 6*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestTestsTakeNoDatabaseThatHeldDataBeforeThem(t *testing.T) {
	server := cleared(t)
	server.Records(t, "DROP CONSTRAINT bordergraph_tests IF EXISTS", nil)
	server.Records(t, "CREATE (:Film)", nil)
	if err := server.Claim(); err == nil || !strings.Contains(err.Error(), "holds data") {
		t.Errorf("claiming gives %v", err)
	}
	server.Clear(t)
	if err := server.Claim(); err != nil {
		t.Error(err)
	}
	server.Records(t, "CREATE (:Film)", nil)
	if err := server.Claim(); err != nil {
		t.Errorf("claiming again gives %v", err)
	}
}

func TestForeignDataIsRefusedAndNotTouched(t *testing.T) {
	server := cleared(t)
	server.DropIndexes(t)
	server.Records(t, "CREATE (:Film {title: 'Mekong'})", nil)
	before := everything(t, server)

	_, err := neo4j.Open(t.Context(), config(server), newModel("1").Model)
	if code(err) != query.Foreign {
		t.Errorf("opening gives %v", err)
	}
	if after := everything(t, server); !reflect.DeepEqual(before, after) {
		t.Errorf("there was %v, there is %v", before, after)
	}
}

func TestDataThatDoesNotFitTheSchemaIsRefusedWithAListAndNotTouched(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	load(t, open(t, server, m), m)
	before := everything(t, server)

	other := newModel("2", withoutLength, withoutUnit)
	_, err := neo4j.Open(t.Context(), config(server), other.Model)
	if code(err) != query.Misfit {
		t.Fatalf("opening gives %v", err)
	}
	for _, want := range []string{"the stored data does not fit the schema: 3 problems:\n", "post:a: lengthKm", "unit:a: type", "unit:b: type"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	if after := everything(t, server); !reflect.DeepEqual(before, after) {
		t.Errorf("there was %v, there is %v", before, after)
	}
}

func TestDataThatDoesNotFitTheSchemaIsOpenedToBeReplaced(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	load(t, open(t, server, m), m)

	c := config(server)
	c.Replacing = true
	s, err := neo4j.Open(t.Context(), c, newModel("2", withoutLength, withoutUnit).Model)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

func TestDataThatFitsAnotherSchemaIsOpened(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	load(t, open(t, server, m), m)

	contents, err := open(t, server, newModel("2")).Contents(t.Context())
	if err != nil || contents == nil || *contents != (query.Contents{Dataset: "data", Schema: "1"}) {
		t.Errorf("the contents are %v, %v", contents, err)
	}
}

func TestAnEmptyStoreHasNoContents(t *testing.T) {
	server := cleared(t)
	for range 2 { // a store that was opened before is no foreign one
		if contents, err := open(t, server, newModel("1")).Contents(t.Context()); contents != nil || err != nil {
			t.Errorf("the contents are %v, %v", contents, err)
		}
	}
}

func TestConstraintAndIndexesAreMade(t *testing.T) {
	server := cleared(t)
	server.DropIndexes(t)
	open(t, server, newModel("1"))
	var online []string
	for _, r := range server.Records(t, "SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN name", nil) {
		online = append(online, r.Values[0].(string))
	}
	for _, want := range []string{"bordergraph_node_id", "bordergraph_Post_id", "bordergraph_Post_name", "bordergraph_Place_name", "bordergraph_names", "bordergraph_IN_PROVINCE_id"} {
		if !slices.Contains(online, want) {
			t.Errorf("no %s among %v", want, online)
		}
	}
	constraints := server.Records(t, "SHOW CONSTRAINTS YIELD name, labelsOrTypes WHERE labelsOrTypes = ['Node'] RETURN name", nil)
	if len(constraints) != 1 {
		t.Errorf("%d constraints on Node", len(constraints))
	}
}

func TestWhatIsAppliedIsSelected(t *testing.T) {
	m, s := loaded(t)
	q := m.query()
	q.add(list(q.all(m.province), byName, id, name, typeName,
		list(q.walk(query.Step{Relationship: m.inProvince, Direction: query.In, To: types(m.post)}), byName, id, name, value(m.post, "lengthKm"), value(m.post, "tags"), linkID,
			&query.First{Select: list(q.walk(query.Step{Relationship: m.inProvince, To: types(m.province)}), byName, name).Select})))
	q.add(&query.Count{Set: q.all(m.post, m.unit)})

	want := query.Row{
		[]any{
			query.Row{"province:1", "Lai Châu", "Province", []any{
				query.Row{"post:a", "A Pa Chải", 12.5, []any{"x", "y"}, "post:a IN_PROVINCE province:1", "Lai Châu"},
				query.Row{"post:b", "Ba", nil, nil, "post:b IN_PROVINCE province:1", "Lai Châu"},
			}},
			query.Row{"province:2", "Sơn La", "Province", []any{}},
		},
		int64(4),
	}
	if got := q.answer(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestAQueryIsOneStatementWhateverItAsks(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	c := config(server)
	sent := 0
	c.OnStatement = func(string) { sent++ }
	s, err := neo4j.Open(t.Context(), c, m.Model)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	load(t, s, m)

	q := m.query()
	for range 5 {
		posts := list(q.walk(query.Step{Relationship: m.inProvince, Direction: query.In, To: types(m.post)}), byName, id,
			list(q.cited(query.Link, m.source), byName, name), &query.Count{Set: q.walk(query.Step{Relationship: m.inProvince, To: types(m.province)})})
		q.add(list(q.all(m.province), byName, id, posts))
		q.add(&query.Exists{Set: q.all(m.post)})
	}
	sent = 0
	if row := q.answer(t, s); len(row) != 10 || sent != 1 {
		t.Errorf("%d columns in %d statements", len(row), sent)
	}
}

func TestTextsOfTheCompilerAreStatementsWithoutWarnings(t *testing.T) {
	server := cleared(t)
	files, err := filepath.Glob("../cypher/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	// Not yet known in an empty database, or given with the query: no fault of the text.
	harmless := []string{"UnknownLabelWarning", "UnknownRelationshipTypeWarning", "UnknownPropertyKeyWarning", "ParameterNotProvided"}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range archive.Files {
			for _, warning := range server.Warnings(t, string(text.Data)) {
				if !slices.ContainsFunc(harmless, func(known string) bool { return strings.HasSuffix(warning, known) }) {
					t.Errorf("%s: %s", text.Name, warning)
				}
			}
		}
	}
}

func TestScopeIsOfBothTheRelationshipAndItsEnd(t *testing.T) {
	m, s := loaded(t)
	for _, c := range []struct {
		date  string
		time  query.Time
		posts []any
	}{
		{"2025-06-30", query.Possible, []any{"post:a", "post:b"}},
		{"2025-07-01", query.Possible, []any{"post:b"}}, // the relationship of post:a ended the day before
		{"2019-12-31", query.Possible, []any{"post:a"}}, // post:b begins in 2020
		{"2020-06-01", query.Certain, []any{"post:a"}},  // nobody knows on which day of 2020
		{"2020-12-31", query.Certain, []any{"post:a", "post:b"}},
		{"", query.AnyTime, []any{"post:a", "post:b"}},
	} {
		q := m.query()
		q.scope = &query.Scope{Time: c.time, Date: q.arg(c.date), Clearance: q.arg(int64(query.Secret))}
		posts := list(q.walk(query.Step{Relationship: m.inProvince, Direction: query.In, To: types(m.post)}), byName, id)
		q.add(list(q.byID("province:1"), nil, posts))
		if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, c.posts) {
			t.Errorf("%s %v: got %v, want %v", c.date, c.time, got, c.posts)
		}
	}
}

func TestALastingRelationshipOutlivesItsEnd(t *testing.T) {
	m, s := loaded(t)
	for r, want := range map[*query.Relationship][]any{m.succeeds: {"province:1"}, m.near: {}} {
		q := m.query()
		q.scope.Date = q.arg("2026-01-01") // province:1 ended in 2025
		q.add(list(q.byID("province:2"), nil, list(q.walk(query.Step{Relationship: r, To: types(m.province)}), byName, id)))
		if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", r.Name, got, want)
		}
	}
}

func TestWhatIsMarkedHigherDoesNotExist(t *testing.T) {
	m, s := loaded(t)
	for clearance, want := range map[query.Clearance][]any{query.Internal: {}, query.Confidential: {"unit:b", "unit:a"}} {
		q := m.query()
		q.scope.Clearance = q.arg(int64(clearance))
		q.add(list(q.all(m.unit), nil, list(q.walk(query.Step{Relationship: m.sameAs, Direction: query.Both, To: types(m.unit)}), byName, id)))
		if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %v, want %v", clearance, got, want)
		}
	}
}

func TestANodeWithoutAMarkingIsShownToNobody(t *testing.T) {
	m, s := loaded(t)
	neo4jtest.Start(t).Records(t, "MATCH (n:Unit {id: 'unit:a'}) REMOVE n.marking", nil)
	q := m.query()
	q.scope.Clearance = q.arg(int64(query.Secret))
	q.add(list(q.all(m.unit), byName, id))
	if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, []any{"unit:b"}) {
		t.Errorf("got %v", got)
	}
}

func TestPagesFollowEachOtherPastMissingValues(t *testing.T) {
	m, s := loaded(t)
	for _, descending := range []bool{false, true} {
		for _, backwards := range []bool{false, true} {
			order := []query.Key{{By: value(m.post, "lengthKm"), Descending: descending}, {By: id}}
			first := m.onePost(t, s, order, nil, backwards)
			second := m.onePost(t, s, order, first, backwards)
			none := m.onePost(t, s, order, second, backwards)
			if missingFirst := descending != backwards; (first[0] == nil) != missingFirst || (second[0] == nil) == missingFirst || none != nil {
				t.Errorf("descending %v, backwards %v: %v, %v, %v", descending, backwards, first, second, none)
			}
		}
	}
}

// onePost is the length and the id of the post that follows another in an order, or of the first one.
func (m *model) onePost(t *testing.T, s *neo4j.Store, order []query.Key, last query.Row, backwards bool) query.Row {
	t.Helper()
	q := m.query()
	l := list(q.all(m.post), order, value(m.post, "lengthKm"), id)
	l.Limit, l.Reverse = q.arg(int64(1)), backwards
	if last != nil {
		l.Beyond = &query.Keyset{Values: []query.Param{q.arg(last[0]), q.arg(last[1])}, Missing: []bool{last[0] == nil, false}, Before: backwards}
	}
	q.add(l)
	rows := q.answer(t, s)[0].([]any)
	if len(rows) == 0 {
		return nil
	}
	return rows[0].(query.Row)
}

func TestNegationIsTheExactComplementWhereValuesAreMissing(t *testing.T) {
	m, s := loaded(t)
	long := func(q *queryBuilder) query.Condition {
		return &query.Compare{Property: m.post.Property("lengthKm"), Operator: query.Greater, Value: q.arg(10.0)}
	}
	for want, negate := range map[string]bool{"post:a": false, "post:b": true} {
		q := m.query()
		posts := q.all(m.post)
		posts.Where = long(q)
		if negate {
			posts.Where = &query.Not{Condition: posts.Where}
		}
		q.add(list(posts, byName, id))
		if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, []any{want}) {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

func TestAChangeReplacesNodesAndRelationshipsOfTheSameIDs(t *testing.T) {
	m, s := loaded(t)
	apply(t, s, query.Records{
		Nodes: []query.NodeRecord{m.node(m.post, "post:a", "Renamed", nil)},
		Links: []query.LinkRecord{m.link(m.inProvince, "post:b", "province:1", "")},
	})
	q := m.query()
	sources := &query.Value{Of: query.Link, Property: query.LinkProperties[query.LinkFacts+query.FactSources]}
	inProvince := list(q.walk(query.Step{Relationship: m.inProvince, To: types(m.province)}), byName, id, sources)
	q.add(list(q.all(m.post), []query.Key{{By: id}}, id, name, value(m.post, "lengthKm"), inProvince))
	province := []any{query.Row{"province:1", nil}}
	want := query.Row{[]any{query.Row{"post:a", "Renamed", nil, province}, query.Row{"post:b", "Ba", nil, province}}}
	if got := q.answer(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAChangeThatFailsWritesNothing(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	s := open(t, server, m)
	load(t, s, m)
	before := everything(t, server)

	err := query.Write(t.Context(), s, &query.Change{Replace: true,
		Nodes: query.AddNodes([]query.NodeRecord{m.node(m.unit, "unit:c", "C", nil)}),
		Links: query.AddLinks([]query.LinkRecord{m.link(m.sameAs, "unit:c", "unit:nowhere", "")})})
	if err == nil || !strings.Contains(err.Error(), "unit:nowhere") {
		t.Errorf("the error is %v", err)
	}
	if after := everything(t, server); !reflect.DeepEqual(before, after) {
		t.Errorf("there was %v, there is %v", before, after)
	}
}

func TestReplaceRemovesTheGraphFirst(t *testing.T) {
	m, s := loaded(t)
	replace(t, s, m.node(m.unit, "unit:c", "C", nil))
	q := m.query()
	q.add(list(q.all(m.province, m.post, m.unit, m.source), byName, id))
	if got := flat(q.answer(t, s)[0]); !reflect.DeepEqual(got, []any{"unit:c"}) {
		t.Errorf("got %v", got)
	}
}

func TestADeadlineIsATimeout(t *testing.T) {
	m, s := loaded(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	q := m.query()
	q.add(list(q.all(m.post), byName, id))
	if _, err := s.Select(ctx, q.finished()); code(err) != query.Timeout {
		t.Errorf("the error is %v", err)
	}
}

func TestAServerThatIsGoneIsUnavailable(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	proxy := newProxy(t, server)
	c := config(server)
	c.URI = "bolt://" + proxy.address()
	s, err := neo4j.Open(t.Context(), c, m.Model)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	proxy.close()

	q := m.query()
	q.add(list(q.all(m.post), byName, id))
	_, err = s.Select(t.Context(), q.finished())
	var shown *query.Error
	if !errors.As(err, &shown) || shown.Code != query.Unavailable || strings.Contains(shown.Message, "127.0.0.1") {
		t.Errorf("the error is %v", err)
	}
	if err := s.Ready(t.Context()); code(err) != query.Unavailable {
		t.Errorf("Ready gives %v", err)
	}
}

func TestReadyWhileTheServerAnswers(t *testing.T) {
	if err := open(t, cleared(t), newModel("1")).Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func code(err error) string {
	var e *query.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint(err)
}

func TestStoresThatAreOpenedAtOnceMakeTheirIndexesTogether(t *testing.T) {
	server, m := cleared(t), newModel("1")
	for range 3 {
		server.DropIndexes(t)
		opened := make(chan error)
		for range 3 {
			go func() {
				s, err := neo4j.Open(t.Context(), config(server), m.Model)
				if err == nil {
					err = s.Close()
				}
				opened <- err
			}()
		}
		for range 3 {
			if err := <-opened; err != nil {
				t.Error(err)
			}
		}
	}
}
