package export

// graphology is a serialized graph of graphology. The types of nodes and links are not called type:
// sigma reads from that how to draw them.
type graphology struct {
	arrays
	*attributes
}

func newGraphology(o *output, g *Graph) shape {
	o.WriteString(`{"options":{"type":"mixed","multi":true,"allowSelfLoops":true},"attributes":`)
	o.graph(g)
	o.WriteString(`,"nodes":[`)
	return &graphology{arrays{output: o, between: "\n],\"edges\":[", tail: "\n]}\n"}, attributesOf(g.Model)}
}

func (s *graphology) node(n *Node) {
	s.nextNode()
	s.WriteString(`{"key":`)
	s.json(n.ID())
	s.WriteString(`,"attributes":{"label":`)
	s.json(n.name())
	s.member("nodeType", n.Type.Name)
	s.members(s.ofNodes[n.Type.Index], n.Values)
	s.WriteString("}}")
}

func (s *graphology) link(l *Link) {
	s.nextLink()
	s.WriteString(`{"key":`)
	s.json(l.ID())
	s.member("source", l.From)
	s.member("target", l.To)
	if l.Relationship.Symmetric {
		s.WriteString(`,"undirected":true`)
	}
	s.WriteString(`,"attributes":{"linkType":`)
	s.json(l.Relationship.Name)
	s.members(s.ofLinks[l.Relationship.Index], l.Values)
	s.WriteString("}}")
}
