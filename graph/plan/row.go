package plan

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// row is the row of a Select while it is planned: its columns, and where each will stand.
type row struct {
	// depth is the number of relationships from the root to here, the root list among them.
	depth     int
	columns   []query.Column
	positions []*response.Column
	values    map[valueKey]*response.Column
	nested    []nested
	typeNames map[query.Subject]*response.Column
	link      *response.Column // the name of the relationship
	direction *response.Column // whether it is outgoing
	// cost is what one row costs besides itself.
	cost int64
}

type valueKey struct {
	of       query.Subject
	property *query.Property
}

// nested is what some fields of an object lead to. Objects of several types share what they have in
// common: the same fields of the operation, with the same meaning.
type nested struct {
	of      query.Subject
	meaning derive.Field
	fields  []*ast.Field
	value   response.Value
}

func newRow(depth int) *row {
	return &row{depth: depth, values: map[valueKey]*response.Column{}, typeNames: map[query.Subject]*response.Column{}}
}

// add adds a column.
func (r *row) add(c query.Column) *response.Column {
	position := &response.Column{}
	r.addAt(c, position)
	return position
}

// addAt adds a column whose position has been handed out already.
func (r *row) addAt(c query.Column, position *response.Column) {
	r.columns = append(r.columns, c)
	r.positions = append(r.positions, position)
}

// linkName adds the name of the relationship, once.
func (r *row) linkName() *response.Column {
	if r.link == nil {
		r.link = r.add(&query.LinkName{})
	}
	return r.link
}

// outgoing adds whether the relationship leads to the node, once.
func (r *row) outgoing() *response.Column {
	if r.direction == nil {
		r.direction = r.add(&query.Outgoing{})
	}
	return r.direction
}

// expression adds a column by which a list is ordered; properties are added once.
func (r *row) expression(c query.Column) *response.Column {
	if v, ok := c.(*query.Value); ok {
		return r.value(v.Of, v.Property)
	}
	return r.add(c)
}

// value adds a property, once.
func (r *row) value(of query.Subject, p *query.Property) *response.Column {
	key := valueKey{of, p}
	if r.values[key] == nil {
		r.values[key] = r.add(&query.Value{Of: of, Property: p})
	}
	return r.values[key]
}

// typeName adds the name of the type, once.
func (r *row) typeName(of query.Subject) *response.Column {
	if r.typeNames[of] == nil {
		r.typeNames[of] = r.add(&query.TypeName{Of: of})
	}
	return r.typeNames[of]
}

// once plans what some fields lead to, unless an object of another type has done so.
func (r *row) once(of query.Subject, meaning derive.Field, g *group, plan func() response.Value) response.Value {
	for _, n := range r.nested {
		if n.of == of && n.meaning == meaning && slices.Equal(n.fields, g.fields) {
			return n.value
		}
	}
	value := plan()
	r.nested = append(r.nested, nested{of, meaning, g.fields, value})
	return value
}

// finish puts the columns in their canonical order and settles where each stands.
func (r *row) finish() []query.Column {
	sorted, from := query.SortColumns(r.columns)
	for i, j := range from {
		r.positions[j].Index = i
	}
	return sorted
}
