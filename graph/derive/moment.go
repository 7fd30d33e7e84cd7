package derive

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/query"
)

// MomentKinds is the enum of schema.graphqls that says what may come to pass at a moment.
const MomentKinds = "MomentKind"

// Moment is a date of a type at which something came to pass.
type Moment struct {
	query.Moment
	// Where are the values that an object with the moment has.
	Where []ViaValue
	// Last is whether the date is the last day of what is known of it, as validTo is, not the first.
	Last bool
	// Expected is whether an object with these values that has not the date lacks it.
	Expected bool
}

func (d *declaration) declareMoments() {
	for _, n := range d.nodes {
		for _, directive := range n.def.Directives.ForNames("moment") {
			d.declareMoment(n, directive, momentOfFacts(argument(directive, "date")))
		}
		for _, f := range n.fields {
			declared := n.def.Fields.ForName(f.name)
			if declared == nil {
				continue // an inverse
			}
			for _, directive := range declared.Directives.ForNames("moment") {
				d.declareMoment(n, directive, momentOfField(f, directive))
			}
		}
	}
}

// momentOfFacts is the moment of a date that every object has; nil if it has no such date.
func momentOfFacts(date string) *Moment {
	facts := query.NodeProperties[query.NodeFacts:]
	switch date {
	case "validFrom":
		return &Moment{Moment: query.Moment{Date: facts[query.FactValidFrom], Precision: facts[query.FactValidFromPrecision]}}
	case "validTo":
		return &Moment{Moment: query.Moment{Date: facts[query.FactValidTo], Precision: facts[query.FactValidToPrecision]}, Last: true}
	}
	return nil
}

// momentOfField is the moment of a field's date; nil if it is none.
func momentOfField(f *declaredField, directive *ast.Directive) *Moment {
	if f.property == nil || f.property.Kind != query.Date || f.property.List || argument(directive, "date") != "" {
		return nil
	}
	return &Moment{Moment: query.Moment{Date: f.property, Precision: f.precision}}
}

func (d *declaration) declareMoment(n *nodeType, directive *ast.Directive, m *Moment) {
	kind := argument(directive, "kind")
	kinds := d.schema.Types[MomentKinds]
	switch {
	case m == nil:
		d.problem(directive.Position, "%s: @moment stands on a field that is a Date, or on the type with date: validFrom or validTo", n.Name)
		return
	case kinds == nil || kinds.EnumValues.ForName(kind) == nil:
		d.problem(directive.Position, "%s: %q is no value of an enum %s", n.Name, kind, MomentKinds)
	case slices.ContainsFunc(d.moments, func(o *Moment) bool { return o.Type == n.Type && o.Kind == kind }):
		d.problem(directive.Position, "%s has two moments %s", n.Name, kind)
	}
	m.Type, m.Kind, m.Expected = n.Type, kind, argument(directive, "expected") != "false"
	var err error
	if m.Where, err = n.values(directive.Arguments.ForName("where")); err != nil {
		d.problem(directive.Position, "%s: @moment: %s", n.Name, err)
	}
	d.moments = append(d.moments, m)
}

// writeTimeline writes the root field of all moments.
func (w *writer) writeTimeline() {
	if len(w.d.moments) == 0 {
		return
	}
	w.field("timeline", `("Kinds." kinds: [MomentKind!]
"In this period." during: PeriodFilter
"Of objects like this." where: NodeWhere
"Latest first." newestFirst: Boolean = false
`+pageArguments+")", "MomentConnection", "What came to pass, oldest first: each date of an object that is a moment. Without @asOf it is about all time: what has ended stays; with it, about objects in force then.", &Root{Kind: Timed, Target: w.d.momentTarget()})
}

// momentTarget is the types that have moments.
func (d *declaration) momentTarget() *Target {
	target := *d.targets["Node"]
	target.Types = slices.DeleteFunc(slices.Clone(target.Types), func(t *query.Type) bool {
		return !slices.ContainsFunc(d.moments, func(m *Moment) bool { return m.Type == t })
	})
	return &target
}

func (w *writer) writeMoments() {
	if len(w.d.moments) == 0 {
		return
	}
	w.open("type", "MomentConnection", "", "A page of a timeline.")
	w.field("nodes", "", "[Node!]!", "The objects.", PartNodes)
	w.field("edges", "", "[MomentEdge!]!", "The moments.", PartEdges)
	w.field("pageInfo", "", "PageInfo!", "Its place in the timeline.", PartPageInfo)
	w.field("totalCount", "", "Int!", "Moments in all; exact.", PartTotalCount)
	w.field("undated", "", "Int!", "Objects like this that should have a moment of these kinds, but of which no such date is recorded; at whatever time.", PartMomentsUndated)
	w.close()
	w.open("type", "MomentEdge", "", "One moment: a date of an object at which something came to pass.")
	w.field("cursor", "", "String!", "For `after` and `before`.", PartEdgeCursor)
	w.field("kind", "", "MomentKind!", "What came to pass.", PartMomentKind)
	w.field("label", languageArgument, "String!", "What people call that.", PartMomentLabel)
	w.field("date", "", "Date!", "The day, or the first of its month or year; of an end the last.", PartMomentDate)
	w.field("precision", "", "DatePrecision", "How exact the date is.", PartMomentPrecision)
	w.field("dateLabel", languageArgument, "String!", "The date in words, as exact as it is known: `tháng 3 năm 2024`, `March 2024`.", PartMomentDateLabel)
	w.field("node", "", "Node!", "The object.", PartEdgeNode)
	w.close()
}

const languageArgument = `("Language." lang: Language = VI)`
