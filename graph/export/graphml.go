package export

import "strconv"

// graphML is GraphML. All edges are directed, because readers refuse a mixture: those that are
// symmetric say so in an attribute.
type graphML struct {
	*output
	*attributes
}

func newGraphML(o *output, g *Graph) shape {
	x := &graphML{o, attributesOf(g.Model)}
	o.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	o.WriteString(`<graphml xmlns="http://graphml.graphdrawing.org/xmlns">` + "\n")
	x.key("graph", "date", "string")
	x.key("graph", "certainty", "string")
	x.key("graph", "truncated", "boolean")
	x.declare("node", x.nodeColumns)
	x.declare("edge", x.linkColumns)
	x.key("edge", "symmetric", "boolean")
	o.WriteString(`<graph edgedefault="directed">` + "\n")
	x.data("graph", "date", g.Date)
	x.data("graph", "certainty", g.Certainty)
	x.data("graph", "truncated", strconv.FormatBool(g.Truncated))
	o.WriteByte('\n')
	return x
}

func (x *graphML) declare(of string, columns []*column) {
	x.key(of, "type", "string")
	for _, c := range columns {
		x.key(of, c.name, graphMLType(c))
	}
}

func graphMLType(c *column) string {
	if c.list {
		return "string"
	}
	return scalarType(c.kind)
}

// key declares an attribute. Its id has what it is of in front, because ids are of the whole document.
func (x *graphML) key(of, name, kind string) {
	x.WriteString(`<key id="` + of + "." + name + `" for="` + of + `" attr.name="` + name + `" attr.type="` + kind + `"/>` + "\n")
}

func (x *graphML) data(of, name, value string) {
	x.WriteString(`<data key="` + of + "." + name + `">`)
	x.xml(value)
	x.WriteString("</data>")
}

func (x *graphML) node(n *Node) {
	x.WriteString("<node")
	x.attribute("id", n.ID())
	x.WriteByte('>')
	x.data("node", "type", n.Type.Name)
	x.values("node", x.ofNodes[n.Type.Index], n.Values)
	x.WriteString("</node>\n")
}

func (x *graphML) link(l *Link) {
	x.WriteString("<edge")
	x.attribute("id", l.ID())
	x.attribute("source", l.From)
	x.attribute("target", l.To)
	x.WriteByte('>')
	x.data("edge", "type", l.Relationship.Name)
	if l.Relationship.Symmetric {
		x.data("edge", "symmetric", "true")
	}
	x.values("edge", x.ofLinks[l.Relationship.Index], l.Values)
	x.WriteString("</edge>\n")
}

func (x *graphML) values(of string, attributes []attribute, values []any) {
	for i := range attributes {
		if v := attributes[i].of(values); v != nil {
			x.data(of, attributes[i].name, written(v))
		}
	}
}

func (x *graphML) end() { x.WriteString("</graph>\n</graphml>\n") }
