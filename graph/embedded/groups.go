package embedded

import (
	"slices"

	"bordergraph/graph/query"
	"bordergraph/graph/stored"
)

// group is the members of a set that have the same keys.
type group struct {
	keys    []any
	count   int64
	latest  int   // the number of the member that was counted last
	members *page // nil if they are not wanted
}

// groups is the rows of the first groups of a set.
func (r *reader) groups(c *query.Groups, of member) []any {
	g := &grouping{reader: r, asked: c, named: map[string]*group{}, values: make([][]any, len(c.Keys)), keys: make([]any, len(c.Keys))}
	r.each(c.Set, of, g.add)
	p := r.page(make([]query.Key, len(c.Keys)), false, r.limit(c.Limit))
	defer r.give(p)
	for _, group := range g.groups {
		p.offer(member{group: group}, group.keys)
	}
	rows := make([]any, len(p.items))
	for i, item := range p.sorted() {
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

// grouping puts members into groups.
type grouping struct {
	reader *reader
	asked  *query.Groups
	groups []*group
	named  map[string]*group // by all their keys
	number int               // of the member that is looked at
	values [][]any           // its values, by key
	keys   []any             // one of the values of each
	name   []byte
	order  []any // what it is ordered by in its groups
}

func (g *grouping) add(m member) bool {
	g.number++
	if members := g.asked.Members; members != nil {
		g.order = g.reader.keys(g.order[:0], members.Order, m)
	}
	for i, key := range g.asked.Keys {
		g.values[i] = g.reader.keyValues(g.values[i][:0], key, m)
	}
	g.name = g.combine(m, 0, g.name[:0])
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

// combine counts the member under each combination of its values. The name tells what is chosen so
// far from all else; combine answers it longer, to be written over.
func (g *grouping) combine(m member, chosen int, name []byte) []byte {
	if chosen == len(g.keys) {
		g.count(m, name)
		return name
	}
	begun := len(name)
	for _, value := range g.values[chosen] {
		if !g.reader.spend(1) {
			break
		}
		g.keys[chosen] = value
		name = g.combine(m, chosen+1, appendKey(name[:begun], value))
	}
	return name
}

// count counts a member once in a group.
func (g *grouping) count(m member, name []byte) {
	group := g.group(name)
	if group.latest == g.number {
		return
	}
	group.latest = g.number
	group.count++
	if group.members != nil {
		group.members.offer(m, g.order)
	}
}

func (g *grouping) group(name []byte) *group {
	if known := g.named[string(name)]; known != nil {
		return known
	}
	made := &group{keys: slices.Clone(g.keys)}
	if members := g.asked.Members; members != nil {
		made.members = &page{order: members.Order, reverse: members.Reverse, limit: g.reader.limit(members.Limit)}
	}
	g.named[string(name)] = made
	g.groups = append(g.groups, made)
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
