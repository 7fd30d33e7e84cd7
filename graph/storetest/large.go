package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// What the large graph has: so many nodes and relationships, and one province with so many posts.
const (
	LargeNodes = 50_000
	LargeLinks = 250_000
	LargeHub   = 5_000
	// HubID is the province in which every fifth post lies.
	HubID = "province:0"
)

// largeShares are how many nodes there are of some types; all others share the rest.
var largeShares = map[string]int{
	"Country": 20, "LandBorder": 10, "Province": 100, "ForeignProvince": 200, "BorderSector": 1_000,
	"BorderPost": 5 * LargeHub, "CounterpartUnit": 6_000, "PostTwinning": 10_000,
}

// largeValues are what some properties say, for the lists of views to be of something; all others say anything.
var largeValues = map[string][]string{
	"Activity kind":   {"TALKS", "TALKS", "JOINT_PATROL", "JOINT_PATROL", "BORDER_FRIENDSHIP_EXCHANGE", "YOUNG_OFFICERS_EXCHANGE", "VISIT", "AID"},
	"Activity status": {"HELD", "HELD", "HELD", "PLANNED", "POSTPONED", "UNKNOWN"},
	"Statistic unit":  {"gates", "markers", "offices", "pairs", "hamlets", "agreements", "exchanges", "patrols", "talks", "meetings", "km"},
}

// largeHubs are those to which every fifth of some relationships leads.
var largeHubs = map[string][]string{
	"BorderPost IN_PROVINCE":        {HubID},
	"BorderGate IN_SECTOR":          {"bordersector:7"},
	"BorderLiaisonOffice IN_SECTOR": {"bordersector:7"},
	"PostTwinning IN_SECTOR":        {"bordersector:7"},
	"ClusterTwinning IN_SECTOR":     {"bordersector:7"},
	"CommuneTwinning IN_SECTOR":     {"bordersector:7"},
	"DistrictTwinning IN_SECTOR":    {"bordersector:7"},
	"Activity IN_SECTOR":            {"bordersector:7"},
	"Activity COUNTERPART_UNIT":     {"counterpartunit:32"},
	"Activity HAS_PARTICIPANT":      {"internationalpartner:7"},
	"Agreement PARTY":               {"internationalpartner:7"},
	"Programme RUN_BY":              {"internationalpartner:7"},
	"Programme FUNDED_BY":           {"internationalpartner:7"},
	"Document CONCERNS":             {"internationalpartner:7"},
	"Statistic ABOUT":               {"landborder:1", "landborder:1", "landborder:1", "counterpartunit:32", "internationalpartner:7"},
}

// largeGaps tell of some relationships of which nodes there are none: of every so many the first.
var largeGaps = map[string]int{
	"Activity REALISED_AS": 2, "Activity HAS_PARTICIPANT": 7, "Activity VIETNAM_UNIT": 7, "Activity COUNTERPART_UNIT": 7, "Source COPY_OF": 3,
}

// largeLast is the relationship for which room is kept, as the rounds end before they come to it.
const (
	largeLast     = "PostTwinning IN_SECTOR"
	largeLastRoom = 1_000
)

// Large makes a graph of the types of the bundled schema, the same each time: a third of all facts
// is dated, one in twenty has ended, one in twenty-five is marked above public. A fact has one source, two
// or three; of every three sources the second copies the first, and the third the second.
func Large(model *query.Model) (query.Records, error) {
	l := &large{Rand: seeded(50, 250), days: seeded(19, 90), said: seeded(8, 11), hubs: seeded(5, 7), cited: seeded(1, 3),
		model: model, byType: map[*query.Type][]query.NodeRecord{}, known: map[any]bool{}}
	if err := l.nodes(); err != nil {
		return query.Records{}, err
	}
	if err := l.links(); err != nil {
		return query.Records{}, err
	}
	return l.made, nil
}

func seeded(a, b uint64) *rand.Rand { return rand.New(rand.NewPCG(a, b)) }

// BundledLarge is the API of the bundled schema, and the large graph of its types.
func BundledLarge(t testing.TB) (*derive.API, query.Records) {
	t.Helper()
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		t.Fatal(err)
	}
	made, err := Large(api.Model)
	if err != nil {
		t.Fatal(err)
	}
	return api, made
}

// LoadInParts replaces what a store holds by a graph, in several changes, so that no transaction is large.
func LoadInParts(ctx context.Context, store query.Store, graph query.Records, model *query.Model, size int) error {
	contents := &query.Contents{Dataset: "large", Schema: model.Fingerprint}
	if err := query.Write(ctx, store, &query.Change{Replace: true, Contents: contents}); err != nil {
		return err
	}
	for nodes := range slices.Chunk(graph.Nodes, size) {
		if err := query.Write(ctx, store, &query.Change{Nodes: query.AddNodes(nodes)}); err != nil {
			return err
		}
	}
	for links := range slices.Chunk(graph.Links, size) {
		if err := query.Write(ctx, store, &query.Change{Links: query.AddLinks(links)}); err != nil {
			return err
		}
	}
	return nil
}

type large struct {
	*rand.Rand
	// What is drawn for optional dates, largeValues, largeHubs and further sources, so that there may be more of them
	// and all else stays.
	days, said, hubs, cited *rand.Rand

	model  *query.Model
	made   query.Records
	full   int // of so many relationships
	byType map[*query.Type][]query.NodeRecord
	known  map[any]bool // ids of links
}

func (l *large) nodes() error {
	rest, others := LargeNodes, 0
	for _, t := range l.model.Types {
		rest -= largeShares[t.Name]
		if largeShares[t.Name] == 0 {
			others++
		}
	}
	for _, t := range l.model.Types {
		count := largeShares[t.Name]
		if count == 0 {
			count = rest / others
			rest -= count
			others--
		}
		for i := range count {
			if err := l.node(t, i); err != nil {
				return err
			}
		}
	}
	return nil
}

var syllables = strings.Fields("Sơn Lào Mường Nậm Cắn Chiềng Bản Pa Háng Keo Nưa Tà Rụt Lộc Ninh Đắk Bờ Y Cha Lo Kham Hang Xín Cái")

func (l *large) node(t *query.Type, i int) error {
	name := syllables[l.IntN(len(syllables))] + " " + syllables[l.IntN(len(syllables))]
	node, problems := record.NewNode(l.model, record.Node{
		ID: fmt.Sprintf("%s:%d", strings.ToLower(t.Name), i), Type: t.Name, Facts: l.facts(), Properties: l.properties(t),
		Names: []record.Name{{Lang: "vi", Text: fmt.Sprintf("%s %d", name, i), Kind: "MAIN"}, {Lang: "en", Text: fmt.Sprintf("%s %d of %s", t.Name, i, name), Kind: "MAIN"}},
	})
	if len(problems) > 0 {
		return problems[0]
	}
	l.byType[t] = append(l.byType[t], node)
	l.made.Nodes = append(l.made.Nodes, node)
	return nil
}

// largeDegrees are how many of some relationships a node has; of others, as many as there is room for.
var largeDegrees = map[string]int{"BorderPost IN_SECTOR": 1, "PostTwinning VIETNAM_POST": 3, "PostTwinning COUNTERPART_UNIT": 3}

// links gives every node its relationships to one and those of a given degree, then goes round the
// others, rare ones first, until there are enough.
func (l *large) links() error {
	var others []*query.Relationship
	var last *query.Relationship
	l.full = LargeLinks - largeLastRoom
	for _, r := range l.model.Relationships {
		kind := r.From[0].Name + " " + r.Name
		degree := largeDegrees[kind]
		switch {
		case kind == largeLast:
			last = r
		case r.ToOne:
			degree = 1
		case degree == 0:
			others = append(others, r)
		}
		for range degree {
			if err := l.fromEach(r); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(others, func(a, b *query.Relationship) int { return len(l.ends(a.From)) - len(l.ends(b.From)) })
	for len(l.made.Links) < l.full {
		for _, r := range others {
			if err := l.fromEach(r); err != nil {
				return err
			}
		}
	}
	l.full = LargeLinks
	return l.fromEach(last)
}

// ends are the nodes of some types.
func (l *large) ends(types []*query.Type) []query.NodeRecord {
	var ends []query.NodeRecord
	for _, t := range types {
		ends = append(ends, l.byType[t]...)
	}
	return ends
}

// fromEach adds one relationship from each node that may have it, as long as there are too few.
func (l *large) fromEach(r *query.Relationship) error {
	kind, to := r.From[0].Name+" "+r.Name, l.ends(r.To)
	for i, from := range l.ends(r.From) {
		end := l.hub(kind, i, to, to[l.IntN(len(to))])
		if len(l.made.Links) == l.full {
			return nil
		}
		link, err := l.link(r, from, end)
		if err != nil {
			return err
		}
		if every := largeGaps[kind]; every == 0 || i%every != 0 {
			l.add(link)
		}
	}
	return nil
}

// hub is where the relationship of a kind of the i-th node leads, if not where it would.
func (l *large) hub(kind string, i int, to []query.NodeRecord, otherwise query.NodeRecord) query.NodeRecord {
	hubs := largeHubs[kind]
	if kind == "Source COPY_OF" && i > 0 {
		return to[i-1]
	}
	if len(hubs) == 0 || i%5 != 0 {
		return otherwise
	}
	hub := hubs[l.hubs.IntN(len(hubs))]
	return to[slices.IndexFunc(to, func(n query.NodeRecord) bool { return n.Values[query.NodeID] == hub })]
}

func (l *large) link(r *query.Relationship, from, to query.NodeRecord) (query.LinkRecord, error) {
	link, problems := record.NewLink(l.model, record.Link{
		From: from.Values[query.NodeID].(string), Type: r.Name, To: to.Values[query.NodeID].(string),
		Facts: l.facts(), Properties: l.required(r.Properties[len(query.LinkProperties):]),
	}, from.Type, to.Type)
	if len(problems) > 0 {
		return link, problems[0]
	}
	return link, nil
}

// add adds a relationship, unless there is the same.
func (l *large) add(link query.LinkRecord) {
	if id := link.Values[query.LinkID]; !l.known[id] {
		l.known[id] = true
		l.made.Links = append(l.made.Links, link)
	}
}

func (l *large) facts() record.Facts {
	f := record.Facts{Confidence: "HIGH"}
	first := l.IntN(100)
	for further := range 1 + l.cited.IntN(3) {
		f.Sources = append(f.Sources, fmt.Sprintf("source:%d", first+further))
	}
	if l.IntN(3) == 0 {
		f.ValidFrom, f.ValidFromPrecision = fmt.Sprintf("%d-01-01", 1990+l.IntN(30)), "YEAR"
	}
	if l.IntN(20) == 0 {
		f.ValidTo, f.ValidToPrecision = fmt.Sprintf("%d-06-30", 2020+l.IntN(6)), "DAY"
	}
	if l.IntN(25) == 0 {
		f.Marking = query.Clearances[1+l.IntN(len(query.Clearances)-1)]
	}
	return f
}

// properties are the required ones, and most of the dates, half of them as exact as a day.
func (l *large) properties(t *query.Type) map[string]any {
	all := t.Properties[len(query.NodeProperties):]
	values := l.required(all)
	for _, p := range all {
		if likely := largeValues[t.Name+" "+p.Name]; len(likely) > 0 {
			values[p.Name] = likely[l.said.IntN(len(likely))]
		}
		if p.Kind != query.Date || p.Required || l.days.IntN(10) == 0 {
			continue
		}
		year, month, day := 1990+l.days.IntN(36), 1+l.days.IntN(12), 1+l.days.IntN(28)
		precision := []string{"DAY", "DAY", "MONTH", "YEAR"}[l.days.IntN(4)]
		if i := slices.IndexFunc(all, func(q *query.Property) bool { return q.Name == p.Name+"Precision" }); i < 0 {
			precision = "DAY"
		} else {
			values[all[i].Name] = precision
		}
		switch precision {
		case "MONTH":
			day = 1
		case "YEAR":
			month, day = 1, 1
		}
		values[p.Name] = fmt.Sprintf("%d-%02d-%02d", year, month, day)
	}
	return values
}

// required are values of those properties that must have one.
func (l *large) required(properties []*query.Property) map[string]any {
	values := map[string]any{}
	for _, p := range properties {
		if !p.Required {
			continue
		}
		values[p.Name] = l.value(p)
		if p.List {
			values[p.Name] = []any{values[p.Name]}
		}
	}
	return values
}

func (l *large) value(p *query.Property) any {
	switch p.Kind {
	case query.Int:
		return int64(l.IntN(1000))
	case query.Float:
		return float64(l.IntN(1000)) / 8
	case query.Boolean:
		return l.IntN(2) == 0
	case query.Date:
		return fmt.Sprintf("%d-06-30", 1990+l.IntN(30))
	case query.Enum:
		return p.Values[l.IntN(len(p.Values))]
	}
	return fmt.Sprint("text ", l.IntN(1000))
}
