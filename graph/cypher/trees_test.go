package cypher_test

import (
	"fmt"

	"bordergraph/graph/query"
)

// The model of these tests: posts lie in provinces, sources prove, a twinning joins posts and units,
// activities were held in provinces by one of many parties.
var (
	province = &query.Type{Name: "Province", Labels: []string{"Province"}, Dated: true}
	post     = &query.Type{Name: "Post", Labels: []string{"Post"}, Dated: true, Properties: []*query.Property{
		{Name: "lengthKm", Kind: query.Float}, {Name: "tags", Kind: query.String, List: true}}}
	unit     = &query.Type{Name: "Unit", Labels: []string{"Unit"}, Dated: true}
	twinning = &query.Type{Name: "Twinning", Labels: []string{"Twinning"}, Dated: true, Properties: []*query.Property{
		{Name: "status", Kind: query.Enum, Required: true}}}
	source   = &query.Type{Name: "Source", Labels: []string{"Source"}}
	activity = &query.Type{Name: "Activity", Labels: []string{"Activity"}, Dated: true, Properties: []*query.Property{
		{Name: "heldOn", Kind: query.Date}, {Name: "heldOnPrecision", Kind: query.Enum}, {Name: "plannedOn", Kind: query.Date}}}
	parties = manyTypes("Party", "Army", "Command", "Department", "Force", "Group", "Ministry")

	inProvince = &query.Relationship{Name: "IN_PROVINCE", From: []*query.Type{post}, To: []*query.Type{province},
		Properties: []*query.Property{{Name: "basis", Kind: query.Enum, Required: true}}}
	succeeded = &query.Relationship{Name: "SUCCEEDED_BY", From: []*query.Type{province}, To: []*query.Type{province}, Lasting: true}
	sameAs    = &query.Relationship{Name: "SAME_AS", From: []*query.Type{unit}, To: []*query.Type{unit}, Symmetric: true}
	twinPosts = &query.Relationship{Name: "POST", From: []*query.Type{twinning}, To: []*query.Type{post}}
	twinUnits = &query.Relationship{Name: "UNIT", From: []*query.Type{twinning}, To: []*query.Type{unit}}
	mentions  = &query.Relationship{Name: "MENTIONS", From: []*query.Type{source}, To: []*query.Type{post, source}}
	heldIn    = &query.Relationship{Name: "IN_PROVINCE", From: []*query.Type{activity}, To: []*query.Type{province}, Lasting: true}
	heldBy    = &query.Relationship{Name: "HELD_BY", From: []*query.Type{activity}, To: parties, Lasting: true}

	model = query.NewModel("test",
		append([]*query.Type{province, post, unit, twinning, source, activity}, parties...),
		[]*query.Relationship{inProvince, succeeded, sameAs, twinPosts, twinUnits, mentions, heldIn, heldBy})
)

// manyTypes have a label in common.
func manyTypes(label string, names ...string) []*query.Type {
	var types []*query.Type
	for _, name := range names {
		types = append(types, &query.Type{Name: name, Labels: []string{name, label}, Dated: true})
	}
	return types
}

var (
	held    = query.Moment{Type: activity, Kind: "HELD", Date: activity.Property("heldOn"), Precision: activity.Property("heldOnPrecision")}
	planned = query.Moment{Type: activity, Kind: "PLANNED", Date: activity.Property("plannedOn")}
	began   = query.Moment{Type: post, Kind: "BEGAN", Date: post.Property("validFrom"), Precision: post.Property("validFromPrecision")}

	momentDate = &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentDate]}
	momentKind = &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentKind]}
)

var (
	id        = query.NodeProperties[query.NodeID]
	name      = query.NodeProperties[query.NodeName]
	basis     = inProvince.Property("basis")
	linkID    = query.LinkProperties[query.LinkID]
	validFrom = query.NodeProperties[query.NodeFacts+query.FactValidFrom]

	columnID   = &query.Value{Property: id}
	columnName = &query.Value{Property: name}
)

// tree builds one Query; its values are such that none of them could stand in a text by chance.
type tree struct{ args []any }

func (t *tree) arg(value any) query.Param {
	t.args = append(t.args, value)
	return query.Param(len(t.args) - 1)
}

func (t *tree) text(value string) query.Param { return t.arg("value " + value) }
func (t *tree) number(n int64) query.Param    { return t.arg(7_770_000 + n) }
func (t *tree) texts(values ...string) query.Param {
	list := []any{}
	for _, v := range values {
		list = append(list, "value "+v)
	}
	return t.arg(list)
}

func (t *tree) scope(time query.Time) *query.Scope {
	s := &query.Scope{Time: time, Clearance: t.number(0)}
	if time != query.AnyTime {
		s.Date = t.arg("2025-06-30")
	}
	return s
}

func (t *tree) all(types ...*query.Type) *query.Set {
	return &query.Set{Start: &query.All{Types: types}, Scope: t.scope(query.Possible)}
}

func (t *tree) allWhere(condition query.Condition) *query.Set {
	s := t.all(post)
	s.Where = condition
	return s
}

// walk is a set of one step, at any time.
func (t *tree) walk(r *query.Relationship, d query.Direction, to ...*query.Type) *query.Set {
	return &query.Set{Start: &query.Walk{Steps: []query.Step{{Relationship: r, Direction: d, To: to}}}, Scope: t.scope(query.AnyTime)}
}

// linked is what is reached over any relationship.
func (t *tree) linked(time query.Time, d query.Direction, relationships []*query.Relationship, to ...*query.Type) *query.Set {
	return &query.Set{Start: &query.Linked{Relationships: relationships, Direction: d, To: to}, Scope: t.scope(time)}
}

// near is the posts that are near some nodes.
func (t *tree) near(steps int) *query.Neighbours {
	over := t.linked(query.Possible, query.Both, model.Relationships, model.Types...).Start.(*query.Linked)
	over.AnyRelationship = true
	return &query.Neighbours{From: t.texts("middle"), Over: over, Steps: steps, Wanted: &query.OfType{Types: []*query.Type{post}}, Order: byName(),
		First: t.number(10), Most: t.number(20), Scope: t.scope(query.Possible)}
}

// page is a list by name, then id.
func (t *tree) page(s *query.Set, columns ...query.Column) *query.List {
	return &query.List{Select: &query.Select{Set: s, Order: byName(), Limit: t.number(20), Columns: columns}}
}

// unlimited is a list of all members without an order.
func unlimited(s *query.Set, columns ...query.Column) *query.List {
	return &query.List{Select: &query.Select{Set: s, Limit: query.NoLimit, Columns: columns}}
}

func byName() []query.Key { return []query.Key{{By: columnName}, {By: columnID}} }

// golden is one query whose text is kept in testdata.
type golden struct {
	name  string
	build func(t *tree) query.Column
}

func (g golden) query() *query.Query {
	t := &tree{}
	column := g.build(t)
	return &query.Query{Columns: []query.Column{column}, Args: t.args}
}

// goldens are the queries by file of testdata.
var goldens = map[string][]golden{
	"sets": {
		{"all of a type, in the order of an index", func(t *tree) query.Column {
			return t.page(t.all(post), columnID, columnName)
		}},
		{"all of several types", func(t *tree) query.Column {
			return t.page(t.all(post, source), columnID, &query.TypeName{})
		}},
		{"all of many types, by the label that they share", func(t *tree) query.Column {
			return t.page(t.all(parties...), columnID, &query.TypeName{})
		}},
		{"few of a type, from what a condition names", func(t *tree) query.Column {
			named := t.walk(inProvince, query.Out, province)
			named.Where = &query.Compare{Property: id, Operator: query.Equal, Value: t.text("id")}
			few := t.allWhere(&query.Some{Set: named})
			few.Start.(*query.All).Few = true
			return t.page(few, columnID)
		}},
		{"all of many types that share no label", func(t *tree) query.Column {
			return &query.Count{Set: t.all(model.Types...)}
		}},
		{"by ids", func(t *tree) query.Column {
			return unlimited(&query.Set{Start: &query.ByID{Types: []*query.Type{post}, IDs: t.texts("id")}, Scope: t.scope(query.Possible)}, columnID)
		}},
		{"by ids of several types, of a date", func(t *tree) query.Column {
			return unlimited(&query.Set{Start: &query.ByID{Types: []*query.Type{post, source}, IDs: t.texts("id"), Dated: true}, Scope: t.scope(query.Possible)}, columnID)
		}},
		{"a walk out, with values of its relationship", func(t *tree) query.Column {
			return t.page(t.all(post), unlimited(t.walk(inProvince, query.Out, province), columnName, &query.Value{Of: query.Link, Property: linkID}))
		}},
		{"a walk in", func(t *tree) query.Column {
			return t.page(t.all(province), unlimited(t.walk(inProvince, query.In, post), columnID))
		}},
		{"a symmetric walk", func(t *tree) query.Column {
			return t.page(t.all(unit), unlimited(t.walk(sameAs, query.Both, unit), columnID))
		}},
		{"a walk from nodes of which only some have the relationship", func(t *tree) query.Column {
			return t.page(t.all(post, unit), unlimited(t.walk(inProvince, query.Out, province), columnID))
		}},
		{"a walk to several types", func(t *tree) query.Column {
			return t.page(t.all(source), unlimited(t.walk(mentions, query.Out, post, source), &query.TypeName{}))
		}},
		{"a walk over two relationships", func(t *tree) query.Column {
			return t.page(t.all(post), unlimited(t.twinned(nil), columnID, &query.TypeName{Of: query.Via},
				&query.Value{Of: query.Via, Property: id}, &query.Value{Of: query.ViaLink, Property: linkID}, &query.Value{Of: query.Link, Property: linkID}))
		}},
		{"a condition on the node in the middle", func(t *tree) query.Column {
			return t.page(t.all(post), &query.Count{Set: t.twinned(&query.And{All: []query.Condition{
				&query.Compare{Property: twinning.Property("status"), Value: t.text("status")},
				&query.Some{Set: t.walk(twinUnits, query.Out, unit)},
			}})})
		}},
		{"from the node in the middle", func(t *tree) query.Column {
			units := t.walk(twinUnits, query.Out, unit)
			units.Start.(*query.Walk).From = query.Via
			return t.page(t.all(post), unlimited(t.twinned(nil), columnID, unlimited(units, columnID)))
		}},
		{"the sources of a relationship", func(t *tree) query.Column {
			cited := &query.Set{Start: &query.Cited{By: query.Link, Types: []*query.Type{source}}, Scope: t.scope(query.Possible)}
			return t.page(t.all(post), unlimited(t.walk(inProvince, query.Out, province),
				&query.List{Select: &query.Select{Set: cited, Order: byName(), Limit: query.NoLimit, Columns: []query.Column{columnName}}}))
		}},
		{"what the sources are copies of", func(t *tree) query.Column {
			originals := &query.Set{Start: &query.Cited{By: query.Node, Types: []*query.Type{source}, CopyOf: mentions}, Scope: t.scope(query.Certain)}
			return t.page(t.all(post), &query.Count{Set: originals})
		}},
		{"the first of a set", func(t *tree) query.Column {
			return t.page(t.all(post), &query.First{Select: &query.Select{Set: t.walk(inProvince, query.Out, province), Order: byName(), Limit: query.NoLimit, Columns: []query.Column{columnName}}})
		}},
		{"counts", func(t *tree) query.Column { return &query.Count{Set: t.all(post, source)} }},
		{"existence", func(t *tree) query.Column { return &query.Exists{Set: t.all(post)} }},
	},
	"links": {
		{"of any type, to any type", func(t *tree) query.Column {
			return t.page(t.all(province), t.page(t.linked(query.Possible, query.Both, model.Relationships, model.Types...),
				columnID, &query.TypeName{}, &query.LinkName{}, &query.Outgoing{}))
		}},
		{"from nodes of several types, certain", func(t *tree) query.Column {
			return t.page(t.all(province, post, source), &query.Count{Set: t.linked(query.Certain, query.Both, model.Relationships, model.Types...)})
		}},
		{"at any time", func(t *tree) query.Column {
			return t.page(t.all(province), &query.Count{Set: t.linked(query.AnyTime, query.Both, model.Relationships, model.Types...)})
		}},
		{"that all last", func(t *tree) query.Column {
			return t.page(t.all(activity), &query.Count{Set: t.linked(query.Possible, query.Out, model.Relationships, model.Types...)})
		}},
		{"to one type of several", func(t *tree) query.Column {
			return t.page(t.all(province), &query.Count{Set: t.linked(query.Possible, query.In, model.Relationships, activity)})
		}},
		{"of what is near, by how near it is", func(t *tree) query.Column {
			return unlimited(&query.Set{Start: t.near(2), Scope: t.scope(query.Possible)}, columnID,
				&query.Value{Of: query.Link, Property: query.NeighbourProperties[query.NeighbourSteps]})
		}},
		{"between what is near, at any time", func(t *tree) query.Column {
			near := t.near(0)
			near.Wanted, near.Scope = nil, t.scope(query.AnyTime)
			between := &query.Between{Neighbours: near, Over: t.linked(query.AnyTime, query.Out, model.Relationships, model.Types...).Start.(*query.Linked)}
			return unlimited(&query.Set{Start: between, Scope: near.Scope}, columnID, &query.Value{Of: query.Via, Property: id})
		}},
		{"of no type", func(t *tree) query.Column {
			return t.page(t.all(province), unlimited(t.linked(query.Possible, query.Both, nil, model.Types...), columnID))
		}},
		{"with a property that only some have", func(t *tree) query.Column {
			l := unlimited(t.linked(query.AnyTime, query.Both, model.Relationships, model.Types...), &query.Value{Of: query.Link, Property: basis})
			l.Order = []query.Key{{By: l.Columns[0]}, {By: &query.Value{Of: query.Link, Property: linkID}}}
			l.Beyond = t.keyset(l.Order, query.Keyset{})
			return t.page(t.all(province), l)
		}},
	},
	"search": {
		{"found, best first", func(t *tree) query.Column { return t.search(source, post) }},
		{"namesakes", func(t *tree) query.Column {
			return t.page(&query.Set{Scope: t.scope(query.AnyTime), Start: &query.Namesakes{Types: []*query.Type{source, post}, Names: t.texts("folded")}}, columnID)
		}},
		{"found, after a rank", func(t *tree) query.Column {
			l := t.search(post)
			l.Beyond = t.keyset(l.Order, query.Keyset{})
			return l
		}},
		{"how many are found", func(t *tree) query.Column { return &query.Count{Set: t.found(model.Types...)} }},
		{"whether any of no type is found", func(t *tree) query.Column { return &query.Exists{Set: t.found()} }},
	},
	"scope": {
		{"possible", func(t *tree) query.Column {
			return &query.Count{Set: t.scoped(query.Possible, inProvince, post, province)}
		}},
		{"certain", func(t *tree) query.Column {
			return &query.Count{Set: t.scoped(query.Certain, inProvince, post, province)}
		}},
		{"any time", func(t *tree) query.Column {
			return &query.Count{Set: t.scoped(query.AnyTime, inProvince, post, province)}
		}},
		{"lasting, possible", func(t *tree) query.Column {
			return &query.Count{Set: t.scoped(query.Possible, succeeded, province, province)}
		}},
		{"lasting, certain", func(t *tree) query.Column {
			return &query.Count{Set: t.scoped(query.Certain, succeeded, province, province)}
		}},
		{"to a type that has no validity", func(t *tree) query.Column {
			return &query.Count{Set: t.scoped(query.Possible, mentions, source, source)}
		}},
		{"to types of which one has no validity", func(t *tree) query.Column {
			return &query.Count{Set: t.scoped(query.Certain, mentions, source, post, source)}
		}},
	},
	"conditions": {
		{"comparisons", func(t *tree) query.Column { return &query.Count{Set: t.allWhere(t.comparisons())} }},
		{"under not, a missing value makes a comparison false", func(t *tree) query.Column {
			return &query.Count{Set: t.allWhere(&query.Not{Condition: t.comparisons()})}
		}},
		{"under not twice", func(t *tree) query.Column {
			return &query.Count{Set: t.allWhere(&query.Not{Condition: &query.Not{Condition: &query.Compare{Property: name, Value: t.text("name")}}})}
		}},
		{"a set under not keeps its comparisons bare", func(t *tree) query.Column {
			provinces := t.walk(inProvince, query.Out, province)
			provinces.Where = &query.Compare{Property: name, Value: t.text("name")}
			return &query.Count{Set: t.allWhere(&query.Not{Condition: &query.Some{Set: provinces}})}
		}},
		{"and, or, without any", func(t *tree) query.Column {
			return &query.Count{Set: t.allWhere(&query.Or{Any: []query.Condition{&query.And{}, &query.Or{}, &query.Missing{Property: name}}})}
		}},
		{"on the relationship", func(t *tree) query.Column {
			provinces := t.walk(inProvince, query.Out, province)
			provinces.Where = &query.Compare{Of: query.Link, Property: validFrom, Operator: query.GreaterOrEqual, Value: t.text("date")}
			return t.page(t.all(post), unlimited(provinces, columnID))
		}},
		{"a number of members", func(t *tree) query.Column {
			return &query.Count{Set: t.allWhere(&query.Counted{Set: t.walk(inProvince, query.Out, province), Operator: query.GreaterOrEqual, Value: t.number(2)})}
		}},
		{"names as a whole", func(t *tree) query.Column { return &query.Count{Set: t.allWhere(t.names(query.Whole))} }},
		{"words of names", func(t *tree) query.Column { return &query.Count{Set: t.allWhere(t.names(query.Words))} }},
		{"prefixes of names", func(t *tree) query.Column { return &query.Count{Set: t.allWhere(t.names(query.Prefix))} }},
		{"names under not", func(t *tree) query.Column {
			return &query.Count{Set: t.allWhere(&query.Not{Condition: t.names(query.Words)})}
		}},
		{"names in a set inside a set", func(t *tree) query.Column {
			provinces := t.walk(inProvince, query.Out, province)
			provinces.Where = t.names(query.Whole)
			return &query.Count{Set: t.allWhere(&query.And{All: []query.Condition{t.names(query.Whole), &query.Some{Set: provinces}}})}
		}},
	},
	"orders": {
		{"descending", func(t *tree) query.Column {
			l := t.page(t.all(post), columnID)
			l.Order = []query.Key{{By: columnName, Descending: true}, {By: columnID, Descending: true}}
			return l
		}},
		{"reversed", func(t *tree) query.Column {
			l := t.page(t.all(post), columnID)
			l.Order = []query.Key{{By: columnName}, {By: columnID, Descending: true}}
			l.Reverse = true
			return l
		}},
		{"by a value that may be missing", func(t *tree) query.Column {
			l := t.page(t.all(post), columnID)
			l.Order = []query.Key{{By: &query.Value{Property: post.Property("lengthKm")}}, {By: columnID}}
			return l
		}},
		{"by a count and by a value of a related node", func(t *tree) query.Column { return t.byRelated() }},
		{"by a count, of several types", func(t *tree) query.Column {
			l := t.page(t.all(post, unit), columnID)
			l.Order = []query.Key{{By: &query.Count{Set: t.walk(twinPosts, query.In, twinning)}, Descending: true}, {By: columnID}}
			return l
		}},
	},
	"groups": {
		{"by a value and by a related node, which is shown", func(t *tree) query.Column {
			g := t.groups(t.all(post), &query.Value{Property: post.Property("lengthKm")}, t.first(inProvince, province))
			g.Shown = []query.Column{unlimited(&query.Set{Start: &query.Keyed{Key: 1, Types: []*query.Type{province}}, Scope: t.scope(query.Possible)}, columnName)}
			return g
		}},
		{"by each of several related nodes", func(t *tree) query.Column {
			return t.groups(t.all(source), &query.TypeName{}, unlimited(t.walk(mentions, query.Out, post, source), columnID))
		}},
		{"with their first members", func(t *tree) query.Column {
			g := t.groups(t.all(post), columnName)
			g.Members = t.page(nil, columnID, unlimited(t.walk(inProvince, query.Out, province), columnName)).Select
			return g
		}},
		{"with their first members by a count", func(t *tree) query.Column {
			g := t.groups(t.all(post), columnName)
			g.Members = t.page(nil, columnID).Select
			g.Members.Order = t.byRelated().Order
			return g
		}},
		{"of relationships, with their first members", func(t *tree) query.Column {
			g := t.groups(t.walk(inProvince, query.In, post), &query.Value{Of: query.Link, Property: basis})
			g.Members = t.page(nil, columnID, &query.Value{Of: query.Link, Property: linkID}).Select
			return t.page(t.all(province), g)
		}},
		{"beside a value, in a list in a list", func(t *tree) query.Column {
			g := t.groups(t.walk(inProvince, query.In, post), columnName)
			return t.page(t.all(post), columnID, unlimited(t.walk(inProvince, query.Out, province), columnName, g))
		}},
		{"of what their first members have a relationship with", func(t *tree) query.Column {
			g := t.groups(t.all(province), columnName)
			g.Members = t.page(nil, columnID, t.groups(t.walk(inProvince, query.In, post), columnName)).Select
			return g
		}},
		{"by periods", func(t *tree) query.Column {
			return t.groups(t.all(activity), period(held, query.Year), period(held, query.Quarter), period(held, query.Month), period(held, query.Day), period(planned, query.Month))
		}},
		{"of moments, by the month", func(t *tree) query.Column {
			month := &query.Period{Of: query.Link, Date: momentDate.Property, Precision: query.MomentProperties[query.MomentPrecision], Unit: query.Month}
			g := t.groups(t.moments(held, began), month, momentKind)
			g.Members = t.page(nil, columnID, momentDate).Select
			return g
		}},
	},
	"moments": {
		{"in the order of time", func(t *tree) query.Column { return t.timeline(held, planned, began) }},
		{"of one kind", func(t *tree) query.Column { return t.timeline(planned) }},
		{"of a period, after a position", func(t *tree) query.Column {
			l := t.timeline(held, planned)
			l.Where = &query.And{All: []query.Condition{
				&query.Compare{Of: query.Link, Property: momentDate.Property, Operator: query.GreaterOrEqual, Value: t.text("from")},
				&query.Compare{Of: query.Link, Property: momentDate.Property, Operator: query.LessOrEqual, Value: t.text("to")},
				&query.Compare{Property: name, Value: t.text("name")},
			}}
			l.Beyond = t.keyset(l.Order, query.Keyset{})
			return l
		}},
		{"of nodes like this, each kind of its own", func(t *tree) query.Column {
			past, named := held, planned
			past.Where = &query.Compare{Property: held.Date, Operator: query.LessOrEqual, Value: t.text("today")}
			named.Where = &query.Compare{Property: name, Value: t.text("name")}
			return t.timeline(past, named)
		}},
		{"latest first, before a position", func(t *tree) query.Column {
			l := t.timeline(held, planned)
			for i := range l.Order {
				l.Order[i].Descending = true
			}
			l.Beyond, l.Reverse = t.keyset(l.Order, query.Keyset{Before: true}), true
			return l
		}},
		{"how many", func(t *tree) query.Column { return &query.Count{Set: t.moments(held, planned)} }},
		{"whether there are more", func(t *tree) query.Column {
			order := t.timeline().Order
			return &query.Exists{Set: t.moments(held, planned), Order: order, Beyond: t.keyset(order, query.Keyset{})}
		}},
	},
	"leads": {
		{"a page of what leads there", func(t *tree) query.Column { return t.page(t.leading(t.all(post)), columnID) }},
		{"of several types, with another condition", func(t *tree) query.Column {
			s := t.leading(t.all(post, activity))
			s.Where = &query.And{All: []query.Condition{&query.Compare{Property: name, Value: t.text("name")}, &query.And{All: []query.Condition{s.Where}}}}
			return t.page(s, columnID)
		}},
		{"a page of what leads there, or has a relationship with what does", func(t *tree) query.Column {
			return t.page(t.leadingOrOwn(t.all(twinning)), columnID)
		}},
		{"how many lead there, or have a relationship with what does", func(t *tree) query.Column {
			return &query.Count{Set: t.leadingOrOwn(t.all(twinning))}
		}},
		{"how many", func(t *tree) query.Column { return &query.Count{Set: t.leading(t.all(post))} }},
		{"whether there is one", func(t *tree) query.Column { return &query.Exists{Set: t.leading(t.all(post))} }},
		{"not, or", func(t *tree) query.Column {
			s := t.leading(t.all(post))
			s.Where = &query.Not{Condition: &query.Or{Any: []query.Condition{s.Where, s.Where}}}
			return t.page(s, columnID)
		}},
		{"of a related node, certain", func(t *tree) query.Column {
			posts := t.leading(t.walk(twinPosts, query.Out, post))
			posts.Where.(*query.Leads).Scope = t.scope(query.Certain)
			twinnings := t.all(twinning)
			twinnings.Where = &query.Some{Set: posts}
			return t.page(twinnings, columnID)
		}},
		{"shared, in every way", func(t *tree) query.Column {
			s := t.leadingOrOwn(t.all(twinning))
			or := s.Where.(*query.Or)
			or.Any[0].(*query.Leads).Shared = true
			not := t.all(post)
			not.Where = &query.Not{Condition: or.Any[0]}
			return &query.List{Select: &query.Select{Set: &query.Set{Start: &query.ByID{Types: []*query.Type{post}, IDs: t.texts("id")}, Scope: s.Scope}, Order: byName(), Limit: query.NoLimit,
				Columns: []query.Column{t.page(s, columnID), &query.Count{Set: s}, &query.Exists{Set: s}, t.page(not, columnID)}}}
		}},
		{"groups", func(t *tree) query.Column { return t.groups(t.leading(t.all(post)), columnName) }},
		{"moments", func(t *tree) query.Column {
			l := t.timeline(held, began)
			l.Set = t.leading(l.Set)
			return l
		}},
		{"how many moments", func(t *tree) query.Column { return &query.Count{Set: t.leading(t.moments(held, began))} }},
	},
	"keysets": {
		{"after", func(t *tree) query.Column { return t.beyond(byName(), query.Keyset{}) }},
		{"after, inclusive", func(t *tree) query.Column { return t.beyond(byName(), query.Keyset{Inclusive: true}) }},
		{"before", func(t *tree) query.Column { return t.beyond(byName(), query.Keyset{Before: true}) }},
		{"after, descending", func(t *tree) query.Column {
			return t.beyond([]query.Key{{By: columnName, Descending: true}, {By: columnID}}, query.Keyset{})
		}},
		{"after a value of three keys", func(t *tree) query.Column { return t.beyond(byLength(false), query.Keyset{}) }},
		{"after a value, descending", func(t *tree) query.Column { return t.beyond(byLength(true), query.Keyset{}) }},
		{"after a missing value", func(t *tree) query.Column {
			return t.beyond(byLength(false), query.Keyset{Missing: []bool{true, false, false}})
		}},
		{"after a missing value, descending", func(t *tree) query.Column {
			return t.beyond(byLength(true), query.Keyset{Missing: []bool{true, false, false}})
		}},
		{"before a missing value", func(t *tree) query.Column {
			return t.beyond(byLength(false), query.Keyset{Before: true, Missing: []bool{true, false, false}})
		}},
		{"by a count and by a value of a related node", func(t *tree) query.Column {
			l := t.byRelated()
			l.Beyond = t.keyset(l.Order, query.Keyset{})
			return l
		}},
		{"of several types", func(t *tree) query.Column {
			l := t.page(t.all(post, source), columnID)
			l.Beyond = t.keyset(l.Order, query.Keyset{})
			return l
		}},
		{"existence before", func(t *tree) query.Column {
			return &query.Exists{Set: t.all(post), Order: byName(), Beyond: t.keyset(byName(), query.Keyset{Before: true})}
		}},
		{"existence after a count", func(t *tree) query.Column {
			order := t.byRelated().Order
			return &query.Exists{Set: t.all(post), Order: order, Beyond: t.keyset(order, query.Keyset{})}
		}},
		{"over relationships", func(t *tree) query.Column {
			l := unlimited(t.walk(inProvince, query.In, post), columnID)
			l.Order = append(byName(), query.Key{By: &query.Value{Of: query.Link, Property: linkID}})
			l.Beyond = t.keyset(l.Order, query.Keyset{})
			return t.page(t.all(province), l)
		}},
	},
}

func (t *tree) groups(s *query.Set, keys ...query.Column) *query.Groups {
	return &query.Groups{Set: s, Keys: keys, Limit: t.number(50)}
}

// first is the id of the first node to which a relationship leads.
func (t *tree) first(r *query.Relationship, to *query.Type) *query.First {
	return &query.First{Select: &query.Select{Set: t.walk(r, query.Out, to), Order: byName(), Limit: query.NoLimit, Columns: []query.Column{columnID}}}
}

func period(m query.Moment, u query.Unit) *query.Period {
	return &query.Period{Date: m.Date, Precision: m.Precision, Unit: u}
}

func (t *tree) moments(of ...query.Moment) *query.Set {
	return &query.Set{Start: &query.Moments{Of: of}, Scope: t.scope(query.Possible)}
}

// timeline is a page of moments, by date.
func (t *tree) timeline(of ...query.Moment) *query.List {
	l := t.page(t.moments(of...), columnID, &query.TypeName{}, momentDate, &query.Value{Of: query.Link, Property: query.MomentProperties[query.MomentPrecision]}, momentKind)
	l.Order = []query.Key{{By: momentDate}, {By: momentKind}, {By: columnID}}
	return l
}

// leading is the set, of which what leads to some nodes is kept.
func (t *tree) leading(s *query.Set) *query.Set {
	s.Where = &query.Leads{To: t.texts("place"), Relationships: []*query.Relationship{inProvince, heldIn, succeeded}, Steps: 2, Scope: s.Scope}
	return s
}

// leadingOrOwn is the set, of which what leads to some nodes, or has a post that does, is kept.
func (t *tree) leadingOrOwn(s *query.Set) *query.Set {
	s = t.leading(s)
	own := &query.Linked{Relationships: []*query.Relationship{twinPosts}, To: model.Types}
	s.Where = &query.Or{Any: []query.Condition{s.Where, &query.Some{Set: &query.Set{Start: own, Where: s.Where, Scope: s.Scope}}}}
	return s
}

func (t *tree) twinned(via query.Condition) *query.Set {
	return &query.Set{Scope: t.scope(query.Possible), Start: &query.Walk{ViaWhere: via, Steps: []query.Step{
		{Relationship: twinPosts, Direction: query.In, To: []*query.Type{twinning}},
		{Relationship: twinUnits, Direction: query.Out, To: []*query.Type{unit}},
	}}}
}

// scoped is what is reached over one step from one node given by id.
func (t *tree) scoped(time query.Time, r *query.Relationship, from *query.Type, to ...*query.Type) *query.Set {
	scope := t.scope(time)
	return &query.Set{Scope: scope, Start: &query.ByID{Types: []*query.Type{from}, IDs: t.texts("id")}, Where: &query.Some{Set: &query.Set{
		Scope: scope, Start: &query.Walk{Steps: []query.Step{{Relationship: r, To: to}}}}}}
}

// found is what has a name of which words begin like this.
func (t *tree) found(types ...*query.Type) *query.Set {
	return &query.Set{Scope: t.scope(query.Possible), Start: &query.Found{Types: types, Begun: t.texts("begun")}, Where: t.names(query.Words)}
}

// search is what is found, by how well it fits.
func (t *tree) search(types ...*query.Type) *query.List {
	rank := &query.Rank{Conditions: []query.Condition{t.names(query.Whole), t.names(query.Words)}}
	l := t.page(t.found(types...), columnID, rank)
	l.Order = append([]query.Key{{By: rank}}, byName()...)
	return l
}

func (t *tree) comparisons() query.Condition {
	length, tags := post.Property("lengthKm"), post.Property("tags")
	return &query.And{All: []query.Condition{
		&query.Compare{Property: length, Operator: query.Equal, Value: t.number(1)},
		&query.Compare{Property: length, Operator: query.Less, Value: t.number(2)},
		&query.Compare{Property: length, Operator: query.LessOrEqual, Value: t.number(3)},
		&query.Compare{Property: length, Operator: query.Greater, Value: t.number(4)},
		&query.Compare{Property: length, Operator: query.GreaterOrEqual, Value: t.number(5)},
		&query.Compare{Property: name, Operator: query.OneOf, Value: t.texts("a", "b")},
		&query.Compare{Property: name, Operator: query.Contains, Value: t.text("middle")},
		&query.Compare{Property: name, Operator: query.StartsWith, Value: t.text("start")},
		&query.Compare{Property: name, Operator: query.EndsWith, Value: t.text("end")},
		&query.Compare{Property: tags, Operator: query.Has, Value: t.text("tag")},
		&query.Missing{Property: length},
	}}
}

func (t *tree) names(m query.Match) *query.Names {
	return &query.Names{Match: m, Folded: t.texts("folded"), Spelled: t.texts("spelled")}
}

func (t *tree) byRelated() *query.List {
	l := t.page(t.all(post), columnID)
	provinceName := &query.First{Select: &query.Select{Set: t.walk(inProvince, query.Out, province), Order: byName(), Limit: query.NoLimit, Columns: []query.Column{columnName}}}
	l.Order = []query.Key{{By: &query.Count{Set: t.walk(twinPosts, query.In, twinning)}, Descending: true}, {By: provinceName}, {By: columnID}}
	return l
}

func byLength(descending bool) []query.Key {
	return append([]query.Key{{By: &query.Value{Property: post.Property("lengthKm")}, Descending: descending}}, byName()...)
}

func (t *tree) beyond(order []query.Key, position query.Keyset) query.Column {
	l := t.page(t.all(post), columnID)
	l.Order, l.Beyond = order, t.keyset(order, position)
	return l
}

// keyset completes a position with a value a key.
func (t *tree) keyset(order []query.Key, position query.Keyset) *query.Keyset {
	if position.Missing == nil {
		position.Missing = make([]bool, len(order))
	}
	for i := range order {
		position.Values = append(position.Values, t.text(fmt.Sprint("of key ", i)))
	}
	return &position
}
