package embedded

import (
	"slices"

	"bordergraph/graph/query"
	"bordergraph/graph/stored"
)

// group is the members of a set that have the same keys.
type group struct {
	name    string // of the keys
	keys    []any
	count   int64
	latest  int   // the number of the member that was counted last
	members *page // nil if they are not wanted
	filled  int   // the way on which none that follows is one of these members
}

// groups is the rows of the first groups of a set.
func (r *reader) groups(c *query.Groups, of member) []any {
	limit := r.limit(c.Limit)
	if limit == 0 {
		return []any{}
	}
	first := r.page(make([]query.Key, len(c.Keys)), false, limit)
	defer r.give(first)
	g := &grouping{reader: r, asked: c, first: first, named: map[string]*group{}, values: make([][]any, len(c.Keys)), keys: make([]any, len(c.Keys))}
	var order []query.Key
	if c.Members != nil {
		order = c.Members.Order
	}
	ways, set := r.ways(c.Set, order, nil, false)
	for _, way := range ways {
		g.way++
		g.ordered = way.ordered
		r.along(way, set, of, g.add)
	}
	rows := make([]any, len(first.items))
	for i, item := range first.sorted() {
		rows[i] = r.groupRow(c, item.group)
	}
	return rows
}

func (r *reader) groupRow(c *query.Groups, g *group) query.Row {
	row := append(append(make(query.Row, 0, len(g.keys)+len(c.Shown)+2), g.keys...), g.count)
	for _, shown := range c.Shown {
		row = append(row, r.column(shown, member{group: g}))
	}
	if c.Members != nil {
		row = append(row, r.rows(g.members, c.Members.Columns))
	}
	return row
}

// grouping puts members into groups. A group after so many others is dropped: what comes first only becomes more.
type grouping struct {
	reader *reader
	asked  *query.Groups
	first  *page
	named  map[string]*group // those on the page
	// way is the number of the one gone along; ordered ones meet the members in the order of those of a group.
	way     int
	ordered bool
	number  int     // of the member that is looked at
	values  [][]any // its values, by key
	keys    []any   // one of the values of each
	name    []byte  // of these
	order   []any   // what the member is ordered by in its groups
}

func (g *grouping) add(m member) bool {
	g.number++
	for i, key := range g.asked.Keys {
		g.values[i] = g.reader.keyValues(g.values[i][:0], key, m)
	}
	g.combine(m, 0)
	return g.reader.err == nil
}

// keyValues appends the values of a key: one, but of a List that of each row, or nil without any.
func (r *reader) keyValues(values []any, key query.Column, m member) []any {
	list, several := key.(*query.List)
	if !several {
		return append(values, r.column(key, m))
	}
	for _, row := range r.list(list.Select, m) {
		values = append(values, row.(query.Row)[0])
	}
	if len(values) == 0 {
		values = append(values, nil)
	}
	return values
}

// combine counts the member under each combination of its values, of which so many are chosen.
func (g *grouping) combine(m member, chosen int) {
	if chosen == len(g.keys) {
		g.count(m)
		return
	}
	for _, value := range g.values[chosen] {
		if !g.reader.spend(1) {
			break
		}
		g.keys[chosen] = value
		g.combine(m, chosen+1)
	}
}

// count counts a member once in a group.
func (g *grouping) count(m member) {
	if g.first.full() && g.first.compare(g.keys, g.first.last().keys) > 0 {
		return
	}
	group := g.group()
	if group == nil || group.latest == g.number {
		return
	}
	group.latest = g.number
	group.count++
	if group.members != nil && group.filled != g.way {
		g.offer(m, group)
	}
}

func (g *grouping) offer(m member, to *group) {
	g.order = g.reader.keys(g.order[:0], to.members.order, m)
	if g.ordered && to.members.past(g.order) {
		to.filled = g.way
		return
	}
	to.members.offer(m, g.order)
}

// group is the one of the keys; nil if it is not among the first.
func (g *grouping) group() *group {
	g.name = g.name[:0]
	for _, key := range g.keys {
		g.name = appendKey(g.name, key)
	}
	if known := g.named[string(g.name)]; known != nil {
		return known
	}
	if g.first.full() {
		last := g.first.last()
		if g.first.compare(g.keys, last.keys) >= 0 {
			return nil
		}
		delete(g.named, last.group.name)
	}
	made := &group{name: string(g.name), keys: slices.Clone(g.keys)}
	if members := g.asked.Members; members != nil {
		made.members = &page{order: members.Order, reverse: members.Reverse, limit: g.reader.limit(members.Limit)}
	}
	g.named[made.name] = made
	g.first.offer(member{group: made}, made.keys)
	return made
}

// appendKey is AppendValue, but equal values write the same.
func appendKey(name []byte, value any) []byte {
	if float, is := value.(float64); is {
		value = float + 0 // makes of the negative zero the other
	}
	name, err := stored.AppendValue(name, value)
	if err != nil {
		panic("embedded: " + err.Error())
	}
	return name
}
