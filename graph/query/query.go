package query

// Query is one operation: what is wanted, as the columns of one row. A store answers all of it in
// one round trip.
type Query struct {
	// Columns are evaluated without a node: Lists, Counts and Exists of sets that start at the root.
	Columns []Column
	// Args are the values that Params refer to. Everything that comes from the caller is here, and
	// nowhere else, so that two queries that differ in values only have the same text.
	Args []any
	// Kept is whether whoever asks keeps the Columns to ask them again, maybe with other Args: then a
	// store may keep what it made of them, by where they stand in memory.
	Kept bool
}

// Param is the position of a value in Query.Args.
type Param int

// Row is one answered node, or the whole answer: a value per column, by position. The value of a
// List is a []any whose members are []any: rows of its own columns.
type Row = []any

// Subject is what a value is read from, in a row of a Select.
type Subject int

// The subjects. Of a walk over two relationships, Via is the node in the middle, ViaLink the first
// relationship and Link the second; of a walk over one, there are only Node and Link; at the root, only Node.
const (
	Node Subject = iota
	Link
	Via
	ViaLink
)

// Column is what one position of a row holds: a *Value, *TypeName, *LinkName, *Outgoing, *Period, *Rank,
// *List, *First, *Count, *Exists, *Groups, *More or *Exceeded.
type Column interface{ column() }

// Value is a property: nil where it is missing, and where the node is of a type without it.
type Value struct {
	Of Subject
	// Property is one of NodeProperties or LinkProperties, or a type's or relationship's own. On
	// nodes or links of several types it stands for the property of the same name of each.
	Property *Property
}

// TypeName is the name of the node's type.
type TypeName struct{ Of Subject }

// LinkName is the Name of the Link's Relationship.
type LinkName struct{}

// Outgoing is whether the Link leads from where the walk came to the Node, as bool; of a loop it is true.
type Outgoing struct{}

// Period is the year, quarter, month or day of a date, as a string: 2024, 2024-Q3, 2024-07, 2024-07-31.
// It is nil where the date is missing, or known less exactly than that.
type Period struct {
	Of   Subject
	Date *Property
	// Precision says how exact the date is; nil where it is always a day. UNKNOWN and a missing one are read as a year.
	Precision *Property
	Unit      Unit
}

// Unit is the length of a Period.
type Unit int

// The units, longest first.
const (
	Year Unit = iota
	Quarter
	Month
	Day
)

// Rank is the position of the first of some conditions that holds, as int64; nil if none does.
type Rank struct{ Conditions []Condition }

// List is the rows of a Select, in its order (reversed if it says so): []any of Row.
type List struct{ *Select }

// First is the only column of the first row of a Select; nil if there is no row.
type First struct{ *Select }

// Count is the number of members of a set, as int64.
type Count struct{ *Set }

// Exists is whether a set has a member on one side of a Keyset, as bool.
type Exists struct {
	*Set
	Order  []Key
	Beyond *Keyset
}

// Groups is the members of a set, counted by some keys: a []any of Row, one a group, ordered by the keys
// in turn, ascending, nil last. A row holds the value of each key, the number of members as int64, then Shown,
// then, if Members is not nil, a []any of their rows.
type Groups struct {
	*Set
	// Keys are what members are told apart by: each a *Value that is no list, a *TypeName, a *Period, or a
	// *First or *List whose only column is one. A member is counted once for each distinct value of a List, nil among them, and
	// under nil where the list is empty: so the groups may sum up to more than there are members.
	Keys []Column
	// Limit is the Param of an int64, the most groups to answer, the first in the order.
	Limit Param
	// Shown is Lists of sets that start at *Keyed.
	Shown []Column
	// Members, if not nil, is what is wanted of the first members of each group: an Order, a Limit and
	// Columns. Its Set is that of the Groups; it has neither Beyond nor Reverse.
	Members *Select
}

// More is whether there are more Neighbours than their First, as bool.
type More struct{ *Neighbours }

// Exceeded is whether more than their Most was looked at for Neighbours, as bool. Then it is not known who they are.
type Exceeded struct{ *Neighbours }

func (*Value) column()    {}
func (*TypeName) column() {}
func (*LinkName) column() {}
func (*Outgoing) column() {}
func (*Rank) column()     {}
func (*List) column()     {}
func (*First) column()    {}
func (*Count) column()    {}
func (*Exists) column()   {}
func (*Period) column()   {}
func (*Groups) column()   {}
func (*More) column()     {}
func (*Exceeded) column() {}

// Select is a set in an order, cut to a page, with what is wanted of each member.
type Select struct {
	*Set
	// Order ends with the ids that make it total: of the node, then of the relationships. Without keys
	// the rows come in any order, and a Limit keeps any of them.
	Order []Key
	// Beyond, if not nil, keeps what comes after (or before) a position of the order.
	Beyond *Keyset
	// Reverse answers the rows in the reverse of Order, and so cuts the page from the other end.
	Reverse bool
	// Limit is the Param of an int64, the most rows to answer; NoLimit answers all.
	Limit   Param
	Columns []Column
}

// NoLimit as Select.Limit asks for all rows. Only what is limited in itself is asked for so: the sources
// of a fact, which its owner holds, a ByID, a Keyed, Neighbours, and what is Between them.
const NoLimit Param = -1

// Key is one column of an order.
type Key struct {
	// By is a *Value, *First, *Count or *Rank.
	By Column
	// Descending reverses the key. As in Neo4j, missing values come last when ascending, first when descending,
	// unless MissingLast puts them last there, too.
	Descending, MissingLast bool
}

// Keyset is a position in an order, as values of its keys.
type Keyset struct {
	// Values has one Param a key. A nil in Missing's place tells a value apart from a missing one,
	// because the condition on a missing value is another.
	Values  []Param
	Missing []bool
	// Before keeps what comes before the position, in the order; else what comes after it.
	Before bool
	// Inclusive keeps the position itself, too.
	Inclusive bool
}

// Set is a set of nodes together with the relationships over which each was reached. A node that
// is reached twice, over two relationships, is two members.
type Set struct {
	// Start says from where: the root, or the row's subject.
	Start Start
	// Where, if not nil, is a condition on the members.
	Where Condition
	// Scope is applied to all that is touched. It is never nil.
	Scope *Scope
}

// Start is where a set comes from: *All, *Found, *Namesakes, *Moments, *ByID, *Walk, *Linked, *Cited, *Keyed, *Neighbours or *Between.
type Start interface{ start() }

// All is the nodes of some types: a root list. The Scope's time is tested on its nodes.
type All struct {
	Types []*Type
	// Few says that the set's condition is expected to hold for few of them: a store may look for these from the ids
	// that the condition names, rather than test every node.
	Few bool
}

// Found is All, where the set's condition only holds for nodes of which one folded name has, for each
// of some beginnings, a word that begins with it: a store may look them up in an index rather than
// test every node.
type Found struct {
	Types []*Type
	// Begun is the Param of a []any of folded beginnings of words, each of letters, digits and marks only.
	Begun Param
}

// Namesakes is the nodes of some types that have one of some names, in any language and of any kind. The
// Scope's time is tested on its nodes.
type Namesakes struct {
	Types []*Type
	// Names is the Param of a []any of names, as text.Fold writes them.
	Names Param
}

// ByID is the nodes of some types that have one of some ids. The time is tested only if Dated:
// identity is not a question of time, unless a date was asked for.
type ByID struct {
	Types []*Type
	// IDs is the Param of a []any of string.
	IDs   Param
	Dated bool
	// AnyType says that the Types are all that there are, so that none need be tested.
	AnyType bool
	// Single says that there is one id.
	Single bool
}

// Walk is what is reached from a subject of the row over one relationship, or over two with a node
// in the middle.
type Walk struct {
	From  Subject
	Steps []Step // one or two
	// ViaWhere, if not nil, is a condition on the node in the middle, written with Of Node.
	ViaWhere Condition
}

// Linked is what is reached from a subject of the row over one relationship of any of some kinds.
// The rules of Step hold for each. Symmetric ones are walked from either end, whatever the Direction, unless
// AsStored: then each relationship is met in its stored direction, so, walked Out, at one of its ends only.
type Linked struct {
	From Subject
	// Relationships has, of those of the Model that share a Name, all or none.
	Relationships []*Relationship
	Direction     Direction
	AsStored      bool
	To            []*Type
	// AnyRelationship says that the Relationships are all that there are, so that none need be tested.
	AnyRelationship bool
}

// Cited is the nodes whose ids the facts of a subject list as sources, each once.
type Cited struct {
	By    Subject
	Types []*Type
	// CopyOf, if not nil, leads from a node to what it is a copy of. Then a node stands for its originals:
	// those that it leads to over at most MaxCopies of these and that are no copies themselves; for itself
	// if it has none. Each is there once, whatever stands for it. What is a copy is one at any time.
	CopyOf *Relationship
}

// MaxCopies is how many copies may lie between a node and its original, itself counted.
const MaxCopies = 8

// Moments is the nodes of some types, once for each of some dates that they have. The Link of a member
// is the moment: its values are those of MomentProperties. The Scope's time is tested on its nodes.
type Moments struct {
	// Of has at least one of the Model's Moments; to ask for some kinds only is to name only those.
	Of []Moment
}

// Moment is one date of the nodes of a type at which something came to pass. Nodes without the date have no such moment.
type Moment struct {
	Type *Type
	// Kind is what came to pass, such as OPENED. No two moments of one type have the same Kind.
	Kind string
	Date *Property
	// Precision says how exact the date is; nil where it is always a day.
	Precision *Property
	// Where, if not nil, is a condition on the node, written with Of Node: one for which it does not hold has
	// no such moment. The Model's Moments have none.
	Where Condition
}

// Positions of the properties of a moment.
const (
	MomentDate = iota
	MomentPrecision
	MomentKind
)

// MomentProperties are what is known of each moment, by position. The precision is DAY where the Moment has none.
var MomentProperties, _ = number(nil, []*Property{
	{Name: "date", Kind: Date, Required: true},
	{Name: "precision", Kind: Enum, Values: precisions},
	{Name: "kind", Kind: String, Required: true},
})

// Keyed is, in the row of a group, the node whose id is the value of a key: none if the value is nil.
// It is not tested for its time.
type Keyed struct {
	Key   int // the position in Groups.Keys
	Types []*Type
}

// Neighbours is the nodes within some steps of others, each once, as near as it is: the first of them, nearest
// first. The Link of a member says how near: its values are those of NeighbourProperties. They do not
// depend on the row, and are found once, however often a query has them.
type Neighbours struct {
	// From is the Param of a []any of ids. The nodes that have them, whatever their time, are at no steps.
	From Param
	// Over says what a step goes over, whatever its From is. Other than in a set of its own, a relationship is in
	// force only if both its ends let it be. To are the types that nodes may have, those of the first ones, too.
	Over *Linked
	// Like, if not nil, is a condition on each step: on the Link, and on the Node that it leads to.
	Like Condition
	// Steps is the most steps.
	Steps int
	// Wanted, if not nil, holds for the members: what it does not hold for is gone through only.
	Wanted Condition
	// Order has Values of the Node, and makes a total order of those that are equally near.
	Order []Key
	// First is the Param of an int64: the most members.
	First Param
	// Most is the Param of an int64: the most relationships that are looked at, of those that lead on.
	Most  Param
	Scope *Scope
}

// NeighbourSteps is the position of the number of steps in the properties of a neighbour.
const NeighbourSteps = 0

// NeighbourProperties are what is known of each neighbour, by position.
var NeighbourProperties, _ = number(nil, []*Property{{Name: "steps", Kind: Int, Required: true}})

// Between is the relationships between Neighbours of a kind and the nodes that they lead to. Via is the node that
// a relationship leads from; as in their steps, both ends must let it be in force.
type Between struct {
	*Neighbours
	// Over is AsStored and Out, so that each relationship is met once.
	Over *Linked
	// Like, if not nil, is a condition on the Link.
	Like Condition
}

func (*All) start()        {}
func (*Found) start()      {}
func (*Namesakes) start()  {}
func (*ByID) start()       {}
func (*Walk) start()       {}
func (*Linked) start()     {}
func (*Cited) start()      {}
func (*Moments) start()    {}
func (*Keyed) start()      {}
func (*Neighbours) start() {}
func (*Between) start()    {}

// Step goes over one relationship. A relationship is in force if its own dates say so and the node
// it leads to is in force; of a Lasting one the end of that node is not looked at, only its beginning.
type Step struct {
	Relationship *Relationship
	Direction    Direction
	// To are the types of the nodes it may lead to.
	To []*Type
}

// Direction is the direction in which a relationship is walked.
type Direction int

// The directions. Both walks a symmetric relationship from either end; a loop is walked once.
const (
	Out Direction = iota
	In
	Both
)

// Scope is what the asker may see, of which day. It is applied to every node and relationship that
// a query touches, also in conditions, counts and orders.
type Scope struct {
	Time Time
	// Date is the Param of a yyyy-mm-dd string; unused where Time is AnyTime.
	Date Param
	// Clearance is the Param of an int64: facts marked higher do not exist for the asker.
	Clearance Param
}

// Time is what of the validity is tested.
type Time int

// The times. A fact is Possible on d if it is in force: (validFrom is nil or validFrom <= d) and
// (validTo is nil or d <= validTo). It is Certain if certainFrom <= d and (certainTo is nil or d <= certainTo).
const (
	Possible Time = iota
	Certain
	AnyTime
)
