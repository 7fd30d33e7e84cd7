package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// subject is the object that a selection is about: where its values are read from, and on which day.
type subject struct {
	*builder
	row   *row
	of    query.Subject
	scope *scope
	// listed is the list that an edge belongs to; nil for objects.
	listed *listed
	// step is the relationship whose facts these are; nil for those of an object.
	step *query.Step
	// undated objects are of a type that has no validity: they are always in force.
	undated bool
}

// node plans an object that may be of any of a target's types.
func (b *builder) node(r *row, target *derive.Target, sets []ast.SelectionSet, scope *scope) *response.Node {
	s := &subject{builder: b, row: r, of: query.Node, scope: scope}
	return s.node(target, sets)
}

func (s *subject) node(target *derive.Target, sets []ast.SelectionSet) *response.Node {
	n := s.ofTypes(target, sets)
	n.Cited = s.cited(s.row, s.of)
	return n
}

func (s *subject) ofTypes(target *derive.Target, sets []ast.SelectionSet) *response.Node {
	if !target.Abstract() {
		return &response.Node{Only: s.object(target.Name, sets)}
	}
	n := &response.Node{Type: s.row.typeName(s.of), Types: map[string]*response.Object{}}
	problems := len(s.problems)
	for _, t := range target.Types {
		n.Types[t.Name] = s.object(t.Name, sets)
		if len(s.problems) > problems {
			break // the other types would only repeat it
		}
	}
	return n
}

func (s *subject) object(typeName string, sets []ast.SelectionSet) *response.Object {
	object := &response.Object{Name: typeName}
	if t := s.API.Model.Type(typeName); t != nil {
		s.undated = !t.Dated
	}
	for _, g := range s.collect(typeName, sets...) {
		if !s.spend() {
			break
		}
		s.path = append(s.path, ast.PathName(g.key))
		s.refuseAsOf(g)
		object.Fields = append(object.Fields, response.NewField(g.key, g.name, s.field(typeName, g), g.nonNull()))
		s.path = s.path[:len(s.path)-1]
	}
	return object
}

func (s *subject) field(owner string, g *group) response.Value {
	if g.name == "__typename" {
		return typeName(owner)
	}
	switch meaning := s.API.Field(owner, g.name).(type) {
	case *derive.Property:
		return s.property(meaning.Property)
	case *derive.Fact:
		return stored(s.fact(meaning.Position), query.NodeProperties[query.NodeFacts+meaning.Position])
	case *derive.ToOne:
		return s.row.once(s.of, meaning, g, func() response.Value { return s.toOne(meaning.Traversal, g) })
	case *derive.Connection:
		return s.row.once(s.of, meaning, g, func() response.Value { return s.traversal(meaning, g) })
	case *derive.Sources:
		return s.row.once(s.of, meaning, g, func() response.Value { return s.sources(meaning.Target, g) })
	case derive.Part:
		return s.part(meaning, g)
	}
	panic(fmt.Sprintf("the derived API does not say what %s.%s means", owner, g.name))
}

func typeName(name string) response.Value { return &response.Constant{JSON: []byte(`"` + name + `"`)} }

func (s *subject) property(p *query.Property) response.Value {
	of := s.of
	if s.listed != nil {
		of = query.Link
	}
	return stored(s.row.value(of, p), p)
}

// stored is the value of a property, or the list of its values.
func stored(column *response.Column, p *query.Property) response.Value {
	leaf := response.Leaf{Column: column, Kind: p.Kind, Values: p.Values}
	if p.List {
		return &response.Leaves{Leaf: leaf}
	}
	return &leaf
}

// fact is the column of one of the facts of the subject, as query.FactValidFrom counts them.
func (s *subject) fact(position int) *response.Column {
	if s.of == query.Link || s.of == query.ViaLink {
		return s.row.value(s.of, query.LinkProperties[query.LinkFacts+position])
	}
	return s.row.value(s.of, query.NodeProperties[query.NodeFacts+position])
}

func (s *subject) part(part derive.Part, g *group) response.Value {
	switch part {
	case derive.PartName:
		return s.name(g)
	case derive.PartNames:
		return s.names(g)
	case derive.PartFacts:
		return s.facts(g)
	case derive.PartInForce:
		if s.undated {
			return &response.Constant{JSON: []byte(`"CERTAIN"`)}
		}
		return &response.InForce{Dates: s.dates(), End: s.datesOfEnd(), Date: s.scope.date}
	case derive.PartMarking:
		return &response.Marking{Column: s.fact(query.FactMarking)}
	case derive.PartHistory:
		return s.row.once(s.of, part, g, func() response.Value { return s.history(g) })
	case derive.PartVersion:
		return s.version()
	case derive.PartNameText:
		return response.NameText
	case derive.PartNameLanguage:
		return response.NameLanguage
	case derive.PartNameKind:
		return response.NameKind
	case derive.PartLinkType:
		return &response.Leaf{Column: s.row.linkName(), Kind: query.String}
	case derive.PartLinkDirection:
		return &response.Direction{Name: s.row.linkName(), Outgoing: s.row.outgoing(), Symmetric: s.symmetric()}
	case derive.PartLinkProperties:
		return s.linkProperties(g)
	case derive.PartLinkID:
		return &response.Leaf{Column: s.row.value(query.Link, query.LinkProperties[query.LinkID]), Kind: query.String}
	case derive.PartLinkFrom, derive.PartLinkTo:
		return s.linkEnd(part == derive.PartLinkFrom)
	case derive.PartBefore, derive.PartAfter:
		return s.changedLinks(part == derive.PartBefore, g)
	case derive.PartPropertyName:
		return response.PropertyName
	case derive.PartPropertyValue:
		return response.PropertyValue
	case derive.PartSearchMatch:
		return &response.Choice{Column: s.row.expression(s.listed.order[0].By), Values: searchMatches}
	case derive.PartSearchName:
		return s.bestName(g)
	case derive.PartMomentKind, derive.PartMomentLabel, derive.PartMomentDate, derive.PartMomentPrecision, derive.PartMomentDateLabel:
		return s.moment(part, g)
	case derive.PartEdgeCursor:
		return s.listed.cursor(s.row)
	case derive.PartEdgeNode:
		return s.builder.node(s.row, s.listed.target, g.selections(), s.scope).Value()
	case derive.PartEdgeVia:
		via := &subject{builder: s.builder, row: s.row, of: query.Via, scope: s.scope}
		return via.node(s.listed.via, g.selections()).Value()
	}
	panic(fmt.Sprintf("part %d has no place on an object", part))
}

func (s *subject) version() response.Value {
	if s.of == query.Link || s.of == query.ViaLink {
		return response.Null{}
	}
	version := query.NodeProperties[query.NodeVersion]
	return stored(s.row.value(s.of, version), version)
}

func (s *subject) dates() response.Dates {
	return response.Dates{
		ValidFrom:   s.fact(query.FactValidFrom),
		ValidTo:     s.fact(query.FactValidTo),
		CertainFrom: s.fact(query.FactCertainFrom),
		CertainTo:   s.fact(query.FactCertainTo),
	}
}

// datesOfEnd are the dates of the node that keep a relationship to it from being in force; nil if there are none.
func (s *subject) datesOfEnd() *response.Dates {
	if s.step == nil || slices.ContainsFunc(s.step.To, func(t *query.Type) bool { return !t.Dated }) {
		return nil
	}
	node := &subject{builder: s.builder, row: s.row, of: query.Node, scope: s.scope}
	dates := node.dates()
	if s.step.Relationship.Lasting {
		dates.ValidTo, dates.CertainTo = nil, nil
	}
	return &dates
}

func (s *subject) name(g *group) response.Value {
	fallback := s.row.value(s.of, query.NodeProperties[query.NodeName])
	language, _ := s.arguments(g)["lang"].(string)
	if language == "" || language == "VI" {
		return &response.Leaf{Column: fallback, Kind: query.String}
	}
	texts, languages, kinds := s.nameColumns()
	return &response.Name{Fallback: fallback, Texts: texts, Languages: languages, Kinds: kinds, Language: strings.ToLower(language)}
}

func (s *subject) names(g *group) response.Value {
	texts, languages, kinds := s.nameColumns()
	return &response.Names{Texts: texts, Languages: languages, Kinds: kinds, Object: s.object("Name", g.selections())}
}

// searchMatches are the values of SearchMatch, by the rank of a search.
var searchMatches = []string{"NAME", "WORDS", "BEGINNINGS"}

// bestName is the name for which a search found the node.
func (s *subject) bestName(g *group) response.Value {
	texts, languages, kinds := s.nameColumns()
	names := response.Names{Texts: texts, Languages: languages, Kinds: kinds, Object: s.object("Name", g.selections())}
	return &response.BestName{Names: names, Pattern: s.listed.pattern}
}

// symmetric are the names of the symmetric relationships.
func (s *subject) symmetric() []string {
	var names []string
	for _, r := range s.API.Model.Relationships {
		if r.Symmetric {
			names = append(names, r.Name)
		}
	}
	return names
}

// linkProperties are the own properties of all relationships that the list may go over, by name.
func (s *subject) linkProperties(g *group) response.Value {
	byName := map[string]*query.Property{}
	for _, r := range s.listed.over() {
		for _, p := range r.Properties[len(query.LinkProperties):] {
			byName[p.Name] = p
		}
	}
	properties := &response.Properties{Names: slices.Sorted(maps.Keys(byName))}
	for _, name := range properties.Names {
		properties.Columns = append(properties.Columns, s.row.value(query.Link, byName[name]))
	}
	edge := &subject{builder: s.builder, row: s.row, of: query.Link, scope: s.scope}
	properties.Object = edge.object("LinkProperty", g.selections())
	return properties
}

func (s *subject) nameColumns() (texts, languages, kinds *response.Column) {
	return s.row.value(s.of, query.NodeProperties[query.NodeNameTexts]),
		s.row.value(s.of, query.NodeProperties[query.NodeNameLanguages]),
		s.row.value(s.of, query.NodeProperties[query.NodeNameKinds])
}

// facts are those of the object; of an edge those of its relationship or, of a shortcut, of the node in the middle.
func (s *subject) facts(g *group) response.Value {
	about := &subject{builder: s.builder, row: s.row, of: s.of, scope: s.scope, undated: s.undated}
	if s.listed != nil {
		switch {
		case s.listed.via != nil:
			about.of, about.undated = query.Via, !s.listed.via.Types[0].Dated
		case s.listed.steps() == 0:
			return response.Null{}
		default:
			about.of = query.Link
			if t := s.listed.traversal; !t.Linked {
				about.step = &t.Steps[0]
			}
		}
	}
	return &response.Nested{Object: about.object("Facts", g.selections())}
}

func (s *subject) toOne(t *derive.Traversal, g *group) response.Value {
	if !s.deeper(s.row.depth + 1) {
		return response.Null{}
	}
	child := newRow(s.row.depth + 1)
	rows := &query.Select{
		Set:   &query.Set{Start: walk(s.builder, t, s.of), Scope: s.scope.Scope},
		Order: toOneOrder,
		Limit: s.param(int64(1)),
	}
	value := &response.One{Column: s.row.add(&query.List{Select: rows}), Node: s.builder.node(child, t.Target, g.selections(), s.scope)}
	value.Node.Cited = append(value.Node.Cited, s.citedWay(child, len(t.Steps))...)
	rows.Columns = child.finish()
	s.row.cost += 1 + child.cost
	return value
}

func (s *subject) traversal(meaning *derive.Connection, g *group) response.Value {
	t := meaning.Traversal
	set := &query.Set{Scope: s.scope.Scope}
	if t.Linked {
		arguments := s.arguments(g)
		set.Start = s.linked(s.of, arguments["types"], arguments["direction"])
	} else {
		set.Start = walk(s.builder, t, s.of)
	}
	if meaning.History {
		set.Scope = s.scope.overAllTime()
	}
	return s.connection(s.row, &listed{target: t.Target, via: t.Via, connection: t.Connection, edge: t.Edge, traversal: t, set: set, scope: s.scope}, g)
}

// linked is the relationships of some types in a direction, as the arguments of the field links say.
func (b *builder) linked(from query.Subject, types, direction any) *query.Linked {
	l := &query.Linked{From: from, Relationships: b.API.Model.Relationships, AnyRelationship: true, Direction: query.Both, To: b.API.Model.Types}
	if types, given := types.([]any); given {
		l.AnyRelationship = false
		l.Relationships = slices.DeleteFunc(slices.Clone(l.Relationships), func(r *query.Relationship) bool { return !slices.Contains(types, any(r.Name)) })
	}
	switch direction {
	case "OUT":
		l.Direction = query.Out
	case "IN":
		l.Direction = query.In
	case "BOTH":
		l.AnyRelationship = false
		l.Relationships = slices.DeleteFunc(slices.Clone(l.Relationships), func(r *query.Relationship) bool { return !r.Symmetric })
	}
	return l
}

// sourcesOfFact is the number of sources that a fact is taken to have when an operation's cost is
// counted. The list itself is not cut: it is part of the fact.
const sourcesOfFact = 3

func (s *subject) sources(target *derive.Target, g *group) response.Value {
	if !s.deeper(s.row.depth + 1) {
		return response.Null{}
	}
	child := newRow(s.row.depth + 1)
	rows := &query.Select{
		Set:   &query.Set{Start: &query.Cited{By: s.of, Types: target.Types}, Scope: s.scope.Scope},
		Order: []query.Key{nodeIDKey},
		Limit: query.NoLimit,
	}
	value := &response.Many{
		Page: response.Page{Column: s.row.add(&query.List{Select: rows}), Limit: -1},
		Node: s.builder.node(child, target, g.selections(), s.scope),
	}
	rows.Columns = child.finish()
	s.row.cost += times(sourcesOfFact, 1+child.cost)
	return value
}

// deeper refuses to go over more relationships than the limit.
func (b *builder) deeper(depth int) bool {
	if depth <= b.Limits.Depth {
		return true
	}
	b.problem(TooDeep, "The operation goes over more than %d lists and relationships one after another.", b.Limits.Depth)
	return false
}

// walk starts from a subject of a row and goes where a traversal leads.
func walk(b *builder, t *derive.Traversal, from query.Subject) *query.Walk {
	w := &query.Walk{From: from, Steps: t.Steps}
	conditions := make([]query.Condition, len(t.ViaWhere))
	for i, v := range t.ViaWhere {
		conditions[i] = &query.Compare{Of: query.Node, Property: v.Property, Operator: query.Equal, Value: b.param(v.Value)}
	}
	if len(conditions) > 0 {
		w.ViaWhere = all(conditions)
	}
	return w
}
