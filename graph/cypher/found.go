package cypher

import (
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

// NamesIndex is the name of the full-text index over the folded names of all nodes. Its analyzer is
// whitespace, so that it has exactly the words of the names.
const NamesIndex = "bordergraph_names"

// found takes what the index proposes, and tests it like any other set of nodes.
func (c *compiler) found(start *query.Found, scope *query.Scope, outer frame) members {
	f := outer.inner()
	n := f.node(query.Node, start.Types)
	begun := c.parameter(Param{Of: start.Begun, As: Sought})
	match := "CALL db.index.fulltext.queryNodes(" + literal(NamesIndex) + ", " + begun + ") YIELD node AS " + n + "\nMATCH (" + n + ")"
	return members{f, match, append([]string{hasType(n, start.Types)}, c.nodeScope(n, start.Types, scope, inForce)...)}
}

// namesakes takes what the index proposes for each name, and tests whether it has the name.
func (c *compiler) namesakes(start *query.Namesakes, scope *query.Scope, outer frame) members {
	f := outer.inner()
	n := f.node(query.Node, start.Types)
	proposed, name := "q"+strconv.Itoa(f.depth), "w"+strconv.Itoa(f.depth)
	match := "UNWIND " + c.parameter(Param{Of: start.Names, As: SoughtEach}) + " AS " + proposed +
		"\nCALL db.index.fulltext.queryNodes(" + literal(NamesIndex) + ", " + proposed + ") YIELD node AS " + n + "\nWITH DISTINCT " + n + "\nMATCH (" + n + ")"
	has := "any(" + name + " IN " + f.property(query.Node, query.NodeProperties[query.NodeNameFolded]) + " WHERE " + name + " IN " + c.param(start.Names) + ")"
	return members{f, match, append([]string{hasType(n, start.Types), has}, c.nodeScope(n, start.Types, scope, inForce)...)}
}

// The index cuts words of more than 255 characters, and takes no more than 1,024 beginnings at once.
// Fewer and shorter ones propose more, and nothing is proposed for good.
const (
	soughtLength = 100
	soughtWords  = 32
)

// sought is a query of the index: each of these beginnings begins a word of the node's names.
func sought(beginnings []any) string {
	if len(beginnings) == 0 {
		return "*:*"
	}
	terms := make([]string, min(len(beginnings), soughtWords))
	for i := range terms {
		terms[i] = "+" + escaped(beginnings[i].(string)) + "*"
	}
	return strings.Join(terms, " ")
}

// soughtEach is a query for each name that has all its words.
func soughtEach(names []any) []any {
	queries := make([]any, len(names))
	for i, name := range names {
		words := []any{}
		for _, word := range strings.Fields(name.(string)) {
			words = append(words, word)
		}
		queries[i] = sought(words)
	}
	return queries
}

// meaningful is what the language of the index gives a meaning to.
const meaningful = "+-&|!(){}[]^\"~*?:\\/ \t\r\n\u3000"

// escaped is the first part of a word, letter by letter.
func escaped(word string) string {
	letters := []rune(word)
	var text strings.Builder
	for _, r := range letters[:min(len(letters), soughtLength)] {
		if strings.ContainsRune(meaningful, r) {
			text.WriteByte('\\')
		}
		text.WriteRune(r)
	}
	return text.String()
}
