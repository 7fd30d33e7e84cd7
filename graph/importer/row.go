package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bordergraph/graph/change"
	"bordergraph/graph/dataset"
	"bordergraph/graph/query"
	"bordergraph/graph/record"

	"golang.org/x/text/unicode/norm"
)

// Row is one row of a file: what an object is to be, or a relationship.
type Row struct {
	File string
	Line int
	// ID is that of the object, or of what the relationship leads from.
	ID string
	// Type is that of the object; empty in a row that gives relationships only.
	Type string
	// Names are nil if they are not given.
	Names *[]record.Name
	// MainNames each take the place of the main name in their language.
	MainNames []record.Name
	// Values are by the name of the stored property; nil clears it.
	Values map[string]any
	Links  []Link

	// Outcome is what became of the row, Faults why it was refused.
	Outcome Outcome
	Faults  []Fault

	own  []string // the names under which a line gives properties of the type
	form *form
}

// Link is one relationship that a row gives, whole.
type Link struct {
	Type string
	// To is empty to say that there is none.
	To     string
	Values map[string]any
	// Field is where it is given, in a row of an object.
	Field string
	own   []string // as of a Row
	mode  mode
}

// mode is what a relationship that a row gives does to those that are there.
type mode int

const (
	// renewing: it takes the place of the one that is told apart by the same.
	renewing mode = iota
	// keeping: where there is one that leads to the same, that stays.
	keeping
	// replacing: it takes the place of all.
	replacing
)

// Outcome is what became, or would become, of a row.
type Outcome uint8

// The outcomes of rows.
const (
	Unchanged Outcome = iota
	Created
	Changed
	Refused
)

var outcomes = [...]string{"unchanged", "created", "changed", "refused"}

func (o Outcome) String() string { return outcomes[o] }

// Fault is one thing that is wrong with a row.
type Fault struct {
	// Column is the number of the column that it is in, from 1; 0 if that is not known.
	Column  int
	Message string
}

// Place is where the row stands, and where in it a fault is: file:line:column.
func (r *Row) Place(f Fault) string {
	if f.Column == 0 {
		return fmt.Sprintf("%s:%d", r.File, r.Line)
	}
	return fmt.Sprintf("%s:%d:%d", r.File, r.Line, f.Column)
}

// Name says what the row is about, as it is given; it is empty where that could not be read.
func (r *Row) Name() string {
	if r.Type == "" && len(r.Links) > 0 {
		return r.ID + " " + r.Links[0].Type + " " + r.Links[0].To
	}
	return r.ID
}

// String is what became of the row and why, a line for each fault.
func (r *Row) String() string {
	if r.Outcome != Refused {
		return fmt.Sprintf("%s: %s: %s\n", r.Place(Fault{}), r.Outcome, dataset.Printable(r.Name()))
	}
	var b strings.Builder
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "%s: refused: ", r.Place(f))
		if name := r.Name(); name != "" {
			b.WriteString(dataset.Printable(name) + ": ")
		}
		b.WriteString(dataset.Printable(f.Message) + "\n")
	}
	return b.String()
}

// needs are the nodes that the relationships of the row join.
func (r *Row) needs() []string {
	var ids []string
	for _, l := range r.Links {
		ids = append(ids, r.ID)
		if l.To != "" {
			ids = append(ids, l.To)
		}
	}
	return ids
}

// replaces is whether what the row gives takes the place of all relationships of a kind; of no row nothing does.
func (r *Row) replaces(all *query.Relationship) bool {
	return r != nil && slices.ContainsFunc(r.Links, func(l Link) bool { return l.mode == replacing && l.Type == all.Name })
}

// compose composes the letters and marks of ids, as they are stored.
func (r *Row) compose() {
	r.ID = norm.NFC.String(r.ID)
	composeIDs(r.Values)
	for i := range r.Links {
		l := &r.Links[i]
		l.To = norm.NFC.String(l.To)
		composeIDs(l.Values)
	}
}

func composeIDs(values map[string]any) {
	for _, name := range []string{"sources", "formerIds"} {
		ids, _ := values[name].([]any)
		for i, id := range ids {
			if text, is := id.(string); is {
				ids[i] = norm.NFC.String(text)
			}
		}
	}
}

// written is the relationship as a person would write it.
func (l *Link) written(from string) record.Link {
	written := record.Link{From: from, Type: l.Type, To: l.To}
	for name, value := range l.Values {
		written.Set(name, value)
	}
	return written
}

// field is where the relationship is given; own if it has a row of its own.
func (l *Link) field(own string) string {
	if l.Field != "" {
		return l.Field
	}
	return own
}

// placeOf is the place of a field of the row of a number in a request; an empty one is the row.
func placeOf(number int, field string) change.Place {
	row := change.Place{Root: strconv.Itoa(number)}
	if field == "" {
		return row
	}
	return row.In(field)
}

func rowOf(p change.Place) int {
	number, err := strconv.Atoi(p.Root)
	if err != nil {
		panic(err) // all places of a request are placeOf
	}
	return number
}

func fieldOf(p change.Place) string { return strings.TrimPrefix(p.Input, ".") }

// form is how the rows of a file give what they give; nil is that of JSON Lines.
type form struct{ columns []column }

// column is one of a table, and what it gives.
type column struct {
	header       string
	property     string
	relationship *query.Relationship
}

func (f *form) headerOf(property string) string {
	for _, c := range f.columns {
		if c.property == property {
			return c.header
		}
	}
	return property
}

// relationship says where a relationship is given.
func (f *form) relationship(r *query.Relationship) string {
	if f != nil {
		for _, c := range f.columns {
			if c.relationship == r {
				return c.header
			}
		}
	}
	return r.Name
}

// fault is one in a field of a row.
func (f *form) fault(field, message string) Fault {
	if f == nil {
		return Fault{Message: message}
	}
	for i, c := range f.columns {
		if field == c.header || strings.HasPrefix(field, c.header+".") {
			return Fault{i + 1, message}
		}
	}
	return Fault{Message: message}
}
