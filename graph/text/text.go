// Package text folds and tokenises names: one implementation for both stores, so that they find alike.
//
// A word is a run of letters, digits and marks; everything else, dashes and spaces of every kind
// among it, only parts words. Case never matters.
package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Spell writes the words of a name in lower case with their diacritics, each followed by one space
// and the first preceded by one: " đồn biên phòng ". So a word is found whole as " word ".
// A text without words is " ".
func Spell(s string) string { return join(words(s)) }

// Fold is Spell without diacritics: " don bien phong ". Only the marks of Latin letters fold (đ
// becomes d); those of Lao and Khmer are letters of their own and stay.
func Fold(s string) string {
	ws := words(s)
	for i, w := range ws {
		ws[i] = fold(w)
	}
	return join(ws)
}

// Pattern is a text as it is looked for: a word typed without diacritics matches with and without
// them, a word typed with diacritics only with the same.
type Pattern struct {
	// Whole is what the folded name equals if it matches as a whole.
	Whole string
	// Prefix is what the folded name starts with if the text is its beginning.
	Prefix string
	// Words has, for each word, what the folded name contains: " word ".
	Words []string
	// Spelled has, for each word with diacritics, what the spelled name contains as well: " word ".
	Spelled []string
	// SpelledPrefix is Spelled for a text whose last word may be unfinished.
	SpelledPrefix []string
	// Begun has, for each word, what the folded name contains if one of its words begins like it: " word".
	Begun []string
	// SpelledBegun has, for each word with diacritics, what the spelled name contains as well: " word".
	SpelledBegun []string
}

// NewPattern reads a text typed by a person. A text without words has no Words and matches nothing as a whole.
func NewPattern(s string) Pattern {
	ws := words(s)
	p := Pattern{}
	folded := make([]string, len(ws))
	for i, w := range ws {
		folded[i] = fold(w)
		p.Words = append(p.Words, " "+folded[i]+" ")
		p.Begun = append(p.Begun, " "+folded[i])
		if folded[i] == w {
			continue
		}
		p.Spelled = append(p.Spelled, " "+w+" ")
		p.SpelledBegun = append(p.SpelledBegun, " "+w)
		if i == len(ws)-1 {
			p.SpelledPrefix = append(p.SpelledPrefix, " "+w)
		} else {
			p.SpelledPrefix = append(p.SpelledPrefix, " "+w+" ")
		}
	}
	p.Whole = join(folded)
	p.Prefix = strings.TrimSuffix(p.Whole, " ")
	return p
}

// Rank is how well a name matches: 0 as a whole, 1 by all its words, 2 by their beginnings, 3 not at all.
func (p Pattern) Rank(name string) int {
	spelled, folded := Spell(name), Fold(name)
	switch {
	case folded == p.Whole && containsAll(spelled, p.Spelled):
		return 0
	case containsAll(folded, p.Words) && containsAll(spelled, p.Spelled):
		return 1
	case containsAll(folded, p.Begun) && containsAll(spelled, p.SpelledBegun):
		return 2
	}
	return 3
}

func containsAll(name string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(name, part) {
			return false
		}
	}
	return true
}

func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFC.String(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

func join(words []string) string {
	if len(words) == 0 {
		return " "
	}
	return " " + strings.Join(words, " ") + " "
}

func fold(word string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x0300 && r <= 0x036F:
			return -1
		case r == 'đ':
			return 'd'
		}
		return r
	}, norm.NFD.String(word))
}
