package embedded

import (
	"slices"
	"strings"

	"bordergraph/graph/query"
)

func (r *reader) holds(c query.Condition, m member) bool {
	if !r.spend(1) {
		return false
	}
	switch c := c.(type) {
	case *query.And:
		for _, part := range c.All {
			if !r.holds(part, m) {
				return false
			}
		}
		return true
	case *query.Or:
		for _, part := range c.Any {
			if r.holds(part, m) {
				return true
			}
		}
		return false
	case *query.Not:
		return !r.holds(c.Condition, m)
	case *query.Compare:
		return r.compares(c, m.value(c.Of, c.Property))
	case *query.Missing:
		return m.value(c.Of, c.Property) == nil
	case *query.Names:
		return r.isNamed(c, m.nodeOf(c.Of))
	case *query.OfType:
		return slices.Contains(c.Types, m.nodeOf(c.Of).typ)
	case *query.Some:
		if begun, known := r.begun[c]; known {
			return begun.has(m.node)
		}
		return r.some(c.Set, m)
	case *query.Leads:
		return r.led(c).has(m.nodeOf(c.Of))
	case *query.Counted:
		return compares(c.Operator, r.count(c.Set, m), r.args[c.Value])
	case *query.InForce:
		return r.inForce(c, m)
	}
	panic("embedded: unknown condition")
}

func (r *reader) inForce(c *query.InForce, m member) bool {
	in := r.scope(c.Scope)
	if c.Of == query.Link {
		return in.holds(&m.link.validity) && in.reaches(m.link.relationship, m.node)
	}
	return in.holds(&m.nodeOf(c.Of).validity)
}

// manyTexts is from how many texts on they are looked up rather than compared one by one.
const manyTexts = 16

func (r *reader) compares(c *query.Compare, value any) bool {
	with := r.args[c.Value]
	if list, _ := with.([]any); c.Operator == query.OneOf && len(list) >= manyTexts {
		if text, ok := value.(string); ok {
			return r.texts(c.Value, list)[text]
		}
		r.spend(len(list))
	}
	return compares(c.Operator, value, with)
}

// texts are those among the members of a list.
func (r *reader) texts(of query.Param, list []any) map[string]bool {
	if r.sets == nil {
		r.sets = map[query.Param]map[string]bool{}
	}
	set, known := r.sets[of]
	if !known {
		set = make(map[string]bool, len(list))
		for _, member := range list {
			if text, ok := member.(string); ok {
				set[text] = true
			}
		}
		r.sets[of] = set
	}
	return set
}

// compares is two-valued: with a missing value, or values that cannot be compared, it is false.
func compares(o query.Operator, value, with any) bool {
	switch o {
	case query.OneOf:
		return contains(with, value)
	case query.Has:
		return contains(value, with)
	case query.Contains, query.StartsWith, query.EndsWith:
		return comparesText(o, value, with)
	}
	if value == nil || rank(value) != rank(with) {
		return false
	}
	order := compare(value, with)
	switch o {
	case query.Equal:
		return order == 0
	case query.Less:
		return order < 0
	case query.LessOrEqual:
		return order <= 0
	case query.Greater:
		return order > 0
	case query.GreaterOrEqual:
		return order >= 0
	}
	panic("embedded: unknown operator")
}

func comparesText(o query.Operator, value, with any) bool {
	text, isText := value.(string)
	part, isPart := with.(string)
	if !isText || !isPart {
		return false
	}
	switch o {
	case query.Contains:
		return strings.Contains(text, part)
	case query.StartsWith:
		return strings.HasPrefix(text, part)
	default:
		return strings.HasSuffix(text, part)
	}
}

func contains(list, value any) bool {
	members, _ := list.([]any)
	return slices.ContainsFunc(members, func(member any) bool { return compares(query.Equal, member, value) })
}

// isNamed: one and the same name of the node satisfies the whole condition.
func (r *reader) isNamed(c *query.Names, n *node) bool {
	wanted, spelled := r.args[c.Folded].([]any), r.args[c.Spelled].([]any)
	foldedNames, _ := n.values[query.NodeNameFolded].([]any)
	spelledNames, _ := n.values[query.NodeNameSpelled].([]any)
	r.spend(len(foldedNames))
	for i, name := range foldedNames {
		if matches(c.Match, name.(string), wanted) && matches(query.Words, spelledNames[i].(string), spelled) {
			return true
		}
	}
	return false
}

func matches(m query.Match, name string, wanted []any) bool {
	for _, w := range wanted {
		matched := false
		switch w := w.(string); m {
		case query.Whole:
			matched = name == w
		case query.Words:
			matched = strings.Contains(name, w)
		case query.Prefix:
			matched = strings.HasPrefix(name, w)
		}
		if !matched {
			return false
		}
	}
	return true
}
