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
	return decodeParams(bytes.TrimPrefix(body, []byte("\ufeff")))
}

// decodeParams reads a body, or the payload of a message.
func decodeParams(text []byte) (*graphql.RawParams, *refusal) {
	params := &graphql.RawParams{}
	var mistyped *json.UnmarshalTypeError
	switch err := keepNumbers(text, params); {
	case errors.As(err, &mistyped) && mistyped.Field != "":
		return nil, misfit(mistyped.Field)
	case err != nil || !utf8.Valid(text):
		return nil, badRequest("the body must be one JSON object in UTF-8 and nothing else")
	}
	return params, nil
}

// fromURL reads what a query string holds: text as it is, objects as JSON.
func fromURL(u *url.URL) (*graphql.RawParams, *refusal) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, badRequest("the query string is not well-formed")
	}
	params := &graphql.RawParams{Query: values.Get("query"), OperationName: values.Get("operationName")}
	for _, object := range []struct {
		name string
		into *map[string]any
	}{{"variables", &params.Variables}, {"extensions", &params.Extensions}} {
		if text := values.Get(object.name); text != "" && keepNumbers([]byte(text), object.into) != nil {
			return nil, misfit(object.name)
		}
	}
	return params, nil
}

// misfit refuses a parameter of another kind than it must be.
func misfit(parameter string) *refusal {
	kind := "a JSON object"
	if parameter == "query" || parameter == "operationName" {
		kind = "a string"
	}
	return badRequest("%s must be %s", parameter, kind)
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
