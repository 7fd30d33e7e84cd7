package derive

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Term is one code of a closed list, with what people call it.
type Term struct {
	Code string
	// LabelVi and LabelEn are what to show; where the schema gives none, the code in words.
	LabelVi, LabelEn string
	// Meaning is the code's description.
	Meaning string
}

// Vocabulary is the terms of an enum of the API, in its order; nil if the API has no such enum.
func (a *API) Vocabulary(enum string) []Term { return a.vocabulary[enum] }

// collectVocabulary reads the labels that the schema gives to enum values, types and relationships.
func (d *declaration) collectVocabulary(published *ast.Schema) map[string][]Term {
	labels := map[string]map[string]*ast.Directive{"NodeType": {}, "LinkType": {}}
	for _, n := range d.nodes {
		labels["NodeType"][NodeTypeValue(n.Type)] = n.def.Directives.ForName("label")
		for _, f := range n.def.Fields {
			relationship, label := f.Directives.ForName("relationship"), f.Directives.ForName("label")
			if relationship != nil && label != nil {
				labels["LinkType"][argument(relationship, "type")] = label
			}
		}
	}
	for name, def := range d.schema.Types {
		if def.Kind != ast.Enum {
			continue
		}
		labels[name] = map[string]*ast.Directive{}
		for _, v := range def.EnumValues {
			labels[name][v.Name] = v.Directives.ForName("label")
		}
	}
	vocabulary := map[string][]Term{}
	for name, def := range published.Types {
		if def.Kind != ast.Enum || def.BuiltIn {
			continue
		}
		for _, v := range def.EnumValues {
			vocabulary[name] = append(vocabulary[name], newTerm(v, labels[name][v.Name]))
		}
	}
	return vocabulary
}

func newTerm(v *ast.EnumValueDefinition, label *ast.Directive) Term {
	words := strings.ToLower(strings.ReplaceAll(v.Name, "_", " "))
	t := Term{Code: v.Name, LabelVi: words, LabelEn: words, Meaning: v.Description}
	if label != nil {
		t.LabelVi, t.LabelEn = argument(label, "vi"), argument(label, "en")
	}
	return t
}
