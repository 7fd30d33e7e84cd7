package export

import (
	"strconv"

	"bordergraph/graph/query"
)

// gexf is GEXF 1.3 for Gephi. Since when and until which day something is in force, both included, is
// said twice: as dynamics, and in the attributes, which also say how exact the days are.
type gexf struct {
	*output
	*attributes
	linking bool
}

func newGEXF(o *output, g *Graph) shape {
	x := &gexf{output: o, attributes: attributesOf(g.Model)}
	o.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	o.WriteString(`<gexf xmlns="http://gexf.net/1.3" version="1.3">` + "\n")
	o.WriteString("<meta><keywords>date=" + g.Date + ", certainty=" + g.Certainty + ", truncated=" + strconv.FormatBool(g.Truncated) + "</keywords></meta>\n")
	o.WriteString(`<graph defaultedgetype="directed" mode="dynamic" timeformat="date" timerepresentation="interval">` + "\n")
	x.declare("node", append([]*column{typeColumn}, x.nodeColumns...))
	x.declare("edge", append([]*column{typeColumn}, x.linkColumns...))
	o.WriteString("<nodes>\n")
	return x
}

// typeColumn is the attribute that has the type of a node or link.
var typeColumn = &column{name: "type", index: -1, kind: query.String}

func (x *gexf) declare(class string, columns []*column) {
	x.WriteString(`<attributes class="` + class + `" mode="static">` + "\n")
	for _, c := range columns {
		x.WriteString(`<attribute id="` + c.name + `" title="` + c.name + `" type="` + gexfType(c) + `"/>` + "\n")
	}
	x.WriteString("</attributes>\n")
}

func gexfType(c *column) string {
	if c.list {
		return "liststring"
	}
	return scalarType(c.kind)
}

func (x *gexf) node(n *Node) {
	x.WriteString("<node")
	x.attribute("id", n.ID())
	x.attribute("label", n.name())
	x.spell(n.Values[query.NodeFacts:])
	x.values(n.Type.Name, x.ofNodes[n.Type.Index], n.Values)
	x.WriteString("</node>\n")
}

func (x *gexf) link(l *Link) {
	x.beginLinks()
	x.WriteString("<edge")
	x.attribute("id", l.ID())
	x.attribute("source", l.From)
	x.attribute("target", l.To)
	x.attribute("label", l.Relationship.Name)
	if l.Relationship.Symmetric {
		x.WriteString(` type="mutual"`) // networkx refuses undirected edges among directed ones
	}
	x.spell(l.Values[query.LinkFacts:])
	x.values(l.Relationship.Name, x.ofLinks[l.Relationship.Index], l.Values)
	x.WriteString("</edge>\n")
}

// spell is the time in which some facts hold; an end that is not known is left open.
func (x *gexf) spell(facts []any) {
	if from, known := facts[query.FactValidFrom].(string); known {
		x.attribute("start", from)
	}
	if to, known := facts[query.FactValidTo].(string); known {
		x.attribute("end", to)
	}
	x.WriteByte('>')
}

func (x *gexf) values(typeName string, attributes []attribute, values []any) {
	x.WriteString(`<attvalues><attvalue for="type" value="` + typeName + `"/>`)
	for i := range attributes {
		if v := attributes[i].of(values); v != nil {
			x.WriteString(`<attvalue for="` + attributes[i].name + `"`)
			x.attribute("value", written(v))
			x.WriteString("/>")
		}
	}
	x.WriteString("</attvalues>")
}

func (x *gexf) beginLinks() {
	if !x.linking {
		x.WriteString("</nodes>\n<edges>\n")
		x.linking = true
	}
}

func (x *gexf) end() {
	x.beginLinks()
	x.WriteString("</edges>\n</graph>\n</gexf>\n")
}
