package export

import "bordergraph/graph/query"

// geoJSON is the nodes whose coordinates are known, as points on a map. How many were left out, and
// that no relationship has a place, is said at the end, in a foreign member.
type geoJSON struct {
	arrays
	*attributes
	places  []place // by Type.Index
	leftOut struct {
		Nodes int `json:"nodes"`
		Links int `json:"links"`
	}
}

// place is where a type keeps its coordinates; nil properties where it has none.
type place struct{ latitude, longitude *query.Property }

func newGeoJSON(o *output, g *Graph) shape {
	x := &geoJSON{arrays: arrays{output: o}, attributes: attributesOf(g.Model)}
	for _, t := range g.Model.Types {
		x.places = append(x.places, place{t.Property("latitude"), t.Property("longitude")})
	}
	o.WriteString(`{"type":"FeatureCollection","graph":`)
	o.graph(g)
	o.WriteString(`,"features":[`)
	return x
}

func (x *geoJSON) node(n *Node) {
	latitude, longitude, known := x.places[n.Type.Index].of(n)
	if !known {
		x.leftOut.Nodes++
		return
	}
	x.nextNode()
	x.WriteString(`{"type":"Feature","id":`)
	x.json(n.ID())
	x.WriteString(`,"geometry":{"type":"Point","coordinates":`)
	x.json([]float64{longitude, latitude})
	x.WriteString(`},"properties":{"type":`)
	x.json(n.Type.Name)
	x.members(x.ofNodes[n.Type.Index], n.Values)
	x.WriteString("}}")
}

func (p place) of(n *Node) (latitude, longitude float64, known bool) {
	if p.latitude == nil || p.longitude == nil {
		return 0, 0, false
	}
	latitude, north := n.Values[p.latitude.Index].(float64)
	longitude, east := n.Values[p.longitude.Index].(float64)
	return latitude, longitude, north && east
}

func (x *geoJSON) link(*Link) { x.leftOut.Links++ }

func (x *geoJSON) end() {
	x.WriteString("\n]")
	x.member("leftOut", x.leftOut)
	x.WriteString("}\n")
}
