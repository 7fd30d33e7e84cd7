package dataset

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// Verified is what a document says of itself.
type Verified struct {
	About
	Objects, Relations int
}

// Problem is one thing that is wrong with a file.
type Problem struct {
	Line int
	Err  error
}

func (p Problem) Error() string { return fmt.Sprintf("%d: %s", p.Line, Printable(p.Err.Error())) }

// Verify reads a document, compressed with gzip or not, and answers all that is wrong with it, by line:
// whether it is whole and as it was written, whether each record fits the schema, whether what it leads
// to and who states it is there, and whether relationships are as many as the schema wants. The error is of reading.
func Verify(model *query.Model, r io.Reader) (*Verified, []Problem, error) {
	plain, err := Decompress(r)
	if err != nil {
		return nil, nil, err
	}
	v := &verifier{model: model, seal: NewSeal(), nodes: map[string]*verifiedNode{}, cited: map[string][]int{}, links: map[string]int{}, former: map[string][]int{}, has: map[from]bool{}}
	if err := EachLine(plain, v.read); err != nil {
		return nil, v.problems, err
	}
	v.end()
	slices.SortFunc(v.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Err.Error(), b.Err.Error()))
	})
	return &Verified{v.seal.about, v.seal.counted.Objects, v.seal.counted.Relations}, v.problems, nil
}

// verifier reads a document, and gathers all that is wrong with it.
type verifier struct {
	model    *query.Model
	seal     *Seal
	line     int
	nodes    map[string]*verifiedNode
	lastNode string
	lastLink [2]string        // from and id
	cited    map[string][]int // the lines that cite a source
	links    map[string]int   // the lines of relationships, by id
	former   map[string][]int // the lines of nodes that have a former id
	toOne    []query.LinkRecord
	has      map[from]bool // relationships that are required
	problems []Problem
}

type verifiedNode struct {
	line int
	typ  *query.Type
}

type from struct {
	relationship *query.Relationship
	node         string
}

func (v *verifier) problem(err error) { v.problemIn(v.line, err) }

func (v *verifier) problemIn(line int, err error) {
	v.problems = append(v.problems, Problem{line, err})
}

func (v *verifier) read(number int, line []byte) {
	v.line = number
	if number == 1 && !isDocument(line) {
		v.problem(errNoFirstLine)
	}
	isRecord, err := v.seal.Take(line)
	if err != nil {
		v.problem(err)
	}
	if !isRecord {
		return
	}
	given, err := ParseLine(line)
	if err != nil {
		v.problem(err)
		return
	}
	if given.Node != nil {
		v.node(given.Node)
		return
	}
	v.link(given.Link)
}

func (v *verifier) node(n *record.Node) {
	made, problems := record.NewNode(v.model, *n)
	v.recordProblems(problems)
	v.cite(n.Sources)
	for _, id := range n.FormerIDs {
		v.former[id] = append(v.former[id], v.line)
	}
	switch known := v.nodes[n.ID]; {
	case known != nil:
		v.problem(record.Problem{Record: n.ID, Field: "id", Message: fmt.Sprintf("is the id of line %d already", known.line)})
		return
	case len(v.links) > 0 || n.ID < v.lastNode:
		v.problem(record.Problem{Record: n.ID, Field: "id", Message: "stands in the wrong place: objects come first, by id"})
	}
	v.lastNode = n.ID
	v.nodes[n.ID] = &verifiedNode{v.line, made.Type}
}

func (v *verifier) recordProblems(problems []record.Problem) {
	for _, p := range problems {
		v.problem(p)
	}
}

func (v *verifier) cite(sources []string) {
	for _, id := range sources {
		v.cited[id] = append(v.cited[id], v.line)
	}
}

func (v *verifier) link(l *record.Link) {
	v.cite(l.Sources)
	from, to := v.linkEnd(l, "from", l.From), v.linkEnd(l, "to", l.To)
	if from == nil || to == nil {
		return
	}
	made, problems := record.NewLink(v.model, *l, from, to)
	v.recordProblems(problems)
	if len(problems) > 0 {
		return
	}
	v.checkPlace(l, &made)
	if made.Relationship.Required {
		v.has[fromOf(&made)] = true
	}
	if made.Relationship.ToOne {
		v.checkToOne(&made)
	}
}

func fromOf(l *query.LinkRecord) from { return from{l.Relationship, l.From} }

// linkEnd is the type of one end; nil, and a problem unless the node itself has one, if there is none.
func (v *verifier) linkEnd(l *record.Link, field, id string) *query.Type {
	n := v.nodes[id]
	if n == nil {
		v.problem(record.Problem{Record: linkName(*l), Field: field, Message: fmt.Sprintf("there is no node %q", id)})
		return nil
	}
	return n.typ
}

// checkPlace: each relation stands once, in the order of what it leads from and its id.
func (v *verifier) checkPlace(l *record.Link, made *query.LinkRecord) {
	if line, is := v.links[made.ID()]; is {
		v.problem(record.Problem{Record: linkName(*l), Field: "from", Message: fmt.Sprintf("is the same relation as in line %d", line)})
		return
	}
	v.links[made.ID()] = v.line
	place := [2]string{l.From, made.ID()}
	if slices.Compare(place[:], v.lastLink[:]) < 0 {
		v.problem(record.Problem{Record: linkName(*l), Field: "from", Message: "stands in the wrong place: relations are in the order of from and their ids"})
	}
	v.lastLink = place
}

// checkToOne holds a relationship against the others from the same node, which stand before it.
func (v *verifier) checkToOne(made *query.LinkRecord) {
	if len(v.toOne) > 0 && v.toOne[0].From != made.From {
		v.toOne = v.toOne[:0]
	}
	for _, other := range v.toOne {
		if problems := record.CheckToOne([]query.LinkRecord{other, *made}); len(problems) > 0 {
			v.recordProblems(problems)
			break
		}
	}
	v.toOne = append(v.toOne, *made)
}

// end checks what is known once all is read.
func (v *verifier) end() {
	if err := v.seal.End(); err != nil {
		v.problem(err)
		return
	}
	for id, lines := range v.cited {
		if n := v.nodes[id]; n != nil && n.typ != nil && n.typ.Name == sourceType {
			continue
		}
		for _, line := range lines {
			v.problemIn(line, fmt.Errorf("sources: there is no source %q", id))
		}
	}
	for id, lines := range v.former {
		v.checkFormerID(id, lines)
	}
	if v.seal.about.Complete {
		v.checkRequired()
	}
}

// checkFormerID: a former id is no node's id, and stands for one node.
func (v *verifier) checkFormerID(id string, lines []int) {
	taken := lines[0]
	if n := v.nodes[id]; n != nil {
		taken = n.line
	} else {
		lines = lines[1:]
	}
	for _, line := range lines {
		v.problemIn(line, fmt.Errorf("formerIds: %q stands in line %d already", id, taken))
	}
}

// checkRequired: a part may leave out what an object leads to, a backup does not.
func (v *verifier) checkRequired() {
	for _, r := range v.model.Relationships {
		if !r.Required {
			continue
		}
		for id, n := range v.nodes {
			if slices.Contains(r.From, n.typ) && !v.has[from{r, id}] {
				v.problemIn(n.line, record.Problem{Record: id, Field: r.Name, Message: "is missing; every " + n.typ.Name + " has one"})
			}
		}
	}
}
