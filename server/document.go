package main

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// What a document may hold. Validation takes time in proportion to the square of what can be merged,
// and to what fragments spread out to, so these are looked at before it. GraphiQL's introspection and
// the largest example stay far below.
const (
	maxFields     = 2_000
	maxRepeats    = 20 // of one response key in one selection
	maxSelections = 500
	maxDirectives = 200
	maxSpreadOut  = 20_000 // fields, every fragment written out where it is spread
)

// look refuses a document that would be dear to validate. What does not parse is left to whoever parses it in earnest.
func look(text string) *refusal {
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, maxTokens)
	if err != nil {
		return nil
	}
	l := looker{document: document, spreadOut: map[string]int{}}
	total := 0
	for _, operation := range document.Operations {
		l.directives += len(operation.Directives)
		total += l.selection(operation.SelectionSet)
	}
	for _, fragment := range document.Fragments {
		l.fragment(fragment.Name)
	}
	switch {
	case l.fields > maxFields:
		return badRequest("the document has %d fields; the limit is %d", l.fields, maxFields)
	case l.directives > maxDirectives:
		return badRequest("the document has %d directives; the limit is %d", l.directives, maxDirectives)
	case l.crowded != "":
		return badRequest("%s", l.crowded)
	case total > maxSpreadOut:
		return badRequest("the fragments of the document spread out to more than %d fields", maxSpreadOut)
	}
	return nil
}

type looker struct {
	document           *ast.QueryDocument
	fields, directives int
	crowded            string
	spreadOut          map[string]int // fields of a fragment, spread out; 0 while it is looked at
}

// selection counts the fields of a selection, spread out.
func (l *looker) selection(set ast.SelectionSet) int {
	if len(set) > maxSelections {
		l.crowded = fmt.Sprintf("a selection has %d members; the limit is %d", len(set), maxSelections)
	}
	repeats := map[string]int{}
	total := 0
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			l.fields++
			l.directives += len(s.Directives)
			if repeats[s.Alias]++; repeats[s.Alias] > maxRepeats {
				l.crowded = fmt.Sprintf("a selection has one field more than %d times", maxRepeats)
			}
			total += 1 + l.selection(s.SelectionSet)
		case *ast.InlineFragment:
			l.directives += len(s.Directives)
			total += l.selection(s.SelectionSet)
		case *ast.FragmentSpread:
			l.directives += len(s.Directives)
			total += l.fragment(s.Name)
		}
		total = min(total, maxSpreadOut+1)
	}
	return total
}

// fragment counts the fields of a fragment, spread out, once. One that spreads itself is refused by validation.
func (l *looker) fragment(name string) int {
	if total, known := l.spreadOut[name]; known {
		return total
	}
	l.spreadOut[name] = 0
	if fragment := l.document.Fragments.ForName(name); fragment != nil {
		l.directives += len(fragment.Directives)
		l.spreadOut[name] = l.selection(fragment.SelectionSet)
	}
	return l.spreadOut[name]
}
