package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"bordergraph/graph/change"
	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
	"bordergraph/graph/response"
)

// rootType is the name of the type whose fields are the roots of the operation.
func (b *builder) rootType() string {
	switch b.Operation.Operation {
	case ast.Mutation:
		return b.API.Schema.Mutation.Name
	case ast.Subscription:
		return b.API.Schema.Subscription.Name
	}
	return b.API.Schema.Query.Name
}

// readChange begins what a mutation asks to be written.
func (b *builder) readChange(plan *Plan) {
	if b.Operation.Operation != ast.Mutation {
		return
	}
	b.change = &change.Request{Clearance: b.Clearance, Source: b.API.Model.Type("Source"), Rules: b.API.Rules}
	plan.Change = b.change
	if directive := b.Operation.Directives.ForName("change"); directive != nil {
		arguments := b.coerceArguments(directive.Definition.Arguments, directive.Arguments, "Directive @change, argument")
		plan.Comment, _ = arguments["comment"].(string)
		key, given := arguments["key"].(string)
		if given && key == "" {
			b.problem(BadInput, "Directive @change, argument \"key\" is empty: give one of your own, or leave it out, and the request makes its change anew whenever it is sent.")
		}
		plan.Key = key
	}
}

// refuseBoth refuses a mutation that asks the graph and something else to change: they could not be made
// together or not at all. Without roots of the graph there is nothing to write to it.
func (b *builder) refuseBoth(plan *Plan, graphRoots int) {
	if plan.Change == nil || len(plan.Service) == 0 {
		return
	}
	if graphRoots == 0 && b.Operation.Directives.ForName("change") == nil {
		plan.Change = nil
		return
	}
	for _, f := range plan.Service {
		b.path = ast.Path{ast.PathName(f.Key)}
		b.problem(BadInput, "%s is written by itself: send it in an operation of its own, without @change.", f.Fields[0].Name)
	}
	b.path = b.path[:0]
}

// save plans a root field that writes objects, and answers them.
func (b *builder) save(root *row, target *derive.Target, g *group, scope *scope) response.Value {
	b.refuseAsOf(g)
	objects, _ := b.arguments(g)["objects"].([]any)
	s := &saving{builder: b, key: g.key, input: target.Name + "Input"}
	s.shape = s.shapeOf(target.Types[0])
	ids := []any{}
	for i, object := range objects {
		given, ok := object.(map[string]any)
		if id, _ := given["id"].(string); ok && id != "" {
			b.change.Saves = append(b.change.Saves, s.save(id, given, fmt.Sprintf("objects.%d", i)))
			ids = append(ids, id)
		} else if ok {
			b.problem(BadInput, "Argument \"objects\"[%d].id is empty.", i)
		}
	}
	saved := b.objectsByID(root, target, ids, g, scope)
	saved.Saved = true
	return saved
}

// merge plans a root field that makes one object part of another, and answers that.
func (b *builder) merge(root *row, target *derive.Target, g *group, scope *scope) response.Value {
	b.refuseAsOf(g)
	arguments := b.arguments(g)
	keep, _ := arguments["keep"].(string)
	drop, _ := arguments["drop"].(string)
	b.change.Merges = append(b.change.Merges, &change.Merge{Root: g.key, Keep: keep, Drop: drop, Shapes: b.shapes()})
	return b.objectByID(root, target, keep, g, scope)
}

// shapes are those of all types.
func (b *builder) shapes() map[*query.Type]*change.Shape {
	shapes := map[*query.Type]*change.Shape{}
	for _, t := range b.API.Model.Types {
		shapes[t] = (&saving{builder: b, input: t.Name + "Input"}).shapeOf(t)
	}
	return shapes
}

// saving reads what a root field gives of objects of one type.
type saving struct {
	*builder
	key, input string
	shape      *change.Shape
}

func (s *saving) shapeOf(t *query.Type) *change.Shape {
	shape := &change.Shape{Type: t, Fields: s.storedFields(s.input), Relationships: map[*query.Relationship]string{}}
	shape.Rules = s.API.Rules(t)
	for _, f := range s.API.Schema.Types[s.input].Fields {
		if r, ok := s.API.Input(s.input, f.Name).(*derive.Relation); ok {
			shape.Relationships[r.Relationship] = f.Name
		}
	}
	return shape
}

// storedFields says where each property is given in an input type, by its stored name.
func (b *builder) storedFields(input string) map[string]string {
	fields := map[string]string{}
	for _, f := range b.API.Schema.Types[input].Fields {
		switch meaning := b.API.Input(input, f.Name).(type) {
		case *derive.Property:
			fields[meaning.Name] = f.Name
		case *derive.Fact:
			fields[query.NodeProperties[query.NodeFacts+meaning.Position].Name] = f.Name
		case derive.Part:
			if meaning == derive.PartFacts {
				for stored, name := range b.storedFields(f.Type.Name()) {
					fields[stored] = f.Name + "." + name
				}
			}
		}
	}
	return fields
}

func (s *saving) save(id string, given map[string]any, path string) *change.Save {
	save := &change.Save{Place: change.Place{Root: s.key, Input: path}, Shape: s.shape, ID: id, Values: map[string]any{}}
	for _, f := range s.API.Schema.Types[s.input].Fields {
		value, ok := given[f.Name]
		if !ok || f.Name == "id" {
			continue
		}
		switch meaning := s.API.Input(s.input, f.Name).(type) {
		case *derive.Relation:
			save.Relations = append(save.Relations, s.relation(meaning.Relationship, f.Type.Name(), value, save.In(f.Name)))
		case derive.Part:
			switch meaning {
			case derive.PartNames:
				names := namesGiven(value)
				save.Names = &names
			case derive.PartVersion:
				if version, given := value.(int64); given {
					save.Expected = &version
				}
			default:
				s.values(save.Values, meaning, f, value)
			}
		default:
			s.values(save.Values, meaning, f, value)
		}
	}
	return save
}

// values adds what a field gives of properties, by their stored names.
func (b *builder) values(values map[string]any, meaning derive.Input, f *ast.FieldDefinition, value any) {
	switch meaning := meaning.(type) {
	case *derive.Property:
		values[meaning.Name] = value
	case *derive.Fact:
		values[query.NodeProperties[query.NodeFacts+meaning.Position].Name] = value
	case derive.Part: // the facts; null clears them all
		facts, _ := value.(map[string]any)
		for _, fact := range b.API.Schema.Types[f.Type.Name()].Fields {
			v, given := facts[fact.Name]
			if given || value == nil {
				b.values(values, b.API.Input(f.Type.Name(), fact.Name), fact, v)
			}
		}
	}
}

func namesGiven(value any) []record.Name {
	list, _ := value.([]any)
	var names []record.Name
	for _, member := range list {
		name, _ := member.(map[string]any)
		text, _ := name["text"].(string)
		language, _ := name["language"].(string)
		kind, _ := name["kind"].(string)
		names = append(names, record.Name{Lang: strings.ToLower(language), Text: text, Kind: kind})
	}
	return names
}

func (s *saving) relation(r *query.Relationship, input string, value any, at change.Place) *change.Relation {
	relation := &change.Relation{Place: at, Relationship: r}
	given, ok := value.(map[string]any)
	if !ok { // null
		relation.Set = &[]*change.Link{}
		return relation
	}
	for _, f := range s.API.Schema.Types[input].Fields {
		members, _ := given[f.Name].([]any)
		_, isGiven := given[f.Name]
		switch s.API.Input(input, f.Name) {
		case derive.SetLinks:
			relation.Fields = s.storedFields(f.Type.Name())
			if links := s.links(f.Type.Name(), members, at.In(f.Name)); isGiven {
				relation.Set = &links
			}
		case derive.AddLinks:
			relation.Add = s.links(f.Type.Name(), members, at.In(f.Name))
		case derive.RemoveLinks:
			for _, id := range members {
				id, _ := id.(string)
				relation.Remove = append(relation.Remove, id)
			}
		}
	}
	return relation
}

func (s *saving) links(input string, members []any, at change.Place) []*change.Link {
	links := []*change.Link{}
	for i, member := range members {
		given, _ := member.(map[string]any)
		l := &change.Link{Place: at.In(fmt.Sprint(i)), Values: map[string]any{}}
		l.To, _ = given["to"].(string)
		for _, f := range s.API.Schema.Types[input].Fields {
			if value, ok := given[f.Name]; ok && f.Name != "to" {
				s.values(l.Values, s.API.Input(input, f.Name), f, value)
			}
		}
		links = append(links, l)
	}
	return links
}

// delete plans the root field that removes objects. What it answers comes after the columns of the query.
func (b *builder) delete(g *group) response.Value {
	b.refuseAsOf(g)
	if b.gone != nil {
		b.problem(BadInput, "An operation has one field delete; give it all ids.")
		return response.Null{}
	}
	arguments := b.arguments(g)
	asked := &change.Delete{Place: change.Place{Root: g.key, Input: "ids"}, Dependents: arguments["dependents"] == true}
	ids, _ := arguments["ids"].([]any)
	for _, id := range ids {
		id, _ := id.(string)
		asked.IDs = append(asked.IDs, id)
	}
	b.change.Delete, b.gone = asked, &response.Column{}
	object := &response.Object{Name: "Deleted"}
	for _, field := range b.collect(object.Name, g.selections()...) {
		object.Fields = append(object.Fields, response.NewField(field.key, field.name, b.deleted(field), field.nonNull()))
	}
	return &response.Many{Page: response.Page{Column: b.gone, Limit: -1}, Node: &response.Node{Only: object}}
}

// deleted is a value of what is gone.
func (b *builder) deleted(g *group) response.Value {
	switch b.API.Field("Deleted", g.name) {
	case derive.PartType:
		return &response.Leaf{Column: &response.Column{Index: goneType}, Kind: query.String}
	case derive.PartName:
		return &response.Leaf{Column: &response.Column{Index: goneName}, Kind: query.String}
	}
	if g.name == "__typename" {
		return typeName("Deleted")
	}
	return &response.Leaf{Column: &response.Column{Index: goneID}, Kind: query.String}
}

// The columns of what is gone.
const (
	goneID = iota
	goneType
	goneName
)

// undone is the change that takes another back, as it is told.
type undone struct {
	column *response.Column
	told   *Telling
}

// undo plans the root field that takes a change back.
func (b *builder) undo(root *row, g *group) response.Value {
	b.refuseAsOf(g)
	sequence, _ := b.arguments(g)["change"].(int64)
	b.change.Undo = &change.Undo{Place: change.Place{Root: g.key, Input: "change"}, Sequence: sequence}
	told := b.telling(nil)
	value := &response.Found{Column: &response.Column{}, Object: told.object(g)}
	b.undone = &undone{value.Column, told.Telling}
	root.cost += 1 + told.cost
	return value
}

// refuseBesideUndo refuses what stands beside the field that takes a change back: that is one change by itself.
func (b *builder) refuseBesideUndo(graphRoots int) {
	if b.undone != nil && graphRoots > 1 {
		b.problem(BadInput, "An operation that has a field undo has no other fields that change the graph; send each by itself.")
	}
}

// merges is whether a change makes a node part of another, which is not to be told as gone.
func (p *Plan) merges(id string) bool {
	return slices.ContainsFunc(p.Change.Merges, func(m *change.Merge) bool { return m.Drop == id })
}

// Changed puts what a change did, as it is shown to whoever asked for it, where the Shape reads it.
func (p *Plan) Changed(row query.Row, shown *query.Entry) query.Row {
	switch {
	case p.undone != nil:
		if told := p.undone.Row(shown); told != nil {
			return append(row, told)
		}
		return append(row, nil)
	case p.Change.Delete == nil:
		return row
	}
	rows := []any{}
	for _, n := range shown.Nodes {
		if n.After == nil && !p.merges(n.Before.ID()) {
			rows = append(rows, query.Row{n.Before.ID(), derive.NodeTypeValue(n.Before.Type), n.Before.Values[query.NodeName]})
		}
	}
	return append(row, rows)
}
