package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// The values that random graphs are made of and random operations ask for. There are few, so that
// they meet: days lie on both sides of the bounds of months and years, names differ by marks,
// dashes and case only.
var (
	days    = []string{"2019-12-31", "2020-01-01", "2020-06-30", "2020-07-01", "2020-12-31", "2021-01-01", "2021-06-15"}
	texts   = []string{"Đồn Nậm Cắn", "Don Nam Can", "đồn nậm càn", "Bến Đò – Chợ", "ben-do", "Z", "a", "á", "ຄ້າຍ ດ"}
	numbers = []int64{-2, 0, 1, 2, 2147483647}
	floats  = []float64{-1.5, 0, 0.1, 1, 1e21}
)

// random makes graphs and operations; all of it follows from its seed.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 0))} }

func pick[T any](r random, from []T) T { return from[r.IntN(len(from))] }

// oneIn is true once in so many times.
func (r random) oneIn(n int) bool { return r.IntN(n) == 0 }

// graph makes a small graph in which whatever the schema allows may happen.
func (r random) graph(t *testing.T, model *query.Model) query.Records {
	var made query.Records
	for _, typ := range model.Types {
		for i := range 2 + r.IntN(6) {
			node, problems := record.NewNode(model, r.node(typ, nodeID(typ, i)))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			made.Nodes = append(made.Nodes, node)
		}
	}
	known := map[any]bool{}
	for _, relationship := range model.Relationships {
		for range r.IntN(40) {
			link := r.link(t, model, relationship, made.Nodes)
			id := link.Values[query.LinkID]
			if known[id] || len(record.CheckToOne(append(made.Links[:len(made.Links):len(made.Links)], link))) > 0 {
				continue
			}
			known[id] = true
			made.Links = append(made.Links, link)
		}
	}
	return made
}

func nodeID(t *query.Type, i int) string { return fmt.Sprintf("%s:%d", strings.ToLower(t.Name), i) }

func (r random) node(t *query.Type, id string) record.Node {
	n := record.Node{ID: id, Type: t.Name, Facts: r.facts(), Properties: r.properties(t.Properties[len(query.NodeProperties):])}
	for i, language := range []string{"vi", "en", "lo"}[:1+r.IntN(3)] {
		kind := "MAIN"
		if i > 0 && r.oneIn(2) {
			kind = pick(r, []string{"ALIAS", "FORMER", "TRANSLITERATION"})
		}
		n.Names = append(n.Names, record.Name{Lang: language, Text: pick(r, texts), Kind: kind})
	}
	return n
}

func (r random) link(t *testing.T, model *query.Model, relationship *query.Relationship, nodes []query.NodeRecord) query.LinkRecord {
	from, to := r.end(relationship.From, nodes), r.end(relationship.To, nodes)
	link, problems := record.NewLink(model, record.Link{
		From: from.Values[query.NodeID].(string), Type: relationship.Name, To: to.Values[query.NodeID].(string),
		Facts: r.facts(), Properties: r.properties(relationship.Properties[len(query.LinkProperties):]),
	}, from.Type, to.Type)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return link
}

func (r random) end(types []*query.Type, nodes []query.NodeRecord) query.NodeRecord {
	t := pick(r, types)
	var ofType []query.NodeRecord
	for _, n := range nodes {
		if n.Type == t {
			ofType = append(ofType, n)
		}
	}
	return pick(r, ofType)
}

func (r random) facts() record.Facts {
	var f record.Facts
	f.StatedOn, f.StatedOnPrecision = r.period(false)
	if r.oneIn(2) {
		f.ValidFrom, f.ValidFromPrecision = r.period(false)
		f.ValidTo, f.ValidToPrecision = r.period(true)
	}
	if f.ValidTo < f.ValidFrom {
		f.ValidTo, f.ValidToPrecision = "", ""
	}
	if r.oneIn(4) {
		f.Marking = pick(r, query.Clearances)
	}
	if !r.oneIn(3) {
		f.Confidence = pick(r, []string{"HIGH", "MEDIUM", "LOW"})
	}
	for i := range r.IntN(3) {
		f.Sources = append(f.Sources, fmt.Sprintf("source:%d", i)) // of which some may not exist
	}
	return f
}

// period is the first or last day of a period and the precision that says which period; often none.
func (r random) period(last bool) (date, precision string) {
	if r.oneIn(2) {
		return "", ""
	}
	return r.exactly(last)
}

// exactly is the first or last day of a period and the precision that says which period.
func (r random) exactly(last bool) (date, precision string) {
	day, _ := time.Parse(time.DateOnly, pick(r, days))
	year, month := time.Date(day.Year(), 1, 1, 0, 0, 0, 0, time.UTC), time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
	if last {
		year, month = year.AddDate(1, 0, -1), month.AddDate(0, 1, -1)
	}
	switch precision = pick(r, []string{"DAY", "MONTH", "YEAR", "UNKNOWN"}); precision {
	case "MONTH":
		day = month
	case "YEAR":
		day = year
	}
	return day.Format(time.DateOnly), precision
}

func (r random) properties(properties []*query.Property) map[string]any {
	values := map[string]any{}
	for _, p := range properties {
		if _, set := values[p.Name]; !set && (p.Required || !r.oneIn(3)) {
			values[p.Name] = r.value(p)
		}
	}
	for name := range values { // a precision goes with a date
		if date, is := strings.CutSuffix(name, "Precision"); is {
			values[date], values[name] = r.exactly(false)
		} else if hasProperty(properties, name+"Precision") {
			values[name+"Precision"] = "DAY"
		}
	}
	return values
}

func hasProperty(properties []*query.Property, name string) bool {
	for _, p := range properties {
		if p.Name == name {
			return true
		}
	}
	return false
}

func (r random) value(p *query.Property) any {
	if !p.List {
		return r.single(p)
	}
	list := []any{}
	for range r.IntN(3) {
		list = append(list, r.single(p))
	}
	return list
}

func (r random) single(p *query.Property) any {
	switch p.Kind {
	case query.Int:
		return pick(r, numbers)
	case query.Float:
		return pick(r, floats)
	case query.Boolean:
		return r.oneIn(2)
	case query.Date:
		return pick(r, days)
	case query.Enum:
		return pick(r, p.Values)
	}
	return pick(r, texts)
}

// cleared is what is left of a graph of all that is marked above a clearance: without the nodes,
// without the links of which an end or themselves are marked, and without the citations.
func cleared(graph query.Records, clearance query.Clearance) (left query.Records) {
	kept := map[any]bool{}
	for _, n := range graph.Nodes {
		if n.Values[query.NodeFacts+query.FactMarking].(int64) <= int64(clearance) {
			kept[n.Values[query.NodeID]] = true
			left.Nodes = append(left.Nodes, n)
		}
	}
	for _, l := range graph.Links {
		if l.Values[query.LinkFacts+query.FactMarking].(int64) <= int64(clearance) && kept[l.From] && kept[l.To] {
			left.Links = append(left.Links, l)
		}
	}
	for i := range left.Nodes {
		left.Nodes[i].Values = citing(left.Nodes[i].Values, query.NodeFacts+query.FactSources, kept)
	}
	for i := range left.Links {
		left.Links[i].Values = citing(left.Links[i].Values, query.LinkFacts+query.FactSources, kept)
	}
	return left
}

// citing is a copy of values in which only what is kept is cited.
func citing(values []any, position int, kept map[any]bool) []any {
	values = append([]any(nil), values...)
	sources, _ := values[position].([]any)
	values[position] = nil
	var left []any
	for _, id := range sources {
		if kept[id] {
			left = append(left, id)
		}
	}
	if len(left) > 0 {
		values[position] = left
	}
	return values
}
