// Package derive makes, from a schema.graphqls, everything that follows from it: the model that the
// stores work with, the API that is published, and what each field and argument of that API means.
package derive

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"bordergraph/graph/query"
)

//go:embed grammar.graphqls
var grammar string

//go:embed common.graphqls
var common string

// API is what is derived from a schema. It is read-only and may be used concurrently.
type API struct {
	// SDL is the published API: what is derived, joined with the service's own fields.
	SDL string
	// Schema is the same, parsed.
	Schema *ast.Schema
	// Model is what the stores work with.
	Model *query.Model

	fields     map[string]map[string]Field
	inputs     map[string]map[string]Input
	views      []*ViewList
	moments    []*Moment
	rules      map[*query.Type]query.Rules
	alike      map[*query.Type]Alike
	sameness   map[string][]*query.Relationship
	stored     storedFields
	vocabulary map[string][]Term
}

// Field says what a field of an object type of the API means; nil if it is none of the graph's.
func (a *API) Field(typeName, field string) Field { return a.fields[typeName][field] }

// Input says what a field of an input type of the API means; nil if it is none of the graph's.
func (a *API) Input(typeName, field string) Input { return a.inputs[typeName][field] }

// Views are the lists of all views, in the order of the schema.
func (a *API) Views() []*ViewList { return a.views }

// Moments are the dates of the timeline, in the order of the schema.
func (a *API) Moments() []*Moment { return a.moments }

// New derives the API from a schema, and joins it with the service schema: root fields and types
// that Go code answers. The error lists everything that is wrong with the schema, a line each.
func New(schema, service string) (*API, error) {
	d, err := declare(schema)
	if err != nil {
		return nil, err
	}
	model := query.NewModel(fingerprint(schema), d.nodeTypes(), d.relationships)
	for _, m := range d.moments {
		model.Moments = append(model.Moments, m.Moment)
	}
	w := newWriter(d)
	joined, err := join(w.write(), service)
	if err != nil {
		return nil, err
	}
	api := &API{SDL: joined, Model: model, fields: w.fields, inputs: w.inputs, views: d.viewLists(), moments: d.moments, rules: d.rules, alike: d.alike, sameness: d.sameness, stored: d.storedFields()}
	api.Schema, err = load(&ast.Source{Name: "api.graphqls", Input: joined})
	if err != nil {
		return nil, fmt.Errorf("derived API: %w", err)
	}
	// Answers are written whole: there is nothing to defer.
	delete(api.Schema.Directives, "defer")
	for name, types := range api.Schema.PossibleTypes {
		// The library counts interfaces that implement an interface, too; no object is of such a type.
		api.Schema.PossibleTypes[name] = slices.DeleteFunc(types, func(t *ast.Definition) bool { return t.Kind != ast.Object })
	}
	api.vocabulary = d.collectVocabulary(api.Schema)
	return api, api.checkServiceTypes()
}

func fingerprint(schema string) string {
	sum := sha256.Sum256([]byte(schema))
	return hex.EncodeToString(sum[:8])
}

// join merges the service's definitions into the derived ones and writes them in one style.
func join(derived, service string) (string, error) {
	doc, err := parser.ParseSchemas(
		&ast.Source{Name: "service.graphqls", Input: service},
		&ast.Source{Name: "common.graphqls", Input: common},
		&ast.Source{Name: "derived.graphqls", Input: derived},
	)
	if err != nil {
		return "", fmt.Errorf("joining the service schema: %w", err)
	}
	for _, extension := range doc.Extensions {
		definition := doc.Definitions.ForName(extension.Name)
		if definition == nil {
			extension.Description = "Where every question starts."
			doc.Definitions = append(doc.Definitions, extension)
			continue
		}
		definition.Fields = append(definition.Fields, extension.Fields...)
	}
	doc.Extensions = nil
	keepReachable(doc)
	return publish(doc), nil
}

// keepReachable drops what no operation can come across, such as conditions on a kind of value that
// no type has.
func keepReachable(doc *ast.SchemaDocument) {
	reached := map[string]bool{}
	var reach func(name string)
	reach = func(name string) {
		definition := doc.Definitions.ForName(name)
		if reached[name] || definition == nil {
			return
		}
		reached[name] = true
		for _, f := range definition.Fields {
			reach(f.Type.Name())
			reachArguments(f.Arguments, reach)
		}
		for _, possible := range definition.Types {
			reach(possible)
		}
	}
	reach("Query")
	reach("Mutation")
	reach("Subscription")
	for _, d := range doc.Directives {
		reachArguments(d.Arguments, reach)
	}
	doc.Definitions = slices.DeleteFunc(doc.Definitions, func(d *ast.Definition) bool { return !reached[d.Name] })
}

func reachArguments(arguments ast.ArgumentDefinitionList, reach func(string)) {
	for _, a := range arguments {
		reach(a.Type.Name())
	}
}

func load(sources ...*ast.Source) (*ast.Schema, error) {
	return validator.LoadSchema(append([]*ast.Source{validator.Prelude}, sources...)...)
}

// checkServiceTypes refuses a service field that returns a graph type: below a graph root
// everything is the graph's, and nothing else may lead there.
func (a *API) checkServiceTypes() error {
	for name, def := range a.Schema.Types {
		if def.BuiltIn || def.Kind != ast.Object || (a.fields[name] != nil && def != a.Schema.Query && def != a.Schema.Mutation) {
			continue
		}
		for _, f := range def.Fields {
			graphs := a.fields[f.Type.Name()] != nil || f.Type.Name() == "Node"
			if graphs && a.Field(name, f.Name) == nil {
				return fmt.Errorf("service schema: %s.%s returns the graph type %s; a service field returns types of its own", name, f.Name, f.Type.Name())
			}
		}
	}
	return nil
}
