package storetest

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"bordergraph/graph/dataset"
	"bordergraph/graph/derive"
	"bordergraph/graph/importer"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// Batch is so many new units of the bundled schema, each with relationships to so many of the others,
// told apart from those of other rounds.
func Batch(model *query.Model, round, units, links int) (made query.Records, err error) {
	l := &large{Rand: seeded(1, 2), cited: seeded(1, 3)}
	t := model.Type("CounterpartUnit")
	for i := range units {
		node, problems := record.NewNode(model, record.Node{ID: batchID(round, i), Type: t.Name, Facts: l.facts(),
			Names:      []record.Name{{Lang: "vi", Text: fmt.Sprintf("Đại đội %d %d", round, i), Kind: "MAIN"}},
			Properties: l.required(t.Properties[len(query.NodeProperties):])})
		if len(problems) > 0 {
			return made, problems[0]
		}
		made.Nodes = append(made.Nodes, node)
		for j := range links {
			link, problems := record.NewLink(model, record.Link{From: batchID(round, i), Type: "POSSIBLY_SAME_AS", To: batchID(round, (i+j+1)%units), Facts: l.facts()}, t, t)
			if len(problems) > 0 {
				return made, problems[0]
			}
			made.Links = append(made.Links, link)
		}
	}
	return made, nil
}

// Agreements is so many new agreements, each of two of ten states, with these and the sources of all:
// what may be imported into an empty store. They are told apart from those of other rounds.
func Agreements(model *query.Model, round, count int) (made query.Records, err error) {
	m := &measured{model: model, types: map[string]*query.Type{}}
	for i := range 100 {
		m.node(fmt.Sprintf("source:%d-%d", round, i), "Source", nil, map[string]any{"title": "Nguồn", "publisher": "Báo", "language": "vi", "kind": "PRESS"})
	}
	state := func(i int) string { return fmt.Sprintf("country:%d-%d", round, i%10) }
	source := func(i int) []string { return []string{fmt.Sprintf("source:%d-%d", round, i%100)} }
	for i := range 10 {
		m.node(state(i), "Country", source(i), map[string]any{"role": "NEIGHBOUR", "iso3": "AAA", "officialName": "A", "officialNameVi": "A"})
	}
	for i := range count {
		id := fmt.Sprintf("agreement:%d-%d", round, i)
		m.node(id, "Agreement", source(i), map[string]any{"kind": "BORDER_TREATY", "signedOn": "2001-02-03", "signedOnPrecision": "DAY"})
		m.link(id, "INVOLVES_COUNTRY", state(i), source(i))
		m.link(id, "INVOLVES_COUNTRY", state(i+3), source(i))
	}
	return m.made, m.err
}

// measured makes records until the first problem.
type measured struct {
	model *query.Model
	types map[string]*query.Type
	made  query.Records
	err   error
}

func (m *measured) node(id, typ string, sources []string, properties map[string]any) {
	n, problems := record.NewNode(m.model, record.Node{
		ID: id, Type: typ, Names: []record.Name{{Lang: "vi", Text: "Số " + id, Kind: "MAIN"}}, Facts: record.Facts{Sources: sources}, Properties: properties,
	})
	m.types[id] = n.Type
	m.made.Nodes = append(m.made.Nodes, n)
	m.keep(problems)
}

func (m *measured) link(from, typ, to string, sources []string) {
	l, problems := record.NewLink(m.model, record.Link{From: from, Type: typ, To: to, Facts: record.Facts{Confidence: "HIGH", Sources: sources}}, m.types[from], m.types[to])
	m.made.Links = append(m.made.Links, l)
	m.keep(problems)
}

func (m *measured) keep(problems []record.Problem) {
	if m.err == nil && len(problems) > 0 {
		m.err = problems[0]
	}
}

// Lines are records as a document that may be imported.
func Lines(r query.Records) []byte {
	var b bytes.Buffer
	d := dataset.NewDocument(&b, dataset.About{Certainty: "ANY", Clearance: "SECRET"})
	for i := range r.Nodes {
		d.Node(&r.Nodes[i])
	}
	for i := range r.Links {
		d.Link(&r.Links[i])
	}
	d.End()
	return b.Bytes()
}

// Import imports a document, all of which must be new.
func Import(ctx context.Context, api *derive.API, store query.Store, document []byte) error {
	reader := importer.NewReader(api, importer.Tables{})
	defer reader.Rows.Close()
	if err := reader.Read("document", bytes.NewReader(document)); err != nil {
		return err
	}
	im := &importer.Import{API: api, Rows: reader.Rows, Clearance: query.Secret, At: time.Now()}
	report, err := im.Run(ctx, store)
	if err == nil && report.Counts[importer.Created] != im.Rows.Len() {
		err = fmt.Errorf("of %d rows were created %d", im.Rows.Len(), report.Counts[importer.Created])
	}
	return err
}

func batchID(round, i int) string { return fmt.Sprintf("counterpartunit:batch-%d-%d", round, i) }
