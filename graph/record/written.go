package record

import (
	"maps"

	"bordergraph/graph/query"
)

// NodeOf is a stored node as a person would have written it.
func NodeOf(r *query.NodeRecord) Node {
	n := Node{ID: r.ID(), Type: r.Type.Name, Facts: factsOf(r.Values[query.NodeFacts:]), Note: textOf(r.Values[query.NodeNote])}
	languages, kinds := r.Values[query.NodeNameLanguages].([]any), r.Values[query.NodeNameKinds].([]any)
	for i, text := range r.Values[query.NodeNameTexts].([]any) {
		n.Names = append(n.Names, Name{Lang: languages[i].(string), Text: text.(string), Kind: kinds[i].(string)})
	}
	n.FormerIDs = query.Texts(r.Values[query.NodeFormerIDs])
	n.Properties = propertiesOf(r.Type.Properties, r.Values, len(query.NodeProperties))
	return n
}

// LinkOf is a stored relationship as a person would have written it.
func LinkOf(r *query.LinkRecord) Link {
	return Link{
		From: r.From, Type: r.Relationship.Name, To: r.To,
		Facts:      factsOf(r.Values[query.LinkFacts:]),
		Evidence:   textOf(r.Values[query.LinkFacts+query.FactEvidence]),
		Properties: propertiesOf(r.Relationship.Properties, r.Values, len(query.LinkProperties)),
	}
}

func factsOf(values []any) Facts {
	x := Facts{
		ValidFrom: textOf(values[query.FactValidFrom]), ValidFromPrecision: textOf(values[query.FactValidFromPrecision]),
		ValidTo: textOf(values[query.FactValidTo]), ValidToPrecision: textOf(values[query.FactValidToPrecision]),
		StatedOn: textOf(values[query.FactStatedOn]), StatedOnPrecision: textOf(values[query.FactStatedOnPrecision]),
		Confidence: textOf(values[query.FactConfidence]),
		Marking:    query.Clearances[values[query.FactMarking].(int64)],
	}
	x.Sources = query.Texts(values[query.FactSources])
	return x
}

func propertiesOf(properties []*query.Property, values []any, own int) map[string]any {
	written := map[string]any{}
	for i, p := range properties {
		if values[i] != nil && (i >= own || p.Name == "locator") {
			written[p.Name] = values[i]
		}
	}
	return written
}

func textOf(value any) string {
	text, _ := value.(string)
	return text
}

// Set gives the property of a name a value of its kind; nil clears it. A marking is given by its name.
// Names and what is derived are not set so.
func (n *Node) Set(property string, value any) {
	switch property {
	case "note":
		n.Note = textOf(value)
		return
	case "formerIds":
		n.FormerIDs = query.Texts(value)
		return
	}
	n.Properties = set(&n.Facts, n.Properties, property, value)
}

// Set gives the property of a name a value, as Node.Set.
func (l *Link) Set(property string, value any) {
	if property == "evidence" {
		l.Evidence = textOf(value)
		return
	}
	l.Properties = set(&l.Facts, l.Properties, property, value)
}

func set(x *Facts, properties map[string]any, name string, value any) map[string]any {
	if text := x.text(name); text != nil {
		*text = textOf(value)
		return properties
	}
	if name == "sources" {
		x.Sources = query.Texts(value)
		return properties
	}
	properties = maps.Clone(properties)
	if properties == nil {
		properties = map[string]any{}
	}
	properties[name] = value
	if value == nil {
		delete(properties, name)
	}
	return properties
}

// text is where a fact is that is a text; nil if it is none.
func (x *Facts) text(name string) *string {
	switch name {
	case "validFrom":
		return &x.ValidFrom
	case "validFromPrecision":
		return &x.ValidFromPrecision
	case "validTo":
		return &x.ValidTo
	case "validToPrecision":
		return &x.ValidToPrecision
	case "statedOn":
		return &x.StatedOn
	case "statedOnPrecision":
		return &x.StatedOnPrecision
	case "confidence":
		return &x.Confidence
	case "marking":
		return &x.Marking
	}
	return nil
}
