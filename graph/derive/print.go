package derive

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

const header = "# The API, derived from schema.graphqls and graph/service.graphqls. Code generated; DO NOT EDIT.\n"

// publish writes a schema document for readers: every description on one line, above what it describes
// or, of arguments and fields of input types, beside it.
func publish(doc *ast.SchemaDocument) string {
	p := &sdlPrinter{}
	p.WriteString(header)
	for _, d := range doc.Directives {
		p.directive(d)
	}
	for _, d := range doc.Definitions {
		p.definition(d)
	}
	return p.String()
}

type sdlPrinter struct{ strings.Builder }

func (p *sdlPrinter) describe(indent, description string) {
	if description != "" {
		p.WriteString(indent + quoted(description) + "\n")
	}
}

func quoted(description string) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(description) // a string always encodes
	return strings.TrimSuffix(text.String(), "\n")
}

func (p *sdlPrinter) directive(d *ast.DirectiveDefinition) {
	p.WriteString("\n")
	p.describe("", d.Description)
	locations := make([]string, len(d.Locations))
	for i, l := range d.Locations {
		locations[i] = string(l)
	}
	p.WriteString("directive @" + d.Name)
	p.arguments(d.Arguments)
	p.WriteString(" on " + strings.Join(locations, " | ") + "\n")
}

var keywords = map[ast.DefinitionKind]string{
	ast.Scalar: "scalar", ast.Object: "type", ast.Interface: "interface", ast.Union: "union", ast.Enum: "enum", ast.InputObject: "input",
}

func (p *sdlPrinter) definition(d *ast.Definition) {
	p.WriteString("\n")
	p.describe("", d.Description)
	p.WriteString(keywords[d.Kind] + " " + d.Name)
	if len(d.Interfaces) > 0 {
		p.WriteString(" implements " + strings.Join(d.Interfaces, " & "))
	}
	for _, directive := range d.Directives {
		p.WriteString(" @" + directive.Name)
		for _, a := range directive.Arguments {
			fmt.Fprintf(p, "(%s: %s)", a.Name, a.Value)
		}
	}
	switch d.Kind {
	case ast.Scalar:
		p.WriteString("\n")
		return
	case ast.Union:
		p.WriteString(" = " + strings.Join(d.Types, " | ") + "\n")
		return
	}
	p.WriteString(" {\n")
	for _, v := range d.EnumValues {
		p.describe("  ", v.Description)
		p.WriteString("  " + v.Name + "\n")
	}
	for _, f := range d.Fields {
		if d.Kind == ast.InputObject {
			p.WriteString("  ")
			p.input(f.Description, f.Name, f.Type, f.DefaultValue)
			p.WriteString("\n")
			continue
		}
		p.describe("  ", f.Description)
		p.WriteString("  " + f.Name)
		p.arguments(f.Arguments)
		p.WriteString(": " + f.Type.String() + "\n")
	}
	p.WriteString("}\n")
}

// arguments writes them on one line: nearly all are those of a list, which a reader knows.
func (p *sdlPrinter) arguments(arguments ast.ArgumentDefinitionList) {
	if len(arguments) == 0 {
		return
	}
	before := "("
	for _, a := range arguments {
		p.WriteString(before)
		p.input(a.Description, a.Name, a.Type, a.DefaultValue)
		before = ", "
	}
	p.WriteString(")")
}

// input writes an argument or a field of an input type.
func (p *sdlPrinter) input(description, name string, typ *ast.Type, value *ast.Value) {
	if description != "" {
		p.WriteString(quoted(description) + " ")
	}
	p.WriteString(name + ": " + typ.String())
	if value != nil {
		p.WriteString(" = " + value.String())
	}
}
