package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
)

// transportWS is the subprotocol of the sockets, as enisdenjo/graphql-ws describes it in PROTOCOL.md.
const transportWS = "graphql-transport-ws"

// maxRunning is how many operations of one socket are answered at the same time.
const maxRunning = 100

// The codes with which the protocol closes a socket.
const (
	codeBadMessage    websocket.StatusCode = 4400
	codeUnauthorized  websocket.StatusCode = 4401
	codeNotAcceptable websocket.StatusCode = 4406
	codeInitTimeout   websocket.StatusCode = 4408
	codeDuplicate     websocket.StatusCode = 4409
	codeSecondInit    websocket.StatusCode = 4429
)

// socketTransport is GraphQL over WebSocket.
type socketTransport struct {
	*operations
	connections *connections
	// origins are the web origins, besides the server's own, whose pages may ask.
	origins []string
	maxBody int64
	// initWithin is how long a client may take until it begins, pulse how often it is asked whether it is alive.
	initWithin, pulse time.Duration
}

// Supports implements graphql.Transport.
func (t *socketTransport) Supports(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Do implements graphql.Transport.
func (t *socketTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	a := &answer{w: w, mediaType: plainJSON, log: t.log}
	if !t.trusts(r) {
		a.refuse(&refusal{http.StatusForbidden, "pages of this origin may not ask here"})
		return
	}
	if !t.connections.enter() {
		a.refuse(crowded(w))
		return
	}
	defer t.connections.leave()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:       []string{transportWS},
		InsecureSkipVerify: true, // trusts has looked at the origin, as exactly as the settings name it
	})
	if err != nil {
		return // Accept has said why
	}
	if conn.Subprotocol() != transportWS {
		_ = conn.Close(codeNotAcceptable, "Subprotocol not acceptable")
		return
	}
	conn.SetReadLimit(t.maxBody)
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	s := &socket{socketTransport: t, conn: conn, exec: exec, header: r.Header, ctx: ctx, cancel: cancel, running: map[string]*running{}}
	s.serve()
}

// trusts is whether the request comes from no page, or from one of an origin that may ask. Browsers let
// pages open sockets anywhere.
func (t *socketTransport) trusts(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(t.origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// socket is one connection. What it is told is read by one goroutine; each operation is answered by one of its own.
type socket struct {
	*socketTransport
	conn   *websocket.Conn
	exec   graphql.GraphExecutor
	header http.Header
	// ctx is that of the operations.
	ctx    context.Context
	cancel context.CancelFunc
	begun  bool // whether the client has begun

	// mu is held while a message is written, so that none follows the end of its operation.
	mu      sync.Mutex
	running map[string]*running
	closing bool // once it is, no operation begins
	answers sync.WaitGroup
}

// running is an operation that is being answered.
type running struct {
	id     string
	cancel context.CancelFunc
}

func (s *socket) serve() {
	late := time.AfterFunc(s.initWithin, func() { _ = s.conn.Close(codeInitTimeout, "Connection initialisation timeout") })
	var watching sync.WaitGroup
	watching.Go(s.watch)
	reason := s.listen(late)
	late.Stop()
	s.cancel()
	if reason != nil {
		_ = s.conn.Close(reason.Code, reason.Reason)
	}
	_ = s.conn.CloseNow()
	s.answers.Wait()
	watching.Wait()
}

// listen reads messages until the connection ends, or one must end it for a reason.
func (s *socket) listen(late *time.Timer) *websocket.CloseError {
	for {
		kind, text, err := s.conn.Read(context.Background())
		if err != nil {
			return nil
		}
		m, problem := readMessage(kind, text)
		if problem != nil {
			return problem
		}
		if problem := s.handle(m, late); problem != nil {
			return problem
		}
	}
}

// handle does what a message asks for, or answers why it ends the connection.
func (s *socket) handle(m *message, late *time.Timer) *websocket.CloseError {
	switch m.Type {
	case "connection_init":
		if s.begun {
			return closed(codeSecondInit, "Too many initialisation requests")
		}
		late.Stop()
		s.begun = true
		s.write([]byte(`{"type":"connection_ack"}`))
	case "ping":
		s.write(m.pong())
	case "subscribe":
		if !s.begun {
			return closed(codeUnauthorized, "Unauthorized")
		}
		return s.subscribe(m)
	case "complete":
		s.stop(m.ID)
	}
	return nil
}

// subscribe begins to answer an operation.
func (s *socket) subscribe(m *message) *websocket.CloseError {
	params, refused := m.params()
	if refused != nil {
		return closed(codeBadMessage, refused.message)
	}
	params.Headers = s.header
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing:
		return nil
	case s.running[m.ID] != nil:
		return closed(codeDuplicate, "Subscriber for "+m.ID+" already exists")
	case len(s.running) >= maxRunning:
		crowded := badRequest("the socket has %d operations that are being answered; let one end first", maxRunning)
		if payload, err := s.publicErrors(crowded.response()); err == nil {
			_ = s.writeLocked(messageOf(m.ID, "error", payload))
		}
		return nil
	}
	ctx, cancel := context.WithCancel(s.ctx)
	o := &running{m.ID, cancel}
	s.running[o.id] = o
	s.answers.Go(func() {
		defer cancel()
		err := s.answer(ctx, s.exec, asked{RawParams: params}, func(r *graphql.Response) error { return s.send(o, r) })
		s.end(o, err)
	})
	return nil
}

// errStopped says that nobody listens to an operation.
var errStopped = errors.New("the client has stopped the operation")

// send sends a response of an operation. One without data ends it.
func (s *socket) send(o *running, response *graphql.Response) error {
	kind, encode := "next", s.public
	if response.Data == nil {
		kind, encode = "error", s.publicErrors
	}
	payload, err := encode(response)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[o.id] != o {
		return errStopped
	}
	if response.Data == nil {
		delete(s.running, o.id)
	}
	return s.writeLocked(messageOf(o.id, kind, payload))
}

// end tells that an operation has no more responses, unless it was cut.
func (s *socket) end(o *running, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[o.id] != o {
		return
	}
	delete(s.running, o.id)
	if err == nil {
		_ = s.writeLocked(messageOf(o.id, "complete", nil))
	}
}

// stop ends an operation for which the client does not listen any more; it may be over.
func (s *socket) stop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.running[id]; o != nil {
		o.cancel()
		delete(s.running, id)
	}
}

func (s *socket) write(text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.writeLocked(text)
}

// writeLocked writes a message; a client that does not take it in time loses the connection.
func (s *socket) writeLocked(text []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, text)
}

// watch ends a connection whose client is gone without a word, and all when the server ends.
func (s *socket) watch() {
	tick := time.NewTicker(s.pulse)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.ending.Done():
			s.goAway()
			return
		case <-tick.C:
			if !s.alive() {
				_ = s.conn.CloseNow()
				return
			}
		}
	}
}

// alive asks the client; while the server ends, that does not matter.
func (s *socket) alive() bool {
	ctx, cancel := context.WithTimeout(s.ending, s.pulse)
	defer cancel()
	return s.conn.Ping(ctx) == nil || s.ending.Err() != nil
}

// goAway lets what is being answered finish, but for subscriptions, which end with the server.
func (s *socket) goAway() {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.answers.Wait()
	_ = s.conn.Close(websocket.StatusGoingAway, "the server ends")
}
