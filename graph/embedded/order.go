package embedded

import (
	"cmp"
	"slices"
	"strings"

	"bordergraph/graph/query"
)

// compare orders values as Neo4j does: lists before strings before booleans before numbers before
// what is missing; strings by code point, integers and floats by their number.
func compare(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, same := b.(string); same {
			return strings.Compare(x, y)
		}
	case int64:
		switch y := b.(type) {
		case int64:
			return cmp.Compare(x, y)
		case float64:
			return cmp.Compare(float64(x), y)
		}
	case float64:
		switch y := b.(type) {
		case int64:
			return cmp.Compare(x, float64(y))
		case float64:
			return cmp.Compare(x, y)
		}
	case bool:
		if y, same := b.(bool); same {
			return cmp.Compare(truth(x), truth(y))
		}
	case []any:
		if y, same := b.([]any); same {
			return slices.CompareFunc(x, y, compare)
		}
	}
	return cmp.Compare(rank(a), rank(b))
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func rank(v any) int {
	switch v.(type) {
	case []any:
		return 0
	case string:
		return 1
	case bool:
		return 2
	case int64, float64:
		return 3
	default:
		return 4
	}
}

// keys appends what a member is ordered by.
func (r *reader) keys(keys []any, order []query.Key, m member) []any {
	for i := range order {
		keys = append(keys, r.column(order[i].By, m))
	}
	return keys
}

// position is the keys of a keyset.
func (r *reader) position(k *query.Keyset) []any {
	keys := make([]any, len(k.Values))
	for i, value := range k.Values {
		if !k.Missing[i] {
			keys[i] = r.args[value]
		}
	}
	return keys
}

// keeps: the keyset at this position keeps a member with these keys.
func keeps(k *query.Keyset, order []query.Key, keys, position []any) bool {
	c := compareKeys(order, keys, position)
	if k.Before {
		c = -c
	}
	return c > 0 || c == 0 && k.Inclusive
}

func compareKeys(order []query.Key, a, b []any) int {
	for i := range order {
		c := compare(a[i], b[i])
		if c == 0 {
			continue
		}
		if order[i].Descending && !(order[i].MissingLast && (a[i] == nil || b[i] == nil)) {
			return -c
		}
		return c
	}
	return 0
}

// page gathers the first members in an order. While it is full, it is a heap with the last on top.
type page struct {
	order   []query.Key
	reverse bool
	limit   int // less than 0 for all
	items   []item
	keys    []any // of all items
	tried   []any // of the member that is looked at
}

type item struct {
	member
	keys []any
}

func (p *page) compare(a, b []any) int {
	if p.reverse {
		return compareKeys(p.order, b, a)
	}
	return compareKeys(p.order, a, b)
}

// full reports whether no other member has room.
func (p *page) full() bool { return p.limit >= 0 && len(p.items) >= p.limit }

// last is the last item of a full page.
func (p *page) last() *item { return &p.items[0] }

// past reports whether the first of these keys is after that of all on a full page: where members come
// in the order of that key, none that follows belongs on it.
func (p *page) past(keys []any) bool {
	if !p.full() {
		return false
	}
	if p.limit == 0 {
		return true
	}
	c := compareKeys(p.order[:1], keys, p.last().keys)
	return c > 0 && !p.reverse || c < 0 && p.reverse
}

func (p *page) offer(m member, keys []any) {
	switch {
	case !p.full():
		begin := len(p.keys)
		p.keys = append(p.keys, keys...)
		p.items = append(p.items, item{m, p.keys[begin:len(p.keys):len(p.keys)]})
		if len(p.items) == p.limit {
			for i := len(p.items)/2 - 1; i >= 0; i-- {
				p.sink(i)
			}
		}
	case p.limit > 0 && p.compare(keys, p.last().keys) < 0:
		p.items[0].member = m
		copy(p.items[0].keys, keys)
		p.sink(0)
	}
}

// sink restores the heap below an item.
func (p *page) sink(i int) {
	for {
		last := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(p.items); child++ {
			if p.compare(p.items[child].keys, p.items[last].keys) > 0 {
				last = child
			}
		}
		if last == i {
			return
		}
		p.items[i], p.items[last] = p.items[last], p.items[i]
		i = last
	}
}

func (p *page) sorted() []item {
	slices.SortFunc(p.items, func(a, b item) int { return p.compare(a.keys, b.keys) })
	return p.items
}

// gather finds the page of a Select. It is to be given back when it is read.
func (r *reader) gather(s *query.Select, of member, limit int) *page {
	p := r.page(s.Order, s.Reverse, limit)
	var position []any
	if s.Beyond != nil {
		position = r.position(s.Beyond)
	}
	ways, set := r.ways(s.Set, s.Order, s.Beyond, s.Reverse)
	for _, way := range ways {
		r.along(way, set, of, func(m member) bool {
			p.tried = r.keys(p.tried[:0], s.Order, m)
			if way.ordered && p.past(p.tried) {
				return false
			}
			if s.Beyond == nil || keeps(s.Beyond, s.Order, p.tried, position) {
				p.offer(m, p.tried)
			}
			return true
		})
	}
	return p
}

// page is an empty one. It is to be given back when it is read.
func (r *reader) page(order []query.Key, reverse bool, limit int) *page {
	last := len(r.spare) - 1
	if last < 0 {
		return &page{order: order, reverse: reverse, limit: limit}
	}
	p := r.spare[last]
	r.spare = r.spare[:last]
	p.order, p.reverse, p.limit = order, reverse, limit
	p.items, p.keys = p.items[:0], p.keys[:0]
	return p
}

func (r *reader) give(p *page) { r.spare = append(r.spare, p) }

// list is the rows of a Select.
func (r *reader) list(s *query.Select, of member) []any {
	limit := r.limit(s.Limit)
	if len(s.Order) == 0 {
		return r.unordered(s, of, limit)
	}
	p := r.gather(s, of, limit)
	defer r.give(p)
	return r.rows(p, s.Columns)
}

func (r *reader) limit(p query.Param) int {
	if p == query.NoLimit {
		return -1
	}
	return int(r.args[p].(int64))
}

// rows are what is wanted of the members on a page, in its order. They share one array.
func (r *reader) rows(p *page, columns []query.Column) []any {
	items, width := p.sorted(), len(columns)
	rows, cells := make([]any, len(items)), make([]any, len(items)*width)
	for i := range items {
		row := cells[i*width : (i+1)*width : (i+1)*width]
		r.fill(row, columns, items[i].member)
		rows[i] = row
	}
	return rows
}

// unordered is the rows of a Select without an order.
func (r *reader) unordered(s *query.Select, of member, limit int) []any {
	rows := []any{}
	if limit == 0 {
		return rows
	}
	r.each(s.Set, of, func(m member) bool {
		row := r.row(len(s.Columns))
		r.fill(row, s.Columns, m)
		rows = append(rows, row)
		return len(rows) != limit
	})
	return rows
}

// maxCells is the most cells that are made at once, for rows that nobody counts beforehand.
const maxCells = 1024

// row makes a row. Rows of several lists share one array.
func (r *reader) row(width int) query.Row {
	if len(r.cells) < width {
		r.made = min(max(2*r.made, 16), maxCells)
		r.cells = make([]any, max(r.made, width))
	}
	row := r.cells[:width:width]
	r.cells = r.cells[width:]
	return row
}

// first is the only column of the first row of a Select.
func (r *reader) first(s *query.Select, of member) any {
	p := r.gather(s, of, 1)
	defer r.give(p)
	if len(p.items) == 0 {
		return nil
	}
	return r.column(s.Columns[0], p.items[0].member)
}
