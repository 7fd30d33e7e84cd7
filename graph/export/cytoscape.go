package export

// cytoscape is the JSON of Cytoscape.js: every attribute stands in data, where selectors find it.
type cytoscape struct {
	arrays
	*attributes
}

func newCytoscape(o *output, g *Graph) shape {
	o.WriteString(`{"data":`)
	o.graph(g)
	o.WriteString(`,"elements":{"nodes":[`)
	return &cytoscape{arrays{output: o, between: "\n],\"edges\":[", tail: "\n]}}\n"}, attributesOf(g.Model)}
}

func (c *cytoscape) node(n *Node) {
	c.nextNode()
	c.WriteString(`{"data":{"id":`)
	c.json(n.ID())
	c.member("type", n.Type.Name)
	c.members(c.ofNodes[n.Type.Index], n.Values)
	c.WriteString("}}")
}

func (c *cytoscape) link(l *Link) {
	c.nextLink()
	c.WriteString(`{"data":{"id":`)
	c.json(l.ID())
	c.ends(l, "source", "target")
	c.members(c.ofLinks[l.Relationship.Index], l.Values)
	c.WriteString("}}")
}
