package cypher

import (
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

func (c *compiler) list(l *query.List, outer frame) string {
	clauses, f := c.page(l.Select, c.limit, outer)
	return block("COLLECT", append(clauses, c.row(l.Columns, f)))
}

func (c *compiler) row(columns []query.Column, f frame) string {
	values := make([]value, len(columns))
	for i, column := range columns {
		values[i] = value{c.column(column, f), groups(column)}
	}
	return c.returned(values, f.names(), "h"+strconv.Itoa(f.depth))
}

func (c *compiler) first(first *query.First, outer frame) string {
	clauses, f := c.page(first.Select, onlyOne, outer)
	return "head(" + block("COLLECT", append(clauses, "RETURN "+c.column(first.Columns[0], f)+" AS v")) + ")"
}

// limit writes the LIMIT of a Select, if it has one.
func (c *compiler) limit(s *query.Select) []string {
	if s.Limit == query.NoLimit {
		return nil
	}
	return []string{"LIMIT " + c.param(s.Limit)}
}

func onlyOne(*query.Select) []string { return []string{"LIMIT 1"} }

// page finds the rows of a Select, in order and cut, before anything is read of them.
func (c *compiler) page(s *query.Select, limit func(*query.Select) []string, outer frame) ([]string, frame) {
	if l := led(s.Set); s.Limit == query.NoLimit || l == nil || (l.Shared || ofMoments(s.Start)) {
		return c.pageOf(c.listed(s.Set), s, limit, outer)
	}
	list, short := c.shortlisted(s.Set)
	if short == nil {
		return c.pageOf(s.Set, s, limit, outer)
	}
	long, f := c.pageOf(s.Set, s, limit, outer)
	listed, _ := c.pageOf(short, s, limit, outer)
	members := "RETURN " + packed(f)
	return unpacked(eitherWay(list, block("COLLECT", append(long, members)), block("COLLECT", append(listed, members))), f), f
}

// pageOf is the page of a Select, of the members of a set.
func (c *compiler) pageOf(set *query.Set, s *query.Select, limit func(*query.Select) []string, outer frame) ([]string, frame) {
	parts, stretches := parts(set), c.stretches(set, s)
	if len(parts)*len(stretches) > 1 {
		return c.union(parts, stretches, s, limit, outer)
	}
	clauses, f, keys := c.beyondPosition(set, s.Order, s.Beyond, c.beyond, outer)
	return append(clauses, cut(s, limit(s), f, keys)...), f
}

// union takes the page of each stretch of each part of a set, by the index of that part, and cuts the
// page from all of them.
func (c *compiler) union(parts []*query.Set, stretches []stretch, s *query.Select, limit func(*query.Select) []string, outer frame) ([]string, frame) {
	var branches []string
	for _, part := range parts {
		for _, stretch := range stretches {
			if len(branches) > 0 {
				branches = append(branches, "UNION ALL")
			}
			clauses, branch, keys := c.beyondPosition(part, s.Order, s.Beyond, stretch, outer)
			branches = append(branches, append(clauses, cut(s, limit(s), branch, keys)...)...)
			branches = append(branches, "RETURN "+strings.Join(append(branch.shared(), keyNames(keys)...), ", "))
		}
	}
	f := union(parts, outer)
	return append([]string{c.call(branches)}, cut(s, limit(s), f, c.keys(s.Order, f))...), f
}

// cut orders what was found and keeps the page.
func cut(s *query.Select, limit []string, f frame, keys []key) []string {
	if len(keys) == 0 && len(limit) == 0 {
		return nil
	}
	clauses := []string{"WITH " + carried(f, keys)}
	if len(keys) > 0 {
		clauses = append(clauses, orderBy(keys, s.Reverse))
	}
	return append(clauses, limit...)
}

func (c *compiler) exists(e *query.Exists, outer frame) string {
	if e.Beyond == nil {
		return c.some(e.Set, outer)
	}
	return c.anyPart(e.Set, func(part *query.Set) []string {
		clauses, f, keys := c.beyondPosition(part, e.Order, e.Beyond, c.beyond, outer)
		return append(clauses, "RETURN "+carried(f, keys))
	})
}

// beyondPosition finds the members of a set on one side of a position in an order, if there is one.
func (c *compiler) beyondPosition(s *query.Set, order []query.Key, position *query.Keyset, beyond stretch, outer frame) ([]string, frame, []key) {
	m := c.members(s, outer)
	keys := c.keys(order, m.frame)
	switch {
	case anySubquery(keys):
		clauses := append(m.clauses(), with(m.frame, keys))
		if position != nil {
			clauses = append(clauses, "WHERE "+beyond(position, keys))
		}
		return clauses, m.frame, keys
	case position != nil:
		m.where = append(m.where, beyond(position, keys))
	default:
		m.where = append(m.where, orderedByIndex(s, order, keys)...)
	}
	return m.clauses(), m.frame, keys
}

// orderedByIndex says of an indexed key what is always true of it: without, the planner sorts all
// nodes of the type where it could read them in order from the index.
func orderedByIndex(s *query.Set, order []query.Key, keys []key) []string {
	_, all := s.Start.(*query.All)
	if !all || len(order) == 0 {
		return nil
	}
	v, ok := order[0].By.(*query.Value)
	if !ok || v.Property != query.NodeProperties[query.NodeID] && v.Property != query.NodeProperties[query.NodeName] {
		return nil
	}
	return []string{keys[0].text + " IS NOT NULL"}
}
