package record

import (
	"fmt"
	"strings"

	"bordergraph/graph/query"
	"bordergraph/graph/text"
)

// CheckTexts says what is wrong with the texts of what is new or changed: each can be written in every format of
// exports, and each name can be looked for. Check takes others, because they may be stored.
func CheckTexts(properties []*query.Property, values []any) []Problem {
	var problems []Problem
	for i, p := range properties {
		field := p.Name
		switch {
		case p.Kind != query.String || madeOfNames(p):
			continue
		case p == query.NodeProperties[query.NodeNameTexts]:
			field = "names"
			problems = append(problems, notToFind(values[i])...)
		}
		for _, s := range append(query.Texts(values[i]), textOf(values[i])) {
			if at := strings.IndexFunc(s, isNoCharacter); at >= 0 {
				problems = append(problems, Problem{Field: field, Message: fmt.Sprintf("%s has the character %U, which no text may have; leave it out", quote(s), []rune(s[at:])[0])})
			}
		}
	}
	return problems
}

// madeOfNames is true of what a node has from its names.
func madeOfNames(p *query.Property) bool {
	return p == query.NodeProperties[query.NodeName] || p == query.NodeProperties[query.NodeNameSpelled] || p == query.NodeProperties[query.NodeNameFolded]
}

func notToFind(names any) []Problem {
	var problems []Problem
	for _, name := range query.Texts(names) {
		if blank := strings.TrimSpace(name) == ""; !blank && len(text.NewPattern(name).Words) == 0 {
			problems = append(problems, Problem{Field: "names", Message: quote(name) + " has no letter and no digit, so nobody could look for it; write a name, or leave it out"})
		}
	}
	return problems
}

// isNoCharacter is true of what XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets).
func isNoCharacter(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFE' || r == '\uFFFF'
}
