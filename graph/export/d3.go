package export

// d3 is nodes and links, as d3-force takes them with forceLink().id(d => d.id).
type d3 struct {
	arrays
	*attributes
}

func newD3(o *output, g *Graph) shape {
	o.WriteString(`{"graph":`)
	o.graph(g)
	o.WriteString(`,"nodes":[`)
	return &d3{arrays{output: o, between: "\n],\"links\":[", tail: "\n]}\n"}, attributesOf(g.Model)}
}

func (d *d3) node(n *Node) {
	d.nextNode()
	d.WriteString(`{"id":`)
	d.json(n.ID())
	d.member("type", n.Type.Name)
	d.members(d.ofNodes[n.Type.Index], n.Values)
	d.WriteByte('}')
}

func (d *d3) link(l *Link) {
	d.nextLink()
	d.WriteString(`{"id":`)
	d.json(l.ID())
	d.ends(l, "source", "target")
	d.members(d.ofLinks[l.Relationship.Index], l.Values)
	d.WriteByte('}')
}
