// Package change makes, of what is asked to be written and of what is stored, the change that a store
// writes, or says all that is wrong with it.
package change

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// Request is all that one operation asks to be written.
type Request struct {
	Saves []*Save
	// Merges are carried out one after another, after the Saves.
	Merges []*Merge
	// Delete is nil if nothing is to go.
	Delete *Delete
	// Undo is nil if no change is to be taken back. Else nothing is saved and nothing is to go.
	Undo *Undo
	// Clearance is that of whoever asks: what is marked higher is as if it were not there.
	Clearance query.Clearance
	// Source is the type of the nodes that state facts; nil if facts need no source.
	Source *query.Type
	// Restores is whether this is what was stored before: it need not follow what the schema asks of new
	// objects only, that facts have a source, that dates stand for their periods and that objects go together.
	Restores bool
	// Incomplete is whether relationships that are required follow in a request after this one.
	Incomplete bool
	// Rules are those of the nodes of a type.
	Rules func(*query.Type) query.Rules
	// Today is the day on which a relationship that is Kept has not ended.
	Today string
	// Stored reads what was stored before, where what other requests are to write is read as if it were written
	// already; nil if there are none.
	Stored query.Tx
}

// Save says what a node is to be: what is not given stays.
type Save struct {
	Place
	*Shape
	ID string
	// Expected, if not nil, is the version that the node must have; 0 says that there must be none.
	Expected *int64
	// Names are nil if they are not given.
	Names *[]record.Name
	// MainNames each take the place of the main name in their language, or are added.
	MainNames []record.Name
	// Values are by the name of the stored property; nil clears it.
	Values    map[string]any
	Relations []*Relation
}

// Shape is what can be given of the nodes of a type.
type Shape struct {
	Type *query.Type
	// Fields says where each property is given, by its stored name, such as facts.validFrom.
	Fields map[string]string
	// Relationships says where each relationship is given.
	Relationships map[*query.Relationship]string
	Rules         query.Rules
}

// Relation says what a node is to have of a relationship.
type Relation struct {
	Place
	*query.Relationship
	// Set is nil if it is not given.
	Set    *[]*Link
	Add    []*Link
	Remove []string
	// Existing says what becomes of what is added and is there already.
	Existing Existing
	// Fields are as Shape.Fields, of the relationship.
	Fields map[string]string
}

// Existing says what becomes of a relationship that is added beside one that leads to the same at the same time.
type Existing int

// What may become of it.
const (
	// Refused: one that is there is removed first, or another time is given.
	Refused Existing = iota
	// Renewed: it takes the place of the one that is told apart by the same; beside another it is refused.
	Renewed
	// Kept: the one that is there stays.
	Kept
)

// Link is one relationship, whole.
type Link struct {
	Place
	To     string
	Values map[string]any
}

// Place is where something was asked for.
type Place struct {
	// Root is the response key of the root field.
	Root string
	// Input is the path in its arguments, such as objects.3.sectors.add.0.
	Input string
}

// In is the place of something in what stands here.
func (p Place) In(field string) Place { return Place{p.Root, p.Input + "." + field} }

// Problem is one thing that is wrong with a request.
type Problem struct {
	Place
	Code    string
	Message string
	// Details are what machines are told besides the code.
	Details map[string]any
}

// The codes of problems.
const (
	BadInput = "BAD_INPUT"
	NotFound = "NOT_FOUND"
	// Conflict: it does not go with another change that was made before.
	Conflict = "CONFLICT"
)

// Make makes the change that is asked for by Saves, Merges and Delete. With problems there is none.
func (r *Request) Make(ctx context.Context, tx query.Tx, model *query.Model) (*query.Change, []Problem, error) {
	d := newDraft(r, model)
	if err := d.save(ctx, tx); err != nil || len(d.problems) > 0 {
		return nil, d.problems, err
	}
	return d.change(), nil, nil
}

// save makes the nodes what they are to be, and lets those go that are to.
func (d *draft) save(ctx context.Context, tx query.Tx) error {
	r := d.Request
	ids, at := r.needs()
	stored, err := tx.Records(ctx, ids, at)
	if err != nil {
		return err
	}
	d.add(stored)
	if err := d.readEnds(ctx, tx, d.replaced()...); err != nil {
		return err
	}
	d.checkTwice()
	for _, s := range r.Saves {
		d.saveNode(s)
	}
	for _, s := range r.Saves {
		d.checkNode(s)
		for _, relation := range s.Relations {
			d.saveLinks(s, relation)
		}
	}
	for _, s := range r.Saves {
		d.checkRelationships(s)
	}
	d.checkFormerIDs()
	if !r.Restores {
		touching := slices.DeleteFunc(slices.Clone(r.Saves), func(s *Save) bool { return d.saved(s) == nil || !d.mayBreak(s, d) })
		if err := d.checkRules(ctx, tx, touching); err != nil {
			return err
		}
	}
	for _, m := range r.Merges {
		if err := d.merge(ctx, tx, m); err != nil {
			return err
		}
	}
	if r.Delete != nil {
		if err := d.delete(ctx, tx); err != nil {
			return err
		}
	}
	if r.Restores {
		return nil
	}
	d.checkAdded()
	saved := d.savedLinks()
	if err := d.checkCycles(ctx, tx, saved); err != nil {
		return err
	}
	return d.checkAlong(ctx, tx, saved)
}

// checkTwice refuses that two saves of one node give it different values: one of them would be lost.
func (d *draft) checkTwice() {
	saves := map[string][]*Save{}
	for _, s := range d.Saves {
		for _, other := range saves[s.ID] {
			d.checkAlikeGiven(s, s.given(), other.given())
		}
		saves[s.ID] = append(saves[s.ID], s)
	}
}

func (d *draft) checkAlikeGiven(s *Save, own, others map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if other, twice := others[name]; twice && !reflect.DeepEqual(other, own[name]) {
			field := cmp.Or(s.Fields[name], name)
			d.problem(s.In(field), BadInput, "%s: the operation gives %q another one, too; give one of them.", field, s.ID)
		}
	}
}

// given are the values that are given, with the names.
func (s *Save) given() map[string]any {
	if s.Names == nil {
		return s.Values
	}
	all := maps.Clone(s.Values)
	if all == nil {
		all = map[string]any{}
	}
	all["names"] = *s.Names
	return all
}

// checkAdded refuses that one part of the request takes away a relationship which another adds. What merges move is not taken away.
func (d *draft) checkAdded() {
	for _, s := range d.Saves {
		for _, r := range s.Relations {
			for _, id := range slices.Sorted(maps.Keys(d.added[r])) {
				if l := d.added[r][id]; d.links[id].After == nil && !d.drops(l.From) && !d.drops(l.To) {
					d.problem(r.Place, BadInput, "The operation gives what leads from %q to %q, and takes it away as well; do one of the two.", l.From, l.To)
				}
			}
		}
	}
}

// drops is whether a node becomes part of another.
func (r *Request) drops(id string) bool {
	return slices.ContainsFunc(r.Merges, func(m *Merge) bool { return m.Drop == id })
}

// savedLinks are the relationships of which the saves say what they are to be.
func (d *draft) savedLinks() places {
	saved := places{}
	for _, s := range d.Saves {
		for _, relation := range s.Relations {
			for _, l := range d.at[s.ID] {
				if r := l.Record(); r != nil && r.Relationship == relation.Relationship && (r.From == s.ID || relation.Symmetric) {
					saved[l] = relation.Place
				}
			}
		}
	}
	return saved
}

// needs are the nodes and relationships of which must be known what is stored.
func (r *Request) needs() ([]string, []query.At) {
	ids, at := map[string]bool{}, map[query.At]bool{}
	for _, s := range r.Saves {
		ids[s.ID] = true
		add(ids, sources(s.Values))
		add(ids, formerIDs(s.Values))
		for _, relation := range s.Relations {
			at[query.At{Node: s.ID, Relationship: relation.Relationship, Direction: relation.direction()}] = true
			for _, l := range relation.links() {
				ids[l.To] = true
				add(ids, sources(l.Values))
			}
		}
	}
	return slices.Sorted(maps.Keys(ids)), slices.SortedFunc(maps.Keys(at), inOrder)
}

func inOrder(a, b query.At) int {
	return cmp.Or(indexOf(a.Relationship)-indexOf(b.Relationship), int(a.Direction)-int(b.Direction), cmp.Compare(a.Node, b.Node))
}

// indexOf is the place of a relationship in an order; that of any comes first.
func indexOf(r *query.Relationship) int {
	if r == nil {
		return -1
	}
	return r.Index
}

func add(set map[string]bool, ids []string) {
	for _, id := range ids {
		set[id] = true
	}
}

// formerIDs are those that values give.
func formerIDs(values map[string]any) []string { return query.Texts(values["formerIds"]) }

// direction is in which the relationship is found at the node that is saved.
func (r *Relation) direction() query.Direction {
	if r.Symmetric {
		return query.Both
	}
	return query.Out
}

// links are all that are given.
func (r *Relation) links() []*Link {
	if r.Set == nil {
		return r.Add
	}
	return slices.Concat(*r.Set, r.Add)
}
