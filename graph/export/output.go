package export

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
)

const pieceSize = 32 << 10

// output gathers what a shape writes.
type output struct {
	bytes.Buffer
	encoder *json.Encoder
	scratch []byte
}

func newOutput() *output {
	o := &output{}
	o.encoder = json.NewEncoder(&o.Buffer)
	o.encoder.SetEscapeHTML(false)
	return o
}

// json writes a value as JSON.
func (o *output) json(v any) {
	if err := o.encoder.Encode(v); err != nil {
		panic(err) // rows hold only what JSON can say
	}
	o.Truncate(o.Len() - len("\n"))
}

// member writes a member of a JSON object that is not the first. The name needs no escapes.
func (o *output) member(name string, v any) {
	o.WriteString(`,"` + name + `":`)
	o.json(v)
}

// members writes the attributes that have a value, as members that are not the first.
func (o *output) members(attributes []attribute, values []any) {
	for i := range attributes {
		if v := attributes[i].of(values); v != nil {
			o.WriteString(attributes[i].member)
			o.json(v)
		}
	}
}

// ends writes between which nodes a link leads, and its type, as members that are not the first.
func (o *output) ends(l *Link, from, to string) {
	o.member(from, l.From)
	o.member(to, l.To)
	o.member("type", l.Relationship.Name)
	if l.Relationship.Symmetric {
		o.WriteString(`,"symmetric":true`)
	}
}

// graph writes what is said of the graph as a JSON object.
func (o *output) graph(g *Graph) {
	o.json(struct {
		Date      string `json:"date"`
		Certainty string `json:"certainty"`
		Truncated bool   `json:"truncated"`
	}{g.Date, g.Certainty, g.Truncated})
}

// xml writes a text as it may stand in an element or an attribute of XML.
func (o *output) xml(text string) {
	o.scratch = append(o.scratch[:0], text...)
	_ = xml.EscapeText(o, o.scratch) // a buffer takes everything
}

// attribute writes an attribute of an element of XML.
func (o *output) attribute(name, value string) {
	o.WriteString(" " + name + `="`)
	o.xml(value)
	o.WriteByte('"')
}

// arrays is the frame of most JSON shapes: an array of nodes, then one of links, a member a line.
type arrays struct {
	*output
	// between ends the nodes and begins the links, tail ends the links and the document.
	between, tail string
	written       int // members of the present array
	linking       bool
}

func (a *arrays) nextNode() {
	if a.written > 0 {
		a.WriteByte(',')
	}
	a.WriteByte('\n')
	a.written++
}

func (a *arrays) nextLink() {
	a.beginLinks()
	a.nextNode()
}

func (a *arrays) beginLinks() {
	if !a.linking {
		a.WriteString(a.between)
		a.linking, a.written = true, 0
	}
}

func (a *arrays) end() {
	a.beginLinks()
	a.WriteString(a.tail)
}
