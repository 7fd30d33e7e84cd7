package cypher

import (
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

// parts are sets that have the members of a set between them, each with an index that serves it.
func parts(s *query.Set) []*query.Set {
	all, ok := s.Start.(*query.All)
	if !ok || len(all.Types) > fewTypes {
		return moments(s)
	}
	parts := make([]*query.Set, len(all.Types))
	for i, t := range all.Types {
		parts[i] = from(&query.All{Types: []*query.Type{t}}, s)
	}
	return parts
}

// moments are sets of one moment each; any other set stays whole.
func moments(s *query.Set) []*query.Set {
	all, ok := s.Start.(*query.Moments)
	if !ok {
		return []*query.Set{s}
	}
	parts := make([]*query.Set, len(all.Of))
	for i, m := range all.Of {
		parts[i] = from(&query.Moments{Of: []query.Moment{m}}, s)
	}
	return parts
}

// from is the set, started elsewhere.
func from(start query.Start, s *query.Set) *query.Set {
	return &query.Set{Start: start, Where: s.Where, Scope: s.Scope}
}

// together finds the members of all parts of a set that one MATCH cannot find.
func (c *compiler) together(s *query.Set, outer frame) members {
	parts := moments(s)
	if len(parts) == 1 {
		return c.members(s, outer)
	}
	var branches []string
	for i, part := range parts {
		if i > 0 {
			branches = append(branches, "UNION ALL")
		}
		m := c.members(part, outer)
		branches = append(branches, append(m.clauses(), "RETURN "+strings.Join(m.frame.shared(), ", "))...)
	}
	return members{frame: union(parts, outer), match: c.call(branches)}
}

// call is a subquery of branches, which see the lists that were made before all else.
func (c *compiler) call(branches []string) string {
	return block("CALL ("+c.knownLists()+")", branches)
}

// union is the frame of what several parts have.
func union(parts []*query.Set, outer frame) frame {
	f := outer.inner()
	var types []*query.Type
	for _, part := range parts {
		switch start := part.Start.(type) {
		case *query.All:
			types = append(types, start.Types...)
		case *query.Moments:
			f.moments = append(f.moments, start.Of...)
			types = append(types, without(typesOf(start), types)...)
		}
	}
	f.node(query.Node, types)
	if len(f.moments) > 0 {
		f.link(query.Link)
	}
	return f
}

// shared are the variables that one part has in common with others.
func (f frame) shared() []string {
	if len(f.moments) != 1 {
		return f.names()
	}
	return append(f.names(), f.momentMap()+" AS "+prefixes[query.Link]+strconv.Itoa(f.depth))
}
