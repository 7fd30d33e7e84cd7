package export

import (
	"slices"

	"bordergraph/graph/query"
)

// asked is a query while it is made.
type asked struct {
	args  []any
	scope *query.Scope
}

func (e *Extract) ask() *asked {
	a := &asked{}
	a.scope = &query.Scope{Time: e.scope.Time, Date: a.param(e.scope.Date), Clearance: a.param(int64(e.scope.Clearance))}
	return a
}

func (a *asked) param(value any) query.Param {
	a.args = append(a.args, value)
	return query.Param(len(a.args) - 1)
}

func (a *asked) query(columns ...query.Column) *query.Query {
	return &query.Query{Columns: columns, Args: a.args}
}

var (
	byNode = []query.Key{{By: idOf(query.Node)}}
	byLink = []query.Key{{By: &query.Value{Of: query.Link, Property: query.LinkProperties[query.LinkID]}}}
)

func idOf(of query.Subject) *query.Value {
	return &query.Value{Of: of, Property: query.NodeProperties[query.NodeID]}
}

// identity is the type and the id of a node.
func identity(of query.Subject) []query.Column {
	return []query.Column{&query.TypeName{Of: of}, idOf(of)}
}

func values(of query.Subject, properties []*query.Property) []query.Column {
	columns := make([]query.Column, len(properties))
	for i, p := range properties {
		columns[i] = &query.Value{Of: of, Property: p}
	}
	return columns
}

// anyTime is the scope without its day.
func (a *asked) anyTime() *query.Scope {
	scope := *a.scope
	scope.Time = query.AnyTime
	return &scope
}

// ended holds for nodes that had begun by the day of the scope, and had ended before it.
func (a *asked) ended() query.Condition {
	fact := func(position int, operator query.Operator) query.Condition {
		return &query.Compare{Property: query.NodeProperties[query.NodeFacts+position], Operator: operator, Value: a.scope.Date}
	}
	if a.scope.Time == query.Certain {
		return &query.And{All: []query.Condition{fact(query.FactCertainFrom, query.LessOrEqual), fact(query.FactCertainTo, query.Less)}}
	}
	return &query.And{All: []query.Condition{&query.Not{Condition: fact(query.FactValidFrom, query.Greater)}, fact(query.FactValidTo, query.Less)}}
}

// byID is a list of nodes, in the order of their ids.
func (a *asked) byID(types []*query.Type, ids []any, columns []query.Column) *query.List {
	return &query.List{Select: &query.Select{
		Set:     &query.Set{Start: &query.ByID{Types: types, IDs: a.param(ids)}, Scope: a.scope},
		Order:   byNode,
		Limit:   query.NoLimit,
		Columns: columns,
	}}
}

// lasting are the relationships that outlive their ends, and those that share a name with one.
func lasting(m *query.Model) []*query.Relationship {
	var names []string
	for _, r := range m.Relationships {
		if r.Lasting {
			names = append(names, r.Name)
		}
	}
	return slices.DeleteFunc(slices.Clone(m.Relationships), func(r *query.Relationship) bool { return !slices.Contains(names, r.Name) })
}

// Positions in the rows of linked.
const (
	linkedName = iota
	linkedTo
	linkedOut
	linkedFields
)

// leadingOut is the relationships that lead out of a node, and some of their properties.
func (a *asked) leadingOut(m *query.Model, fields []*query.Property) query.Column {
	return a.linked(&query.Linked{Relationships: m.Relationships, Direction: query.Out, To: m.Types}, fields)
}

// linked is relationships with what they join a node with, and some of their properties.
func (a *asked) linked(start *query.Linked, fields []*query.Property) *query.List {
	columns := []query.Column{&query.LinkName{}, idOf(query.Node), &query.Outgoing{}}
	return &query.List{Select: &query.Select{
		Set:     &query.Set{Start: start, Scope: a.scope},
		Order:   byLink,
		Limit:   query.NoLimit,
		Columns: append(columns, values(query.Link, fields)...),
	}}
}
