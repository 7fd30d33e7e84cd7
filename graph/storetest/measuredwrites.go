package storetest

import (
	"fmt"
	"math/rand/v2"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// Batch is so many new units of the bundled schema, each with relationships to so many of the others,
// told apart from those of other rounds.
func Batch(model *query.Model, round, units, links int) (made query.Records, err error) {
	l := &large{Rand: rand.New(rand.NewPCG(1, 2))}
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

func batchID(round, i int) string { return fmt.Sprintf("counterpartunit:batch-%d-%d", round, i) }
