package importer

import (
	"maps"
	"slices"

	"bordergraph/graph/dataset"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// rowOfLine is what a line of a dataset gives.
func rowOfLine(given *dataset.Given) *Row {
	if given.Link != nil {
		return rowOfLink(given)
	}
	n := given.Node
	row := &Row{ID: n.ID, Type: n.Type, Values: valuesOf(given.Keys, n.Facts, "note", n.Note, n.Properties), own: ownOf(given.Keys, n.Properties)}
	if given.Keys["names"] || given.Keys["title"] {
		row.Names = &n.Names
	}
	if given.Keys["title"] {
		sourceValues(row.Values, given.Keys, n.Properties)
	}
	if given.Keys["formerIds"] {
		row.Values["formerIds"] = query.ListOf(n.FormerIDs)
	}
	if given.Keys["copyOf"] {
		row.Links = []Link{{Type: "COPY_OF", To: given.CopyOf, Field: "copyOf", mode: replacing}}
	}
	return row
}

// missing are the keys that a line cannot do without.
func missing(given *dataset.Given) []string {
	needed := map[string]string{}
	if l := given.Link; l != nil {
		needed["from"], needed["type"], needed["to"] = l.From, l.Type, l.To
	} else {
		needed["id"], needed["type"] = given.Node.ID, given.Node.Type
	}
	var keys []string
	for _, key := range []string{"id", "from", "type", "to"} {
		if value, is := needed[key]; is && value == "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// A relationship is given whole: what does not stand in the line is missing.
func rowOfLink(given *dataset.Given) *Row {
	l := given.Link
	link := Link{Type: l.Type, To: l.To, Values: valuesOf(given.Keys, l.Facts, "evidence", l.Evidence, l.Properties), own: ownOf(given.Keys, l.Properties)}
	return &Row{ID: l.From, Links: []Link{link}}
}

// valuesOf are the values that stand in a line, by the names of the stored properties.
func valuesOf(keys map[string]bool, x record.Facts, textKey, text string, properties map[string]any) map[string]any {
	values := map[string]any{}
	for name, value := range map[string]string{
		"validFrom": x.ValidFrom, "validTo": x.ValidTo, "validFromPrecision": x.ValidFromPrecision, "validToPrecision": x.ValidToPrecision,
		"statedOn": x.StatedOn, "statedOnPrecision": x.StatedOnPrecision, "confidence": x.Confidence, "marking": x.Marking, textKey: text,
	} {
		if keys[name] {
			values[name] = orNil(value)
		}
	}
	if keys["sources"] {
		values["sources"] = query.ListOf(x.Sources)
	}
	if keys["properties"] {
		for name, value := range properties {
			values[name] = value
		}
	}
	return values
}

// ownOf are the names under which a line gives properties of the type.
func ownOf(keys map[string]bool, properties map[string]any) []string {
	if !keys["properties"] {
		return nil
	}
	return slices.Sorted(maps.Keys(properties))
}

// sourceValues adds what stands in a line of a source beside its facts.
func sourceValues(values map[string]any, keys map[string]bool, properties map[string]any) {
	for _, name := range []string{"title", "publisher", "language", "url", "publishedOn", "publishedOnPrecision", "kind"} {
		if keys[name] {
			values[name] = properties[name]
		}
	}
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// fields says where each property is given, of which the own ones begin at a position.
func (f *form) fields(properties []*query.Property, own int) map[string]string {
	fields := map[string]string{}
	if f != nil {
		fields["names"] = f.headerOf("names")
	}
	for i, p := range properties {
		switch {
		case f != nil:
			fields[p.Name] = f.headerOf(p.Name)
		case i >= own || p.Name == "locator":
			fields[p.Name] = "properties." + p.Name
		default:
			fields[p.Name] = p.Name
		}
	}
	return fields
}
