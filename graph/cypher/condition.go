package cypher

import (
	"fmt"
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

// condition writes a condition so that it can be joined by AND and OR. In Cypher a comparison with
// null is null, which a WHERE takes for false; a NOT above would keep it null, so there it is made false
// first: twoValued. So it is in a set looked up byIDs, where no index is to serve it. Elsewhere it stays
// bare, or none would.
func (c *compiler) condition(condition query.Condition, f frame, twoValued bool) string {
	switch condition := condition.(type) {
	case *query.And:
		return "(" + strings.Join(c.conditions(condition.All, "true", f, twoValued), " AND ") + ")"
	case *query.Or:
		return "(" + strings.Join(c.conditions(condition.Any, "false", f, twoValued), " OR ") + ")"
	case *query.Not:
		return "NOT (" + c.condition(condition.Condition, f, true) + ")"
	case *query.Compare:
		return orFalse(c.compare(condition, f), twoValued)
	case *query.Missing:
		return f.property(condition.Of, condition.Property) + " IS NULL"
	case *query.Names:
		return orFalse(c.names(condition, f), twoValued)
	case *query.OfType:
		return hasType(f.variables[condition.Of], condition.Types)
	case *query.Some:
		return c.some(condition.Set, f)
	case *query.Counted:
		return c.counted(condition, f)
	case *query.Leads:
		return c.leads(condition, f)
	case *query.InForce:
		return orFalse(c.inForce(condition, f), twoValued)
	}
	panic(fmt.Sprintf("cypher: unknown condition %T", condition))
}

// conditions writes the parts of a condition, or what it is without any.
func (c *compiler) conditions(parts []query.Condition, none string, f frame, twoValued bool) []string {
	if len(parts) == 0 {
		return []string{none}
	}
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = c.condition(part, f, twoValued)
	}
	return texts
}

// counted reads no source where there are few enough by their ids alone.
func (c *compiler) counted(counted *query.Counted, f frame) string {
	count := c.count(counted.Set, f)
	is := operators[counted.Operator] + c.param(counted.Value)
	cited, ok := counted.Start.(*query.Cited)
	if !ok || counted.Operator != query.Less && counted.Operator != query.LessOrEqual || cited.CopyOf != nil && !cited.CopyOf.Constant {
		return count + is
	}
	return orElse("size("+f.property(cited.By, query.NodeProperties[query.NodeFacts+query.FactSources])+")"+is, count+is)
}

func orFalse(comparison string, twoValued bool) string {
	if twoValued {
		return "coalesce(" + comparison + ", false)"
	}
	return comparison
}

var operators = map[query.Operator]string{
	query.Equal:          " = ",
	query.Less:           " < ",
	query.LessOrEqual:    " <= ",
	query.Greater:        " > ",
	query.GreaterOrEqual: " >= ",
	query.OneOf:          " IN ",
	query.Contains:       " CONTAINS ",
	query.StartsWith:     " STARTS WITH ",
	query.EndsWith:       " ENDS WITH ",
}

func (c *compiler) compare(compare *query.Compare, f frame) string {
	property, value := f.property(compare.Of, compare.Property), c.param(compare.Value)
	if compare.Operator == query.Has {
		return value + " IN " + property
	}
	return property + operators[compare.Operator] + value
}

func (c *compiler) inForce(condition *query.InForce, f frame) string {
	var dates []string
	if condition.Of == query.Link {
		dates = append(c.dates(f.variables[query.Link], condition.Scope, inForce), c.linkedDates(f, condition.Scope, "")...)
	} else {
		dates = c.nodeDates(f.variables[condition.Of], f.types[condition.Of], condition.Scope, inForce)
	}
	if len(dates) == 0 {
		return "true"
	}
	return "(" + strings.Join(dates, " AND ") + ")"
}

// names looks for one position of the parallel lists of names at which all holds.
func (c *compiler) names(names *query.Names, f frame) string {
	depth := strconv.Itoa(f.depth)
	position, word := "i"+depth, "w"+depth
	folded := f.property(names.Of, query.NodeProperties[query.NodeNameFolded])
	spelled := f.property(names.Of, query.NodeProperties[query.NodeNameSpelled])
	return "any(" + position + " IN range(0, size(" + folded + ") - 1) WHERE " +
		matches(names.Match, folded+"["+position+"]", c.param(names.Folded), word) + " AND " +
		containsAll(spelled+"["+position+"]", c.param(names.Spelled), word) + ")"
}

func matches(match query.Match, name, words, word string) string {
	switch match {
	case query.Whole:
		return name + " = " + words + "[0]"
	case query.Prefix:
		return name + " STARTS WITH " + words + "[0]"
	default:
		return containsAll(name, words, word)
	}
}

func containsAll(name, words, word string) string {
	return "all(" + word + " IN " + words + " WHERE " + name + " CONTAINS " + word + ")"
}
