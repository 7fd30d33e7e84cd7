package derive

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/query"
)

// Alike is by what, besides names, two objects of a type are taken for one.
type Alike struct {
	// Values are properties that both have, and the same; none if nothing is told so.
	Values []*query.Property
	// Near are a latitude and a longitude; none if nothing is told so.
	Near []*query.Property
}

// Alike is that of a type.
func (a *API) Alike(t *query.Type) Alike { return a.alike[t] }

// The values of the enum Sameness of the grammar: what a relationship says of the two that it joins.
const (
	PossiblySame = "POSSIBLE"
	NotSame      = "NONE"
)

// Sameness are the relationships that say so of the two that they join.
func (a *API) Sameness(says string) []*query.Relationship { return a.sameness[says] }

func (d *declaration) declareAlike() {
	for _, n := range d.nodes {
		directive := n.def.Directives.ForName("alike")
		if directive == nil {
			continue
		}
		alike := Alike{Values: d.alikeProperties(n, directive, "values"), Near: d.alikeProperties(n, directive, "near")}
		float := func(p *query.Property) bool { return p.Kind == query.Float }
		if len(alike.Near) > 0 && (len(alike.Near) != 2 || !float(alike.Near[0]) || !float(alike.Near[1])) {
			d.problem(directive.Position, "%s: @alike: near has two fields, the latitude and the longitude, each a Float", n.Name)
		}
		d.alike[n.Type] = alike
	}
	for _, r := range d.relationships {
		if says := d.saysSame[r.Name]; says != "" {
			d.sameness[says] = append(d.sameness[says], r)
		}
	}
}

func (d *declaration) alikeProperties(n *nodeType, directive *ast.Directive, argument string) []*query.Property {
	var properties []*query.Property
	for _, name := range texts(directive, argument) {
		f := n.field(name)
		if f == nil || f.property == nil || f.property.List {
			d.problem(directive.Position, "%s: @alike: %s: %q is no property that is a single value", n.Name, argument, name)
			continue
		}
		properties = append(properties, f.property)
	}
	return properties
}

// declareSameness notes what a relationship says of the two that it joins: all of one name say the same.
func (d *declaration) declareSameness(n *nodeType, f *ast.FieldDefinition, r *query.Relationship, says string) {
	if before, declared := d.saysSame[r.Name]; declared && before != says {
		d.problem(f.Position, "%s.%s: another relationship %s says of sameness %q, this one %q", n.Name, f.Name, r.Name, before, says)
	}
	if says != "" && (len(r.To) != 1 || !slices.Equal(r.To, r.From)) {
		d.problem(f.Position, "%s.%s: sameness is told of objects of one type only", n.Name, f.Name)
	}
	d.saysSame[r.Name] = says
}
