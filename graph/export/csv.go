package export

import "encoding/csv"

// csvTable is a table with a line of names first. A cell is empty where there is no value, a list is a
// JSON array. Values are written as they are, also those that a spreadsheet would take for a formula.
type csvTable struct {
	*attributes
	writer *csv.Writer
	row    []string
}

type csvNodes struct{ csvTable }

type csvLinks struct{ csvTable }

func newCSVNodes(o *output, g *Graph) shape {
	t := csvNodes{newCSVTable(o, g)}
	t.begin([]string{"id", "type"}, t.nodeColumns)
	return &t
}

func newCSVLinks(o *output, g *Graph) shape {
	t := csvLinks{newCSVTable(o, g)}
	t.begin([]string{"id", "source", "target", "type", "symmetric"}, t.linkColumns)
	return &t
}

func newCSVTable(o *output, g *Graph) csvTable {
	return csvTable{attributes: attributesOf(g.Model), writer: csv.NewWriter(o)}
}

func (t *csvTable) begin(first []string, columns []*column) {
	t.row = first
	for _, c := range columns {
		t.row = append(t.row, c.name)
	}
	t.write()
}

// fill puts the first cells, and the attributes behind them, into the row.
func (t *csvTable) fill(first []string, attributes []attribute, values []any) {
	clear(t.row)
	copy(t.row, first)
	for i := range attributes {
		if v := attributes[i].of(values); v != nil {
			t.row[len(first)+attributes[i].index] = written(v)
		}
	}
	t.write()
}

func (t *csvTable) write() {
	_ = t.writer.Write(t.row) // a buffer takes everything
	t.writer.Flush()
}

func (t *csvNodes) node(n *Node) {
	t.fill([]string{n.ID(), n.Type.Name}, t.ofNodes[n.Type.Index], n.Values)
}

func (t *csvNodes) link(*Link) {}

func (t *csvLinks) node(*Node) {}

func (t *csvLinks) link(l *Link) {
	r := l.Relationship
	t.fill([]string{l.ID(), l.From, l.To, r.Name, written(r.Symmetric)}, t.ofLinks[r.Index], l.Values)
}

func (t *csvTable) end() {}
