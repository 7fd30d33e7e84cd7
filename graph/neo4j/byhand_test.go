package neo4j_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// besideHand is an operation beside Cypher that was written by hand for it, with the same Scope: the file in
// testdata/byhand of its name. The operation is that of storetest.Measured, or else a file beside the Cypher.
type besideHand struct {
	name  string
	times float64 // the most database hits, as a multiple of those by hand
	// compared is what must be the same of both answers; all of them if it is nil.
	compared func(any) any
}

var besideHands = []besideHand{
	{"paths", 0.7, lengths},
	{"paths over a hub", 0.75, nil},
	{"reachable", 0.4, nil},
	{"graph", 1.15, nil},
	{"graph around a hub", 1.15, nil},
	{"difference", 1.15, nil},
	{"meeting card", 1.45, nil},
	{"overview of a border", 1.15, nil},
	{"overview of a country", 1.2, nil},
	{"overview of a province", 1.2, nil},
	{"overview of a sector", 1.2, nil},
	{"overview of a partner", 1.15, nil},
	{"gaps", 1.25, nil},
	{"coverage", 1.1, nil},
}

// lengths are those of paths, and whether there are more: which of equally long paths come by hand is up to Neo4j.
func lengths(answer any) any {
	more, paths := answer.([]any)[0], answer.([]any)[1].([]any)
	said := []any{more}
	for _, path := range paths {
		said = append(said, path.([]any)[0])
	}
	return said
}

// besideHandWritten holds operations to what was written by hand for the same, and tells how long each takes, in
// one run:
//
//	go test ./graph/neo4j -run '^TestGatesOnALargeGraph$' -v
func (w *workload) besideHandWritten() {
	for _, b := range besideHands {
		file := strings.ReplaceAll(b.name, " ", "-")
		operation, measured := storetest.Measured[b.name]
		if !measured {
			operation = readByHand(w, file+".graphql")
		}
		ours, hand := w.operation(operation), w.statement(readByHand(w, file+".cypher"), nil)
		if b.compared != nil {
			ours, hand = ours.only(b.compared), hand.only(b.compared)
		}
		w.beside(b.name, ours, hand, b.times)
	}
}

func readByHand(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "byhand", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// inShort is what Cypher by hand says in short, of the variable x.
var inShort = map[string]string{
	// The Scope of a fact, and of the end of a relationship that lasts.
	"inForce": "x.marking <= $clearance AND coalesce(x.validFrom <= $date, true) AND coalesce($date <= x.validTo, true)",
	"begun":   "x.marking <= $clearance AND coalesce(x.validFrom <= $date, true)",
	// facts { validFrom statedOn inForce }
	"facts": `[x.validFrom, x.statedOn, CASE WHEN x.certainFrom <= $date AND coalesce($date <= x.certainTo, true) THEN 'CERTAIN'
		WHEN coalesce(x.validFrom <= $date, true) AND coalesce($date <= x.validTo, true) THEN 'POSSIBLE' ELSE 'NO' END]`,
	// facts: {sources: {independent: {lte: 1}}}: of one source nothing need be read.
	"restsOnOne": `CASE WHEN size(x.sources) <= 1 THEN true ELSE COUNT {
		MATCH (source:Source) WHERE source.id IN x.sources AND source.marking <= $clearance
		OPTIONAL MATCH (source) (()-[copies:COPY_OF]->(copied) WHERE copies.marking <= $clearance AND copied.marking <= $clearance){1,8} (first)
		WHERE NOT EXISTS { MATCH (first)-[further:COPY_OF]->(other) WHERE further.marking <= $clearance AND other.marking <= $clearance }
		RETURN DISTINCT coalesce(first, source) } <= 1 END`,
}

var (
	short    = regexp.MustCompile(`\b(inForce|begun|facts|restsOnOne)\((\w+)\)`)
	variable = regexp.MustCompile(`\bx\b`)
)

// writtenOut is Cypher by hand as Neo4j takes it.
func writtenOut(text string) string {
	return short.ReplaceAllStringFunc(text, func(said string) string {
		parts := short.FindStringSubmatch(said)
		return "(" + variable.ReplaceAllString(inShort[parts[1]], parts[2]) + ")"
	})
}

// side is one of two that answer the same: ours, or what was written by hand.
type side struct {
	answer func() any
	hits   func() int64
	// said is what is compared of an answer.
	said func(answer any) any
}

func asItIs(answer any) any { return answer }

func (s side) only(compared func(any) any) side {
	return side{s.answer, s.hits, func(answer any) any { return compared(s.said(answer)) }}
}

// empty is a list without members.
var empty = regexp.MustCompile(`"(nodes|paths)":\[\]|"totalCount":0\b`)

// operation answers a GraphQL operation, in as many statements as it takes.
func (w *workload) operation(text string) side {
	ask := func() any {
		answer, err := w.world.Ask(w.Context(), storetest.Question{Operation: text, Today: today})
		if err != nil || strings.Contains(string(answer), `"errors"`) {
			w.Fatalf("%v: %s", err, answer)
		}
		return answer
	}
	hits := func() int64 {
		ask()
		var all int64
		for _, q := range w.world.Asked {
			all += w.hitsOf(q)
		}
		return all
	}
	said := func(answer any) any {
		if empty.Match(answer.([]byte)) {
			w.Errorf("%s\nanswers a list of nothing, which compares nothing: %s", text, answer)
		}
		return positions(w, answer.([]byte))
	}
	return side{ask, hits, said}
}

// statement answers Cypher that was written by hand, by the one value of its one record.
func (w *workload) statement(text string, values map[string]any) side {
	text = writtenOut(text)
	all := scoped(values)
	return side{func() any { return w.byHand(text, all) }, func() int64 { return w.server.Hits(w, text, all) }, asItIs}
}

func (w *workload) byHand(text string, values map[string]any) any {
	session := w.hand.NewSession(w.Context(), driver.SessionConfig{AccessMode: driver.AccessModeRead, FetchSize: driver.FetchAll})
	defer session.Close(w.Context())
	result, err := session.Run(w.Context(), text, values)
	if err != nil {
		w.Fatalf("%v\n%s", err, text)
	}
	record, err := result.Single(w.Context())
	if err != nil {
		w.Fatalf("%v\n%s", err, text)
	}
	return record.Values[0]
}

// beside compares what two answer and how often they touch the database for it. It tells how long they take, at
// first, with a plan yet to be made, and then.
func (w *workload) beside(name string, ours, hand side, times float64) {
	w.Helper()
	var answer, handAnswer any
	first, firstByHand := took(func() { answer = ours.answer() }), took(func() { handAnswer = hand.answer() })
	if ours, hand := asText(w, ours.said(answer)), asText(w, hand.said(handAnswer)); ours != hand {
		w.Errorf("%s answers\n%s\nby hand\n%s", name, ours, hand)
	}
	again, againByHand := fastest(ours, hand)
	hits, hitsByHand := ours.hits(), hand.hits()
	w.Logf("%s: %d hits, %d by hand (%.2f); %v, %v by hand (%.2f); at first %v, %v by hand",
		name, hits, hitsByHand, float64(hits)/float64(hitsByHand), again, againByHand, float64(again)/float64(againByHand), first, firstByHand)
	if float64(hits) > times*float64(hitsByHand) {
		w.Errorf("%s: %d hits, want at most %v times the %d by hand", name, hits, times, hitsByHand)
	}
}

func took(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start).Round(10 * time.Microsecond)
}

// fastest is the shortest of many rounds of either, fewer if they are long: what else the machine does only adds to
// it, to both alike, as they take turns.
func fastest(ours, hand side) (least, leastByHand time.Duration) {
	least, leastByHand = time.Hour, time.Hour
	start := time.Now()
	for range 100 {
		least = min(least, took(func() { ours.answer() }))
		leastByHand = min(leastByHand, took(func() { hand.answer() }))
		if time.Since(start) > 2*time.Second {
			break
		}
	}
	return least, leastByHand
}

func asText(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// positions is what an answer says without its names: an object is the list of its values, in their order, and
// an object of one value is that value.
func positions(t testing.TB, answer []byte) any {
	t.Helper()
	said, err := positionsOf(json.NewDecoder(bytes.NewReader(answer)))
	if err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	return said
}

func positionsOf(d *json.Decoder) (any, error) {
	token, err := d.Token()
	opened, nested := token.(json.Delim)
	if err != nil || !nested {
		return token, err
	}
	values := []any{}
	for d.More() {
		if opened == '{' {
			if _, err := d.Token(); err != nil {
				return nil, err
			}
		}
		value, err := positionsOf(d)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	if opened == '{' && len(values) == 1 {
		return values[0], closed(d)
	}
	return values, closed(d)
}

func closed(d *json.Decoder) error {
	_, err := d.Token()
	return err
}

// today is the day on which the large graph is asked.
const today = "2026-01-15"

// scoped are values with those of the Scope, on that day, for one who sees what is public.
func scoped(values map[string]any) map[string]any {
	all := map[string]any{"date": today, "clearance": int64(query.Public)}
	for name, value := range values {
		all[name] = value
	}
	return all
}
