package derive

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/query"
)

// Rules are those of a type.
func (a *API) Rules(t *query.Type) query.Rules { return a.rules[t] }

func (d *declaration) declareRules() {
	for _, n := range d.nodes {
		var rules query.Rules
		if directive := n.def.Directives.ForName("agree"); directive != nil {
			rules.Agree = d.paths(n, directive, "paths")
		}
		if directive := n.def.Directives.ForName("distinct"); directive != nil {
			rules.Over = d.paths(n, directive, "over")
			for _, name := range texts(directive, "values") {
				f := n.field(name)
				if f == nil || f.property == nil {
					d.problem(directive.Position, "%s: @distinct: values: %q is no property", n.Name, name)
					continue
				}
				rules.Values = append(rules.Values, f.property)
			}
		}
		d.rules[n.Type] = rules
	}
}

func texts(directive *ast.Directive, name string) []string {
	var all []string
	if a := directive.Arguments.ForName(name); a != nil {
		for _, child := range a.Value.Children {
			all = append(all, child.Value.Raw)
		}
	}
	return all
}

func (d *declaration) paths(n *nodeType, directive *ast.Directive, argument string) []query.Path {
	var paths []query.Path
	for _, name := range texts(directive, argument) {
		steps, err := d.path(n, name)
		if err != nil {
			d.problem(directive.Position, "%s: @%s: %s", n.Name, directive.Name, err)
			continue
		}
		paths = append(paths, query.Path{Name: name, Steps: steps})
	}
	return paths
}

func (d *declaration) path(n *nodeType, name string) ([]query.Step, error) {
	var steps []query.Step
	for _, field := range strings.Split(name, ".") {
		if n == nil {
			return nil, fmt.Errorf("%q goes on from objects of several types", name)
		}
		step, err := n.oneStep(name, field)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
		n = nil
		if len(step.To) == 1 {
			n = d.node(step.To[0].Name)
		}
	}
	return steps, nil
}
