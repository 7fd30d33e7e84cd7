package bench

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

// What @neo4j/graphql and bordergraph do per second, in turn, on one Neo4j. 0.0 is no answer within five minutes,
// as the peer has for the last row:
//
//	make peer
func BenchmarkAgainstThePeer(b *testing.B) {
	c := newComparison(b)
	c.sameIsStored()
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\nper second\tpeer\tbordergraph\tratio\t")
	row := func(name string, theirs, ours, each float64) {
		fmt.Fprintf(table, "%s\t%.1f\t%.1f\t%.2f\t\n", name, theirs*each, ours*each, ours/theirs)
	}
	for _, p := range []pair{
		c.point(), c.list(),
		c.creates("object with 6 relationships, one by one", 1, 6, 1),
		c.creates("the same on 16 connections", 1, 6, 16),
		c.updates("update of a field, one by one", 1, c.station),
		c.updates("the same on 16 connections", 16, c.station),
		c.updates("move to another province, one by one", 1, c.province),
	} {
		p.inTurn(1) // so that Node.js, Java and Neo4j have compiled what they run
		theirs, ours := p.inTurn(rounds)
		row(p.name, theirs, ours, 1)
	}
	few, many := c.creates("objects, 100 with 600 relationships in a request", 100, 6, 1), c.creates("objects, 500 with 3,000 relationships in a request", 500, 6, 1)
	theirs, ours := few.first()
	row(few.name+", first time", theirs, ours, 100)
	theirs, ours = few.inTurn(rounds)
	row("the same again", theirs, ours, 100)
	theirs, ours = c.imports(2000, 100)
	row("objects with 6 relationships, import of 2,000", theirs, ours, 2000)
	theirs, ours = many.first()
	row(many.name+", first time", theirs, ours, 500)
	table.Flush() // before what may fail: the peer keeps Neo4j busy long after it was to have answered
	c.allIsThere()
}

// comparison is of two servers on one Neo4j that holds the large graph.
type comparison struct {
	b            *testing.B
	neo4j        neo4jtest.Server
	settings     []string
	program      string
	theirs, ours string // addresses
	units        *units
	last         atomic.Int64 // number of a unit
}

func newComparison(b *testing.B) *comparison {
	api, large := storetest.BundledLarge(b)
	c := &comparison{b: b, neo4j: neo4jtest.Start(b), settings: loaded(b), program: built(b, "bordergraph/server"), units: newUnits(b, api.Model, large)}
	c.ours = start(b, c.settings, c.program) + "/graphql"
	c.theirs = start(b, append(c.settings, "NODE_ENV=production"), "node", filepath.Join("peer", "server.js"))
	return c
}

// pair is one operation of both, each with variables of its own each time.
func (c *comparison) pair(name string, connections int, theirs, ours func() request) pair {
	return pair{name,
		newLoad(c.b, connections, c.theirs, func() []byte { return encoded(theirs()) }),
		newLoad(c.b, connections, c.ours, func() []byte { return encoded(ours()) })}
}

const (
	theirCreate = `mutation($units: [CounterpartUnitCreateInput!]!) { createCounterpartUnits(input: $units) { counterpartUnits { id } } }`
	ourSave     = `mutation($units: [CounterpartUnitInput!]!) { saveCounterpartUnits(objects: $units) { id } }`
	theirUpdate = `mutation($id: ID!, $update: CounterpartUnitUpdateInput!) { updateCounterpartUnits(where: {id: {eq: $id}}, update: $update) { counterpartUnits { id } } }`
)

// creates makes new units in one request.
func (c *comparison) creates(name string, objects, links, connections int) pair {
	return c.pair(name, connections,
		func() request {
			return request{theirCreate, object{"units": c.inputs("theirs", objects, links, c.units.theirs)}}
		},
		func() request {
			return request{ourSave, object{"units": c.inputs("ours", objects, links, c.units.ours)}}
		})
}

func (c *comparison) inputs(whose string, objects, links int, of func(unit) object) (inputs []object) {
	for _, made := range c.newUnits(whose, objects, links) {
		inputs = append(inputs, of(made))
	}
	return inputs
}

func (c *comparison) newUnits(whose string, objects, links int) (made []unit) {
	for range objects {
		made = append(made, c.unit(int(c.last.Add(1)), links, whose))
	}
	return made
}

func (c *comparison) unit(number, links int, whose string) unit {
	return c.units.unit(number, links, fmt.Sprintf("unit:%s-%d-%d", whose, links, number))
}

// updates changes one unit of the large graph. The peer has no upsert: it updates what it finds.
func (c *comparison) updates(name string, connections int, to func(id string) (theirs, ours object)) pair {
	next := func() string {
		ids := c.units.ends["CounterpartUnit"]
		return ids[int(c.last.Add(1))%len(ids)]
	}
	return c.pair(name, connections,
		func() request {
			id := next()
			theirs, _ := to(id)
			return request{theirUpdate, object{"id": id, "update": theirs}}
		},
		func() request {
			id := next()
			_, ours := to(id)
			ours["id"] = id
			return request{ourSave, object{"units": []object{ours}}}
		})
}

func (c *comparison) station(string) (theirs, ours object) {
	station := fmt.Sprint("Bản ", c.last.Load())
	return object{"station": object{"set": station}}, object{"station": station}
}

func (c *comparison) province(id string) (theirs, ours object) {
	made := c.units.unit(int(c.last.Load()), len(relationships), id)
	_, links := c.units.records(made)
	for i, r := range relationships {
		if r.field == "province" {
			theirs = object{"province": []object{{"disconnect": []object{{}}, "connect": []object{connection(links[i])}}}}
			ours = object{"province": object{"set": []object{{"to": links[i].To, "facts": factsOf(made.links[i].Facts)}}}}
		}
	}
	return theirs, ours
}

func (c *comparison) point() pair {
	id := object{"id": c.units.ends["CounterpartUnit"][0]}
	p := c.pair("point, on 16 connections", 16,
		func() request {
			return request{`query($id: ID!) { counterpartUnits(where: {id: {eq: $id}, marking: {lte: 0}}) { id name } }`, id}
		},
		func() request { return request{`query($id: ID!) { counterpartUnit(id: $id) { id name } }`, id} })
	theirs, ours := p.theirs.data("counterpartUnits").([]any)[0], p.ours.data("counterpartUnit")
	c.equal(p.name, theirs, ours)
	return p
}

// today is within no year of the large graph.
const today = "2026-01-15"

func (c *comparison) list() pair {
	p := c.pair("list of 100, on 16 connections", 16,
		func() request {
			return request{`query($today: String!) { counterpartUnits(where: {marking: {lte: 0}, AND: [
				{OR: [{validFrom: {eq: null}}, {validFrom: {lte: $today}}]}, {OR: [{validTo: {eq: null}}, {validTo: {gte: $today}}]}]},
				limit: 100, sort: [{name: ASC}, {id: ASC}]) { id name } }`, object{"today": today}}
		},
		func() request {
			return request{`{ counterpartUnits(first: 100, orderBy: {name: ASC}) { nodes { id name } } }`, nil}
		})
	theirs, ours := p.theirs.data("counterpartUnits"), p.ours.data("counterpartUnits").(object)["nodes"]
	c.equal(p.name, theirs, ours)
	return p
}

func (c *comparison) equal(what string, theirs, ours any) {
	c.b.Helper()
	if !reflect.DeepEqual(theirs, ours) {
		c.b.Fatalf("%s: theirs and ours differ:\n%v\n%v", what, theirs, ours)
	}
}

// first is how often per second each would do what it is asked for the first time; zero if it does not answer in time.
func (p pair) first() (theirs, ours float64) {
	perSecond := func(l *load) float64 {
		began := time.Now()
		_, err := l.send()
		if late, is := errors.AsType[net.Error](err); is && late.Timeout() {
			return 0
		}
		if err != nil {
			l.b.Fatal(err)
		}
		return 1 / time.Since(began).Seconds()
	}
	ours = perSecond(p.ours)
	return perSecond(p.theirs), ours
}

// imports is how often per second each can import so many objects, the peer some in a request: medians of turns.
func (c *comparison) imports(objects, some int) (theirs, ours float64) {
	var all, own []float64
	for range 3 {
		all, own = append(all, c.theyImport(objects, some)), append(own, c.weImport(objects))
	}
	return median(all), median(own)
}

// theyImport is how often per second so many objects can be made, some in a request.
func (c *comparison) theyImport(objects, some int) float64 {
	p := c.creates("import", some, len(relationships), 1)
	began := time.Now()
	for range objects / some {
		p.theirs.answer()
	}
	return 1 / time.Since(began).Seconds()
}

// weImport is how often per second so many objects can be imported by the command.
func (c *comparison) weImport(objects int) float64 {
	var all query.Records
	for _, made := range c.newUnits("ours", objects, len(relationships)) {
		node, links := c.units.records(made)
		all.Nodes, all.Links = append(all.Nodes, node), append(all.Links, links...)
	}
	command := exec.Command(c.program, "import", "-")
	command.Env, command.Stdin = append(os.Environ(), c.settings...), bytes.NewReader(storetest.Lines(all))
	began := time.Now()
	if out, err := command.CombinedOutput(); err != nil {
		c.b.Fatalf("import: %v\n%.1000s", err, out)
	}
	return 1 / time.Since(began).Seconds()
}

// sameIsStored makes sure that both store the same of a unit.
func (c *comparison) sameIsStored() {
	theirs, ours := c.unit(0, len(relationships), "theirs"), c.unit(0, len(relationships), "ours")
	newLoad(c.b, 1, c.theirs, always(request{theirCreate, object{"units": []object{c.units.theirs(theirs)}}})).answer()
	newLoad(c.b, 1, c.ours, always(request{ourSave, object{"units": []object{c.units.ours(ours)}}})).answer()
	c.equal("a unit", c.stored(theirs.node.ID), c.stored(ours.node.ID))
}

// stored is what Neo4j has of a unit, but for ids and its version, which the peer does not have.
func (c *comparison) stored(id string) []any {
	records := c.neo4j.Records(c.b, "MATCH (n:`Node` {id: $id}) RETURN COLLECT { UNWIND labels(n) AS l RETURN l ORDER BY l }, properties(n), "+
		"COLLECT { MATCH (n)-[r]->(m) RETURN [type(r), m.id, properties(r)] ORDER BY m.id }", object{"id": id})
	values := records[0].Values
	delete(values[1].(object), "id")
	delete(values[1].(object), "version")
	for _, link := range values[2].([]any) {
		delete(link.([]any)[2].(object), "id")
	}
	return values
}

// allIsThere makes sure that each unit has its relationships: the peer does not tell of what it does not find.
func (c *comparison) allIsThere() {
	for _, r := range c.neo4j.Records(c.b, "MATCH (n:Node) WHERE n.id STARTS WITH 'unit:' WITH split(n.id, '-') AS id, count { (n)--() } AS links "+
		"WHERE links <> toInteger(id[1]) RETURN id[0], count(*)", nil) {
		c.b.Errorf("not all relationships are there of %v", r.Values)
	}
}
