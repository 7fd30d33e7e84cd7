package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// refusal is why a request is not one of GraphQL over HTTP. It never repeats what was sent.
type refusal struct {
	status  int
	message string
}

func badRequest(format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// response says the same where no status can.
func (r *refusal) response() *graphql.Response {
	refused := gqlerror.Errorf("%s", r.message)
	refused.Extensions = map[string]any{"code": "BAD_REQUEST"}
	return &graphql.Response{Errors: gqlerror.List{refused}}
}

// readOperation takes the parameters of an operation from a request.
func readOperation(w http.ResponseWriter, r *http.Request, maxBody int64) (*graphql.RawParams, *refusal) {
	params, refused := readParams(w, r, maxBody)
	if refused != nil {
		return nil, refused
	}
	if params.Query == "" {
		return nil, badRequest("query is missing: it holds the GraphQL document")
	}
	params.Headers = r.Header
	return params, nil
}

// readParams takes the parameters of an operation from a request; the query may be missing.
func readParams(w http.ResponseWriter, r *http.Request, maxBody int64) (*graphql.RawParams, *refusal) {
	if r.Method == http.MethodPost {
		return fromBody(w, r, maxBody)
	}
	return fromURL(r.URL)
}

func fromBody(w http.ResponseWriter, r *http.Request, maxBody int64) (*graphql.RawParams, *refusal) {
	mediaType, charset := contentType(r.Header.Get("Content-Type"))
	if mediaType != plainJSON || !isUTF8(charset) {
		return nil, &refusal{http.StatusUnsupportedMediaType, "the body must be " + plainJSON + " in UTF-8, and its Content-Type must say so"}
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, &refusal{http.StatusUnsupportedMediaType, "the body must not be compressed"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", maxBody)}
	}
	if err != nil {
		return nil, badRequest("the body ended before it was complete")
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	var members map[string]json.RawMessage
	if !utf8.Valid(body) || json.Unmarshal(body, &members) != nil {
		return nil, badRequest("the body must be one JSON object in UTF-8 and nothing else")
	}
	return fromMembers(members)
}

// fromURL reads what a query string holds: text as it is, objects as JSON.
func fromURL(u *url.URL) (*graphql.RawParams, *refusal) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, badRequest("the query string is not well-formed")
	}
	members := map[string]json.RawMessage{}
	for _, name := range []string{"variables", "extensions"} {
		if text := values.Get(name); text != "" {
			members[name] = json.RawMessage(text)
		}
	}
	params, refused := fromMembers(members)
	if refused != nil {
		return nil, refused
	}
	params.Query, params.OperationName = values.Get("query"), values.Get("operationName")
	return params, nil
}

func fromMembers(members map[string]json.RawMessage) (*graphql.RawParams, *refusal) {
	var params graphql.RawParams
	for _, member := range []struct {
		name, kind string
		into       any
		decode     func([]byte, any) error
	}{
		{"query", "a string", &params.Query, json.Unmarshal},
		{"operationName", "a string", &params.OperationName, json.Unmarshal},
		{"variables", "a JSON object", &params.Variables, keepNumbers},
		{"extensions", "a JSON object", &params.Extensions, keepNumbers},
	} {
		value, given := members[member.name]
		if given && member.decode(value, member.into) != nil {
			return nil, badRequest("%s must be %s", member.name, member.kind)
		}
	}
	return &params, nil
}

// keepNumbers decodes one JSON value and keeps its numbers as they were written.
func keepNumbers(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one value")
	}
	return nil
}

func contentType(header string) (mediaType, charset string) {
	mediaType, parameters, err := mime.ParseMediaType(header)
	if err != nil {
		return "", ""
	}
	return mediaType, parameters["charset"]
}

func isUTF8(charset string) bool {
	return charset == "" || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}
