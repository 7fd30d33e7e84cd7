package cypher

import (
	"strings"

	"bordergraph/graph/query"
)

// validity is what of a fact's validity is tested.
type validity int

const (
	untested validity = iota
	begun
	inForce
)

// The names of the facts are the same on nodes and relationships.
func fact(variable string, position int) string {
	return property(variable, query.NodeProperties[query.NodeFacts+position])
}

func (c *compiler) nodeScope(n string, types []*query.Type, scope *query.Scope, tested validity) []string {
	var undated []string
	for _, t := range types {
		if !t.Dated {
			undated = append(undated, n+":"+quote(t.Name))
		}
	}
	conditions := []string{c.cleared(n, scope)}
	if len(undated) == len(types) {
		return conditions
	}
	dates := c.dates(n, scope, tested)
	if len(undated) == 0 || len(dates) == 0 {
		return append(conditions, dates...)
	}
	return append(conditions, either(append(undated, "("+strings.Join(dates, " AND ")+")")))
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
	if tested == untested || scope.Time == query.AnyTime {
		return nil
	}
	date := c.param(scope.Date)
	began := "coalesce(" + fact(variable, query.FactValidFrom) + " <= " + date + ", true)"
	lasts := "coalesce(" + date + " <= " + fact(variable, query.FactValidTo) + ", true)"
	if scope.Time == query.Certain {
		began = fact(variable, query.FactCertainFrom) + " <= " + date
		lasts = "coalesce(" + date + " <= " + fact(variable, query.FactCertainTo) + ", true)"
	}
	if tested == begun {
		return []string{began}
	}
	return []string{began, lasts}
}
