// Package export writes a part of a graph in the shapes that other programs read: one file a format,
// all over one Writer. What is written is read from a store page by page, so that memory holds the ids
// of the nodes and one page, however large the graph is.
package export

import (
	"io"

	"bordergraph/graph/query"
)

// Format is a shape that other programs read.
type Format struct {
	// Name chooses the format, such as graphml.
	Name string
	// MediaType is the type of its files, with a profile where the type alone does not tell the shape.
	MediaType string
	// Extension is how names of its files end.
	Extension string
	// Description says which programs read it.
	Description string
	shape       func(*output, *Graph) shape
	// cites is whether the sources of all facts are in the document, too.
	cites bool
}

// Formats are all formats. Of several that a request would take, the first is meant.
var Formats = []*Format{
	{"cytoscape", "application/json; profile=cytoscape", "cyjs", "Cytoscape.js and Cytoscape", newCytoscape, false},
	{"graphology", "application/json; profile=graphology", "json", "graphology and sigma", newGraphology, false},
	{"d3", "application/json; profile=d3", "json", "d3-force and what takes nodes and links", newD3, false},
	{"nvl", "application/json; profile=nvl", "json", "the Neo4j Visualization Library", newNVL, false},
	{"gexf", "application/gexf+xml", "gexf", "Gephi, with validity as dynamics", newGEXF, false},
	{"graphml", "application/graphml+xml", "graphml", "yEd, igraph, networkx", newGraphML, false},
	{"geojson", "application/geo+json", "geojson", "maps: the nodes whose coordinates are known", newGeoJSON, false},
	{"csv-nodes", "text/csv; profile=nodes", "csv", "tables: the nodes", newCSVNodes, false},
	{"csv-links", "text/csv; profile=links", "csv", "tables: the relationships", newCSVLinks, false},
	{"jsonl", "application/jsonl", "jsonl", "scripts: a JSON object a line", newJSONLines, false},
	{"dataset", "application/jsonl; profile=dataset", "jsonl", "backups, and server import: the format of the dataset, with a checksum", newDataset, true},
}

// Graph is what is said of an exported graph as a whole.
type Graph struct {
	Model *query.Model
	// Date is the day that was asked about, Certainty POSSIBLE, CERTAIN or ANY.
	Date, Certainty string
	Clearance       query.Clearance
	// Whole is whether all nodes are meant, and not only those of an operation.
	Whole bool
	// Truncated is whether a list was cut by its limit, so that there are more objects than these.
	Truncated bool
}

// Node is a node: Values by position of Type.Properties.
type Node struct {
	Type   *query.Type
	Values []any
}

// ID is the id of the node.
func (n *Node) ID() string { return n.Values[query.NodeID].(string) }

func (n *Node) name() string {
	name, _ := n.Values[query.NodeName].(string)
	return name
}

// Link is a relationship between two nodes: Values by position of Relationship.Properties.
type Link struct {
	Relationship *query.Relationship
	From, To     string
	Values       []any
}

// ID is the id of the relationship.
func (l *Link) ID() string { return l.Values[query.LinkID].(string) }

// shape is how a format writes a graph into its output. What stands before the nodes was written when it was made.
type shape interface {
	node(*Node)
	link(*Link)
	end()
}

// Writer writes one graph. It is given the nodes in the order of their ids, then the relationships in
// that of (from, id), each between nodes that it was given. After an error, what was written is no whole document.
type Writer struct {
	Nodes, Links int // so many were written
	to           io.Writer
	out          *output
	shape        shape
	cites        bool
}

// NewWriter writes to w in pieces of some ten kilobytes.
func (f *Format) NewWriter(w io.Writer, g *Graph) *Writer {
	out := newOutput()
	return &Writer{to: w, out: out, shape: f.shape(out, g), cites: f.cites}
}

// Node writes a node.
func (w *Writer) Node(n *Node) error {
	w.Nodes++
	w.shape.node(n)
	return w.flush(pieceSize)
}

// Link writes a relationship.
func (w *Writer) Link(l *Link) error {
	w.Links++
	w.shape.link(l)
	return w.flush(pieceSize)
}

// Close writes the end of the document. It does not close what is written to.
func (w *Writer) Close() error {
	w.shape.end()
	return w.flush(0)
}

// flush hands on what has been gathered, if it is so much.
func (w *Writer) flush(least int) error {
	if w.out.Len() < least {
		return nil
	}
	_, err := w.out.WriteTo(w.to)
	return err
}
