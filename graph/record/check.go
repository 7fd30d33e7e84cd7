package record

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"bordergraph/graph/query"

	"golang.org/x/text/unicode/norm"
)

// Problem is one thing that is wrong with a record, and what would be right.
type Problem struct {
	Record  string // the id of a node, or the ends and the type of a relationship
	Field   string
	Message string
}

func (p Problem) Error() string { return p.Record + ": " + p.Field + ": " + p.Message }

// Check says all that is wrong with values in the positions of these properties: kinds, enums,
// dates, and what is required.
func Check(record string, properties []*query.Property, values []any) []Problem {
	var problems []Problem
	for i, p := range properties {
		message := ""
		switch {
		case values[i] != nil:
			message = valueProblem(p, values[i])
		case p.Required:
			message = "is missing; a value is required: " + wanted(p)
		}
		if message != "" {
			problems = append(problems, Problem{record, p.Name, message})
		}
	}
	return append(problems, precisionProblems(record, properties, values)...)
}

// precisionProblems: a precision goes with a date, and a date with a precision, wherever the schema has both.
func precisionProblems(record string, properties []*query.Property, values []any) []Problem {
	var problems []Problem
	for i, p := range properties {
		j := dateOf(p, properties)
		switch {
		case j < 0:
		case values[i] != nil && values[j] == nil:
			problems = append(problems, Problem{record, p.Name, "there is no " + properties[j].Name + "; leave the precision out, or give the date"})
		case values[i] == nil && values[j] != nil:
			problems = append(problems, Problem{record, p.Name, "is missing; say how exact " + properties[j].Name + " is: " + choice(p.Values)})
		}
	}
	return problems
}

// dateOf is the position of the date of which a property says how exact it is; -1 if it is no such property.
func dateOf(precision *query.Property, properties []*query.Property) int {
	date, found := strings.CutSuffix(precision.Name, "Precision")
	if !found {
		return -1
	}
	return slices.IndexFunc(properties, func(p *query.Property) bool { return p.Name == date && p.Kind == query.Date })
}

func valueProblem(p *query.Property, value any) string {
	if !p.List {
		return singleProblem(p, value)
	}
	list, isList := value.([]any)
	if !isList {
		return display(value) + " is no list; write " + wanted(p)
	}
	for _, member := range list {
		if message := singleProblem(p, member); message != "" {
			return message
		}
	}
	return ""
}

func singleProblem(p *query.Property, value any) string {
	fits := false
	switch v := value.(type) {
	case string:
		fits = p.Kind == query.String || p.Kind == query.Date && isDate(v) || p.Kind == query.Enum && slices.Contains(p.Values, v)
	case int64:
		fits = p.Kind == query.Int
	case float64:
		fits = p.Kind == query.Float
	case bool:
		fits = p.Kind == query.Boolean
	}
	if fits {
		return ""
	}
	return display(value) + " does not fit; write " + wanted(p)
}

// convert makes of a written value what a row holds; what it cannot make, it says.
func convert(p *query.Property, value any) (converted any, message string) {
	switch v := value.(type) {
	case string:
		return norm.NFC.String(v), ""
	case []any:
		return convertList(p, v)
	case json.Number:
		return convertNumber(p, v.String())
	case int64:
		if p.Kind == query.Float {
			return float64(v), ""
		}
		return v, ""
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, display(value) + " is no number; write " + wanted(p)
		}
		return v, ""
	case bool:
		return v, ""
	default:
		return nil, display(value) + " does not fit; write " + wanted(p)
	}
}

func convertList(p *query.Property, members []any) (any, string) {
	if !p.List {
		return nil, display(members) + " does not fit; write " + wanted(p)
	}
	list := make([]any, len(members))
	for i, member := range members {
		if _, nested := member.([]any); nested {
			return nil, display(member) + " does not fit; write " + wanted(p)
		}
		converted, message := convert(p, member)
		if message != "" {
			return nil, message
		}
		list[i] = converted
	}
	return list, ""
}

func convertNumber(p *query.Property, number string) (any, string) {
	if p.Kind == query.Float {
		if f, err := strconv.ParseFloat(number, 64); err == nil {
			return f, ""
		}
	} else if i, err := strconv.ParseInt(number, 10, 64); err == nil {
		return i, ""
	}
	return nil, number + " does not fit; write " + wanted(p)
}

func nameProblems(n Name) []string {
	var problems []string
	if !slices.Contains(query.Languages, n.Lang) {
		problems = append(problems, unknown("language", n.Lang, query.Languages))
	}
	if !slices.Contains(nameKinds, n.Kind) {
		problems = append(problems, unknown("kind of name", n.Kind, nameKinds))
	}
	if strings.TrimSpace(n.Text) == "" {
		problems = append(problems, "there is a name without text; write it, or leave it out")
	}
	return problems
}

var nameKinds = []string{"MAIN", "ALIAS", "FORMER", "TRANSLITERATION"}

// CheckToOne says which nodes have two relationships on one day where the schema allows one.
func CheckToOne(links []query.LinkRecord) []Problem {
	type place struct {
		relationship *query.Relationship
		from         string
	}
	places := map[place][]query.LinkRecord{}
	var problems []Problem
	for _, l := range links {
		if !l.Relationship.ToOne {
			continue
		}
		at := place{l.Relationship, l.From}
		for _, other := range places[at] {
			if l.Relationship.Constant {
				problems = append(problems, Problem{l.From + " " + l.Relationship.Name + " " + l.To, "to",
					"it also leads to " + quote(other.To) + ", and there can be one over all time; leave one out"})
			} else if Overlap(l.Values[query.LinkFacts:], other.Values[query.LinkFacts:]) {
				problems = append(problems, Problem{l.From + " " + l.Relationship.Name + " " + l.To, "validFrom",
					"it also leads to " + quote(other.To) + ", and there can be one on any one day; let one end before the other begins"})
			}
		}
		places[at] = append(places[at], l)
	}
	return problems
}

// Overlap is whether both facts are in force on some day.
func Overlap(a, b []any) bool {
	return beginsBy(a, b) && beginsBy(b, a)
}

// beginsBy is whether a begins before b has ended.
func beginsBy(a, b []any) bool {
	from, dated := a[query.FactValidFrom].(string)
	to, ended := b[query.FactValidTo].(string)
	return !dated || !ended || from <= to
}

// wanted says in words what a property takes.
func wanted(p *query.Property) string {
	kind := map[query.Kind]string{
		query.String: "a text", query.Int: "an integer", query.Float: "a number",
		query.Boolean: "true or false", query.Date: "a date as yyyy-mm-dd",
	}[p.Kind]
	if p.Kind == query.Enum {
		kind = choice(p.Values)
	}
	if p.List {
		return "a list, each member " + kind
	}
	return kind
}

func choice(values []string) string {
	return "one of " + strings.Join(values, ", ")
}

func unknown(what, name string, known []string) string {
	if len(known) == 0 {
		return "there is no " + what + " " + quote(name)
	}
	return "there is no " + what + " " + quote(name) + "; " + choice(known)
}

func alternatives(model *query.Model, from, to *query.Type) string {
	var names []string
	for _, r := range model.Relationships {
		if slices.Contains(r.From, from) && slices.Contains(r.To, to) {
			names = append(names, r.Name)
		}
	}
	if len(names) == 0 {
		return "; none does"
	}
	return "; " + choice(names)
}

func propertyNames(properties []*query.Property) []string {
	names := make([]string, len(properties))
	for i, p := range properties {
		names[i] = p.Name
	}
	return names
}

func display(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return quote(v)
	case []any:
		members := make([]string, len(v))
		for i, member := range v {
			members[i] = display(member)
		}
		return "[" + strings.Join(members, ", ") + "]"
	case bool, int64, float64, json.Number:
		return fmt.Sprint(v)
	default:
		return "this value"
	}
}

func quote(s string) string { return strconv.Quote(s) }

func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
