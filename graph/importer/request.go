package importer

import (
	"context"

	"bordergraph/graph/change"
	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// request is what some rows, all those about each of some objects, ask for.
type request struct {
	*change.Request
	*screen
	shapes *shapes
	rows   map[int]*Row // by their numbers
	// saves are what is asked for of each object.
	saves map[string]*change.Save
	// many are the relations to which more links of their kind are added.
	many map[manyOf]*change.Relation
	// given are the rows that give relationships, by the ids of these.
	given map[string]int
}

type manyOf struct {
	save         *change.Save
	relationship *query.Relationship
}

func (s *screen) request(shapes *shapes, of []ranked) (*request, error) {
	r := &request{
		Request: &change.Request{
			Clearance: s.Clearance, Source: s.API.Model.Type("Source"), Restores: s.restores, Incomplete: s.incomplete, Rules: s.API.Rules, Today: query.DayOf(s.At),
		},
		screen: s, shapes: shapes,
		rows: map[int]*Row{}, saves: map[string]*change.Save{}, many: map[manyOf]*change.Relation{}, given: map[string]int{},
	}
	for _, each := range of {
		row, err := s.Rows.row(each.row)
		if err != nil {
			return nil, err
		}
		r.rows[each.row] = row
		if row.Type != "" {
			r.save(each.row, row, s.objects[row.ID].typ)
		}
	}
	for _, each := range of {
		row := r.rows[each.row]
		for _, l := range row.Links {
			r.relation(each.row, row, l)
		}
	}
	return r, nil
}

func (r *request) save(number int, row *Row, t *query.Type) *change.Save {
	s := r.saveOf(number, row, t)
	r.saves[row.ID] = s
	r.Saves = append(r.Saves, s)
	return s
}

func (r *request) saveOf(number int, row *Row, t *query.Type) *change.Save {
	return &change.Save{Place: placeOf(number, ""), Shape: r.shapes.of(t, row.form), ID: row.ID, Names: row.Names, MainNames: row.MainNames, Values: row.Values}
}

// relation adds a relationship to what is asked for of the node that it leads from.
func (r *request) relation(number int, row *Row, l Link) {
	from := r.typeOf(row.ID, number)
	s := r.saves[row.ID]
	if s == nil {
		s = r.save(number, &Row{ID: row.ID, form: row.form}, from)
	}
	relationship := leaving(r.API.Model, l.Type, from)
	if l.To != "" {
		relationship = r.API.Model.Relationship(l.Type, from, r.typeOf(l.To, number))
	}
	relation := r.many[manyOf{s, relationship}]
	if relation == nil || relationship.ToOne || l.mode == replacing {
		relation = &change.Relation{Place: placeOf(number, l.Field), Relationship: relationship, Fields: r.shapes.ofLinks(relationship, row.form), Existing: existing[l.mode]}
		s.Relations = append(s.Relations, relation)
		r.many[manyOf{s, relationship}] = relation
	}
	if l.mode == replacing {
		relation.Set = &[]*change.Link{}
	}
	if l.To != "" {
		relation.Add = append(relation.Add, &change.Link{Place: placeOf(number, l.Field), To: l.To, Values: l.Values})
		r.given[record.LinkID(l.written(row.ID), relationship.Symmetric)] = number
	}
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

var existing = map[mode]change.Existing{renewing: change.Renewed, keeping: change.Kept, replacing: change.Refused}

// make makes the change, or says of which rows what is wrong, each thing once.
func (r *request) make(ctx context.Context, tx query.Tx) (*query.Change, []refusal, error) {
	made, problems, err := r.Make(ctx, tx, r.API.Model)
	var refused []refusal
	told := map[refusal]bool{}
	for _, p := range problems {
		number := rowOf(p.Place)
		refusal := refusal{number, r.rows[number].form.fault(fieldOf(p.Place), p.Message)}
		if !told[refusal] {
			refused = append(refused, refusal)
		}
		told[refusal] = true
	}
	return made, refused, err
}

// refusal says why a row is refused.
type refusal struct {
	number int
	fault  Fault
}

// tell gives each row the outcome that the change means for it.
func (r *request) tell(made *query.Change) {
	outcomes := r.Rows.outcomes
	for _, n := range made.Nodes {
		o := r.objects[n.Record().ID()]
		switch {
		case o == nil || r.rows[o.row] == nil:
		case n.Before == nil:
			outcomes[o.row] = Created
		case n.Differs():
			outcomes[o.row] = Changed
		}
	}
	for _, l := range made.Links {
		if o := r.objects[l.Record().From]; l.After == nil && o != nil && r.rows[o.row].replaces(l.Record().Relationship) {
			outcomes[o.row] = Changed
		}
		number, given := r.given[l.Record().ID()]
		switch {
		case !given || outcomes[number] != Unchanged:
		case l.Before == nil && r.rows[number].Type == "":
			outcomes[number] = Created
		default:
			outcomes[number] = Changed
		}
	}
}

// shapes are what can be given of the nodes of each type, and of each relationship, in the rows of each form.
type shapes struct {
	api   *derive.API
	all   map[shapeOf]*change.Shape
	links map[linkShapeOf]map[string]string
}

type shapeOf struct {
	typ  *query.Type
	form *form
}

type linkShapeOf struct {
	relationship *query.Relationship
	form         *form
}

func newShapes(api *derive.API) *shapes {
	return &shapes{api, map[shapeOf]*change.Shape{}, map[linkShapeOf]map[string]string{}}
}

func (s *shapes) of(t *query.Type, f *form) *change.Shape {
	key := shapeOf{t, f}
	if s.all[key] == nil {
		shape := &change.Shape{
			Type: t, Fields: f.fields(t.Properties, len(query.NodeProperties)), Relationships: map[*query.Relationship]string{},
			Rules: s.api.Rules(t),
		}
		for _, r := range s.api.Model.Relationships {
			shape.Relationships[r] = f.relationship(r)
		}
		s.all[key] = shape
	}
	return s.all[key]
}

// ofLinks says where each property of a relationship is given.
func (s *shapes) ofLinks(r *query.Relationship, f *form) map[string]string {
	key := linkShapeOf{r, f}
	if s.links[key] == nil {
		s.links[key] = f.fields(r.Properties, len(query.LinkProperties))
	}
	return s.links[key]
}
