package derive

import "bordergraph/graph/query"

// Field is what a field of an object type means: *Root, *Property, *ToOne, *Connection, *Sources, *ViewList or a Part.
type Field interface{ field() }

// Root is a field of Query or Mutation that the graph answers.
type Root struct {
	Kind RootKind
	// Target is what the root leads to; of a view, what it is about: nil if that is no object.
	Target *Target
	// View is the name of the type of a view; empty for other roots.
	View string
}

// RootKind is the kind of a Root.
type RootKind int

// ByID answers one object or null, ByIDs a list with a null for each id that is not found, Listed and
// Searched a connection, Viewed the lists of a view, Timed a connection of moments. Paths, Reached and
// Around answer what is found step by step from some objects, Difference what two days have not in common.
// Duplicates answers pairs of objects that may be one. Logged is the changes of the log, Followed those that are made from some moment on. Saved makes objects
// what is given, and answers them; Removed answers those that went. Merged makes one object part of another, and answers that.
// Undone takes a change back, and answers the one that this is.
const (
	ByID RootKind = iota
	ByIDs
	Listed
	Searched
	Viewed
	Timed
	Paths
	Reached
	Around
	Difference
	Duplicates
	Logged
	Followed
	Saved
	Removed
	Merged
	Undone
)

// Property is a stored property: of the node, or, on an edge type, of its relationship.
type Property struct {
	*query.Property
	// Precision is the property that says how exact a date is; nil if there is none: then it is a day.
	Precision *query.Property
}

// ToOne is a relationship, or a shortcut, to at most one object.
type ToOne struct{ *Traversal }

// Connection is a relationship, or a shortcut, to many.
type Connection struct {
	*Traversal
	// History shows the relationship over all time, whatever the day asked for.
	History bool
}

// Sources is the list of the sources of a fact.
type Sources struct {
	*Target
	// CopyOf leads from a source to the one that it copies; nil if the schema has no such relationship.
	CopyOf *query.Relationship
}

// Part is a field that every object, edge, connection, name or page has: it is the same for all types.
type Part int

// The parts.
const (
	PartName Part = iota
	PartNames
	PartFacts
	PartInForce
	PartMarking
	PartVersion
	PartDuring
	PartType

	PartNameText
	PartNameLanguage
	PartNameKind

	PartNodes
	PartEdges
	PartPageInfo
	PartTotalCount
	PartGroups

	PartGroupList
	PartGroupUndated
	PartGroupHasMore
	PartGroupNote
	PartGroupKeys
	PartGroupCount
	PartGroupNodes
	PartKeyValue
	PartKeyLabel
	PartKeyNode

	PartMomentsUndated
	PartMomentKind
	PartMomentLabel
	PartMomentDate
	PartMomentPrecision
	PartMomentDateLabel

	PartEdgeNode
	PartEdgeCursor
	PartEdgeVia

	PartAbout

	PartLinkType
	PartLinkDirection
	PartLinkProperties
	PartPropertyName
	PartPropertyValue

	PartLinkID
	PartLinkFrom
	PartLinkTo

	PartPaths
	PartPathLength
	PartPathNodes
	PartPathLinks
	PartReached
	PartDistance
	PartMore
	PartDuplicates
	PartReasons

	PartAppeared
	PartEnded
	PartChanged
	PartBefore
	PartAfter

	PartHistory

	PartChangeSequence
	PartChangeAt
	PartChangeActor
	PartChangeComment
	PartChangeUndoes
	PartChangeReplacesAll
	PartChangedObjects
	PartChangedLinks
	PartChangedID
	PartChangeAction
	PartChangedValues
	PartChangedField

	PartSearchMatch
	PartSearchName

	PartHasNextPage
	PartHasPreviousPage
	PartStartCursor
	PartEndCursor
)

// Fact is one of the facts that nodes and relationships alike have; Position as in query.FactValidFrom.
type Fact struct{ Position int }

func (*Root) field()       {}
func (*Property) field()   {}
func (*ToOne) field()      {}
func (*Connection) field() {}
func (*Sources) field()    {}
func (*ViewList) field()   {}
func (Part) field()        {}
func (*Fact) field()       {}

// Input is what a field of a where or order type means: a Logic, *Property, *Fact, *ToOne, *Connection,
// *Sources, Alternatives, *Touching, PartName, PartFacts, PartDuring or PartType. A field of what is written is a
// *Property, *Fact, *Relation, LinksPart, PartNames, PartVersion, PartFacts or PartLinkTo.
type Input interface{ input() }

// Logic joins conditions.
type Logic int

// The kinds of Logic.
const (
	And Logic = iota
	Or
	Not
)

// Alternatives is a field of an interface: what it means for each of the types, by their names. Each
// is a *ToOne or a *Connection.
type Alternatives map[string]Input

// Touching is the condition that an object is one of some, lies in one or concerns one: by at most one
// relationship of Own, and then by those of Onward.
type Touching struct {
	// Own say it of the object itself; none where no type of the target has one.
	Own []*query.Relationship
	// Onward say it of the object and of all that is in it.
	Onward []*query.Relationship
}

// Relation is what an object is to have of a declared relationship.
type Relation struct{ *query.Relationship }

// LinksPart is how relationships are given.
type LinksPart int

// The ways to give relationships.
const (
	SetLinks LinksPart = iota
	AddLinks
	RemoveLinks
)

func (Alternatives) input() {}
func (*Relation) input()    {}
func (LinksPart) input()    {}
func (*Touching) input()    {}
func (Logic) input()        {}
func (*Property) input()    {}
func (*Fact) input()        {}
func (*ToOne) input()       {}
func (*Connection) input()  {}
func (*Sources) input()     {}
func (Part) input()         {}

// Target is what a root or traversal leads to: a node type, or the types of an interface or union.
type Target struct {
	// Name is the name of the API's type.
	Name  string
	Types []*query.Type
	// Where and Order are the names of the input types for conditions on it and orders of it.
	Where, Order string
}

// Abstract is whether the target is an interface or union.
func (t *Target) Abstract() bool { return len(t.Types) != 1 || t.Types[0].Name != t.Name }

// Traversal is how a field gets from its owner to its target.
type Traversal struct {
	// Steps are one, or two for a shortcut; none for the field links.
	Steps []query.Step
	// Linked is whether this is the field links, which goes over relationships of any type.
	Linked bool
	// Via is the type of the node in the middle of a shortcut; nil for a relationship.
	Via *Target
	// ViaWhere are the values that the node in the middle must have.
	ViaWhere []ViaValue
	Target   *Target
	// Connection and Edge are the names of the API's types, where there may be many; ListWhere and
	// EdgeWhere those of the input types for conditions on the list and on its edges.
	Connection, Edge, ListWhere, EdgeWhere string
}

// ViaValue is a value that the node in the middle of a shortcut must have.
type ViaValue struct {
	Property *query.Property
	Value    any
}
