package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"bordergraph/graph/query"
)

// answer is what a GraphQL server says.
type answer struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// ask sends an operation. An error means that no answer came.
func (p *process) ask(client *http.Client, operation string, variables map[string]any) (*answer, error) {
	body, err := json.Marshal(map[string]any{"query": operation, "variables": variables})
	if err != nil {
		return nil, err
	}
	response, err := client.Post(p.url, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	a := &answer{}
	if err := json.NewDecoder(response.Body).Decode(a); err != nil {
		return nil, fmt.Errorf("an answer of status %d: %w", response.StatusCode, err)
	}
	return a, nil
}

// codes are those of the errors, each once.
func (a *answer) codes() []string {
	var codes []string
	for _, e := range a.Errors {
		codes = append(codes, e.Extensions.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// passing are the codes after which the same request may be sent again.
var passing = []string{query.Unavailable, query.Timeout, query.Uncertain}

func (a *answer) passing() bool {
	return len(a.Errors) > 0 && !slices.ContainsFunc(a.codes(), func(code string) bool { return !slices.Contains(passing, code) })
}
