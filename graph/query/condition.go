package query

// Condition is a condition on a member of a set: *And, *Or, *Not, *Compare, *Missing, *Names, *OfType,
// *Some, *Counted, *Leads or *InForce. Conditions are two-valued: a comparison with a missing value is false, and Not
// is its exact complement.
type Condition interface{ condition() }

// And holds if all hold; without any, it holds.
type And struct{ All []Condition }

// Or holds if one holds; without any, it does not.
type Or struct{ Any []Condition }

// Not holds if the other does not.
type Not struct{ Condition Condition }

// Compare compares a property with a value. A property of several node types is meant by name, as in Value.
type Compare struct {
	Of       Subject
	Property *Property
	Operator Operator
	// Value is the Param of a value of the property's kind; of a []any of them for OneOf. It is not nil.
	Value Param
}

// Operator is how a property is compared.
type Operator int

// The operators. Strings compare by code point, false is less than true. Contains, StartsWith and
// EndsWith are for strings, exact by code point. Has is for lists: the value is a member.
const (
	Equal Operator = iota
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
	OneOf
	Contains
	StartsWith
	EndsWith
	Has
)

// Missing holds if the property has no value.
type Missing struct {
	Of       Subject
	Property *Property
}

// Names is a condition on the names of the node, in any language. One and the same name must
// satisfy all of it. Its Params are made by text.Pattern, which says what a word typed means.
type Names struct {
	Of Subject
	// Match says how the folded words are held against the folded name.
	Match Match
	// Folded is the Param of a []any of strings. For Whole and Prefix it has one member, for Words
	// one a word; each as text.Pattern writes it.
	Folded Param
	// Spelled is the Param of a []any of strings that the name, with its diacritics, must contain.
	Spelled Param
}

// Match is how a name is matched.
type Match int

// Whole: the folded name equals the member; Words: it contains each member; Prefix: it starts with
// the member. Whatever the match, the spelled name contains each member of Spelled.
const (
	Whole Match = iota
	Words
	Prefix
)

// OfType holds if the node is of one of the types.
type OfType struct {
	Of    Subject
	Types []*Type
}

// Some holds if the set has a member. The set starts at a subject of this member.
type Some struct{ *Set }

// Counted compares the number of members of a set.
type Counted struct {
	*Set
	Operator Operator // Equal, Less, LessOrEqual, Greater or GreaterOrEqual
	Value    Param    // of an int64
}

// Leads holds if the node is one of some nodes, or leads to one over at most so many relationships, each
// walked along its direction. The rules of Step hold for each relationship.
type Leads struct {
	Of Subject
	// To is the Param of a []any of ids.
	To Param
	// Relationships has at least one and, of those of the Model that share a Name, all or none. None is Symmetric.
	Relationships []*Relationship
	// Steps is the most relationships, one after another: at least one.
	Steps int
	Scope *Scope
	// Shared is whether many sets of the query have the condition: all that leads there is better found
	// once, however much it is, than looked for from the members of each.
	Shared bool
}

// InForce holds if the node or the Link is in force under a Scope that may not be that of the set: of the
// Link, what Step says of its dates and of the node that it leads to. The Scope's clearance is not tested.
type InForce struct {
	Of    Subject // Node, or Link of a Walk over one relationship or of a Linked
	Scope *Scope
}

func (*And) condition()     {}
func (*Or) condition()      {}
func (*Not) condition()     {}
func (*Compare) condition() {}
func (*Missing) condition() {}
func (*Names) condition()   {}
func (*OfType) condition()  {}
func (*Some) condition()    {}
func (*Counted) condition() {}
func (*Leads) condition()   {}
func (*InForce) condition() {}
