// Package query is the language between the API and the stores: a Model says what exists, a Query
// what is asked, a Change what is written, a Store answers. It imports the standard library only,
// so that a store needs to know nothing of GraphQL.
package query

import "slices"

// Model is what the schema says exists. It is built once, at start, and never changed after.
type Model struct {
	// Types are the stored node types, in the order of the schema; Type.Index is the position here.
	Types []*Type
	// Relationships are the declared relationships, in the order of the schema; Relationship.Index
	// is the position here. Several may share one Name with different ends.
	Relationships []*Relationship
	// Moments are the dates by which nodes may be asked for in the order of time: a store may keep an
	// index for each. A set of Moments is made of these.
	Moments []Moment
	// Fingerprint changes whenever the schema does.
	Fingerprint string
}

// Type is one stored node type.
type Type struct {
	Index int
	Name  string
	// Labels are the labels of a node of this type besides Node: the name of the type, then its
	// interfaces that have a label of their own.
	Labels []string
	// Properties starts with NodeProperties, in that order, then the type's own in schema order;
	// Property.Index is the position here. A stored node is a list of values in these positions.
	Properties []*Property
	// Dated is false where the schema declares that the type has no validity: no date is tested.
	Dated  bool
	byName map[string]*Property
}

// TypeNames are the names of types, in their order.
func TypeNames(types []*Type) []string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.Name
	}
	return names
}

// Relationship is a relationship as the schema declares it, on its outgoing side.
type Relationship struct {
	Index int
	// Name is the relationship's type in Neo4j, such as IN_SECTOR.
	Name     string
	From, To []*Type
	// Properties starts with LinkProperties, in that order, then the relationship's own;
	// Property.Index is the position here.
	Properties []*Property
	// Symmetric relationships are stored once and read from both ends.
	Symmetric bool
	// ToOne relationships are unique in time: from has at most one of these on any one day.
	ToOne bool
	// Required relationships, which are ToOne, are such that every node of From has one.
	Required bool
	// Constant relationships, which are ToOne, lead to one other over all time.
	Constant bool
	// Lasting relationships outlive their ends: the node at the other end is shown although it has
	// ended since. The others lapse with it.
	Lasting bool
	byName  map[string]*Property
}

// LeadsOn is whether each of these leads to one other over all time, from which the next may lead: they never lead in a circle.
func (r *Relationship) LeadsOn() bool { return r.Constant && slices.Contains(r.To, r.From[0]) }

// Kind is the kind of a single value.
type Kind int

// The kinds, and how Go holds them in a row: String, Date (yyyy-mm-dd) and Enum as string, Int as
// int64, Float as float64, Boolean as bool. A list is a []any of these without nil; a missing value is nil.
const (
	String Kind = iota
	Int
	Float
	Boolean
	Date
	Enum
)

// Property is a property of a type or of a relationship.
type Property struct {
	Name     string
	Kind     Kind
	List     bool
	Required bool
	// Values are the values that an Enum may have, in the order of the schema.
	Values []string
	// NotBefore is the date of the same owner that a Date follows; nil if it follows none.
	NotBefore *Property
	Index     int
}

// NewModel completes types and relationships: it puts the common properties first and numbers
// everything. The Properties it is given are the own ones only.
func NewModel(fingerprint string, types []*Type, relationships []*Relationship) *Model {
	for i, t := range types {
		t.Index = i
		t.Properties, t.byName = number(NodeProperties, t.Properties)
	}
	for i, r := range relationships {
		r.Index = i
		r.Properties, r.byName = number(LinkProperties, r.Properties)
	}
	return &Model{Types: types, Relationships: relationships, Fingerprint: fingerprint}
}

func number(common, own []*Property) ([]*Property, map[string]*Property) {
	all := append(append(make([]*Property, 0, len(common)+len(own)), common...), own...)
	byName := make(map[string]*Property, len(all))
	for i, p := range all {
		if i >= len(common) { // the common ones are shared and numbered already
			p.Index = i
		}
		byName[p.Name] = p
	}
	return all, byName
}

// Type finds a type by name; nil if the model has none.
func (m *Model) Type(name string) *Type {
	for _, t := range m.Types {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Relationship finds the one declared relationship of this name between these types; nil if there
// is none. The start-up checks of the schema see to it that there is at most one.
func (m *Model) Relationship(name string, from, to *Type) *Relationship {
	for _, r := range m.Relationships {
		if r.Name == name && slices.Contains(r.From, from) && slices.Contains(r.To, to) {
			return r
		}
	}
	return nil
}

// Property finds a property by name; nil if the type has none.
func (t *Type) Property(name string) *Property { return t.byName[name] }

// Property finds a property by name; nil if the relationship has none.
func (r *Relationship) Property(name string) *Property { return r.byName[name] }
