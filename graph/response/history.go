package response

import "bordergraph/graph/query"

// History is an object that is made of what the log says of the row's node. The log is read once it is
// known which nodes are shown.
type History struct {
	// ID and Version are the columns of what names the node, and its last change.
	ID, Version *Column
	// Object is read from a row of its own.
	Object *Object
}

// Shown is the history of one node, as an answer shows it.
type Shown struct {
	History *History
	Node    string
	Version int64
}

// Histories are all that an answer shows, each once.
func Histories(shape *Object, row query.Row) []Shown {
	w := &writer{collects: true}
	w.object(shape, row)
	return w.shown
}

func (h *History) write(w *writer, row query.Row) bool {
	shown := Shown{History: h}
	shown.Node, _ = row[h.ID.Index].(string)
	shown.Version, _ = row[h.Version.Index].(int64)
	if !w.collects {
		return w.object(h.Object, w.histories[shown])
	}
	if !w.known[shown] {
		if w.known == nil {
			w.known = map[Shown]bool{}
		}
		w.known[shown] = true
		w.shown = append(w.shown, shown)
	}
	return true
}
