package neo4j_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bordergraph/graph/cypher"
	"bordergraph/graph/query"
)

// synthesis is asked of the large graph beside what a person would write for the same: it may touch
// the database half as often again.
func (w *workload) synthesis() {
	w.groupsAgainstHand()
	w.timelineAgainstHand()
	for _, place := range []string{"bordersector:7", "foreignprovince:3", "country:0", "province:0"} {
		w.leadsAgainstHand(place)
	}
}

// query answers a query of one column.
func (w *workload) query(q *query.Query) side {
	answer := func() any {
		row, err := w.world.Store.Select(w.Context(), q)
		if err != nil {
			w.Fatal(err)
		}
		return row[0]
	}
	return side{answer, func() int64 { return w.hitsOf(q) }, asItIs}
}

// against holds a query to the best of what was written by hand for it.
func (w *workload) against(name string, q *query.Query, values map[string]any, byHand ...string) {
	w.Helper()
	best := slices.MinFunc(byHand, func(a, b string) int {
		return cmp.Compare(w.statement(a, values).hits(), w.statement(b, values).hits())
	})
	w.beside(name, w.query(q), w.statement(best, values), 1.5)
}

func (w *workload) hitsOf(q *query.Query) int64 {
	s := cypher.Compile(q)
	return w.server.Hits(w, s.Text, s.Arguments(q.Args))
}

// asked builds a query over the bundled schema, on one day, for one who sees what is public.
type asked struct {
	*queryBuilder
	model *query.Model
}

func (w *workload) asked() *asked {
	a := &asked{queryBuilder: &queryBuilder{}, model: w.world.API.Model}
	a.scope = &query.Scope{Date: a.arg(today), Clearance: a.arg(int64(query.Public))}
	return a
}

func (a *asked) one(c query.Column) *query.Query {
	a.add(c)
	return a.finished()
}

func (w *workload) groupsAgainstHand() {
	a := w.asked()
	twinning := a.model.Type("PostTwinning")
	on := a.model.Relationship("ON_BORDER", twinning, a.model.Type("LandBorder"))
	border := &query.First{Select: list(a.walk(query.Step{Relationship: on, To: on.To}), []query.Key{{By: id}, {By: linkID}}, id).Select}
	w.against("twinnings by status and border", a.one(a.groups(a.all(twinning), 100, value(twinning, "status"), border)), nil, `
MATCH (n:PostTwinning) WHERE inForce(n)
OPTIONAL MATCH (n)-[r:ON_BORDER]->(b:LandBorder) WHERE inForce(r) AND inForce(b)
WITH n.status AS status, b.id AS border, count(*) AS count
ORDER BY status, border LIMIT 100
RETURN collect([status, border, count])`)
}

// manyMoments are dates of the types of which the large graph has most, and of events.
func manyMoments(model *query.Model) []query.Moment {
	moment := func(nodeType, kind, date string) query.Moment {
		t := model.Type(nodeType)
		return query.Moment{Type: t, Kind: kind, Date: t.Property(date), Precision: t.Property(date + "Precision")}
	}
	return []query.Moment{
		moment("BorderPost", "BEGAN", "validFrom"), moment("CounterpartUnit", "BEGAN", "validFrom"), moment("PostTwinning", "TWINNED", "validFrom"),
		moment("Activity", "HELD", "startDate"), moment("Activity", "ENDED", "endDate"), moment("Agreement", "SIGNED", "signedOn"),
		moment("Document", "ISSUED", "issuedOn"), moment("BorderGate", "OPENED", "openedOn"),
	}
}

func (a *asked) moments() *query.List {
	return list(a.set(&query.Moments{Of: manyMoments(a.model)}), byMoment, momentDate, id, momentKind)
}

// timeline is five moments, after a position if there is one.
func (a *asked) timeline(after query.Row) *query.Query {
	l := a.moments()
	l.Limit = a.arg(int64(5))
	if after != nil {
		l.Beyond = &query.Keyset{Missing: make([]bool, len(after))}
	}
	for _, v := range after {
		l.Beyond.Values = append(l.Beyond.Values, a.arg(v))
	}
	return a.one(l)
}

func (w *workload) timelineAgainstHand() {
	w.Helper()
	a := w.asked()
	row, err := w.world.Store.Select(w.Context(), a.one(a.moments()))
	if err != nil {
		w.Fatal(err)
	}
	rows := row[0].([]any)
	deep := rows[5*2000-1].(query.Row)

	first, later := w.asked().timeline(nil), w.asked().timeline(deep)
	w.against("timeline, page 1", first, nil, timelineByHand(manyMoments(w.world.API.Model), ""))
	w.against("timeline, page 2,000", later, map[string]any{"from": deep[0], "id": deep[1]},
		timelineByHand(manyMoments(w.world.API.Model), " AND (n.%[1]s >= $from AND (n.%[1]s > $from OR n.id > $id))"))
	if near, far := w.hitsOf(w.asked().timeline(rows[4].(query.Row))), w.hitsOf(later); float64(far) > 1.2*float64(near) {
		w.Errorf("timeline, page 2: %d hits, page 2,000: %d", near, far)
	}
}

// timelineByHand takes the first of each kind, by the index of its date, and of all these the first.
func timelineByHand(moments []query.Moment, after string) string {
	branches := make([]string, len(moments))
	for i, m := range moments {
		beyond := after
		if after != "" {
			beyond = fmt.Sprintf(after, m.Date.Name)
		}
		branches[i] = fmt.Sprintf("MATCH (n:%s) WHERE n.%s IS NOT NULL AND n.id IS NOT NULL AND inForce(n)%s WITH n ORDER BY n.%[2]s, n.id LIMIT 5 RETURN n, n.%[2]s AS on, '%[4]s' AS kind",
			m.Type.Name, m.Date.Name, beyond, m.Kind)
	}
	return "CALL () {\n" + strings.Join(branches, "\nUNION ALL\n") + "\n}\nWITH n, on, kind ORDER BY on, n.id, kind LIMIT 5 RETURN collect([on, n.id, kind])"
}

// onward are relationships that say where something is.
var onward = []string{"IN_SECTOR", "IN_PROVINCE", "OF_BORDER", "VIETNAM_SIDE", "FOREIGN_SIDE", "IN_COUNTRY", "BETWEEN"}

func (a *asked) postsThatLeadTo(place string) *query.Set {
	leads := &query.Leads{To: a.arg([]any{place}), Steps: 4, Scope: a.scope}
	for _, r := range a.model.Relationships {
		if slices.Contains(onward, r.Name) {
			leads.Relationships = append(leads.Relationships, r)
		}
	}
	posts := a.all(a.model.Type("BorderPost"))
	posts.Where = leads
	return posts
}

// leadsAgainstHand holds one text for all places against the better of two for each: one goes from
// the posts, the other from the place.
func (w *workload) leadsAgainstHand(place string) {
	to := map[string]any{"to": []any{place}}
	a := w.asked()
	page := list(a.postsThatLeadTo(place), byName, id, name)
	page.Limit = a.arg(int64(20))
	const handPage, handCount = "\nWITH n ORDER BY n.name, n.id LIMIT 20 RETURN collect([n.id, n.name])", "\nRETURN count(n)"
	w.against("posts that lead to "+place, a.one(page), to, fromThePosts()+handPage, fromThePlace()+handPage)
	a = w.asked()
	w.against("how many lead to "+place, a.one(&query.Count{Set: a.postsThatLeadTo(place)}), to, fromThePosts()+handCount, fromThePlace()+handCount)
}

// there is what is asked of a relationship that leads on, and of its end, which may have ended where it is a side of a sector.
const there = "inForce(r) AND begun(b) AND (type(r) = 'VIETNAM_SIDE' OR inForce(b))"

func fromThePosts() string {
	return "MATCH (n:BorderPost) WHERE inForce(n) AND n.name IS NOT NULL AND EXISTS {\nMATCH (n) ((a)-[r:" + strings.Join(onward, "|") + "]->(b) WHERE " + there + "){0,4} (e) WHERE e.id IN $to }"
}

func fromThePlace() string {
	text := "MATCH (e:Node) WHERE e.id IN $to WITH collect(e) AS s0"
	for i := range 4 {
		text += fmt.Sprintf("\nWITH *, COLLECT { UNWIND s%d AS b WITH b WHERE begun(b) MATCH (b)<-[r:%s]-(a) WHERE %s RETURN DISTINCT a } AS s%d",
			i, strings.Join(onward, "|"), there, i+1)
	}
	return text + "\nUNWIND s0 + s1 + s2 + s3 + s4 AS x WITH DISTINCT x AS n WHERE n:BorderPost AND inForce(n)"
}
