// Package record turns what a person writes about a node or a relationship into what a store keeps,
// and says all that is wrong with it.
package record

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"bordergraph/graph/query"
	"bordergraph/graph/text"

	"golang.org/x/text/unicode/norm"
)

// Node is a node as a person writes it.
type Node struct {
	ID    string
	Type  string
	Names []Name
	Facts
	Note string
	// FormerIDs are those of nodes that were merged into this one.
	FormerIDs []string
	// Properties are the type's own. See Link.Properties.
	Properties map[string]any
}

// Name is one name of a node.
type Name struct {
	Lang string `json:"lang"` // ISO 639-1, such as vi
	Text string `json:"text"`
	Kind string `json:"kind"` // MAIN, ALIAS, FORMER or TRANSLITERATION
}

// Link is a relationship as a person writes it.
type Link struct {
	From, Type, To string
	Facts
	Evidence string
	// Properties are the relationship's own. A value is a string, a bool, an int64, a float64, a
	// json.Number, or a []any of these. A property without a value is left out.
	Properties map[string]any
}

// Facts are what nodes and relationships have in common. An empty string is a missing value.
type Facts struct {
	ValidFrom          string
	ValidTo            string // the last day
	ValidFromPrecision string
	ValidToPrecision   string
	StatedOn           string
	StatedOnPrecision  string
	Confidence         string
	Marking            string   // one of query.Clearances; public if missing
	Sources            []string // ids
}

// NewNode makes the record of a node. With problems, the record is of no use.
func NewNode(model *query.Model, n Node) (query.NodeRecord, []Problem) {
	t := model.Type(n.Type)
	if t == nil {
		return query.NodeRecord{}, []Problem{{n.ID, "type", unknown("type", n.Type, query.TypeNames(model.Types))}}
	}
	f := &filler{record: n.ID, properties: t.Properties, values: make([]any, len(t.Properties))}
	f.id(n.ID)
	f.names(n.Names)
	f.text(query.NodeNote, n.Note)
	f.values[query.NodeFormerIDs] = f.formerIDs(n.FormerIDs)
	f.facts(query.NodeFacts, n.Facts)
	f.own(len(query.NodeProperties), n.Properties)
	f.problems = append(f.problems, Check(n.ID, f.properties, f.values)...)
	return query.NodeRecord{Type: t, Values: f.values}, f.problems
}

// NewLink makes the record of a relationship between nodes of these types. With problems, the
// record is of no use.
func NewLink(model *query.Model, l Link, from, to *query.Type) (query.LinkRecord, []Problem) {
	record := l.From + " " + l.Type + " " + l.To
	r := model.Relationship(l.Type, from, to)
	if r == nil {
		return query.LinkRecord{}, []Problem{{record, "type",
			"no relationship " + quote(l.Type) + " leads from " + from.Name + " to " + to.Name + alternatives(model, from, to)}}
	}
	f := &filler{record: record, properties: r.Properties, values: make([]any, len(r.Properties))}
	f.values[query.LinkID] = LinkID(l, r.Symmetric)
	f.facts(query.LinkFacts, l.Facts)
	f.text(query.LinkFacts+query.FactEvidence, l.Evidence)
	f.own(len(query.LinkProperties), l.Properties)
	f.problems = append(f.problems, Check(record, f.properties, f.values)...)
	return query.LinkRecord{Relationship: r, From: l.From, To: l.To, Values: f.values}, f.problems
}

// LinkID is derived once, from what tells a relationship apart from all others. A symmetric one has
// the same id whichever end is written first.
func LinkID(l Link, symmetric bool) string {
	from, to := l.From, l.To
	if symmetric && to < from {
		from, to = to, from
	}
	title, _ := l.Properties["title"].(string)
	var key []byte
	for _, part := range []string{from, l.Type, to, l.ValidFrom, title} {
		part = norm.NFC.String(part)
		key = binary.AppendUvarint(key, uint64(len(part)))
		key = append(key, part...)
	}
	sum := sha256.Sum256(key)
	return "link:" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// filler puts values in their positions.
type filler struct {
	record     string
	properties []*query.Property
	values     []any
	problems   []Problem
}

func (f *filler) problem(field, message string) {
	f.problems = append(f.problems, Problem{f.record, field, message})
}

func (f *filler) text(position int, s string) {
	if s != "" {
		f.values[position] = norm.NFC.String(s)
	}
}

func (f *filler) id(id string) {
	f.text(query.NodeID, id)
	if strings.ContainsFunc(id, isBlank) {
		f.problem("id", quote(id)+" has blanks in it; write it without, such as post:taytrang")
	}
}

func (f *filler) names(names []Name) {
	main := map[string]bool{}
	texts, languages, kinds, spelled, folded := []any{}, []any{}, []any{}, []any{}, []any{}
	for _, n := range names {
		for _, message := range nameProblems(n) {
			f.problem("names", message)
		}
		if n.Kind == "MAIN" && main[n.Lang] {
			f.problem("names", quote(n.Text)+" is a second MAIN name in "+quote(n.Lang)+"; call one of them ALIAS")
		}
		main[n.Lang] = main[n.Lang] || n.Kind == "MAIN"
		s := norm.NFC.String(n.Text)
		texts, languages, kinds = append(texts, s), append(languages, n.Lang), append(kinds, n.Kind)
		spelled, folded = append(spelled, text.Spell(s)), append(folded, text.Fold(s))
	}
	if !slices.ContainsFunc(names, func(n Name) bool { return n.Kind == "MAIN" }) {
		f.problem("names", "there is no main name; give one of the kind MAIN")
	}
	f.values[query.NodeName] = norm.NFC.String(mainName(names))
	f.values[query.NodeNameTexts] = texts
	f.values[query.NodeNameLanguages] = languages
	f.values[query.NodeNameKinds] = kinds
	f.values[query.NodeNameSpelled] = spelled
	f.values[query.NodeNameFolded] = folded
}

// mainName is the Vietnamese main name, else the English one, else the first name.
func mainName(names []Name) string {
	english := ""
	for _, n := range names {
		switch {
		case n.Lang == "vi" && n.Kind == "MAIN":
			return n.Text
		case n.Lang == "en" && english == "" && (n.Kind == "MAIN" || n.Kind == "TRANSLITERATION"):
			english = n.Text
		}
	}
	if english == "" && len(names) > 0 {
		return names[0].Text
	}
	return english
}

func (f *filler) facts(first int, x Facts) {
	for position, s := range map[int]string{
		query.FactValidFrom: x.ValidFrom, query.FactValidFromPrecision: x.ValidFromPrecision,
		query.FactValidTo: x.ValidTo, query.FactValidToPrecision: x.ValidToPrecision,
		query.FactStatedOn: x.StatedOn, query.FactStatedOnPrecision: x.StatedOnPrecision,
		query.FactConfidence: x.Confidence,
	} {
		f.text(first+position, s)
	}
	for _, p := range validityProblems(x) {
		f.problem(p.Field, p.Message)
	}
	from, to := Certainty(x)
	f.text(first+query.FactCertainFrom, from)
	f.text(first+query.FactCertainTo, to)
	f.values[first+query.FactMarking] = f.marking(x.Marking)
	f.values[first+query.FactSources] = f.sources(x.Sources)
}

func (f *filler) marking(name string) int64 {
	if name == "" {
		return int64(query.Public)
	}
	clearance := slices.Index(query.Clearances, name)
	if clearance < 0 {
		f.problem("marking", unknown("marking", name, query.Clearances))
		return int64(query.Secret)
	}
	return int64(clearance)
}

// sources is nil if there are none.
func (f *filler) sources(ids []string) any {
	if len(ids) == 0 {
		return nil
	}
	seen := map[string]bool{}
	list := make([]any, len(ids))
	for i, id := range ids {
		if seen[id] {
			f.problem("sources", quote(id)+" is cited twice; once is enough")
		}
		seen[id] = true
		list[i] = norm.NFC.String(id)
	}
	return list
}

// formerIDs is nil if there are none.
func (f *filler) formerIDs(ids []string) any {
	if len(ids) == 0 {
		return nil
	}
	seen := map[string]bool{f.record: true}
	list := make([]any, len(ids))
	for i, id := range ids {
		switch {
		case id == "":
			f.problem("formerIds", "an id is empty; leave it out")
		case seen[id]:
			f.problem("formerIds", quote(id)+" is the id of the node, or stands twice; leave it out")
		}
		seen[id] = true
		list[i] = norm.NFC.String(id)
	}
	return list
}

// CheckOwn says which names are none of own properties, which begin at first.
func CheckOwn(properties []*query.Property, first int, names []string) []Problem {
	var problems []Problem
	for _, name := range names {
		if own(properties, first, name) < 0 {
			problems = append(problems, Problem{Field: name, Message: noProperty(properties, first, name)})
		}
	}
	return problems
}

// own is the position of an own property; -1 if there is none.
func own(properties []*query.Property, first int, name string) int {
	for i, p := range properties {
		// Where the sources say so is a fact that every record has, although it is written among its properties.
		if p.Name == name && (i >= first || name == "locator") {
			return i
		}
	}
	return -1
}

func noProperty(properties []*query.Property, first int, name string) string {
	return unknown("property", name, propertyNames(properties[first:]))
}

func (f *filler) own(first int, properties map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		position := own(f.properties, first, name)
		if position < 0 {
			f.problem(name, noProperty(f.properties, first, name))
			continue
		}
		value, message := convert(f.properties[position], properties[name])
		if message != "" {
			f.problem(name, message)
			continue
		}
		f.values[position] = value
	}
}
