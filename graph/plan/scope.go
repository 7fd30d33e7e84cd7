package plan

import (
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/query"
)

// scope is a query.Scope with what the response must know of it.
type scope struct {
	*query.Scope
	// date is the day that inForce is about.
	date string
	// dateGiven is whether the operation names it: then roots by id are tested, too.
	dateGiven bool
	// given is whether the operation says anything of the time.
	given bool
	// recordedAt is the moment as of which the graph was known; zero for now.
	recordedAt time.Time
}

// scope reads @asOf; without one it is that of outer, or, where there is none, of today. Its values
// are its own even then: roots that shared them could not be told apart from roots that do not, and
// the query would depend on the order in which they are asked.
func (b *builder) scope(directives ast.DirectiveList, outer *scope) *scope {
	s := &scope{Scope: &query.Scope{Clearance: b.param(int64(b.Clearance))}, date: b.Today}
	directive := directives.ForName("asOf")
	switch {
	case directive != nil:
		b.readAsOf(s, b.coerceArguments(directive.Definition.Arguments, directive.Arguments, "Directive @asOf, argument"))
		s.given = s.recordedAt.IsZero() || len(directive.Arguments) > 1
	case outer != nil:
		s.Time, s.date, s.dateGiven, s.given, s.recordedAt = outer.Time, outer.date, outer.dateGiven, outer.given, outer.recordedAt
	}
	s.Date = b.param(s.date)
	return s
}

func (b *builder) readAsOf(s *scope, arguments map[string]any) {
	if s.recordedAt = b.moment(arguments["recordedAt"]); !s.recordedAt.IsZero() {
		s.date = query.DayOf(s.recordedAt)
	}
	if date, ok := arguments["date"].(string); ok {
		s.date, s.dateGiven = date, true
	}
	if arguments["certainty"] == "CERTAIN" {
		s.Time = query.Certain
	}
	if arguments["any"] == true {
		if s.Time == query.Certain {
			b.problem(BadInput, "Directive @asOf asks for what is certainly in force and, with any: true, for all time; ask for one of the two.")
		}
		s.Time = query.AnyTime
	}
}

// overAllTime is the scope without a test of time, with the same clearance.
func (s *scope) overAllTime() *query.Scope {
	return &query.Scope{Time: query.AnyTime, Date: s.Date, Clearance: s.Clearance}
}

// refuseAsOf refuses the directive where it would have no meaning.
func (b *builder) refuseAsOf(group *group) {
	for _, f := range group.fields {
		if f.Directives.ForName("asOf") != nil {
			b.problem(BadInput, "Directive @asOf stands on the operation or on a root field of the graph, not on %q.", f.Name)
			return
		}
	}
}

// refuseSeveralAsOf refuses fields that are answered as one but ask about several days.
func (b *builder) refuseSeveralAsOf(group *group) {
	first := asOf(group.fields[0])
	for _, f := range group.fields[1:] {
		if asOf(f) != first {
			b.problem(BadInput, "The fields under %q ask about different days with @asOf, but are answered as one; give one of them an alias.", group.key)
			return
		}
	}
}

// asOf is the directive of a field as text; empty if it has none.
func asOf(f *ast.Field) string {
	directive := f.Directives.ForName("asOf")
	if directive == nil {
		return ""
	}
	text := "@asOf"
	for _, a := range directive.Arguments {
		text += " " + a.Name + ": " + a.Value.String()
	}
	return text
}
