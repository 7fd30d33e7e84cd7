package export

import (
	"bordergraph/graph/dataset"
	"bordergraph/graph/query"
)

// datasetLines is the format of the dataset: what was exported can be imported.
type datasetLines struct{ *dataset.Document }

func newDataset(o *output, g *Graph) shape {
	about := dataset.About{Date: g.Date, Certainty: g.Certainty, Clearance: query.Clearances[g.Clearance], Truncated: g.Truncated}
	if g.Certainty == certainties[query.AnyTime] {
		about.Date = ""
		about.Complete = g.Whole && g.Clearance == query.Secret
	}
	return datasetLines{dataset.NewDocument(&o.Buffer, about)}
}

func (d datasetLines) node(n *Node) { d.Node(&query.NodeRecord{Type: n.Type, Values: n.Values}) }

func (d datasetLines) link(l *Link) {
	d.Link(&query.LinkRecord{Relationship: l.Relationship, From: l.From, To: l.To, Values: l.Values})
}

func (d datasetLines) end() { d.End() }
