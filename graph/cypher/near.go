package cypher

import (
	"reflect"
	"slices"

	"bordergraph/graph/query"
)

// near starts from the nodes of a list, of which those are wanted that the other start has: All or Moments.
type near struct {
	query.Start
	nodes string
	// tested says that the list has nothing but nodes of the types, in the Scope, each once.
	tested bool
}

// lead is a condition by which all members of a set lead somewhere: by themselves or, if there are
// own relationships, by what one of these leads to.
type lead struct {
	*query.Leads
	// said is the condition that says so.
	said query.Condition
	own  *query.Linked
	// rest are the other conditions on the members; nil if there are none.
	rest query.Condition
}

// led is the lead of a set; nil where the members do not come from all nodes of some types.
func led(s *query.Set) *lead {
	switch s.Start.(type) {
	case *query.All, *query.Moments:
		return leading(s.Where)
	}
	return nil
}

func leading(where query.Condition) *lead {
	switch where := where.(type) {
	case *query.Leads:
		if where.Of == query.Node {
			return &lead{Leads: where, said: where}
		}
	case *query.Or:
		return leadingOrOwn(where)
	case *query.And:
		for i, part := range where.All {
			if l := leading(part); l != nil {
				l.rest = replaced(where, i, l.rest)
				return l
			}
		}
	}
	return nil
}

// leadingOrOwn is the lead of a condition that a node, or what it has a relationship with, leads somewhere.
func leadingOrOwn(or *query.Or) *lead {
	if len(or.Any) != 2 {
		return nil
	}
	itself, ok := or.Any[0].(*query.Leads)
	other, some := or.Any[1].(*query.Some)
	if !ok || !some || itself.Of != query.Node || !reflect.DeepEqual(other.Where, query.Condition(itself)) || other.Scope != itself.Scope {
		return nil
	}
	own, ok := other.Start.(*query.Linked)
	if !ok || own.From != query.Node || own.Direction != query.Out || slices.ContainsFunc(own.Relationships, turnsOrEndsOutside(own.To)) {
		return nil
	}
	return &lead{Leads: itself, said: or, own: own}
}

// turnsOrEndsOutside is true of relationships that may not be gone back over from nodes of these types alone.
func turnsOrEndsOutside(types []*query.Type) func(*query.Relationship) bool {
	return func(r *query.Relationship) bool { return r.Symmetric || len(without(r.To, types)) > 0 }
}

// replaced has another part in place of one, or none if that is nil.
func replaced(and *query.And, i int, part query.Condition) query.Condition {
	var parts []query.Condition
	if part != nil {
		parts = []query.Condition{part}
	}
	if parts = slices.Replace(slices.Clone(and.All), i, i+1, parts...); len(parts) == 0 {
		return nil
	}
	return &query.And{All: parts}
}

// listed is the set, found from the list of all that lead where its members lead, or of those nodes that its
// condition names, if there is one.
func (c *compiler) listed(s *query.Set) *query.Set {
	l := led(s)
	all, ofNodes := s.Start.(*query.All)
	switch {
	case ofNodes && l != nil && l.Shared:
		kind := near{all, c.kind(c.nearLead(l, all.Types, 0), all.Types, s.Scope), true}
		return c.atOnce(&query.Set{Start: kind, Where: l.rest, Scope: s.Scope})
	case l != nil:
		return l.from(c.nearLead(l, typesOf(s.Start), 0), s)
	case ofNodes && all.Few:
		if list, rest := c.origins(s.Where, all.Types); list != "" {
			return c.atOnce(&query.Set{Start: near{all, list, false}, Where: rest, Scope: s.Scope})
		}
	}
	return s
}

// atOnce is a set of nodes of a list, found before all else: it may be both counted and read.
func (c *compiler) atOnce(s *query.Set) *query.Set {
	found := s.Start.(near)
	if found.tested && s.Where == nil {
		return s
	}
	list := c.made(func() string {
		m := c.members(s, root)
		return block("COLLECT", append(m.clauses(), "RETURN "+m.frame.variables[query.Node]))
	})
	return &query.Set{Start: near{found.Start, list, true}, Scope: s.Scope}
}

// kind is the list of those nodes of a list that are of some types, and in force.
func (c *compiler) kind(list string, types []*query.Type, scope *query.Scope) string {
	of := c.unwound(list, types)
	return c.made(func() string {
		return block("COLLECT", append(of,
			"WITH n0",
			"WHERE "+conjunction(c.nodeScope("n0", types, scope, inForce)),
			"RETURN n0"))
	})
}

// unwound takes those nodes of a list that are of some types. All are told apart by their labels once, for the
// lists of all types; only those of these types are looked at further.
func (c *compiler) unwound(list string, types []*query.Type) []string {
	kinds := c.made(func() string {
		return block("COLLECT", []string{
			"UNWIND " + list + " AS n0",
			"WITH labels(n0) AS labels, collect(n0) AS nodes",
			"RETURN nodes",
		})
	})
	return []string{"UNWIND [nodes IN " + kinds + " WHERE (" + hasType("head(nodes)", types) + ")] AS nodes", "UNWIND nodes AS n0"}
}

// shortlisted is the set, found from such a list, which is null if it would be long: then the set
// is better found as it is. What is shared has no short list.
func (c *compiler) shortlisted(s *query.Set) (list string, short *query.Set) {
	l := led(s)
	if l == nil || l.Shared {
		return "", nil
	}
	list = c.nearLead(l, typesOf(s.Start), fewNodes)
	return list, l.from(list, s)
}

// from is the set, found from a list.
func (l *lead) from(list string, s *query.Set) *query.Set {
	return &query.Set{Start: near{s.Start, list, false}, Where: l.rest, Scope: s.Scope}
}

// expected are the types of the nodes that sets take from the lists of shared leads, in the order of the Model.
type expected map[query.Condition][]*query.Type

// nearLead is the variable of the list of all nodes of some types of which a lead is true, like near. It has others, too.
func (c *compiler) nearLead(l *lead, types []*query.Type, most int) string {
	list := c.near(l.Leads, most)
	from := c.expect(l, types)
	own := l.ownOf(from)
	if len(own) == 0 {
		return list
	}
	all := few("s0", "null", most)
	if most > 0 {
		all = "CASE WHEN " + list + " IS NULL THEN null ELSE " + all + " END"
	}
	return c.made(func() string {
		return "head(" + block("COLLECT", []string{
			"WITH " + c.backwards(own, from, l.Scope, most)(list) + " AS s1",
			"UNWIND " + list + " + s1 AS a0",
			"WITH collect(DISTINCT a0) AS s0",
			"RETURN " + all,
		}) + ")"
	})
}

// expect is of which types the list of a lead must have all nodes: for one that is shared those that any set takes
// from it, as far as it is known; nil for any type.
func (c *compiler) expect(l *lead, types []*query.Type) []*query.Type {
	if !l.Shared {
		return nil
	}
	all := append(without(types, c.met[l.said]), c.met[l.said]...)
	slices.SortFunc(all, func(a, b *query.Type) int { return a.Index - b.Index })
	c.met[l.said] = all
	return c.known[l.said]
}

// ownOf are those of the own relationships that nodes of some types have; all if these are nil.
func (l *lead) ownOf(types []*query.Type) []*query.Relationship {
	switch {
	case l.own == nil:
		return nil
	case types == nil:
		return l.own.Relationships
	}
	return slices.DeleteFunc(slices.Clone(l.own.Relationships), func(r *query.Relationship) bool { return len(common(r.From, types)) == 0 })
}

func eitherWay(list, long, short string) string {
	return "CASE WHEN " + list + " IS NULL THEN " + long + " ELSE " + short + " END"
}

// among takes the nodes of a list, and tests them like any other set of nodes.
func (c *compiler) among(start near, scope *query.Scope, outer frame) members {
	f := outer.inner()
	moments, _ := start.Start.(*query.Moments)
	types := typesOf(start.Start)
	n := f.node(query.Node, types)
	m := members{match: "UNWIND " + start.nodes + " AS " + n + "\nWITH " + n}
	if !start.tested {
		m.where = append([]string{hasType(n, types)}, c.nodeScope(n, types, scope, inForce)...)
	}
	if moments != nil {
		return c.momentsAmong(moments, m, f)
	}
	m.frame = f
	return m
}

// typesOf are the types of the members of All or Moments.
func typesOf(start query.Start) []*query.Type {
	var types []*query.Type
	switch start := start.(type) {
	case *query.All:
		types = start.Types
	case *query.Moments:
		for _, m := range start.Of {
			types = append(types, without([]*query.Type{m.Type}, types)...)
		}
	}
	return types
}
