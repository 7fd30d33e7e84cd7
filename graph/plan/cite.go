package plan

import (
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// costOfCitation is the cost of each object or way to one that is shown with its sources.
const costOfCitation = 1

// asksSources is whether the operation asks on which sources its answer rests.
func (b *builder) asksSources() bool { return b.Operation.Directives.ForName("cite") != nil }

// cited is where the row has the sources of some subjects; nothing if nobody asks for them.
func (b *builder) cited(r *row, subjects ...query.Subject) []response.Cited {
	if !b.asksSources() || len(subjects) == 0 {
		return nil
	}
	r.cost += costOfCitation
	cited := make([]response.Cited, len(subjects))
	for i, of := range subjects {
		s := &subject{builder: b, row: r, of: of}
		cited[i] = response.Cited{Sources: s.fact(query.FactSources), Locators: s.fact(query.FactLocator)}
	}
	return cited
}

// citedWay is where the row has the sources of how its node was reached, over so many relationships.
func (b *builder) citedWay(r *row, steps int) []response.Cited {
	switch steps {
	case 1:
		return b.cited(r, query.Link)
	case 2:
		return b.cited(r, query.ViaLink, query.Via, query.Link)
	}
	return nil
}

// refuseCiting refuses to cite graphs as they were known at several moments: a source may be other in each.
func (b *builder) refuseCiting(plan *Plan, graphRoots int) {
	if !plan.Cites || len(plan.Past) == 0 || len(plan.Past) == 1 && len(plan.Past[0].Keys) == graphRoots {
		return
	}
	b.problem(BadInput, "With @cite, all root fields are about what was known at one moment; give recordedAt with the operation only.")
}
