// Package response writes an answer: the rows of a store and a Shape, walked together, become JSON.
//
// A Shape says, for one operation, how the answer is written: response keys in the order asked for,
// the column of each value, and where null may stand. It is built by package plan.
package response

import (
	"slices"

	"bordergraph/graph/query"
	"bordergraph/graph/text"
)

// Column is the position of a value in a row. It is settled after the Shape was built, when the
// columns of the query are put in their canonical order.
type Column struct{ Index int }

// Object is how the fields of one object are written.
type Object struct {
	// Name is the name of the API's type, for messages.
	Name   string
	Fields []*Field
}

// Without is the object with null in the place of some fields, which may be null.
func (o *Object) Without(keys []string) *Object {
	if len(keys) == 0 {
		return o
	}
	partial := &Object{Name: o.Name}
	for _, f := range o.Fields {
		if slices.Contains(keys, f.Key) {
			f = NewField(f.Key, f.Name, Null{}, false)
		}
		partial.Fields = append(partial.Fields, f)
	}
	return partial
}

// Field is one response key and its value.
type Field struct {
	Key   string
	Name  string // of the field in the schema, for messages
	Value Value
	// NonNull values that turn out null make the whole object null.
	NonNull bool
	quoted  []byte
}

// NewField makes a field of an object.
func NewField(key, name string, value Value, nonNull bool) *Field {
	return &Field{Key: key, Name: name, Value: value, NonNull: nonNull, quoted: append(appendString(nil, key), ':')}
}

// ReadsRow is whether the value comes from the row: false for what was answered elsewhere.
func (f *Field) ReadsRow() bool {
	switch f.Value.(type) {
	case *Raw, *Constant:
		return false
	}
	return true
}

// Value is how one value is written from a row. The kinds are the types of this file.
type Value interface {
	// write appends the value and reports true, or reports false for null: then what it appended is
	// the caller's to discard, and if null came of a fault, the fault has been recorded.
	write(w *writer, row query.Row) bool
}

// Leaf is a stored value or a computed column.
type Leaf struct {
	Column *Column
	Kind   query.Kind
	// Values are those that an Enum may have.
	Values []string
}

// Leaves is a stored list of values, each like a Leaf.
type Leaves struct{ Leaf }

// Stored is a stored value of any kind, null where it is missing: a text, a number, a truth value, a
// StoredName or a []any of these.
type Stored struct{ Column *Column }

// StoredName is one name of an object.
type StoredName struct{ Text, Language, Kind string }

// Marking is a clearance by its name.
type Marking struct{ Column *Column }

// Constant is a value that does not depend on the row, as JSON.
type Constant struct{ JSON []byte }

// TypeName is the name of the row's type.
type TypeName struct{ Column *Column }

// Name is the name of an object in a language: its main name in it, else the fallback.
type Name struct {
	Fallback, Texts, Languages, Kinds *Column
	// Language is a code as stored, such as "en".
	Language string
}

// Names is all names of an object. Object's fields are NamePart.
type Names struct {
	Texts, Languages, Kinds *Column
	Object                  *Object
}

// NamePart is one member of a name; it is written inside Names.
type NamePart int

// The parts of a name.
const (
	NameText NamePart = iota
	NameLanguage
	NameKind
)

// BestName is the one of the names that matches a search best, the first of equals. Object's fields are NamePart.
type BestName struct {
	Names
	Pattern text.Pattern
}

// Choice is one of some enum values, by its number.
type Choice struct {
	Column *Column
	Values []string
}

// Direction is the direction of a relationship: OUT or IN, or BOTH where it is symmetric.
type Direction struct {
	Name, Outgoing *Column
	// Symmetric has the names of the symmetric relationships.
	Symmetric []string
}

// Properties is what is known of a relationship besides its facts: an object for each value that is
// there. Object's fields are PropertyPart.
type Properties struct {
	Names   []string
	Columns []*Column
	Object  *Object
}

// PropertyPart is one member of a property; it is written inside Properties.
type PropertyPart int

// The parts of a property.
const (
	PropertyName PropertyPart = iota
	PropertyValue
)

// InForce is whether a fact is in force on a day: CERTAIN, POSSIBLE or NO.
type InForce struct {
	Dates
	// End, if not nil, is the dates of the node to which a relationship leads: it is no surer than that.
	End  *Dates
	Date string
}

// Dates are the columns of the dates of a fact; a nil column is always missing.
type Dates struct{ ValidFrom, ValidTo, CertainFrom, CertainTo *Column }

// Nested is an object whose values stand in the same row.
type Nested struct{ Object *Object }

// One is the object of the first row of a list; null if the list is empty.
type One struct {
	Column *Column
	Node   *Node
}

// Many is the objects of the rows of a list.
type Many struct {
	Page
	Node *Node
}

// ByIDs is the objects of the rows of a list, in the order of some ids, with null where there is none: where they were
// Saved, that is a fault.
type ByIDs struct {
	Column *Column
	// ID is the column of the id in the rows of the list.
	ID   *Column
	IDs  []any
	Node *Node
	// Saved is whether a change made all of them what they are. Sent again, it may find them gone.
	Saved bool
}

// Page is a list column that was asked for as a page. A page that looks ahead asked for one row
// more than its Limit, to know whether there are more.
type Page struct {
	Column *Column
	Limit  int
	// Reversed lists are written from the last row to the first.
	Reversed bool
}

// More is whether a page's list goes on beyond its limit.
type More struct{ Page }

// Cursor is the cursor of the row.
type Cursor struct {
	// Order names the order, so that a cursor of another one is refused.
	Order string
	Keys  []*Column
}

// EndOfPage is the cursor of the first or last row of a page; null if the page is empty.
type EndOfPage struct {
	Page
	Cursor *Cursor
	Last   bool
}

// Node is how an object is written whose type may depend on the row.
type Node struct {
	// Type is the column of the type's name; nil where there is only one type.
	Type *Column
	// Types has the object of each type; where Type is nil, it is Only.
	Types map[string]*Object
	Only  *Object
	// Cited is what the row says on sources, of what is shown with the object; none if nobody asks.
	Cited []Cited
}

// Cited is the columns that say on which sources a fact rests, and where in them.
type Cited struct{ Sources, Locators *Column }

// Raw is JSON that was answered elsewhere: the value of a root field of the service.
type Raw struct{ JSON []byte }

// Null is a value that is never there.
type Null struct{}

// Value is the node as the value of a field that stands in the same row.
func (n *Node) Value() Value { return &sameRow{n} }

type sameRow struct{ node *Node }
