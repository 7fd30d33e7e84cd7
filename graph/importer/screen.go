package importer

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// screen is what all rows that are not refused say together, a few bytes a row: which objects they are about,
// which rows are about each, and which relationships lead on from there. It refuses rows that cannot stand
// beside the others, or lead from or to what is nowhere.
type screen struct {
	*Import
	objects map[string]*object
	// merged are objects that may be seen, by the ids that stand for them.
	merged map[string]string
	// links are the rows that give relationships, by the ids of these.
	links map[string]int
	// crossing are the relationships that checks look at from other objects than that which they lead from;
	// incoming are the rows that give these, by where they come in.
	crossing map[*query.Relationship]bool
	incoming map[query.At][]int
	// replaced are the relationships of which rows say all that lead from a node.
	replaced map[query.At]bool
	// former are the rows that give former ids, by these.
	former map[string][]int
	// joined are the rows of objects that give relationships, too.
	joined []int
	// order is the rows by their objects.
	order   []ranked
	refused bool // a row was refused
}

// object is one that rows give, or lead from or to.
type object struct {
	row   int         // that gives it; -1 if none does
	first int         // that gives a relationship from it; -1 if none does
	typ   *query.Type // as the row gives it
	// stored is its type as far as it is read; nil if there is none that may be seen.
	stored *query.Type
	read   bool
	joins  bool // a relationship leads from or to it
	doomed bool // its row needs what only refused rows give
}

// ranked is a row: those of one object have one rank, in the order in which objects are saved.
type ranked struct{ rank, row int }

func newScreen(im *Import) *screen {
	return &screen{Import: im, objects: map[string]*object{}, merged: map[string]string{}, crossing: crossing(im.API)}
}

// crossing are the symmetric relationships, and those along which rules lead.
func crossing(api *derive.API) map[*query.Relationship]bool {
	are := map[*query.Relationship]bool{}
	for _, r := range api.Model.Relationships {
		are[r] = r.Symmetric
	}
	for _, t := range api.Model.Types {
		rules := api.Rules(t)
		for _, path := range slices.Concat(rules.Agree, rules.Over) {
			for _, step := range path.Steps {
				are[step.Relationship] = true
			}
		}
	}
	return are
}

// pass looks at all rows that are not refused, until it has to refuse some: then it is to look again.
func (s *screen) pass(ctx context.Context, tx query.Tx) error {
	s.begin()
	if err := s.Rows.sound(ctx, s.object); err != nil || s.refused {
		return err
	}
	// What is stored of those that are refused must be known before it is said what leads nowhere.
	if err := s.readTypes(ctx, tx); err != nil {
		return err
	}
	if err := s.doom(); err != nil {
		return err
	}
	if err := s.Rows.sound(ctx, s.relations); err != nil {
		return err
	}
	slices.SortFunc(s.order, inOrder)
	return nil
}

func (s *screen) begin() {
	s.Rows.forget()
	for _, o := range s.objects {
		*o = object{row: -1, first: -1, stored: o.stored, read: o.read}
	}
	s.links, s.incoming, s.former = map[string]int{}, map[query.At][]int{}, map[string][]int{}
	s.joined, s.order, s.refused = nil, nil, false
	s.replaced = map[query.At]bool{}
}

func (s *screen) known(id string) *object {
	o := s.objects[id]
	if o == nil {
		o = &object{row: -1, first: -1}
		s.objects[id] = o
	}
	return o
}

func (s *screen) refuse(number int, row *Row, field, format string, args ...any) {
	s.refused = true
	s.Rows.refuse(number, row.form.fault(field, fmt.Sprintf(format, args...)))
}

func (s *screen) object(number int, row *Row) error {
	for _, id := range row.needs() {
		s.known(id).joins = true
	}
	if row.Type == "" {
		return nil
	}
	t := s.API.Model.Type(row.Type)
	o := s.known(row.ID)
	switch {
	case t == nil:
		s.refuse(number, row, "type", "There is no type %q.", row.Type)
	case o.row >= 0:
		other, err := s.Rows.row(o.row)
		if err != nil {
			return err
		}
		s.refuse(number, row, "id", "%q stands in %s already; give each object once.", row.ID, other.Place(Fault{}))
	case s.refuseOwn(number, row, row.own, t.Properties, len(query.NodeProperties)):
	default:
		o.row, o.typ = number, t
		if len(row.Links) > 0 {
			s.joined = append(s.joined, number)
		}
		for _, id := range query.Texts(row.Values["formerIds"]) {
			s.former[id] = append(s.former[id], number)
		}
	}
	return nil
}

// refuseOwn refuses a row that gives, as properties of its type, what is none: a fact is given beside them.
func (s *screen) refuseOwn(number int, row *Row, names []string, properties []*query.Property, first int) bool {
	problems := record.CheckOwn(properties, first, names)
	for _, p := range problems {
		s.refuse(number, row, "properties", "properties.%s: %s.", p.Field, p.Message)
	}
	return len(problems) > 0
}

// readTypes reads the types of the objects that rows lead from or to without saying what these are, and once
// a row is refused of all that rows lead from or to.
func (s *screen) readTypes(ctx context.Context, tx query.Tx) error {
	refused := s.Rows.anyRefused()
	var ids []string
	for id, o := range s.objects {
		if o.joins && !o.read && (refused || o.row < 0) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for some := range slices.Chunk(ids, s.Limits.Rows) {
		stored, err := tx.Records(ctx, some, nil)
		if err != nil {
			return err
		}
		for _, id := range some {
			s.objects[id].read = true
		}
		for _, n := range s.visible(stored) {
			s.objects[n.ID()].stored = n.Type
		}
		if err := s.readMerged(ctx, tx, stored.Merged); err != nil {
			return err
		}
	}
	return nil
}

// readMerged keeps into which objects that may be seen others were merged.
func (s *screen) readMerged(ctx context.Context, tx query.Tx, merged map[string]string) error {
	if len(merged) == 0 {
		return nil
	}
	stored, err := tx.Records(ctx, slices.Sorted(maps.Values(merged)), nil)
	for _, n := range s.visible(stored) {
		for id, into := range merged {
			if into == n.ID() {
				s.merged[id] = into
			}
		}
	}
	return err
}

// visible are the nodes that may be seen.
func (im *Import) visible(stored query.Records) []query.NodeRecord {
	return slices.DeleteFunc(stored.Nodes, func(n query.NodeRecord) bool { return im.hides(n.Values[query.NodeFacts:]) })
}

// hides is whether facts may not be seen.
func (im *Import) hides(facts []any) bool {
	return facts[query.FactMarking].(int64) > int64(im.Clearance)
}

// typeOf is the type of an object, for a row, as the rows give it, else as it is stored; nil if there is none.
func (s *screen) typeOf(id string, forRow int) *query.Type {
	o := s.objects[id]
	if o.row >= 0 && (o.row == forRow || !o.doomed) {
		return o.typ
	}
	return o.stored
}

// doom finds the rows of objects that need what a refused row gives, those that need what these give, and so on.
func (s *screen) doom() error {
	var found []string
	err := s.eachNeed(func(number int, row *Row, id string) {
		if s.typeOf(id, number) == nil {
			found = append(found, row.ID)
		}
	})
	if err != nil || len(found) == 0 {
		return err
	}
	needing := map[string][]string{}
	err = s.eachNeed(func(_ int, row *Row, id string) { needing[id] = append(needing[id], row.ID) })
	for len(found) > 0 {
		id := found[len(found)-1]
		found = found[:len(found)-1]
		o := s.objects[id]
		if o.doomed || !o.read {
			continue
		}
		o.doomed = true
		if o.stored == nil {
			found = append(found, needing[id]...)
		}
	}
	return err
}

// eachNeed calls yield with each object that the row of another needs.
func (s *screen) eachNeed(yield func(number int, row *Row, id string)) error {
	for _, number := range s.joined {
		row, err := s.Rows.row(number)
		if err != nil {
			return err
		}
		for _, id := range row.needs() {
			yield(number, row, id)
		}
	}
	return nil
}

func (s *screen) relations(number int, row *Row) error {
	for i := range row.Links {
		if err := s.relation(number, row, &row.Links[i]); err != nil {
			return err
		}
	}
	o := s.objects[row.ID]
	if o.row < 0 && o.first < 0 {
		o.first = number
	}
	rank, _ := s.rankOf(row.ID)
	s.order = append(s.order, ranked{rank, number})
	return nil
}

// rankOf is the place of an object in the order in which objects are saved, if rows are about it: those that
// rows give come first, each with the number of its row.
func (s *screen) rankOf(id string) (rank int, is bool) {
	switch o := s.objects[id]; {
	case o == nil:
		return 0, false
	case o.row >= 0:
		return o.row, true
	default:
		return s.Rows.Len() + o.first, o.first >= 0
	}
}

func (s *screen) relation(number int, row *Row, l *Link) error {
	from := s.typeOf(row.ID, number)
	if from == nil {
		s.refuse(number, row, "from", "%s", s.missing(row.ID))
		return nil
	}
	if l.mode == replacing {
		s.replaced[query.At{Node: row.ID, Relationship: leaving(s.API.Model, l.Type, from), Direction: query.Out}] = true
	}
	if l.To == "" {
		return nil
	}
	to := s.typeOf(l.To, number)
	if to == nil {
		s.refuse(number, row, l.field("to"), "%s", s.missing(l.To))
		return nil
	}
	relationship := s.API.Model.Relationship(l.Type, from, to)
	if relationship == nil {
		_, problems := record.NewLink(s.API.Model, l.written(row.ID), from, to)
		s.refuse(number, row, l.field("type"), "%s.", problems[0].Message)
		return nil
	}
	if s.refuseOwn(number, row, l.own, relationship.Properties, len(query.LinkProperties)) {
		return nil
	}
	id := record.LinkID(l.written(row.ID), relationship.Symmetric)
	if other, given := s.links[id]; given {
		first, err := s.Rows.row(other)
		if err != nil {
			return err
		}
		s.refuse(number, row, l.field("from"), "This relationship stands in %s already; give each once.", first.Place(Fault{}))
		return nil
	}
	s.links[id] = number
	if s.crossing[relationship] {
		at := query.At{Node: l.To, Relationship: relationship, Direction: query.In}
		s.incoming[at] = append(s.incoming[at], number)
	}
	return nil
}

// missing says that there is no object of an id.
func (s *screen) missing(id string) string {
	if into := s.merged[id]; into != "" {
		return fmt.Sprintf("%q was merged into %q; give that id.", id, into)
	}
	return fmt.Sprintf("There is no object %q; give it first, or in the same import.", id)
}

// rowsOf are those that are about an object, in their order.
func (s *screen) rowsOf(id string) []ranked {
	rank, is := s.rankOf(id)
	if !is {
		return nil
	}
	begin, _ := slices.BinarySearchFunc(s.order, ranked{rank, 0}, inOrder)
	end, _ := slices.BinarySearchFunc(s.order, ranked{rank + 1, 0}, inOrder)
	return s.order[begin:end]
}

func inOrder(a, b ranked) int { return cmp.Or(a.rank-b.rank, a.row-b.row) }
