package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// transport is GraphQL over HTTP by GET and POST, as the specification of that name has it.
type transport struct {
	*operations
	maxBody int64
}

// Supports implements graphql.Transport: what is not GraphQL over HTTP is refused, with the reason.
func (t *transport) Supports(*http.Request) bool { return true }

// Do implements graphql.Transport.
func (t *transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	mediaType, acceptable := negotiate(r.Header, plainJSON, graphqlJSON)
	a := &answer{w: w, mediaType: mediaType, log: t.log}
	defer func() {
		if p := recover(); p != nil {
			a.write(http.StatusInternalServerError, internalError(r.Context(), p))
		}
	}()
	if !acceptable {
		a.refuse(&refusal{http.StatusNotAcceptable, "the answer can be " + plainJSON + " or " + graphqlJSON + ", which the Accept header excludes"})
		return
	}
	params, refused := readOperation(w, r, t.maxBody)
	if refused == nil {
		refused = t.look(r.Context(), params.Query)
	}
	if refused != nil {
		a.refuse(refused)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), t.timeout)
	defer cancel()
	t.execute(ctx, a, r.Method, params, exec)
}

func (t *transport) execute(ctx context.Context, a *answer, method string, params *graphql.RawParams, exec graphql.GraphExecutor) {
	op, response := create(ctx, exec, params)
	switch {
	case response != nil:
		a.respond(response)
		return
	case op.Operation.Operation == ast.Subscription:
		a.refuse(&refusal{http.StatusNotAcceptable, "a subscription is answered as " + eventStream + ", which the Accept header must name, or over WebSocket"})
		return
	case method != http.MethodPost && op.Operation.Operation != ast.Query:
		a.w.Header().Set("Allow", http.MethodPost)
		a.refuse(&refusal{http.StatusMethodNotAllowed, "a " + string(op.Operation.Operation) + " must be sent by POST"})
		return
	}
	next, ctx := exec.DispatchOperation(ctx, op)
	if response := next(ctx); response != nil {
		a.respond(response)
		return
	}
	a.write(http.StatusServiceUnavailable, &graphql.Response{Errors: gqlerror.List{gqlerror.Wrap(context.DeadlineExceeded)}})
}

// answer writes one response.
type answer struct {
	w         http.ResponseWriter
	mediaType string
	log       *slog.Logger
}

// respond writes what an operation gave. Without data, the operation itself was refused: only the
// newer media type has a status for that, the older one promises 200 for every well-formed request.
func (a *answer) respond(response *graphql.Response) {
	if response.Data == nil && a.mediaType == graphqlJSON {
		a.write(http.StatusBadRequest, response)
		return
	}
	a.write(http.StatusOK, response)
}

// refuse writes why a request does not get as far as an operation.
func (a *answer) refuse(r *refusal) {
	a.write(r.status, r.response())
}

func (a *answer) write(status int, response *graphql.Response) {
	body, err := encode(response, publish(a.log, response.Errors))
	if err != nil {
		a.log.Error("response cannot be written as JSON", "error", err)
		http.Error(a.w, "internal error", http.StatusInternalServerError)
		return
	}
	header := a.w.Header()
	header.Add("Vary", "Accept")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Type", a.mediaType+"; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	a.w.WriteHeader(status)
	_, _ = a.w.Write(body) // the client may have gone
}

// encode writes a response by hand because encoding/json would check and copy the data once more,
// and would write "data": null where the operation was refused.
func encode(response *graphql.Response, errs gqlerror.List) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(len(response.Data) + 64)
	separator := byte('{')
	member := func(name string, value []byte) {
		b.WriteByte(separator)
		b.WriteString(`"` + name + `":`)
		b.Write(value)
		separator = ','
	}
	if len(errs) > 0 {
		text, err := json.Marshal(errs)
		if err != nil {
			return nil, fmt.Errorf("errors: %w", err)
		}
		member("errors", text)
	}
	if response.Data != nil {
		member("data", response.Data)
	}
	if len(response.Extensions) > 0 {
		text, err := marshal(response.Extensions)
		if err != nil {
			return nil, fmt.Errorf("extensions: %w", err)
		}
		member("extensions", text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshal keeps the & of a link, so that whoever copies it from the text of an answer can open it.
func marshal(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
