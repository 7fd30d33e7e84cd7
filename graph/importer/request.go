package importer

import (
	"fmt"

	"bordergraph/graph/change"
	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// request is what the rows that are not refused ask for.
type request struct {
	*change.Request
	*Import
	shapes *shapes
	stored map[string]*query.Type
	// given are the rows of objects, by id; saves are what is asked for of each.
	given map[string]*Row
	saves map[string]*change.Save
	// many are the relations to which more links of their kind are added.
	many map[manyOf]*change.Relation
	// links are those of all rows, by their ids.
	links map[string]*Row
	// doomed are rows of objects that need what only refused rows give; of each is known what is stored.
	doomed  map[*Row]bool
	refused bool // a row was refused while the request was made
}

type manyOf struct {
	save         *change.Save
	relationship *query.Relationship
}

func newRequest(im *Import, shapes *shapes, stored map[string]*query.Type) *request {
	r := &request{
		Request: &change.Request{Clearance: im.Clearance, Source: im.API.Model.Type("Source"), Restores: im.restores, Incomplete: im.incomplete},
		Import:  im, shapes: shapes, stored: stored,
		given: map[string]*Row{}, saves: map[string]*change.Save{}, many: map[manyOf]*change.Relation{}, links: map[string]*Row{}, doomed: map[*Row]bool{},
	}
	r.each(r.object)
	if !r.refused { // else what is stored of those that are refused must be known first
		r.doom()
		r.each(r.relations)
	}
	return r
}

func (r *request) each(add func(number int, row *Row)) {
	for i, row := range r.Rows {
		if row.Outcome != Refused {
			add(i, row)
		}
	}
}

func (r *request) refuse(row *Row, field, format string, args ...any) {
	r.refused = true
	row.refuse(row.form.fault(field, fmt.Sprintf(format, args...)))
}

func (r *request) object(number int, row *Row) {
	if row.Type == "" {
		return
	}
	t := r.API.Model.Type(row.Type)
	other := r.given[row.ID]
	switch {
	case t == nil:
		r.refuse(row, "type", "There is no type %q.", row.Type)
	case other != nil:
		r.refuse(row, "id", "%q stands in %s already; give each object once.", row.ID, other.Place(Fault{}))
	case r.refuseOwn(row, row.own, t.Properties, len(query.NodeProperties)):
	default:
		r.given[row.ID] = row
		r.save(number, row, t)
	}
}

// refuseOwn refuses a row that gives, as properties of its type, what is none: a fact is given beside them.
func (r *request) refuseOwn(row *Row, names []string, properties []*query.Property, first int) bool {
	problems := record.CheckOwn(properties, first, names)
	for _, p := range problems {
		r.refuse(row, "properties", "properties.%s: %s.", p.Field, p.Message)
	}
	return len(problems) > 0
}

func (r *request) save(number int, row *Row, t *query.Type) *change.Save {
	s := &change.Save{Place: placeOf(number, ""), Shape: r.shapes.of(t, row.form), ID: row.ID, Names: row.Names, MainNames: row.MainNames, Values: row.Values}
	r.saves[row.ID] = s
	r.Saves = append(r.Saves, s)
	return s
}

// typeOf is the type of a node, for a row, as the rows give it, else as it is stored; nil if there is none.
func (r *request) typeOf(id string, of *Row) *query.Type {
	if row := r.given[id]; row != nil && (row == of || !r.doomed[row]) {
		return r.API.Model.Type(row.Type)
	}
	return r.stored[id]
}

// doom finds the rows that need what a refused row gives, those that need what these give, and so on.
func (r *request) doom() {
	needing := map[string][]*Row{}
	var found []*Row
	r.each(func(_ int, row *Row) {
		for _, id := range row.needs() {
			needing[id] = append(needing[id], row)
			if r.typeOf(id, row) == nil {
				found = append(found, row)
			}
		}
	})
	for len(found) > 0 {
		row := found[len(found)-1]
		found = found[:len(found)-1]
		stored, read := r.stored[row.ID]
		if r.doomed[row] || r.given[row.ID] != row || !read {
			continue
		}
		r.doomed[row] = true
		if stored == nil {
			found = append(found, needing[row.ID]...)
		}
	}
}

func (r *request) relations(number int, row *Row) {
	for _, l := range row.Links {
		r.relation(number, row, l)
	}
}

func (r *request) relation(number int, row *Row, l Link) {
	from, to := r.typeOf(row.ID, row), r.typeOf(l.To, row)
	if from == nil {
		r.refuse(row, "from", "There is no object %q; give it first, or in the same import.", row.ID)
		return
	}
	if l.To == "" {
		r.add(number, row, from, leaving(r.API.Model, l.Type, from), nil, l)
		return
	}
	if to == nil {
		r.refuse(row, l.field("to"), "There is no object %q; give it first, or in the same import.", l.To)
		return
	}
	written := record.Link{From: row.ID, Type: l.Type, To: l.To}
	relationship := r.API.Model.Relationship(l.Type, from, to)
	if relationship == nil {
		_, problems := record.NewLink(r.API.Model, written, from, to)
		r.refuse(row, l.field("type"), "%s.", problems[0].Message)
		return
	}
	if r.refuseOwn(row, l.own, relationship.Properties, len(query.LinkProperties)) {
		return
	}
	for name, value := range l.Values {
		written.Set(name, value)
	}
	id := record.LinkID(written, relationship.Symmetric)
	if other := r.links[id]; other != nil {
		r.refuse(row, l.field("from"), "This relationship stands in %s already; give each once.", other.Place(Fault{}))
		return
	}
	r.links[id] = row
	r.add(number, row, from, relationship, &change.Link{Place: placeOf(number, l.Field), To: l.To, Values: l.Values}, l)
}

func (l *Link) field(own string) string {
	if l.Field != "" {
		return l.Field
	}
	return own
}

// leaving is a relationship of a name that leads from a type.
func leaving(model *query.Model, name string, from *query.Type) *query.Relationship {
	for _, r := range model.Relationships {
		if r.Name == name && r.From[0] == from {
			return r
		}
	}
	return nil
}

// add adds a relationship to what is asked for of the node that it leads from; nil says that there is none.
func (r *request) add(number int, row *Row, from *query.Type, relationship *query.Relationship, l *change.Link, given Link) {
	s := r.saves[row.ID]
	if s == nil {
		s = r.save(number, &Row{ID: row.ID, form: row.form}, from)
	}
	relation := r.many[manyOf{s, relationship}]
	if relation == nil || relationship.ToOne || given.mode == replacing {
		relation = &change.Relation{Place: placeOf(number, given.Field), Relationship: relationship, Fields: linkFields(relationship, row.form), Existing: existing[given.mode]}
		s.Relations = append(s.Relations, relation)
		r.many[manyOf{s, relationship}] = relation
	}
	if given.mode == replacing {
		relation.Set = &[]*change.Link{}
	}
	if l != nil {
		relation.Add = append(relation.Add, l)
	}
}

var existing = map[mode]change.Existing{renewing: change.Renewed, keeping: change.Kept, replacing: change.Refused}

// tell gives each row the outcome that a change means for it.
func (r *request) tell(made *query.Change) {
	for _, n := range made.Nodes {
		row := r.given[n.Record().ID()]
		switch {
		case row == nil:
		case n.Before == nil:
			row.Outcome = Created
		case n.Differs():
			row.Outcome = Changed
		}
	}
	for _, l := range made.Links {
		row := r.links[l.Record().ID()]
		switch {
		case row == nil || row.Outcome != Unchanged:
		case l.Before == nil && row.Type == "":
			row.Outcome = Created
		default:
			row.Outcome = Changed
		}
	}
}

// shapes are what can be given of the nodes of each type, in the rows of each form.
type shapes struct {
	api *derive.API
	all map[shapeOf]*change.Shape
}

type shapeOf struct {
	typ  *query.Type
	form *form
}

func newShapes(api *derive.API) *shapes { return &shapes{api, map[shapeOf]*change.Shape{}} }

func (s *shapes) of(t *query.Type, f *form) *change.Shape {
	key := shapeOf{t, f}
	if s.all[key] == nil {
		shape := &change.Shape{
			Type: t, Fields: nodeFields(t, f), Relationships: map[*query.Relationship]string{},
			Rules: s.api.Rules(t),
		}
		for _, r := range s.api.Model.Relationships {
			shape.Relationships[r] = f.relationship(r)
		}
		s.all[key] = shape
	}
	return s.all[key]
}

// nodeFields says where each property of a type is given.
func nodeFields(t *query.Type, f *form) map[string]string {
	return f.fields(t.Properties, len(query.NodeProperties))
}

func linkFields(r *query.Relationship, f *form) map[string]string {
	return f.fields(r.Properties, len(query.LinkProperties))
}
