package export

// jsonLines is a JSON object a line: what is said of the graph, each node, each link, and how many
// there were of both. Without that last line, the document is not whole.
type jsonLines struct {
	*output
	*attributes
	counts struct {
		Nodes int `json:"nodes"`
		Links int `json:"links"`
	}
}

func newJSONLines(o *output, g *Graph) shape {
	o.WriteString(`{"graph":`)
	o.graph(g)
	o.WriteString("}\n")
	return &jsonLines{output: o, attributes: attributesOf(g.Model)}
}

func (j *jsonLines) node(n *Node) {
	j.counts.Nodes++
	j.WriteString(`{"node":{"id":`)
	j.json(n.ID())
	j.member("type", n.Type.Name)
	j.members(j.ofNodes[n.Type.Index], n.Values)
	j.WriteString("}}\n")
}

func (j *jsonLines) link(l *Link) {
	j.counts.Links++
	j.WriteString(`{"link":{"id":`)
	j.json(l.ID())
	j.ends(l, "from", "to")
	j.members(j.ofLinks[l.Relationship.Index], l.Values)
	j.WriteString("}}\n")
}

func (j *jsonLines) end() {
	j.WriteString(`{"end":`)
	j.json(j.counts)
	j.WriteString("}\n")
}
