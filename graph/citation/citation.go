// Package citation says on which sources an answer rests, and how to ask for the answer again.
package citation

import (
	"slices"
	"strings"
)

// Mention is what an answer shows in one place, an object or a relationship, that rests on sources.
type Mention struct {
	// Path leads to the place: response keys and, in lists, indexes.
	Path []any
	// Sources are the ids of the sources, Locators the places in them, each headed by the id of its source.
	Sources, Locators []any
}

// Citation is what an answer rests on.
type Citation struct {
	// Date is the day for which the answer holds where the operation names none.
	Date string `json:"date"`
	// Link repeats the answer. Where there is none, WhyNoLink says why.
	Link      *string   `json:"link"`
	WhyNoLink string    `json:"whyNoLink,omitempty"`
	Sources   []*Source `json:"sources"`
}

// Source is a source that an answer rests on. Its number is its place in the order in which sources
// first appear in the answer, counted from 1; of one place, the lower id comes first.
type Source struct {
	Number               int     `json:"number"`
	ID                   string  `json:"id"`
	Title                string  `json:"title"`
	Publisher            *string `json:"publisher"`
	PublishedOn          *string `json:"publishedOn"`
	PublishedOnPrecision *string `json:"publishedOnPrecision"`
	URL                  *string `json:"url"`
	CopyOf               *Copied `json:"copyOf"`
	// Reference is the source as it is customarily written in a list of sources.
	Reference string `json:"reference"`
	// Locators are the places in the source that the facts of what is shown name.
	Locators []string `json:"locators"`
	// Paths lead to all that is shown and rests on the source.
	Paths [][]any `json:"paths"`
}

// Copied is the source of which another is a copy; its number is nil if the answer does not rest on it, too.
type Copied struct {
	ID     string `json:"id"`
	Number *int   `json:"number"`
}

// IDs are the ids of the sources that are mentioned, each once, in the order of their first mention.
func IDs(mentions []Mention) []string {
	var ids []string
	seen := map[string]bool{}
	for _, m := range mentions {
		for _, id := range m.sources() {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Number numbers the sources, which are given in the order of their first mention, and says of each
// what rests on it. A source that is mentioned but not given is one that the reader may not see: it is left out.
func Number(sources []*Source, mentions []Mention) {
	byID := map[string]*Source{}
	for i, s := range sources {
		s.Number, s.Locators, s.Paths = i+1, []string{}, [][]any{}
		byID[s.ID] = s
	}
	for _, m := range mentions {
		for _, id := range m.sources() {
			if s := byID[id]; s != nil {
				s.Paths = append(s.Paths, m.Path)
			}
		}
		for _, locator := range m.Locators {
			text, _ := locator.(string)
			id, _, _ := strings.Cut(text, " ")
			if s := byID[id]; s != nil && !slices.Contains(s.Locators, text) {
				s.Locators = append(s.Locators, text)
			}
		}
	}
	for _, s := range sources {
		s.Paths = slices.CompactFunc(s.Paths, slices.Equal) // an object and how it was reached share a path
		if s.CopyOf != nil && byID[s.CopyOf.ID] != nil {
			s.CopyOf.Number = &byID[s.CopyOf.ID].Number
		}
		s.Reference = s.reference()
	}
}

// sources are the ids, lowest first.
func (m Mention) sources() []string {
	ids := make([]string, 0, len(m.Sources))
	for _, source := range m.Sources {
		if id, ok := source.(string); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
