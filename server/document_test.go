package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestDocumentsThatAreDearToValidateAreRefusedFirst(t *testing.T) {
	chain := "{ ...F0 }"
	for i := range 20 {
		chain += fmt.Sprintf(" fragment F%d on Query { ...F%d a%d: about { ...F%d } }", i, i+1, i, i+1)
	}
	for name, c := range map[string]struct{ document, want string }{
		"one field many times":          {"{" + repeated(501, " f%d") + " }", "a selection has 501 members"},
		"one field more than it can be": {"{" + strings.Repeat(" about { version }", 21) + " }", "one field more than 20 times"},
		"many fields":                   {"{" + repeated(5, "a%d { "+strings.ReplaceAll(repeated(410, " f%d"), "%", "%%")+" } ") + " }", "has 2055 fields; the limit is 2000"},
		"unknown directives":            {"{ about {" + strings.Repeat(" ...on About @x { version }", 201) + " } }", "has 201 directives"},
		"fragments that double":         {chain + " fragment F20 on Query { __typename }", "spread out to more than 20000 fields"},
	} {
		t.Run(name, func(t *testing.T) {
			if refused := look(c.document); refused == nil || !strings.Contains(refused.message, c.want) {
				t.Errorf("got %v, want %q", refused, c.want)
			}
		})
	}
}

func TestDocumentsOfPeopleAndToolsPass(t *testing.T) {
	for name, document := range map[string]string{
		"plain":                     "{ about { version } }",
		"a fragment spread in many": "{ a: about { ...F } b: about { ...F } } fragment F on About { version }",
		"one that does not parse":   "{ about",
		"a fragment in itself":      "{ ...F } fragment F on Query { ...F }",
	} {
		t.Run(name, func(t *testing.T) {
			if refused := look(document); refused != nil {
				t.Errorf("refused: %s", refused.message)
			}
		})
	}
}

func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
