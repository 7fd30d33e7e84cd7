package query

// Rules are what nodes of a type must be like when they are written, as the schema declares it.
type Rules struct {
	// Agree are paths at the ends of which lies one node in common, as far as they lead anywhere; none if
	// nothing must agree.
	Agree []Path
	// Over are relationships, from which no two nodes lead to one each in common at the same time with
	// the same Values; none if any may.
	Over   []Path
	Values []*Property
}

// Path is some relationships, one after another.
type Path struct {
	Name  string
	Steps []Step
}
