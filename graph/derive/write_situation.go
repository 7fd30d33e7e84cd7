package derive

import "fmt"

// The bounds of the root fields that go from object to object; their descriptions tell them.
const (
	MaxPaths, MaxPathSteps = 20, 8
	MaxAroundDepth         = 4
	MaxAround              = 1000
)

const relationshipArguments = `"Only over relationships of these types." relationships: [LinkType!]
"Only over relationships like this." edge: EdgeWhere`

// writeSituation writes the root fields that go from object to object, and the one that compares two days.
func (w *writer) writeSituation(node *Target) {
	if w.links == nil {
		return
	}
	w.field("paths", fmt.Sprintf(`("The one end." from: ID!
"The other end." to: ID!
"The first so many, at most %d." first: Int! = 3
"Of at most so many relationships, at most %d." maxSteps: Int! = 6
"Only over objects of these types." types: [NodeType!]
%s
"Not over these objects." avoid: [ID!]
"Not over objects with more relationships than this, counting those of the types and facts asked for." maxDegree: Int)`, MaxPaths, MaxPathSteps, relationshipArguments),
		"GraphPaths", "The shortest ways from one object to another over relationships in force, walked either way: by length, then by the ids of the objects on them. Fails if an end is not there, so that none means no connection.", &Root{Kind: Paths, Target: node})
	w.field("reachable", fmt.Sprintf(`("Where to start." from: ID!
"Only objects of these types; others may lie between." types: [NodeType!]
"Only objects like this; others may lie between." where: NodeWhere
%s
"Only along relationships in this direction, and symmetric ones." direction: LinkDirection
"Over at most so many relationships, at most %d." maxSteps: Int! = 3
"The first so many, at most 1,000." first: Int! = 20)`, relationshipArguments, MaxPathSteps),
		"Reachable", "The objects that can be reached from one over relationships in force: nearest first, then by name and id. Fails if that one is not there.", &Root{Kind: Reached, Target: node})
	w.field("graph", fmt.Sprintf(`("The objects in the middle." around: [ID!]!
"Within so many relationships, at most %d." depth: Int! = 1
"Besides those in the middle, only objects of these types." types: [NodeType!]
%s
"At most so many objects, at most %d." limit: Int! = 200)`, MaxAroundDepth, relationshipArguments, MaxAround),
		"Subgraph", "Some objects with what is near them, and all relationships in force between what is shown, for drawing. Fails if one of them is not there.", &Root{Kind: Around, Target: node})
	w.field("duplicates", `("Only objects of these types." types: [NodeType!]
"The first so many, at most 1,000." first: Int! = 20
"After this cursor." after: String)`,
		"Duplicates", "Pairs of objects of one type that may be one and the same, recorded twice: those with most and best reasons first, then by id. `merge` makes them one. Fails if there are too many objects to compare.", &Root{Kind: Duplicates, Target: node})
	w.field("difference", `("The earlier day." from: Date!
"The later day." to: Date!
"Only objects like this, on the day that they are of." where: NodeWhere)`,
		"Difference", "What is in force on one of two days and not on the other. Dates count as exactly as `@asOf` takes them: POSSIBLE takes a month or year from its first day to its last, CERTAIN only what is sure. Its days are its own: of `@asOf` only `certainty` applies.", &Root{Kind: Difference, Target: node})
}

func (w *writer) writeSituationTypes() {
	if w.links == nil {
		return
	}
	w.writeLink()
	w.open("type", "GraphPaths", "", "The shortest ways between two objects.")
	w.field("paths", "", "[GraphPath!]!", "The ways, shortest first.", PartPaths)
	w.field("hasMore", "", "Boolean!", "Whether there are more within `maxSteps`; exact.", PartMore)
	w.close()
	w.open("type", "GraphPath", "", "One way between two objects, over no object twice. Several relationships between the same two objects are on one way.")
	w.field("length", "", "Int!", "The number of steps.", PartPathLength)
	w.field("nodes", "", "[Node!]!", "The objects from one end to the other.", PartPathNodes)
	w.field("links", "", "[Link!]!", "The relationships, step by step, then by id.", PartPathLinks)
	w.close()
	w.open("type", "Reachable", "", "The objects that can be reached from one.")
	w.field("nodes", "", "[ReachableNode!]!", "The objects, nearest first.", PartReached)
	w.field("hasMore", "", "Boolean!", "Whether there are more within `maxSteps`; exact.", PartMore)
	w.close()
	w.open("type", "ReachableNode", "", "One object that can be reached from another.")
	w.field("distance", "", "Int!", "The least number of relationships to it.", PartDistance)
	w.field("node", "", "Node!", "The object.", PartEdgeNode)
	w.close()
	w.open("type", "Subgraph", "", "Some objects, and the relationships between them.")
	w.field("nodes", "", "[Node!]!", "The objects: nearest to the middle first, then by id.", PartPathNodes)
	w.field("links", "", "[Link!]!", "All relationships of the types and facts asked for between them, each once, by id.", PartPathLinks)
	w.field("truncated", "", "Boolean!", "Whether more objects lie within `depth` than are shown; exact.", PartMore)
	w.close()
	w.writeDuplicates()
	w.writeDifference()
}

// DuplicateReasons are the codes of reasons, by search.Reason.
var DuplicateReasons = []string{"RECORDED", "SAME_VALUES", "CLOSE_BY", "SAME_NAME", "SAME_WORDS"}

func (w *writer) writeDuplicates() {
	w.open("type", "Duplicates", "", "Pairs of objects that may be one and the same.")
	w.field("pairs", "", "[Duplicate!]!", "The pairs, best first.", PartDuplicates)
	w.field("hasMore", "", "Boolean!", "Whether there are more; exact.", PartMore)
	w.close()
	w.open("type", "Duplicate", "", "Two objects that may be one and the same.")
	w.field("nodes", "", "[Node!]!", "The two, by id.", PartPathNodes)
	w.field("reasons", "", "[DuplicateReason!]!", "Why, the best reason first.", PartReasons)
	w.field("cursor", "", "String!", "For `after`.", PartEdgeCursor)
	w.close()
}

// writeLink writes a relationship as something of its own, with both its ends.
func (w *writer) writeLink() {
	w.open("type", "Link", "", "One relationship between two objects.")
	w.field("id", "", "ID!", "Its stable key; treat it as opaque.", PartLinkID)
	w.field("type", "", "LinkType!", "Its type.", PartLinkType)
	w.field("from", "", "ID!", "The object that it leads from; of a symmetric one either.", PartLinkFrom)
	w.field("to", "", "ID!", "The object that it leads to.", PartLinkTo)
	w.field("facts", "", "Facts!", "Since when it holds, how sure, and who says so.", PartFacts)
	w.field("properties", "", "[LinkProperty!]!", "What else is known of it.", PartLinkProperties)
	w.close()
}

func (w *writer) writeDifference() {
	page := "(" + pageArguments + ")"
	w.open("type", "Difference", "", "What two days have not in common. Lists are by id.")
	w.field("appeared", page, "NodeConnection!", "Objects in force on the later day only, as they are then. Events do not lapse: those of the time between are among them.", PartAppeared)
	w.field("ended", page, "NodeConnection!", "Objects in force on the earlier day only, as they were then.", PartEnded)
	w.field("changed", page, "DifferenceConnection!", "Objects in force on both days, as they are on the later, with relationships in force on one of them only.", PartChanged)
	w.close()
	w.open("type", "NodeConnection", "", "A page of objects.")
	w.field("nodes", "", "[Node!]!", "The objects.", PartNodes)
	w.field("edges", "", "[NodeEdge!]!", "The objects, each with its cursor.", PartEdges)
	w.writePageFields()
	w.open("type", "NodeEdge", "", "One object of a list.")
	w.writeEdgeFields()
	w.close()
	w.open("type", "DifferenceConnection", "", "A page of objects that changed.")
	w.field("nodes", "", "[Node!]!", "The objects.", PartNodes)
	w.field("edges", "", "[DifferenceEdge!]!", "The objects, each with what changed.", PartEdges)
	w.writePageFields()
	w.open("type", "DifferenceEdge", "", "One object that changed.")
	w.writeEdgeFields()
	w.field("before", page, "LinkConnection!", "Its relationships in force on the earlier day only.", PartBefore)
	w.field("after", page, "LinkConnection!", "Its relationships in force on the later day only.", PartAfter)
	w.close()
}

// writePageFields ends a connection.
func (w *writer) writePageFields() {
	w.field("pageInfo", "", "PageInfo!", "Where the page stands in the list.", PartPageInfo)
	w.field("totalCount", "", "Int!", "How many the whole list has; exact.", PartTotalCount)
	w.close()
}

func (w *writer) writeEdgeFields() {
	w.field("cursor", "", "String!", "Where it stands: for `after` and `before`.", PartEdgeCursor)
	w.field("node", "", "Node!", "The object.", PartEdgeNode)
}
