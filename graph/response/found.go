package response

import "bordergraph/graph/query"

// Found is an object made of what a search found: its values stand in a row of their own, in the
// Column, and name the objects of some pools by their ids. It is null where there is no row.
type Found struct {
	Column *Column
	Pools  []*Pool
	Object *Object
}

// Pool is a list column whose rows a Found refers to by id.
type Pool struct {
	Column *Column
	// Inner, if not nil, is the column of a list in each row: then the rows are those of the inner
	// lists, each followed by the value that is in the column Outer of the row around it.
	Inner, Outer *Column
	// ID is the column of the id of a row.
	ID   *Column
	Node *Node
}

// Pooled is the objects of a pool whose ids stand in a list.
type Pooled struct {
	IDs  *Column
	Pool *Pool
}

// End is the id of one end of a relationship between two nodes, by whether it leads to the far one.
type End struct {
	Outgoing, Near, Far *Column
	// Start is whether the end where it starts is meant.
	Start bool
}

// Checked is an object made of the row itself; it is null where nothing stands in the Column.
type Checked struct {
	Column *Column
	Object *Object
}

func (c *Checked) write(w *writer, row query.Row) bool {
	return row[c.Column.Index] != nil && w.object(c.Object, row)
}

func (f *Found) write(w *writer, row query.Row) bool {
	found, ok := row[f.Column.Index].(query.Row)
	if !ok {
		return false
	}
	if w.pools == nil {
		w.pools = map[*Pool]map[any]query.Row{}
	}
	for _, p := range f.Pools {
		w.pools[p] = p.byID(row)
	}
	return w.object(f.Object, found)
}

func (p *Pool) byID(row query.Row) map[any]query.Row {
	rows, _ := row[p.Column.Index].([]any)
	byID := make(map[any]query.Row, len(rows))
	for _, r := range rows {
		r := r.(query.Row)
		if p.Inner == nil {
			byID[r[p.ID.Index]] = r
			continue
		}
		inner, _ := r[p.Inner.Index].([]any)
		for _, i := range inner {
			i := i.(query.Row)
			byID[i[p.ID.Index]] = append(i[:len(i):len(i)], r[p.Outer.Index])
		}
	}
	return byID
}

func (p *Pooled) write(w *writer, row query.Row) bool {
	ids, _ := row[p.IDs.Index].([]any)
	return w.list(len(ids), func(i int) bool { return p.Pool.write(w, ids[i]) })
}

// write writes the object with an id; it is missing if it is gone since it was found.
func (p *Pool) write(w *writer, id any) bool {
	row, ok := w.pools[p][id]
	return ok && w.node(p.Node, row)
}

func (e *End) write(w *writer, row query.Row) bool {
	end := e.Far
	if (row[e.Outgoing.Index] == true) == e.Start {
		end = e.Near
	}
	return w.leaf(row[end.Index], query.String)
}
