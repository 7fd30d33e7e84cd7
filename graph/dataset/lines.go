package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"bordergraph/graph/record"
)

const sourceType = "Source"

// validity is what objects and relations have in common. null is a missing value.
type validity struct {
	ValidFrom          string   `json:"validFrom"`
	ValidTo            string   `json:"validTo"`
	ValidFromPrecision string   `json:"validFromPrecision"`
	ValidToPrecision   string   `json:"validToPrecision"`
	StatedOn           string   `json:"statedOn"`
	StatedOnPrecision  string   `json:"statedOnPrecision"`
	Confidence         string   `json:"confidence"`
	Marking            string   `json:"marking"`
	Sources            []string `json:"sources"`
}

type objectLine struct {
	ID         string         `json:"id"`
	Type       string         `json:"type"`
	Names      []record.Name  `json:"names"`
	Properties map[string]any `json:"properties"`
	Note       string         `json:"note"`
	validity
}

type relationLine struct {
	From       string         `json:"from"`
	Type       string         `json:"type"`
	To         string         `json:"to"`
	Evidence   string         `json:"evidence"`
	Properties map[string]any `json:"properties"`
	validity
}

type sourceLine struct {
	ID                   string `json:"id"`
	Title                string `json:"title"`
	Publisher            string `json:"publisher"`
	Language             string `json:"language"`
	URL                  string `json:"url"`
	PublishedOn          string `json:"publishedOn"`
	PublishedOnPrecision string `json:"publishedOnPrecision"`
	CopyOf               string `json:"copyOf"`
	Kind                 string `json:"kind"`
	Note                 string `json:"note"`
	Marking              string `json:"marking"`
}

func (o objectLine) node() record.Node {
	return record.Node{ID: o.ID, Type: o.Type, Names: o.Names, Facts: o.facts(), Note: o.Note, Properties: o.Properties}
}

func (l relationLine) link() record.Link {
	return record.Link{From: l.From, Type: l.Type, To: l.To, Facts: l.facts(), Evidence: l.Evidence, Properties: l.Properties}
}

func (v validity) facts() record.Facts { return record.Facts(v) }

// node is named by the title of the source.
func (s sourceLine) node() record.Node {
	properties := map[string]any{}
	for name, value := range map[string]string{
		"title": s.Title, "publisher": s.Publisher, "language": s.Language, "url": s.URL,
		"publishedOn": s.PublishedOn, "publishedOnPrecision": s.PublishedOnPrecision, "kind": s.Kind,
	} {
		if value != "" {
			properties[name] = value
		}
	}
	return record.Node{
		ID: s.ID, Type: sourceType, Note: s.Note, Properties: properties,
		Names: []record.Name{{Lang: s.Language, Text: s.Title, Kind: "MAIN"}},
		Facts: record.Facts{Marking: s.Marking},
	}
}

// decode reads one line into a struct, strictly: one object, no key unknown, in another case, or doubled.
func decode(line []byte, into any) error {
	known := map[string]bool{}
	addKeys(known, reflect.TypeOf(into).Elem())
	keys := json.NewDecoder(bytes.NewReader(line))
	if err := checkKeys(keys, known); err != nil {
		return explain(err)
	}
	if _, err := keys.Token(); err != io.EOF {
		return fmt.Errorf("there is more than one object in the line; write one a line")
	}
	values := json.NewDecoder(bytes.NewReader(line))
	values.UseNumber()
	values.DisallowUnknownFields()
	return explain(values.Decode(into))
}

// addKeys collects the keys of a struct and of the structs in it.
func addKeys(known map[string]bool, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		inner := field.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if key := field.Tag.Get("json"); key != "" {
			known[key] = true
		}
		if inner.Kind() == reflect.Struct {
			addKeys(known, inner)
		}
	}
}

// checkKeys reads one value and refuses keys that encoding/json would let pass: doubled ones, and
// known ones written in another case. known is nil where any key may stand.
func checkKeys(d *json.Decoder, known map[string]bool) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return checkObject(d, known)
	case json.Delim('['):
		for d.More() {
			if err := checkKeys(d, known); err != nil {
				return err
			}
		}
		_, err = d.Token()
	}
	return err
}

func checkObject(d *json.Decoder, known map[string]bool) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key := token.(string)
		switch {
		case seen[key]:
			return fmt.Errorf("the key %q stands twice", key)
		case known != nil && !known[key]:
			return fmt.Errorf("there is no key %q", key)
		}
		seen[key] = true
		inner := known
		if key == "properties" {
			inner = nil
		}
		if err := checkKeys(d, inner); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// explain says in the words of the file what encoding/json found.
func explain(err error) error {
	switch e := err.(type) {
	case nil:
		return nil
	case *json.UnmarshalTypeError:
		if e.Field == "" {
			return fmt.Errorf("a line holds one JSON object, not a %s", e.Value)
		}
		return fmt.Errorf("%s: a %s does not fit here", strings.TrimPrefix(e.Field, "validity."), e.Value)
	case *json.SyntaxError:
		return fmt.Errorf("this is no JSON: %w", e)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the object is not complete; write one a line, without empty lines")
	}
	return err
}
