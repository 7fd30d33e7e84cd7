package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bordergraph/graph/record"
)

const sourceType = "Source"

// validity is what objects and relations have in common. null is a missing value.
type validity struct {
	ValidFrom          string   `json:"validFrom,omitempty"`
	ValidTo            string   `json:"validTo,omitempty"`
	ValidFromPrecision string   `json:"validFromPrecision,omitempty"`
	ValidToPrecision   string   `json:"validToPrecision,omitempty"`
	StatedOn           string   `json:"statedOn,omitempty"`
	StatedOnPrecision  string   `json:"statedOnPrecision,omitempty"`
	Confidence         string   `json:"confidence,omitempty"`
	Marking            string   `json:"marking,omitempty"`
	Sources            []string `json:"sources,omitempty"`
}

type objectLine struct {
	ID         string         `json:"id"`
	Type       string         `json:"type"`
	Names      []record.Name  `json:"names"`
	Properties map[string]any `json:"properties,omitempty"`
	Note       string         `json:"note,omitempty"`
	FormerIDs  []string       `json:"formerIds,omitempty"`
	validity
}

type relationLine struct {
	From       string         `json:"from"`
	Type       string         `json:"type"`
	To         string         `json:"to"`
	Evidence   string         `json:"evidence,omitempty"`
	Properties map[string]any `json:"properties,omitempty"`
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
	return record.Node{ID: o.ID, Type: o.Type, Names: o.Names, Facts: o.facts(), Note: o.Note, FormerIDs: o.FormerIDs, Properties: o.Properties}
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
	if _, err := scan(line, keysOf(into)); err != nil {
		return err
	}
	return decodeValues(line, into)
}

// scan reads one object, of which the known keys may stand in the line, and answers which do.
func scan(line []byte, known map[string]bool) (map[string]bool, error) {
	if !utf8.Valid(line) {
		return nil, errors.New("this is no UTF-8; save the file in that encoding")
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	keys, err := scanObject(d, known)
	if err != nil {
		return nil, columnError(line, d.InputOffset(), explain(err))
	}
	return keys, nil
}

func scanObject(d *json.Decoder, known map[string]bool) (map[string]bool, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	if token != json.Delim('{') {
		return nil, errors.New("a line holds one JSON object")
	}
	keys, err := checkObject(d, known)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more than one object in the line; write one a line")
	}
	return keys, nil
}

// ColumnError is one that stands up to a column of a line, counted in characters from 1.
type ColumnError struct {
	Column int
	error
}

// Unwrap is what is wrong there.
func (e *ColumnError) Unwrap() error { return e.error }

func columnError(line []byte, offset int64, err error) error {
	return &ColumnError{utf8.RuneCount(line[:min(offset, int64(len(line)))]) + 1, err}
}

func decodeValues(line []byte, into any) error {
	values := json.NewDecoder(bytes.NewReader(line))
	values.UseNumber()
	values.DisallowUnknownFields()
	err := values.Decode(into)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return columnError(line, wrong.Offset, explain(err))
	}
	return explain(err)
}

// keysOf are the keys that may stand in a line that is read into one of some structs.
func keysOf(into ...any) map[string]bool {
	known := map[string]bool{}
	for _, one := range into {
		addKeys(known, reflect.TypeOf(one).Elem())
	}
	return known
}

// addKeys collects the keys of a struct and of the structs in it.
func addKeys(known map[string]bool, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		inner := field.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if key, _, _ := strings.Cut(field.Tag.Get("json"), ","); key != "" {
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
		_, err := checkObject(d, known)
		return err
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

// checkObject reads the rest of an object, and answers its keys.
func checkObject(d *json.Decoder, known map[string]bool) (map[string]bool, error) {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		key := token.(string)
		switch {
		case seen[key]:
			return nil, fmt.Errorf("the key %q stands twice", key)
		case known != nil && !known[key]:
			return nil, noKey(key)
		}
		seen[key] = true
		inner := known
		if key == "properties" {
			inner = nil
		}
		if err := checkKeys(d, inner); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return seen, err
}

func noKey(key string) error {
	return fmt.Errorf("there is no key %q here; what only objects or relationships of some type have stands in \"properties\"", key)
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
	if quoted, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return noKey(strings.Trim(quoted, `"`))
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the object is not complete; write one a line, without empty lines")
	}
	return err
}

// Given is what a line of a dataset says, of an object or of a relation.
type Given struct {
	Node *record.Node
	Link *record.Link
	// Keys are those that stand in the line: what does not is not given.
	Keys map[string]bool
	// CopyOf is what a source copies, where the line is one of a source.
	CopyOf string
}

var lineKeys = keysOf(&objectLine{}, &relationLine{}, &sourceLine{})

// ParseLine reads a line of objects.jsonl, relations.jsonl or sources.jsonl.
func ParseLine(line []byte) (*Given, error) {
	keys, err := scan(line, lineKeys)
	if err != nil {
		return nil, err
	}
	switch {
	case keys["from"] || keys["to"]:
		return relationGiven(line, keys)
	case keys["title"] && !keys["type"]:
		return sourceGiven(line, keys)
	}
	return objectGiven(line, keys)
}

func objectGiven(line []byte, keys map[string]bool) (*Given, error) {
	var o objectLine
	if err := decodeValues(line, &o); err != nil {
		return nil, err
	}
	n := o.node()
	return &Given{Node: &n, Keys: keys}, nil
}

func relationGiven(line []byte, keys map[string]bool) (*Given, error) {
	var l relationLine
	if err := decodeValues(line, &l); err != nil {
		return nil, err
	}
	made := l.link()
	return &Given{Link: &made, Keys: keys}, nil
}

func sourceGiven(line []byte, keys map[string]bool) (*Given, error) {
	var s sourceLine
	if err := decodeValues(line, &s); err != nil {
		return nil, err
	}
	n := s.node()
	return &Given{Node: &n, Keys: keys, CopyOf: s.CopyOf}, nil
}

// Printable is a text as a report in lines has it: quoted if it has characters that do not print, such as the end of a line.
func Printable(text string) string {
	if strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return strconv.Quote(text)
	}
	return text
}
