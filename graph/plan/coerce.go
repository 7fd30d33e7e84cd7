package plan

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/text/unicode/norm"
)

// Coercion follows the GraphQL specification, "Input Coercion", for literals and variables alike.
// Coerced values are nil, string (also for ID, enums and dates), int64, float64, bool, []any and map[string]any.

const (
	maxText    = 16 << 10 // bytes of a text value; a cursor holds a name
	maxNesting = 32       // levels of lists and input objects
)

// coerceVariables coerces all variables and reports all that is wrong with them.
func (b *builder) coerceVariables() {
	b.coerced = map[string]any{}
	for _, def := range b.Operation.VariableDefinitions {
		where := fmt.Sprintf("Variable \"$%s\"", def.Variable)
		value, given := b.Variables[def.Variable]
		switch {
		case given:
			b.coerced[def.Variable] = b.fromJSON(def.Type, value, where, 0)
		case def.DefaultValue != nil:
			b.coerced[def.Variable] = b.fromLiteral(def.Type, def.DefaultValue, where, 0)
		case def.Type.NonNull:
			b.problem(BadInput, "%s of type %s is missing.", where, def.Type)
		}
	}
}

// arguments coerces the arguments of a field.
func (b *builder) arguments(g *group) map[string]any {
	f := g.fields[0]
	return b.coerceArguments(f.Definition.Arguments, f.Arguments, "Argument")
}

// coerceArguments answers the arguments that have a value, null among them.
func (b *builder) coerceArguments(definitions ast.ArgumentDefinitionList, arguments ast.ArgumentList, label string) map[string]any {
	values := map[string]any{}
	for _, def := range definitions {
		where := fmt.Sprintf("%s %q", label, def.Name)
		argument := arguments.ForName(def.Name)
		switch {
		case argument != nil && b.given(argument.Value):
			values[def.Name] = b.fromLiteral(def.Type, argument.Value, where, 0)
		case def.DefaultValue != nil:
			values[def.Name] = b.fromLiteral(def.Type, def.DefaultValue, where, 0)
		case def.Type.NonNull:
			b.problem(BadInput, "%s of type %s is missing.", where, def.Type)
		}
	}
	return values
}

// given is false for a variable without a value: it is as if what it stands for were not there.
func (b *builder) given(v *ast.Value) bool {
	if v.Kind != ast.Variable {
		return true
	}
	_, given := b.coerced[v.Raw]
	return given
}

func (b *builder) fromLiteral(t *ast.Type, v *ast.Value, where string, level int) any {
	if v.Kind == ast.Variable {
		value := b.coerced[v.Raw]
		if value == nil && t.NonNull {
			b.problem(BadInput, "%s of type %s is null or missing.", where, t)
		}
		return value
	}
	if v.Kind == ast.NullValue {
		return b.null(t, where)
	}
	if b.tooNested(where, level) {
		return nil
	}
	if t.Elem != nil {
		if v.Kind != ast.ListValue {
			return []any{b.fromLiteral(t.Elem, v, where, level+1)}
		}
		return b.list(len(v.Children), where, func(i int, where string) any {
			return b.fromLiteral(t.Elem, v.Children[i].Value, where, level+1)
		})
	}
	def := b.API.Schema.Types[t.NamedType]
	if def.Kind == ast.InputObject {
		if v.Kind != ast.ObjectValue {
			b.problem(BadInput, "%s: %s is no %s; give its fields in braces.", where, v, t.NamedType)
			return nil
		}
		given := map[string]*ast.Value{}
		for _, child := range v.Children {
			if b.given(child.Value) {
				given[child.Name] = child.Value
			}
		}
		return object(b, def, given, where, level, b.fromLiteral)
	}
	value, ok := literalLeaf(def, v)
	return b.leaf(def, value, ok, v.String(), where)
}

func (b *builder) fromJSON(t *ast.Type, v any, where string, level int) any {
	if v == nil {
		return b.null(t, where)
	}
	if b.tooNested(where, level) {
		return nil
	}
	if t.Elem != nil {
		members, ok := v.([]any)
		if !ok {
			return []any{b.fromJSON(t.Elem, v, where, level+1)}
		}
		return b.list(len(members), where, func(i int, where string) any {
			return b.fromJSON(t.Elem, members[i], where, level+1)
		})
	}
	def := b.API.Schema.Types[t.NamedType]
	if def.Kind == ast.InputObject {
		given, ok := v.(map[string]any)
		if !ok {
			b.problem(BadInput, "%s: %s is no %s; give an object.", where, shown(v), t.NamedType)
			return nil
		}
		return object(b, def, given, where, level, b.fromJSON)
	}
	value, ok := jsonLeaf(def, v)
	return b.leaf(def, value, ok, shown(v), where)
}

func (b *builder) null(t *ast.Type, where string) any {
	if t.NonNull {
		b.problem(BadInput, "%s of type %s is null.", where, t)
	}
	return nil
}

func (b *builder) tooNested(where string, level int) bool {
	if level <= maxNesting {
		return false
	}
	b.problem(BadInput, "%s: lists and objects stand in each other more than %d levels deep.", where, maxNesting)
	return true
}

func (b *builder) list(n int, where string, member func(i int, where string) any) any {
	if n > b.Limits.MaxList {
		b.problem(BadInput, "%s has %d members; the limit is %d.", where, n, b.Limits.MaxList)
		return nil
	}
	values := make([]any, n)
	for i := range values {
		values[i] = member(i, fmt.Sprintf("%s[%d]", where, i))
	}
	return values
}

// object coerces the fields of an input object that are given or have a default.
func object[V any](b *builder, def *ast.Definition, given map[string]V, where string, level int, coerce func(*ast.Type, V, string, int) any) any {
	values := map[string]any{}
	for _, f := range def.Fields {
		name := where + "." + f.Name
		v, ok := given[f.Name]
		switch {
		case ok:
			values[f.Name] = coerce(f.Type, v, name, level+1)
		case f.DefaultValue != nil:
			values[f.Name] = b.fromLiteral(f.Type, f.DefaultValue, name, level+1)
		case f.Type.NonNull:
			b.problem(BadInput, "%s of type %s is missing.", name, f.Type)
		}
	}
	unknown := []string{}
	for name := range given {
		if def.Fields.ForName(name) == nil {
			unknown = append(unknown, name)
		}
	}
	sort.Strings(unknown)
	for _, name := range unknown {
		b.problem(BadInput, "%s: %s has no field %s.", where, def.Name, shown(name))
	}
	if def.Directives.ForName("oneOf") != nil {
		b.checkOneOf(def, values, where)
	}
	return values
}

func (b *builder) checkOneOf(def *ast.Definition, values map[string]any, where string) {
	if len(values) != 1 {
		b.problem(BadInput, "%s: a %s has exactly one field, not %d.", where, def.Name, len(values))
	}
	for name, v := range values {
		if v == nil {
			b.problem(BadInput, "%s.%s is null; give a value.", where, name)
		}
	}
}

func (b *builder) leaf(def *ast.Definition, value any, ok bool, text, where string) any {
	if s, isText := value.(string); isText && len(s) > maxText && def.Name != "FileText" {
		b.problem(BadInput, "%s is %d bytes long; the limit is %d.", where, len(s), maxText)
		return nil
	}
	if !ok {
		b.problem(BadInput, "%s: %s is no %s; %s.", where, text, def.Name, expected(def))
		return nil
	}
	return value
}

func expected(def *ast.Definition) string {
	if def.Kind == ast.Enum {
		names := make([]string, len(def.EnumValues))
		for i, v := range def.EnumValues {
			names[i] = v.Name
		}
		return fmt.Sprintf("give one of %v", names)
	}
	switch def.Name {
	case "Int":
		return "give a whole number of 32 bits"
	case "Float":
		return "give a number"
	case "Boolean":
		return "give true or false"
	case "Date":
		return "give a day of the calendar as \"yyyy-mm-dd\", such as \"2025-07-01\""
	case "DateTime":
		return "give a moment with its offset, such as \"2025-07-01T09:30:00+07:00\""
	}
	return "give a text in quotes"
}

func literalLeaf(def *ast.Definition, v *ast.Value) (any, bool) {
	if def.Kind == ast.Enum {
		return v.Raw, v.Kind == ast.EnumValue && def.EnumValues.ForName(v.Raw) != nil
	}
	switch v.Kind {
	case ast.IntValue, ast.FloatValue:
		if def.Name == "Int" && v.Kind == ast.FloatValue {
			return nil, false
		}
		return numberLeaf(def, v.Raw)
	case ast.StringValue, ast.BlockValue:
		return textLeaf(def, v.Raw)
	case ast.BooleanValue:
		return v.Raw == "true", def.Name == "Boolean"
	}
	return nil, false
}

func jsonLeaf(def *ast.Definition, v any) (any, bool) {
	if def.Kind == ast.Enum {
		name, ok := v.(string)
		return name, ok && def.EnumValues.ForName(name) != nil
	}
	switch v := v.(type) {
	case bool:
		return v, def.Name == "Boolean"
	case string:
		return textLeaf(def, v)
	case json.Number, int, int64, float64:
		return numberLeaf(def, fmt.Sprint(v))
	}
	return nil, false
}

func textLeaf(def *ast.Definition, text string) (any, bool) {
	switch def.Name {
	case "String", "GroupPath", "FileText":
		return text, true
	case "ID":
		return norm.NFC.String(text), true // as ids are stored
	case "Date":
		_, err := time.Parse(time.DateOnly, text)
		return text, err == nil
	case "DateTime":
		_, err := time.Parse(time.RFC3339, text)
		return text, err == nil
	}
	return nil, false
}

func numberLeaf(def *ast.Definition, text string) (any, bool) {
	f, err := strconv.ParseFloat(text, 64)
	switch def.Name {
	case "Float":
		return f, err == nil
	case "Int":
		return int64(f), err == nil && f == math.Trunc(f) && f >= math.MinInt32 && f <= math.MaxInt32
	case "ID":
		_, whole := new(big.Int).SetString(text, 10)
		return text, whole
	}
	return nil, false
}

// shown is a value as JSON, cut to a readable length.
func shown(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "the value"
	}
	const most = 60
	if runes := []rune(string(text)); len(runes) > most {
		return string(slices.Concat(runes[:most], []rune("…")))
	}
	return string(text)
}
