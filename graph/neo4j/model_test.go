package neo4j_test

import (
	"io"
	"net"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// model is that of these tests: posts lie in provinces, units may be the same, sources prove.
type model struct {
	*query.Model
	province, post, unit, source       *query.Type
	inProvince, succeeds, near, sameAs *query.Relationship
}

func newModel(fingerprint string, changes ...func(*model)) *model {
	m := &model{
		province: &query.Type{Name: "Province", Labels: []string{"Province"}, Dated: true},
		post: &query.Type{Name: "Post", Labels: []string{"Post", "Place"}, Dated: true, Properties: []*query.Property{
			{Name: "lengthKm", Kind: query.Float}, {Name: "tags", Kind: query.String, List: true}}},
		unit:   &query.Type{Name: "Unit", Labels: []string{"Unit"}, Dated: true},
		source: &query.Type{Name: "Source", Labels: []string{"Source"}},
	}
	m.inProvince = &query.Relationship{Name: "IN_PROVINCE", From: types(m.post), To: types(m.province)}
	m.succeeds = &query.Relationship{Name: "SUCCEEDS", From: types(m.province), To: types(m.province), Lasting: true}
	m.near = &query.Relationship{Name: "NEAR", From: types(m.province), To: types(m.province)}
	m.sameAs = &query.Relationship{Name: "SAME_AS", From: types(m.unit), To: types(m.unit), Symmetric: true}
	m.Model = &query.Model{Types: types(m.province, m.post, m.unit, m.source),
		Relationships: []*query.Relationship{m.inProvince, m.succeeds, m.near, m.sameAs}}
	for _, change := range changes {
		change(m)
	}
	m.Model = query.NewModel(fingerprint, m.Types, m.Relationships)
	return m
}

func withoutLength(m *model) { m.post.Properties = m.post.Properties[1:] }

func withoutUnit(m *model) {
	m.Types = types(m.province, m.post, m.source)
	m.Relationships = m.Relationships[:3]
}

// graph is two provinces, the second of which follows the first, two posts in the first, two units, and a source.
func (m *model) graph() query.Records {
	ended := facts{query.FactValidTo: "2025-06-30", query.FactCertainTo: "2025-06-30", query.FactCertainFrom: "2000-01-01"}
	since2020 := facts{query.FactValidFrom: "2020-01-01", query.FactValidFromPrecision: "YEAR", query.FactCertainFrom: "2020-12-31"}
	certain := facts{query.FactCertainFrom: "2000-01-01", query.FactSources: []any{"source:1", "source:1"}}
	ended[query.FactValidToPrecision] = "DAY"

	postA, postB := m.node(m.post, "post:a", "A Pa Chải", certain), m.node(m.post, "post:b", "Ba", since2020)
	if length := m.post.Property("lengthKm"); length != nil {
		postA.Values[length.Index] = 12.5
	}
	postA.Values[m.post.Property("tags").Index] = []any{"x", "y"}
	inA := m.link(m.inProvince, "post:a", "province:1", "")
	inA.Values = withFacts(inA.Values, query.LinkFacts, ended)
	inB := m.link(m.inProvince, "post:b", "province:1", "")
	inB.Values = withFacts(inB.Values, query.LinkFacts, certain)
	unitsAreOne := m.link(m.sameAs, "unit:a", "unit:b", "")
	unitsAreOne.Values[query.LinkFacts+query.FactMarking] = int64(query.Confidential)

	province1 := m.node(m.province, "province:1", "Lai Châu", certain)
	province1.Values = withFacts(province1.Values, query.NodeFacts, facts{query.FactValidTo: "2025-12-31", query.FactValidToPrecision: "DAY"})
	return query.Records{
		Nodes: []query.NodeRecord{province1, m.node(m.province, "province:2", "Sơn La", certain), postA, postB,
			m.node(m.unit, "unit:a", "A", certain), m.node(m.unit, "unit:b", "B", certain), m.node(m.source, "source:1", "Source", nil)},
		Links: []query.LinkRecord{inA, inB, unitsAreOne,
			m.link(m.succeeds, "province:2", "province:1", ""), m.link(m.near, "province:2", "province:1", "")},
	}
}

// facts are some facts by position.
type facts map[int]any

func withFacts(values []any, first int, f facts) []any {
	for position, v := range f {
		values[first+position] = v
	}
	return values
}

func (m *model) node(t *query.Type, id, name string, f facts) query.NodeRecord {
	values := make([]any, len(t.Properties))
	values[query.NodeID], values[query.NodeName] = id, name
	for _, p := range []int{query.NodeNameTexts, query.NodeNameLanguages, query.NodeNameKinds, query.NodeNameSpelled, query.NodeNameFolded} {
		values[p] = []any{name}
	}
	values[query.NodeFacts+query.FactMarking] = int64(query.Public)
	return query.NodeRecord{Type: t, Values: withFacts(values, query.NodeFacts, f)}
}

// link has the id of its ends and its name, if none is given.
func (m *model) link(r *query.Relationship, from, to, id string) query.LinkRecord {
	if id == "" {
		id = from + " " + r.Name + " " + to
	}
	values := make([]any, len(r.Properties))
	values[query.LinkID], values[query.LinkFacts+query.FactMarking] = id, int64(query.Public)
	return query.LinkRecord{Relationship: r, From: from, To: to, Values: values}
}

func types(all ...*query.Type) []*query.Type { return all }

// config waits longer for an answer than a server would: that a plan is made anew for each statement, on a machine
// that is busy with other tests, is no fault.
func config(s neo4jtest.Server) neo4j.Config {
	return neo4j.Config{ReadTimeout: time.Minute, URI: s.URI, Username: s.Username, Password: s.Password, Database: s.Database}
}

func cleared(t *testing.T) neo4jtest.Server {
	t.Helper()
	server := neo4jtest.Start(t)
	server.Clear(t)
	return server
}

func open(t *testing.T, server neo4jtest.Server, m *model) *neo4j.Store {
	t.Helper()
	s, err := neo4j.Open(t.Context(), config(server), m.Model)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// apply writes records, whether those of their ids are there or not.
func apply(t *testing.T, s *neo4j.Store, r query.Records) {
	t.Helper()
	if err := storetest.Put(t.Context(), s, r.Nodes, r.Links); err != nil {
		t.Fatal(err)
	}
}

// load writes the graph of the model into an empty store.
func load(t *testing.T, s *neo4j.Store, m *model) {
	t.Helper()
	made := m.graph()
	write(t, s, &query.Change{Nodes: query.AddNodes(made.Nodes), Links: query.AddLinks(made.Links),
		Contents: &query.Contents{Dataset: "data", Schema: m.Fingerprint}})
}

// replace leaves some nodes only.
func replace(t *testing.T, s *neo4j.Store, nodes ...query.NodeRecord) {
	t.Helper()
	write(t, s, &query.Change{Replace: true, Nodes: query.AddNodes(nodes)})
}

func write(t *testing.T, s *neo4j.Store, c *query.Change) {
	t.Helper()
	if err := query.Write(t.Context(), s, c); err != nil {
		t.Fatal(err)
	}
}

// loaded is a store that holds the graph of the model.
func loaded(t *testing.T) (*model, *neo4j.Store) {
	t.Helper()
	m := newModel("1")
	s := open(t, cleared(t), m)
	load(t, s, m)
	return m, s
}

// everything is all nodes, relationships, constraints and indexes, in words.
func everything(t *testing.T, server neo4jtest.Server) []any {
	t.Helper()
	var all []any
	for _, text := range []string{
		"MATCH (n) RETURN labels(n), properties(n) ORDER BY n.id",
		"MATCH ()-[r]->() RETURN type(r), properties(r) ORDER BY r.id",
		"SHOW INDEXES YIELD name RETURN name ORDER BY name",
	} {
		for _, r := range server.Records(t, text, nil) {
			all = append(all, r.Values)
		}
	}
	return all
}

var (
	id       = &query.Value{Property: query.NodeProperties[query.NodeID]}
	name     = &query.Value{Property: query.NodeProperties[query.NodeName]}
	linkID   = &query.Value{Of: query.Link, Property: query.LinkProperties[query.LinkID]}
	typeName = &query.TypeName{}
	byName   = []query.Key{{By: name}, {By: id}}
)

func value(t *query.Type, property string) *query.Value {
	return &query.Value{Property: t.Property(property)}
}

// queryBuilder builds one query: by default on 2020-12-31, seen by one who may see everything.
type queryBuilder struct {
	query query.Query
	model *model
	scope *query.Scope
}

func (m *model) query() *queryBuilder {
	q := &queryBuilder{model: m}
	q.scope = &query.Scope{Date: q.arg("2020-12-31"), Clearance: q.arg(int64(query.Secret))}
	return q
}

func (q *queryBuilder) arg(v any) query.Param {
	q.query.Args = append(q.query.Args, v)
	return query.Param(len(q.query.Args) - 1)
}

func (q *queryBuilder) add(c query.Column) { q.query.Columns = append(q.query.Columns, c) }

func (q *queryBuilder) set(start query.Start) *query.Set {
	return &query.Set{Start: start, Scope: q.scope}
}

func (q *queryBuilder) all(t ...*query.Type) *query.Set { return q.set(&query.All{Types: t}) }

func (q *queryBuilder) byID(id string) *query.Set {
	return q.set(&query.ByID{Types: q.model.Types, IDs: q.arg([]any{id})})
}

func (q *queryBuilder) walk(steps ...query.Step) *query.Set {
	return q.set(&query.Walk{Steps: steps})
}

func (q *queryBuilder) cited(by query.Subject, t *query.Type) *query.Set {
	return q.set(&query.Cited{By: by, Types: types(t)})
}

func (q *queryBuilder) finished() *query.Query { return &q.query }

func (q *queryBuilder) answer(t *testing.T, s *neo4j.Store) query.Row {
	t.Helper()
	row, err := s.Select(t.Context(), q.finished())
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func list(s *query.Set, order []query.Key, columns ...query.Column) *query.List {
	return &query.List{Select: &query.Select{Set: s, Order: order, Limit: query.NoLimit, Columns: columns}}
}

// flat are the values of rows in rows.
func flat(v any) []any {
	rows, isList := v.([]any)
	if !isList {
		return []any{v}
	}
	all := []any{}
	for _, row := range rows {
		all = append(all, flat(row)...)
	}
	return slices.Clip(all)
}

// proxy stands between a store and the server, so that the server can be gone.
type proxy struct {
	listener net.Listener
	mu       sync.Mutex
	open     []net.Conn
	// severs, if set, cuts a connection instead of passing on the next answer, once.
	severs atomic.Bool
	// silent, if set, passes on nothing and closes nothing: so it is where a machine is lost.
	silent atomic.Bool
}

func newProxy(t *testing.T, server neo4jtest.Server) *proxy {
	target, err := url.Parse(server.URI)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listen(t)}
	t.Cleanup(p.close)
	go p.serve(target.Host)
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) serve(target string) {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", target)
		if err != nil {
			near.Close()
			return
		}
		p.mu.Lock()
		p.open = append(p.open, near, far)
		p.mu.Unlock()
		go p.answer(near, far)
		go p.pass(far, near)
	}
}

func (p *proxy) answer(near, far net.Conn) {
	defer near.Close()
	defer far.Close()
	p.pass(near, severing{far, &p.severs})
}

// severing is a connection of which the next answer is lost, and it with it, once that is asked for.
type severing struct {
	net.Conn
	severs *atomic.Bool
}

func (s severing) Read(buffer []byte) (int, error) {
	n, err := s.Conn.Read(buffer)
	if err == nil && s.severs.CompareAndSwap(true, false) {
		return 0, io.EOF
	}
	return n, err
}

// pass passes on what comes until either side is gone.
func (p *proxy) pass(to, from net.Conn) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if p.silent.Load() {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (p *proxy) close() {
	p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		c.Close()
	}
}
