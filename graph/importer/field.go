package importer

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/text"
)

// The fields that are neither properties nor relationships.
const (
	fieldID   = "id"
	fieldFrom = "from"
	fieldTo   = "to"
	fieldType = "type"
	fieldName = "name"
)

// field is something that a column of a table may give.
type field struct {
	name   string
	labels []string // what a header may call it besides
	needed bool
	// One of these, except for id, from, to and type.
	property     *query.Property
	relationship *query.Relationship
	language     string // of a main name
	// terms are those of an enum; precision is the property that says how exact a date is.
	terms     []derive.Term
	precision string
	last      bool // of a date: the last day of its period is meant
}

// stored is the name of the stored property that the field gives.
func (f *field) stored() string {
	switch {
	case f.property != nil:
		return f.property.Name
	case f.language != "":
		return "names"
	}
	return f.name
}

// commonLabels are what people call the fields that all types have.
var commonLabels = map[string][]string{
	fieldID:              {"mã", "mã số"},
	fieldFrom:            {"từ"},
	fieldTo:              {"đến"},
	fieldType:            {"loại"},
	fieldName:            {"tên", "tên gọi", "tên tiếng Việt", "Vietnamese name"},
	"name.en":            {"tên tiếng Anh", "English name"},
	"note":               {"ghi chú"},
	"validFrom":          {"từ ngày", "hiệu lực từ"},
	"validTo":            {"đến ngày", "hiệu lực đến"},
	"validFromPrecision": {"độ chính xác từ ngày"},
	"validToPrecision":   {"độ chính xác đến ngày"},
	"statedOn":           {"ngày nêu"},
	"statedOnPrecision":  {"độ chính xác ngày nêu"},
	"confidence":         {"độ tin cậy"},
	"evidence":           {"căn cứ"},
	"marking":            {"độ mật"},
	"sources":            {"nguồn", "source"},
	"locator":            {"vị trí trong nguồn"},
}

// folded is a text as headers and labels are compared.
func folded(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ReplaceAll(text.Fold(b.String()), " ", "")
}

// called is the field of a kind that a header means; nil if there is none.
func (k *kind) called(header string) *field {
	for _, f := range k.fields {
		if f.name == header {
			return f
		}
	}
	wanted := folded(header)
	for _, f := range k.fields {
		for _, label := range append([]string{f.name}, f.labels...) {
			if folded(label) == wanted {
				return f
			}
		}
	}
	return nil
}

// isCalled is whether a kind of rows is called so: by its name, its code, or a label of it.
func isCalled(api *derive.API, k *kind, name string) bool {
	vocabulary, code := "LinkType", k.relationship
	if k.typ != nil {
		vocabulary, code = "NodeType", derive.NodeTypeValue(k.typ)
	}
	names := []string{k.name(), code}
	for _, term := range api.Vocabulary(vocabulary) {
		if term.Code == code {
			names = append(names, term.LabelVi, term.LabelEn)
		}
	}
	return slices.ContainsFunc(names, func(n string) bool { return folded(n) == folded(name) })
}

// kindsOf are what the rows of a table may be.
func kindsOf(api *derive.API) []*kind {
	var kinds []*kind
	terms := termsOf(api)
	for _, t := range api.Model.Types {
		kinds = append(kinds, &kind{typ: t, fields: objectFields(api, terms, t)})
	}
	byName := map[string]*kind{}
	for _, r := range api.Model.Relationships {
		k := byName[r.Name]
		if k == nil {
			k = &kind{relationship: r.Name, fields: []*field{special(fieldFrom, true), special(fieldTo, true), special(fieldType, false)}}
			byName[r.Name] = k
			kinds = append(kinds, k)
		}
		for i, p := range r.Properties {
			known := slices.ContainsFunc(k.fields, func(f *field) bool { return f.name == p.Name })
			if !known && i != query.LinkID && !derived(p) {
				k.fields = append(k.fields, propertyField(terms, p.Name, p, r.Properties))
			}
		}
	}
	return kinds
}

func special(name string, needed bool) *field {
	return &field{name: name, labels: commonLabels[name], needed: needed}
}

// derived is whether a property follows from others.
func derived(p *query.Property) bool { return p.Name == "certainFrom" || p.Name == "certainTo" }

func objectFields(api *derive.API, terms map[string][]derive.Term, t *query.Type) []*field {
	fields := []*field{special(fieldID, true), special(fieldType, false)}
	for _, language := range query.Languages {
		name := fieldName + "." + language
		f := &field{name: name, labels: commonLabels[name], language: language}
		if language == "vi" {
			f.name, f.labels = fieldName, append(slices.Clone(commonLabels[fieldName]), name)
		}
		fields = append(fields, f)
	}
	for i, p := range t.Properties {
		if i == query.NodeNote || i >= query.NodeFacts && i < len(query.NodeProperties) && !derived(p) && p.Name != "evidence" && i != query.NodeVersion {
			fields = append(fields, propertyField(terms, p.Name, p, t.Properties))
		}
	}
	input := t.Name + "Input"
	for _, f := range api.Schema.Types[input].Fields {
		switch meaning := api.Input(input, f.Name).(type) {
		case *derive.Property:
			if meaning.Index >= len(query.NodeProperties) {
				fields = append(fields, propertyField(terms, f.Name, meaning.Property, t.Properties))
			}
		case *derive.Relation:
			fields = append(fields, relationField(api, f.Name, meaning.Relationship))
		}
	}
	return fields
}

func relationField(api *derive.API, name string, r *query.Relationship) *field {
	f := &field{name: name, relationship: r}
	for _, term := range api.Vocabulary("LinkType") {
		if term.Code == r.Name {
			f.labels = []string{term.LabelVi, term.LabelEn}
		}
	}
	return f
}

func propertyField(terms map[string][]derive.Term, name string, p *query.Property, all []*query.Property) *field {
	f := &field{name: name, labels: append(slices.Clone(commonLabels[p.Name]), p.Name), property: p, last: p.Name == "validTo"}
	switch p.Kind {
	case query.Enum:
		f.terms = terms[strings.Join(p.Values, " ")]
	case query.Date:
		if precision := p.Name + "Precision"; slices.ContainsFunc(all, func(p *query.Property) bool { return p.Name == precision }) {
			f.precision = precision
		}
	}
	if p.Name == "marking" {
		f.terms = terms[strings.Join(query.Clearances, " ")]
	}
	return f
}

// termsOf are the terms of each enum, by its values.
func termsOf(api *derive.API) map[string][]derive.Term {
	terms := map[string][]derive.Term{}
	for _, name := range slices.Sorted(maps.Keys(api.Schema.Types)) {
		var codes []string
		vocabulary := api.Vocabulary(name)
		for _, term := range vocabulary {
			codes = append(codes, term.Code)
		}
		if key := strings.Join(codes, " "); key != "" && terms[key] == nil {
			terms[key] = vocabulary
		}
	}
	return terms
}

// members are the parts of a cell that holds several.
func members(text string) []string {
	var parts []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// parse is the value of a cell, and how exact it is if it is a date.
func (f *field) parse(c cell) (value, precision any, problem string) {
	if f.property.List {
		list := []any{}
		for _, member := range members(c.text) {
			v, _, problem := f.single(cell{text: member})
			if problem != "" {
				return nil, nil, problem
			}
			list = append(list, v)
		}
		return list, nil, ""
	}
	return f.single(c)
}

func (f *field) single(c cell) (value, precision any, problem string) {
	switch {
	case f.terms != nil:
		return f.term(c.text)
	case f.property.Kind == query.Date:
		return f.day(c)
	case c.date && f.property.Kind != query.String:
		return nil, nil, "a date does not fit here."
	}
	var err error
	switch f.property.Kind {
	case query.Int:
		value, err = strconv.ParseInt(c.text, 10, 64)
	case query.Float:
		value, err = strconv.ParseFloat(c.text, 64)
	case query.Boolean:
		return truth(c.text)
	default:
		return c.text, nil, ""
	}
	if err != nil {
		return nil, nil, strconv.Quote(c.text) + " is no number as 1234 or, with a fraction, 12.5."
	}
	return value, nil, ""
}

// term is the code of a term that is given by it or by one of its labels.
func (f *field) term(given string) (value, precision any, problem string) {
	var codes []string
	for _, term := range f.terms {
		for _, name := range []string{term.Code, term.LabelVi, term.LabelEn} {
			if folded(name) == folded(given) {
				return term.Code, nil, ""
			}
		}
		codes = append(codes, term.Code)
	}
	return nil, nil, strconv.Quote(given) + " does not fit; write one of " + strings.Join(codes, ", ") + "."
}

var truths = map[string]bool{"true": true, "yes": true, "co": true, "1": true, "false": false, "no": false, "khong": false, "0": false}

func truth(given string) (value, precision any, problem string) {
	if v, known := truths[folded(given)]; known {
		return v, nil, ""
	}
	return nil, nil, strconv.Quote(given) + " does not fit; write true or false."
}

// dates are how dates are written, and how exact they are then.
var dates = []struct{ layout, precision string }{
	{"2006-01-02", "DAY"}, {"02/01/2006", "DAY"}, {"2/1/2006", "DAY"},
	{"2006-01", "MONTH"}, {"01/2006", "MONTH"}, {"1/2006", "MONTH"},
	{"2006", "YEAR"},
}

// finer is whether a precision is finer than that with which a date is written.
func finer(given, written any) bool {
	return given == "DAY" && written != "DAY" || given == "MONTH" && written == "YEAR"
}

// day is the date of a cell: of a month or a year its first day, or the last where that is meant.
func (f *field) day(c cell) (value, precision any, problem string) {
	for _, d := range dates {
		day, err := time.Parse(d.layout, c.text)
		if err != nil || f.precision == "" && d.precision != "DAY" {
			continue
		}
		switch {
		case f.last && d.precision == "MONTH":
			day = day.AddDate(0, 1, -1)
		case f.last && d.precision == "YEAR":
			day = day.AddDate(1, 0, -1)
		}
		return day.Format(time.DateOnly), d.precision, ""
	}
	wanted := "write yyyy-mm-dd or dd/mm/yyyy"
	if f.precision != "" {
		wanted += ", of a month yyyy-mm or mm/yyyy, of a year yyyy"
	}
	return nil, nil, strconv.Quote(c.text) + " is no date; " + wanted + "."
}
