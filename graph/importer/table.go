package importer

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bordergraph/graph/dataset"
	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// Tables says what tables hold, where their headers do not.
type Tables struct {
	// Type is that of the objects, or of the relationships, that the rows give; empty to guess it.
	Type string
	// Columns are the fields that columns give, by their headers; those of others are guessed. An empty
	// one leaves the column out.
	Columns map[string]string
	// Sheet is which sheet of a workbook is meant, if several hold something.
	Sheet string
}

// ColumnsOf are the fields that columns give, by their headers, of texts such as "Cấp=level". Headers may have
// equals signs of their own, fields have none.
func ColumnsOf(given []string) (map[string]string, error) {
	fields := map[string]string{}
	for _, c := range given {
		last := strings.LastIndex(c, "=")
		if last < 0 {
			return nil, fmt.Errorf("%q is no column; write HEADER=FIELD, or HEADER= to leave it out", c)
		}
		fields[c[:last]] = c[last+1:]
	}
	return fields, nil
}

// cell is one cell of a table.
type cell struct {
	text string
	// date is whether the text is a date because the table says so, as yyyy-mm-dd, or yyyy-mm or yyyy if it shows no more.
	date bool
	// fault is why the cell cannot be taken.
	fault string
}

// table makes rows of a table: the header first.
type table struct {
	*form
	api     *derive.API
	options Tables
	kind    *kind
	uses    []*field // by column; nil where it is left out
}

// kind is what the rows of a table are: objects of one type, or relationships of one name.
type kind struct {
	typ          *query.Type // nil for relationships
	relationship string
	fields       []*field
}

func (k *kind) name() string {
	if k.typ != nil {
		return k.typ.Name
	}
	return k.relationship
}

// table begins a table.
func (r *Reader) table(name string, header []string) (*table, error) {
	t, err := newTable(r.api, r.tables, header)
	if err == nil {
		r.Maps = append(r.Maps, name+": "+t.String())
	}
	return t, err
}

func (r *Reader) noHeader(t *table) error {
	if t == nil {
		return errors.New("there is nothing in it")
	}
	return nil
}

func (r *Reader) tableRow(name string, line int, t *table, cells []cell) {
	if row := t.row(cells); row != nil {
		r.add(name, line, row)
	}
}

func newTable(api *derive.API, options Tables, header []string) (*table, error) {
	t := &table{api: api, options: options, form: &form{}}
	for _, h := range header {
		t.columns = append(t.columns, column{header: strings.TrimSpace(h)})
	}
	for len(t.columns) > 0 && t.columns[len(t.columns)-1].header == "" {
		t.columns = t.columns[:len(t.columns)-1]
	}
	for h := range options.Columns {
		if !slices.ContainsFunc(t.columns, func(c column) bool { return c.header == h }) {
			return nil, fmt.Errorf("there is no column %q; there are %s", h, t.headers())
		}
	}
	kinds := kindsOf(api)
	if options.Type != "" {
		kinds = slices.DeleteFunc(kinds, func(k *kind) bool { return !isCalled(api, k, options.Type) })
		if len(kinds) == 0 {
			return nil, fmt.Errorf("there is no type of objects or relationships %q; of objects there are %s", options.Type, strings.Join(query.TypeNames(api.Model.Types), ", "))
		}
	}
	return t, t.choose(kinds)
}

func (t *table) headers() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = fmt.Sprintf("%q", c.header)
	}
	return strings.Join(names, ", ")
}

// choose takes the only kind to which all columns belong.
func (t *table) choose(kinds []*kind) error {
	var fit []*kind
	var problem error
	for _, k := range kinds {
		uses, err := t.use(k)
		if problem = err; err == nil {
			fit = append(fit, k)
			t.kind, t.uses = k, uses
		}
	}
	switch {
	case len(fit) == 0 && len(kinds) == 1:
		return problem
	case len(fit) == 0:
		return fmt.Errorf("no type of objects or relationships has all of the columns %s; say which type is meant", t.headers())
	case len(fit) > 1:
		return fmt.Errorf("the columns %s may be those of %s; say which type is meant", t.headers(), few(fit))
	}
	for i, f := range t.uses {
		if f != nil {
			t.columns[i].property, t.columns[i].relationship = f.stored(), f.relationship
		}
	}
	return nil
}

func few(kinds []*kind) string {
	var names []string
	for _, k := range kinds[:min(len(kinds), 4)] {
		names = append(names, k.name())
	}
	if len(kinds) > 4 {
		names = append(names, "others")
	}
	return strings.Join(names, ", ")
}

// use says which field each column gives, if the rows are of a kind.
func (t *table) use(k *kind) ([]*field, error) {
	uses := make([]*field, len(t.columns))
	for i, c := range t.columns {
		wanted, given := t.options.Columns[c.header]
		if given && wanted == "" {
			continue
		}
		f := k.called(cmp.Or(wanted, c.header))
		switch {
		case f == nil:
			return nil, fmt.Errorf("column %d, %q, is no field of %s; give it one of %s, or leave it out", i+1, c.header, k.name(), k.fieldNames())
		case slices.Contains(uses, f):
			return nil, fmt.Errorf("column %d, %q, gives %s as another column does", i+1, c.header, f.name)
		}
		uses[i] = f
	}
	for _, f := range k.fields {
		if f.needed && !slices.Contains(uses, f) {
			return nil, fmt.Errorf("there is no column for %s of %s; there are %s", f.name, k.name(), t.headers())
		}
	}
	return uses, nil
}

func (k *kind) fieldNames() string {
	names := make([]string, len(k.fields))
	for i, f := range k.fields {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}

// String says what each column gives.
func (t *table) String() string {
	var parts []string
	for i, f := range t.uses {
		name := "(left out)"
		if f != nil {
			name = f.name
		}
		parts = append(parts, dataset.Printable(t.columns[i].header)+"="+name)
	}
	return t.kind.name() + ": " + strings.Join(parts, ", ")
}

// row is what a row gives; nil if nothing stands in it.
func (t *table) row(cells []cell) *Row {
	if !slices.ContainsFunc(cells, func(c cell) bool { return c.text != "" || c.fault != "" }) {
		return nil
	}
	r := &reading{table: t, row: &Row{form: t.form, Values: map[string]any{}}}
	for i, c := range cells {
		switch {
		case i >= len(t.columns) && c.text != "":
			r.fault(i, "%q stands beside the table: this column has no header.", c.text)
		case i >= len(t.columns) || t.uses[i] == nil:
		case c.fault != "":
			r.fault(i, "%s %s", t.columns[i].header, c.fault)
		case strings.ContainsRune(c.text, '\uFFFD'):
			r.fault(i, "%s has a character that could not be read; save the file as UTF-8.", t.columns[i].header)
		case c.text != "":
			r.cell(i, c)
		}
	}
	return r.end()
}

// reading is a row while it is read.
type reading struct {
	*table
	row    *Row
	to     string
	linked []linked
	dated  []dated
}

// linked is a relationship that a row of an object gives.
type linked struct {
	column int
	to     string
}

// dated is a date that a row gives, with a precision of its own or without.
type dated struct {
	*field
	text  string
	exact any // how exact the text is
}

func (r *reading) fault(column int, format string, args ...any) {
	r.row.Faults = append(r.row.Faults, Fault{column + 1, fmt.Sprintf(format, args...)})
}

func (r *reading) cell(i int, c cell) {
	f := r.uses[i]
	switch {
	case f.name == fieldID || f.name == fieldFrom:
		r.row.ID = c.text
	case f.name == fieldTo:
		r.to = c.text
	case f.name == fieldType:
		if !isCalled(r.api, r.kind, c.text) {
			r.fault(i, "%s: %q is another type than that of the table, %s.", r.columns[i].header, c.text, r.kind.name())
		}
	case f.language != "":
		r.row.MainNames = append(r.row.MainNames, record.Name{Lang: f.language, Text: c.text, Kind: "MAIN"})
	case f.relationship != nil:
		for _, to := range members(c.text) {
			r.linked = append(r.linked, linked{i, to})
		}
	default:
		r.value(i, f, c)
	}
}

func (r *reading) value(i int, f *field, c cell) {
	value, precision, problem := f.parse(c)
	if problem != "" {
		r.fault(i, "%s: %s", r.columns[i].header, problem)
		return
	}
	r.row.Values[f.stored()] = value
	if f.precision != "" {
		r.dated = append(r.dated, dated{f, c.text, precision})
	}
}

// precisions gives dates the precision with which they are written, and refuses one that is finer.
func (r *reading) precisions() {
	for _, d := range r.dated {
		given := r.row.Values[d.precision]
		switch {
		case given == nil:
			r.row.Values[d.precision] = d.exact
		case finer(given, d.exact):
			i := slices.IndexFunc(r.uses, func(f *field) bool { return f != nil && f.stored() == d.precision })
			r.fault(i, "%s: %s is more exact than %q; write %s, or a date that is as exact.", r.columns[i].header, given, d.text, d.exact)
		}
	}
}

// carried are the facts of an object that a relationship in its row has, too.
var carried = []string{"sources", "confidence", "marking"}

// maxCarried is how often the sources of an object are carried at most, one by one: a short row could say very much.
const maxCarried = 250

func (r *reading) end() *Row {
	r.precisions()
	if r.kind.typ == nil {
		r.row.Links = []Link{{Type: r.kind.relationship, To: r.to, Values: r.row.Values}}
		r.need(fieldFrom, r.row.ID)
		r.need(fieldTo, r.to)
		r.row.Values = nil
		return r.row
	}
	r.row.Type = r.kind.typ.Name
	r.need(fieldID, r.row.ID)
	if sources, _ := r.row.Values["sources"].([]any); len(r.linked)*len(sources) > maxCarried {
		i := r.linked[0].column
		r.fault(i, "%s: %d relationships with %d sources each are too many for one row; give the relationships in a table of their own.", r.columns[i].header, len(r.linked), len(sources))
		return r.row
	}
	for _, l := range r.linked {
		values := map[string]any{}
		for _, name := range carried {
			if value, given := r.row.Values[name]; given {
				values[name] = value
			}
		}
		r.row.Links = append(r.row.Links, Link{Type: r.uses[l.column].relationship.Name, To: l.to, Values: values, Field: r.columns[l.column].header, mode: keeping})
	}
	return r.row
}

// need refuses a row without what every row has.
func (r *reading) need(name, value string) {
	i := slices.IndexFunc(r.uses, func(f *field) bool { return f != nil && f.name == name })
	if value == "" {
		r.fault(i, "%s is missing.", name)
	}
}
