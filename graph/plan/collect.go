package plan

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// group is the fields of a selection that share a response key.
type group struct {
	key, name string
	fields    []*ast.Field
}

func (g *group) nonNull() bool {
	return g.fields[0].Definition != nil && g.fields[0].Definition.Type.NonNull
}

// selections are the selection sets of all fields, to be read as one.
func (g *group) selections() []ast.SelectionSet {
	sets := make([]ast.SelectionSet, len(g.fields))
	for i, f := range g.fields {
		sets[i] = f.SelectionSet
	}
	return sets
}

// collect groups the fields that apply to an object of this type by response key, in the order in
// which the keys first appear (GraphQL specification, CollectFields).
func (b *builder) collect(typeName string, sets ...ast.SelectionSet) []*group {
	c := collector{builder: b, typeName: typeName, visited: map[string]bool{}}
	for _, set := range sets {
		c.add(set)
	}
	return c.groups
}

type collector struct {
	*builder
	typeName string
	visited  map[string]bool
	groups   []*group
}

func (c *collector) add(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if c.included(s.Directives) {
				c.addField(s)
			}
		case *ast.InlineFragment:
			if c.included(s.Directives) && c.applies(s.TypeCondition) {
				c.add(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if !c.included(s.Directives) || c.visited[s.Name] {
				continue
			}
			c.visited[s.Name] = true
			if c.applies(s.Definition.TypeCondition) {
				c.add(s.Definition.SelectionSet)
			}
		}
	}
}

func (c *collector) addField(f *ast.Field) {
	for _, g := range c.groups {
		if g.key == f.Alias {
			g.fields = append(g.fields, f)
			return
		}
	}
	c.groups = append(c.groups, &group{key: f.Alias, name: f.Name, fields: []*ast.Field{f}})
}

func (c *collector) applies(condition string) bool {
	if condition == "" || condition == c.typeName {
		return true
	}
	for _, possible := range c.API.Schema.PossibleTypes[condition] {
		if possible.Name == c.typeName {
			return true
		}
	}
	return false
}

func (c *collector) included(directives ast.DirectiveList) bool {
	if skip := directives.ForName("skip"); skip != nil && c.flag(skip) {
		return false
	}
	include := directives.ForName("include")
	return include == nil || c.flag(include)
}

func (c *collector) flag(directive *ast.Directive) bool {
	return c.coerceArguments(directive.Definition.Arguments, directive.Arguments, "Directive @"+directive.Name+", argument")["if"] == true
}
