package derive

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

const header = "# The API, derived from schema.graphqls and graph/service.graphqls. Code generated; DO NOT EDIT.\n"

// publish writes a schema document for readers: every description on one line, above what it describes.
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
	if description == "" {
		return
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(description) // a string always encodes
	p.WriteString(indent + text.String())
}

func (p *sdlPrinter) directive(d *ast.DirectiveDefinition) {
	p.WriteString("\n")
	p.describe("", d.Description)
	locations := make([]string, len(d.Locations))
	for i, l := range d.Locations {
		locations[i] = string(l)
	}
	p.WriteString("directive @" + d.Name)
	p.arguments("", d.Arguments)
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
		p.describe("  ", f.Description)
		p.WriteString("  " + f.Name)
		p.arguments("  ", f.Arguments)
		p.WriteString(": " + f.Type.String() + defaultValue(f.DefaultValue) + "\n")
	}
	p.WriteString("}\n")
}

func (p *sdlPrinter) arguments(indent string, arguments ast.ArgumentDefinitionList) {
	if len(arguments) == 0 {
		return
	}
	p.WriteString("(\n")
	for _, a := range arguments {
		p.describe(indent+"  ", a.Description)
		p.WriteString(indent + "  " + a.Name + ": " + a.Type.String() + defaultValue(a.DefaultValue) + "\n")
	}
	p.WriteString(indent + ")")
}

func defaultValue(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return " = " + v.String()
}
