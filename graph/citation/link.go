package citation

import (
	"encoding/json"
	"fmt"
	"net/url"
)

// Request is an operation as it is sent over HTTP.
type Request struct {
	Document, OperationName string
	Variables               map[string]any
	// Today is the day that is meant where the operation names none.
	Today string
}

// maxLink is the most bytes of a link: longer ones do not get through every proxy.
const maxLink = 8 << 10

// Cite begins the citation of the answer to a request, which is answered at an address. The link
// pins the day by the request's extension "today".
func Cite(address string, r Request) (*Citation, error) {
	values := url.Values{"query": {r.Document}}
	if r.OperationName != "" {
		values.Set("operationName", r.OperationName)
	}
	if len(r.Variables) > 0 {
		variables, err := json.Marshal(r.Variables)
		if err != nil {
			return nil, fmt.Errorf("variables: %w", err)
		}
		values.Set("variables", string(variables))
	}
	values.Set("extensions", fmt.Sprintf(`{"today":%q}`, r.Today))
	c := &Citation{Date: r.Today, Sources: []*Source{}}
	link := address + "?" + values.Encode()
	if len(link) > maxLink {
		c.WhyNoLink = fmt.Sprintf("It would have %d bytes; the limit is %d. Send the operation by POST with extensions {\"today\": %q}.", len(link), maxLink, r.Today)
		return c, nil
	}
	c.Link = &link
	return c, nil
}
