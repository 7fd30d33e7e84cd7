package neo4j_test

import (
	"strings"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph/graph/cypher"
	"bordergraph/graph/storetest"
)

// besideHand is an operation of storetest.Measured beside Cypher that was written by hand for it, with the same scope.
type besideHand struct {
	name  string
	hand  string
	times float64 // the most database hits, as a multiple of those by hand
}

const (
	linkInForce = `r.marking <= 0 AND coalesce(r.validFrom <= '2026-01-15', true) AND coalesce('2026-01-15' <= r.validTo, true)`
	nodeInForce = `n.marking <= 0 AND coalesce(n.validFrom <= '2026-01-15', true) AND coalesce('2026-01-15' <= n.validTo, true)`
	step        = `(()-[r WHERE ` + linkInForce + `]-(n WHERE ` + nodeInForce + `))`
	overStep    = `-[r WHERE ` + linkInForce + `]-(n WHERE ` + nodeInForce + `)`
	linksAmong  = `RETURN [x IN nodes | [x.id, x.name, labels(x)]],
COLLECT { UNWIND nodes AS x MATCH (x)-[r WHERE ` + linkInForce + `]->(y) WHERE y IN nodes RETURN [r.id, type(r), x.id, y.id] }`
)

var besideHands = []besideHand{
	{"paths", `MATCH (a:Node {id: 'borderpost:11'}), (b:Node {id: 'borderpost:20012'})
MATCH p = SHORTEST 4 (a)` + step + `{1,6}(b)
RETURN [x IN nodes(p) | [x.id, x.name]], [r IN relationships(p) | [r.id, type(r), startNode(r).id, endNode(r).id]]`, 0.7},
	{"paths over a hub", `MATCH (a:Node {id: 'borderpost:0'}), (b:Node {id: 'borderpost:5'})
MATCH p = SHORTEST 4 (a)(()-[r:IN_PROVINCE WHERE ` + linkInForce + `]-(n WHERE ` + nodeInForce + `)){1,6}(b)
RETURN [x IN nodes(p) | [x.id, x.name]], [r IN relationships(p) | type(r)]`, 0.75},
	{"reachable", `MATCH (a:Node {id: 'borderpost:11'})
MATCH p = ANY SHORTEST (a)` + step + `{1,3}(m:CounterpartUnit)
WITH m, length(p) AS distance ORDER BY distance, m.name, m.id LIMIT 21
RETURN m.id, m.name, distance`, 0.4},
	{"graph", `MATCH (a:Node {id: 'borderpost:11'})
CALL (a) { MATCH p = ANY SHORTEST (a)` + step + `{1,2}(m) WHERE m <> a WITH a, m ORDER BY length(p), m.id LIMIT 199 WITH a, collect(m) AS others RETURN [a] + others AS nodes }
` + linksAmong, 1.15},
	{"graph around a hub", `MATCH (a:Node {id: 'province:0'})
CALL (a) { MATCH (a)` + overStep + ` WITH DISTINCT a, n ORDER BY n.id LIMIT 199 WITH a, collect(n) AS others RETURN [a] + others AS nodes }
` + linksAmong, 1.15},
	{"difference", differenceByHand, 1.15},
}

const differenceByHand = `WITH '2019-12-31' AS d1, '2024-12-31' AS d2
RETURN COLLECT { MATCH (n:PostTwinning) WHERE n.id IS NOT NULL AND n.marking <= 0
  AND coalesce(n.validFrom <= d2, true) AND coalesce(d2 <= n.validTo, true) AND NOT (coalesce(n.validFrom <= d1, true) AND coalesce(d1 <= n.validTo, true))
  WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] },
COLLECT { MATCH (n:PostTwinning) WHERE n.id IS NOT NULL AND n.marking <= 0
  AND coalesce(n.validFrom <= d1, true) AND coalesce(d1 <= n.validTo, true) AND NOT (coalesce(n.validFrom <= d2, true) AND coalesce(d2 <= n.validTo, true))
  WITH n ORDER BY n.id LIMIT 20 RETURN [n.id, n.name] },
COLLECT { MATCH (n:PostTwinning) WHERE n.id IS NOT NULL AND n.marking <= 0
  AND coalesce(n.validFrom <= d1, true) AND coalesce(d1 <= n.validTo, true) AND coalesce(n.validFrom <= d2, true) AND coalesce(d2 <= n.validTo, true)
  AND EXISTS { MATCH (n)-[r]-(m) WHERE r.marking <= 0 AND m.marking <= 0
    AND (coalesce(r.validFrom <= d1, true) AND coalesce(d1 <= r.validTo, true) AND coalesce(m.validFrom <= d1, true) AND coalesce(d1 <= m.validTo, true))
     <> (coalesce(r.validFrom <= d2, true) AND coalesce(d2 <= r.validTo, true) AND coalesce(m.validFrom <= d2, true) AND coalesce(d2 <= m.validTo, true)) }
  WITH n ORDER BY n.id LIMIT 20
  RETURN [n.id, COLLECT { MATCH (n)-[r]-(m) WHERE r.marking <= 0 AND m.marking <= 0
    AND (coalesce(r.validFrom <= d1, true) AND coalesce(d1 <= r.validTo, true) AND coalesce(m.validFrom <= d1, true) AND coalesce(d1 <= m.validTo, true))
     <> (coalesce(r.validFrom <= d2, true) AND coalesce(d2 <= r.validTo, true) AND coalesce(m.validFrom <= d2, true) AND coalesce(d2 <= m.validTo, true))
    WITH r, m ORDER BY m.id, r.id LIMIT 10 RETURN [type(r), m.id] }] }`

// besideHandWritten holds what goes from object to object, and what compares two days, to the hits of
// statements written by hand, and tells how long each takes, in one run:
//
//	go test ./graph/neo4j -run '^TestGatesOnALargeGraph$' -v
func (w *workload) besideHandWritten() {
	for _, b := range besideHands {
		hits := w.hitsOfAll(b.name)
		byHand := w.server.Hits(w, b.hand, nil)
		took, tookByHand := w.fastest(func() { w.answer(b.name) }), w.fastest(func() { w.byHand(b.hand) })
		w.Logf("%s: %d hits in %d statements, %d by hand (%.2f); %v, %v by hand (%.2f)",
			b.name, hits, len(w.sent), byHand, float64(hits)/float64(byHand), took, tookByHand, float64(took)/float64(tookByHand))
		if float64(hits) > b.times*float64(byHand) {
			w.Errorf("%s: %d hits, by hand %d", b.name, hits, byHand)
		}
	}
}

// hitsOfAll are those of all statements that answer an operation.
func (w *workload) hitsOfAll(name string) int64 {
	w.Helper()
	w.answer(name)
	var hits int64
	for _, asked := range w.world.Asked {
		s := cypher.Compile(asked)
		hits += w.server.Hits(w, s.Text, s.Arguments(asked.Args))
	}
	return hits
}

// answer answers an operation, in as many statements as it takes.
func (w *workload) answer(name string) {
	w.Helper()
	w.sent = nil
	answer, err := w.world.Ask(w.Context(), storetest.Question{Operation: storetest.Measured[name], Today: "2026-01-15"})
	if err != nil || strings.Contains(string(answer), `"errors"`) {
		w.Fatalf("%v: %s", err, answer)
	}
}

// byHand answers a statement that was written by hand.
func (w *workload) byHand(text string) {
	w.Helper()
	session := w.hand.NewSession(w.Context(), driver.SessionConfig{AccessMode: driver.AccessModeRead, FetchSize: driver.FetchAll})
	defer session.Close(w.Context())
	result, err := session.Run(w.Context(), text, nil)
	if err == nil {
		_, err = result.Collect(w.Context())
	}
	if err != nil {
		w.Fatalf("%v\n%s", err, text)
	}
}

// fastest is the shortest of some rounds: what else the machine does only adds to it.
func (w *workload) fastest(do func()) time.Duration {
	do()
	least := time.Hour
	for range 15 {
		start := time.Now()
		do()
		least = min(least, time.Since(start))
	}
	return least
}
