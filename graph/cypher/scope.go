package cypher

import (
	"slices"
	"strings"

	"bordergraph/graph/query"
)

// validity is what of a fact's validity is tested.
type validity int

const (
	untested validity = iota
	begun
	notEnded
	inForce
)

// The names of the facts are the same on nodes and relationships.
func fact(variable string, position int) string {
	return property(variable, query.NodeProperties[query.NodeFacts+position])
}

func (c *compiler) nodeScope(n string, types []*query.Type, scope *query.Scope, tested validity) []string {
	return append([]string{c.cleared(n, scope)}, c.nodeDates(n, types, scope, tested)...)
}

func (c *compiler) nodeDates(n string, types []*query.Type, scope *query.Scope, tested validity) []string {
	undated := undated(types)
	if len(undated) == len(types) {
		return nil
	}
	dates := c.dates(n, scope, tested)
	if len(undated) == 0 || len(dates) == 0 {
		return dates
	}
	return []string{orElse(strings.Join(dates, " AND "), hasType(n, undated))}
}

// orElse is a disjunction that the planner leaves whole and that is seldom looked at beyond its first part: an
// OR it would multiply out, and test all of. Where one part is null, it is as if that were false.
func orElse(likely, otherwise string) string {
	return "CASE WHEN " + likely + " THEN true ELSE " + otherwise + " END"
}

// undated are those types that have no validity.
func undated(types []*query.Type) []*query.Type {
	return slices.DeleteFunc(slices.Clone(types), func(t *query.Type) bool { return t.Dated })
}

func (c *compiler) stepScope(step query.Step, link, to string, scope *query.Scope) []string {
	conditions := append([]string{c.cleared(link, scope)}, c.dates(link, scope, inForce)...)
	tested := inForce
	if step.Relationship.Lasting {
		tested = begun
	}
	return append(conditions, c.nodeScope(to, step.To, scope, tested)...)
}

// cleared is not true of a fact without a marking, so that it is shown to nobody.
func (c *compiler) cleared(variable string, scope *query.Scope) string {
	return fact(variable, query.FactMarking) + " <= " + c.param(scope.Clearance)
}

// dates tests nothing by OR: the planner would look for each side by itself and give up the order of an index.
func (c *compiler) dates(variable string, scope *query.Scope, tested validity) []string {
	switch {
	case tested == untested || scope.Time == query.AnyTime:
		return nil
	case tested == begun:
		return []string{c.began(variable, scope)}
	case tested == notEnded:
		return []string{c.lasts(variable, scope)}
	}
	return []string{c.began(variable, scope), c.lasts(variable, scope)}
}

func (c *compiler) began(variable string, scope *query.Scope) string {
	if scope.Time == query.Certain {
		return fact(variable, query.FactCertainFrom) + " <= " + c.param(scope.Date)
	}
	return "coalesce(" + fact(variable, query.FactValidFrom) + " <= " + c.param(scope.Date) + ", true)"
}

func (c *compiler) lasts(variable string, scope *query.Scope) string {
	end := query.FactValidTo
	if scope.Time == query.Certain {
		end = query.FactCertainTo
	}
	return "coalesce(" + c.param(scope.Date) + " <= " + fact(variable, end) + ", true)"
}
