package cypher

import (
	"slices"
	"strings"

	"bordergraph/graph/query"
)

// linked goes over one relationship of any of some kinds. All that share a name are among them, so
// the names alone say which relationships are meant.
func (c *compiler) linked(l *query.Linked, scope *query.Scope, outer frame) members {
	walked, reached := walked(l, outer.types[l.From])
	types := common(l.To, reached)
	f := outer.inner()
	link, to := f.link(query.Link, walked...), f.node(query.Node, types)
	from := outer.variables[l.From]
	direction, directed := l.Direction, []string(nil)
	if !l.AsStored {
		direction, directed = directions(l.Direction, walked, link, from)
	}
	var pattern, named []string
	if !l.AnyRelationship || len(walked) < len(l.Relationships) {
		pattern, named = patternNames(link, walked)
	}
	m := members{frame: f, match: "MATCH (" + from + ")" + arrow(direction, link, pattern...) + "(" + to + ")", where: slices.Concat(named, directed)}
	if len(types) == 0 || len(common(reached, types)) < len(reached) {
		m.where = append(m.where, hasType(to, types))
	}
	m.where = append(m.where, c.cleared(link, scope))
	m.where = append(m.where, c.dates(link, scope, inForce)...)
	m.where = append(m.where, c.linkedScope(f, scope, outer.lasts)...)
	return m
}

// fewNames is up to how many names of relationships stand in a pattern. The planner takes long for more,
// and there are few relationships besides those of so many names.
const fewNames = 20

// patternNames are the names for a pattern, or a test in their stead.
func patternNames(link string, walked []*query.Relationship) (pattern, test []string) {
	names := names(walked)
	if len(names) <= fewNames {
		return names, nil
	}
	return nil, []string{hasName(link, names)}
}

// hasName is a test that, unlike a pattern's, the planner leaves whole: in a disjunction it would make
// every combination of the names with what else is there.
func hasName(link string, names []string) string {
	if len(names) == 1 {
		return labelled(link, names)
	}
	literals := make([]string, len(names))
	for i, name := range names {
		literals[i] = literal(name)
	}
	return "type(" + link + ") IN [" + strings.Join(literals, ", ") + "]"
}

// directions are the direction of the pattern, and what it leaves to be tested: symmetric
// relationships are walked from either end, among others that are not.
func directions(d query.Direction, walked []*query.Relationship, link, from string) (query.Direction, []string) {
	var symmetric []*query.Relationship
	for _, r := range walked {
		if r.Symmetric {
			symmetric = append(symmetric, r)
		}
	}
	if d == query.Both || len(symmetric) == 0 {
		return d, nil
	}
	end := "startNode("
	if d == query.In {
		end = "endNode("
	}
	return query.Both, []string{either([]string{hasName(link, names(symmetric)), end + link + ") = " + from})}
}

// walked are those relationships that may be met at nodes of some types, and the types to which they lead.
func walked(l *query.Linked, from []*query.Type) (relationships []*query.Relationship, reached []*query.Type) {
	for _, r := range l.Relationships {
		var to []*query.Type
		if (l.Direction != query.In || r.Symmetric) && len(common(r.From, from)) > 0 {
			to = append(to, r.To...)
		}
		if (l.Direction != query.Out || r.Symmetric) && len(common(r.To, from)) > 0 {
			to = append(to, r.From...)
		}
		if len(common(to, l.To)) > 0 {
			relationships = append(relationships, r)
		}
		reached = append(reached, to...)
	}
	return relationships, reached
}

func (c *compiler) linkedScope(f frame, scope *query.Scope, nearLasts string) []string {
	return append([]string{c.cleared(f.variables[query.Node], scope)}, c.linkedDates(f, scope, nearLasts)...)
}

// linkedDates test the node reached, as far as it was not tested when it was left: its end only where the relationship
// does not outlive it. Where nearLasts is not empty, it says whether the node has ended from which the relationship was reached, too.
func (c *compiler) linkedDates(f frame, scope *query.Scope, nearLasts string) []string {
	if scope.Time == query.AnyTime {
		return nil
	}
	link, to, types := f.variables[query.Link], f.variables[query.Node], f.types[query.Node]
	lasting, lapsing := byLasting(f.relationships[query.Link])
	conditions, last := c.nodeDates(to, types, scope, begun), c.nodeDates(to, types, scope, notEnded)
	if f.lasts != "" {
		conditions, last = nil, []string{f.lasts}
	}
	if len(lapsing) == 0 {
		return conditions
	}
	if nearLasts != "" {
		last = append([]string{nearLasts}, last...)
	}
	if len(lasting) == 0 || len(last) == 0 {
		return append(conditions, last...)
	}
	return append(conditions, orElse(strings.Join(last, " AND "), either(outlives(link, lasting, lapsing))))
}

func byLasting(relationships []*query.Relationship) (lasting, lapsing []*query.Relationship) {
	for _, r := range relationships {
		if r.Lasting {
			lasting = append(lasting, r)
		} else {
			lapsing = append(lapsing, r)
		}
	}
	return lasting, lapsing
}

// outlives tests whether a relationship is a lasting one: by its name where that tells, else by where it
// starts, else by both its ends.
func outlives(link string, lasting, lapsing []*query.Relationship) []string {
	var byName []*query.Relationship
	var byStart [][]*query.Relationship // those that start at the same types
	var byEnds []string
	for _, r := range lasting {
		switch same := namesakes(r, lapsing); {
		case len(same) == 0:
			byName = append(byName, r)
		case !slices.ContainsFunc(same, func(l *query.Relationship) bool { return len(common(l.From, r.From)) > 0 }):
			byStart = gather(byStart, r)
		default:
			byEnds = append(byEnds, "("+labelled(link, []string{r.Name})+" AND "+hasType("startNode("+link+")", r.From)+" AND "+hasType("endNode("+link+")", r.To)+")")
		}
	}
	var tests []string
	if len(byName) > 0 {
		tests = append(tests, hasName(link, names(byName)))
	}
	for _, group := range byStart {
		tests = append(tests, "("+hasName(link, names(group))+" AND "+hasType("startNode("+link+")", group[0].From)+")")
	}
	return append(tests, byEnds...)
}

// namesakes are those relationships that have the same name.
func namesakes(r *query.Relationship, others []*query.Relationship) []*query.Relationship {
	return slices.DeleteFunc(slices.Clone(others), func(o *query.Relationship) bool { return o.Name != r.Name })
}

// gather adds a relationship to the group that starts at the same types, or makes one.
func gather(groups [][]*query.Relationship, r *query.Relationship) [][]*query.Relationship {
	for i, group := range groups {
		if slices.Equal(group[0].From, r.From) {
			groups[i] = append(group, r)
			return groups
		}
	}
	return append(groups, []*query.Relationship{r})
}

// names are the names of relationships, each once.
func names(relationships []*query.Relationship) []string {
	var names []string
	for _, r := range relationships {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// without are those of some types that are not among others.
func without(types, others []*query.Type) []*query.Type {
	return slices.DeleteFunc(slices.Clone(types), func(t *query.Type) bool { return slices.Contains(others, t) })
}

// common are those of some types that are among others, too.
func common(types, others []*query.Type) []*query.Type {
	return slices.DeleteFunc(slices.Clone(types), func(t *query.Type) bool { return !slices.Contains(others, t) })
}
