package bench

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

type object = map[string]any

// unit is a counterpart unit with relationships to objects of the large graph.
type unit struct {
	node  record.Node
	links []record.Link
}

// units makes units.
type units struct {
	b     *testing.B
	model *query.Model
	ends  map[string][]string // by type, the ids of what may be changed and related to
}

func newUnits(b *testing.B, model *query.Model, large query.Records) *units {
	u := &units{b, model, map[string][]string{}}
	hidden, tied := map[string]bool{}, map[string]bool{} // what not everybody may see, and what is tied to it
	for _, n := range large.Nodes {
		hidden[n.ID()] = !public(n.Values[query.NodeFacts:])
	}
	for _, l := range large.Links {
		tied[l.From] = tied[l.From] || hidden[l.To] || !public(l.Values[query.LinkFacts:])
	}
	for _, n := range large.Nodes {
		if !hidden[n.ID()] && !tied[n.ID()] && n.Values[query.NodeFacts+query.FactValidTo] == nil {
			u.ends[n.Type.Name] = append(u.ends[n.Type.Name], n.ID())
		}
	}
	return u
}

func public(facts []any) bool { return facts[query.FactMarking] == int64(query.Public) }

// relationships are those that a unit is given, under the names of both APIs.
var relationships = []struct{ field, name, end string }{
	{"country", "IN_COUNTRY", "Country"},
	{"province", "IN_PROVINCE", "ForeignProvince"},
	{"sectors", "IN_SECTOR", "BorderSector"},
	{"sectors", "IN_SECTOR", "BorderSector"},
	{"partOf", "PART_OF", "CounterpartUnit"},
	{"possiblySameAs", "POSSIBLY_SAME_AS", "CounterpartUnit"},
}

// unit is a number's unit with so many relationships under an id: always the same but for the id.
func (u *units) unit(number, links int, id string) unit {
	facts := record.Facts{Confidence: "HIGH", Sources: []string{u.ends["Source"][number%100]}}
	made := unit{node: record.Node{
		ID: id, Type: "CounterpartUnit", Facts: facts, Properties: object{"kind": "BORDER_COMPANY", "station": "Bản Chắt"},
		Names: []record.Name{{Lang: "vi", Text: fmt.Sprint("Đại đội ", number), Kind: "MAIN"}},
	}}
	random := rand.New(rand.NewPCG(uint64(number), 1))
	for _, r := range relationships[:links] {
		link := record.Link{From: id, Type: r.name, Facts: facts}
		for link.To == "" || slices.ContainsFunc(made.links, func(l record.Link) bool { return l.To == link.To }) {
			link.To = u.ends[r.end][random.IntN(len(u.ends[r.end]))]
		}
		if r.field == "sectors" {
			link.Properties = object{"basis": "STATED"}
		}
		made.links = append(made.links, link)
	}
	return made
}

// records are what is stored of a unit.
func (u *units) records(made unit) (query.NodeRecord, []query.LinkRecord) {
	node, problems := record.NewNode(u.model, made.node)
	links := make([]query.LinkRecord, len(made.links))
	for i, l := range made.links {
		link, more := record.NewLink(u.model, l, node.Type, u.model.Type(relationships[i].end))
		links[i], problems = link, append(problems, more...)
	}
	if len(problems) > 0 {
		u.b.Fatal(problems)
	}
	return node, links
}

// ours is a unit as bordergraph takes it.
func (u *units) ours(made unit) object {
	given := object{"id": made.node.ID, "facts": factsOf(made.node.Facts), "names": []object{{"text": made.node.Names[0].Text, "language": "VI"}}}
	maps.Copy(given, made.node.Properties)
	for i, l := range made.links {
		to := object{"to": l.To, "facts": factsOf(l.Facts)}
		maps.Copy(to, l.Properties)
		relate(given, relationships[i].field, "set", to)
	}
	return given
}

func factsOf(facts record.Facts) object {
	return object{"confidence": facts.Confidence, "sources": facts.Sources}
}

// theirs is a unit as the peer takes it: with all that is stored.
func (u *units) theirs(made unit) object {
	node, links := u.records(made)
	given := named(node.Type.Properties, node.Values)
	for i, l := range links {
		relate(given, relationships[i].field, "connect", connection(l))
	}
	return given
}

// connection is a relationship as the peer takes it.
func connection(l query.LinkRecord) object {
	return object{"where": object{"node": object{"id": object{"eq": l.To}}}, "edge": named(l.Relationship.Properties, l.Values)}
}

// relate adds one more relationship to a field of an input.
func relate(given object, field, how string, link object) {
	links, more := given[field].(object)
	if !more {
		links = object{}
		given[field] = links
	}
	all, _ := links[how].([]object)
	links[how] = append(all, link)
}

func named(properties []*query.Property, values []any) object {
	named := object{}
	for i, p := range properties {
		if values[i] != nil {
			named[p.Name] = values[i]
		}
	}
	return named
}
