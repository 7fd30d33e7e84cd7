package record

import (
	"fmt"

	"bordergraph/graph/query"
)

const shownProblems = 20

// Misfit is the error of a store, some records of which do not fit the schema. It says how many problems
// there are, and the first of them.
func Misfit(store string, problems []Problem) error {
	return &query.Error{Code: query.Misfit, Message: store + " does not fit the schema: " + summary(problems)}
}

func summary(problems []Problem) string {
	if len(problems) == 1 {
		return problems[0].Error()
	}
	text := fmt.Sprintf("%d problems", len(problems))
	if len(problems) > shownProblems {
		text += fmt.Sprintf(", the first %d", shownProblems)
		problems = problems[:shownProblems]
	}
	text += ":"
	for _, p := range problems {
		text += "\n  " + p.Error()
	}
	return text
}
