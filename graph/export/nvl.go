package export

// nvl is the nodes and relationships of the Neo4j Visualization Library, with their labels and
// properties as Neo4j has them.
type nvl struct {
	arrays
	*attributes
}

func newNVL(o *output, g *Graph) shape {
	o.WriteString(`{"graph":`)
	o.graph(g)
	o.WriteString(`,"nodes":[`)
	return &nvl{arrays{output: o, between: "\n],\"relationships\":[", tail: "\n]}\n"}, attributesOf(g.Model)}
}

func (v *nvl) node(n *Node) {
	v.nextNode()
	v.WriteString(`{"id":`)
	v.json(n.ID())
	v.member("caption", n.name())
	v.member("labels", n.Type.Labels)
	v.WriteString(`,"properties":{"id":`)
	v.json(n.ID())
	v.members(v.ofNodes[n.Type.Index], n.Values)
	v.WriteString("}}")
}

func (v *nvl) link(l *Link) {
	v.nextLink()
	v.WriteString(`{"id":`)
	v.json(l.ID())
	v.ends(l, "from", "to")
	v.member("caption", l.Relationship.Name)
	v.WriteString(`,"properties":{"id":`)
	v.json(l.ID())
	v.members(v.ofLinks[l.Relationship.Index], l.Values)
	v.WriteString("}}")
}
