package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
)

// message is what a client says over a socket.
type message struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// readMessage reads a message that the protocol knows; any other ends the connection.
func readMessage(kind websocket.MessageType, text []byte) (*message, *websocket.CloseError) {
	var m message
	if kind != websocket.MessageText || json.Unmarshal(text, &m) != nil {
		return nil, closed(codeBadMessage, "A message must be text that is one JSON object with the member type, where needed id and payload")
	}
	if bytes.Equal(m.Payload, []byte("null")) {
		m.Payload = nil
	}
	var members map[string]json.RawMessage
	switch {
	case !slices.Contains([]string{"connection_init", "ping", "pong", "subscribe", "complete"}, m.Type):
		return nil, closed(codeBadMessage, "The type of a message must be connection_init, ping, pong, subscribe or complete")
	case m.Payload != nil && json.Unmarshal(m.Payload, &members) != nil:
		return nil, closed(codeBadMessage, "The payload of a message must be a JSON object")
	case m.ID == "" && (m.Type == "subscribe" || m.Type == "complete"):
		return nil, closed(codeBadMessage, "The message must have an id that is text")
	}
	return &m, nil
}

// params are those of the operation that a client subscribes to.
func (m *message) params() (*graphql.RawParams, *refusal) {
	params, refused := &graphql.RawParams{}, (*refusal)(nil)
	if m.Payload != nil {
		params, refused = decodeParams(m.Payload)
	}
	if refused == nil && params.Query == "" {
		refused = badRequest("query is missing: it holds the GraphQL document")
	}
	return params, refused
}

func (m *message) pong() []byte {
	if m.Payload == nil {
		return []byte(`{"type":"pong"}`)
	}
	return []byte(`{"type":"pong","payload":` + string(m.Payload) + `}`)
}

// messageOf writes what the server says of an operation; by hand, because encoding/json would check and copy the payload.
func messageOf(id, kind string, payload []byte) []byte {
	name, _ := json.Marshal(id) // a string always can be
	var b bytes.Buffer
	b.Grow(len(payload) + len(name) + 40)
	b.WriteString(`{"id":` + string(name) + `,"type":"` + kind + `"`)
	if payload != nil {
		b.WriteString(`,"payload":`)
		b.Write(payload)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// maxReason is how many bytes a close frame has for its reason.
const maxReason = 123

func closed(code websocket.StatusCode, reason string) *websocket.CloseError {
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "")
	}
	return &websocket.CloseError{Code: code, Reason: reason}
}
