package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// eventTransport is GraphQL over server-sent events, as the protocol graphql-sse has it for distinct
// connections: a stream an operation.
type eventTransport struct {
	*operations
	connections *connections
	maxBody     int64
	// pulse is how often an idle stream says that it is alive.
	pulse time.Duration
}

// Supports implements graphql.Transport.
func (t *eventTransport) Supports(r *http.Request) bool {
	mediaType, acceptable := negotiate(r.Header, plainJSON, graphqlJSON, eventStream)
	return acceptable && mediaType == eventStream
}

// Do implements graphql.Transport. What is wrong with the request is told with a status, what is wrong with
// the operation in the stream, where EventSource lets a page read it.
func (t *eventTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	a := &answer{w: w, mediaType: plainJSON, log: t.log}
	params, refused := readOperation(w, r, t.maxBody)
	if refused != nil {
		a.refuse(refused)
		return
	}
	if !t.connections.enter() {
		a.refuse(crowded(w))
		return
	}
	defer t.connections.leave()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	e := newEvents(w)
	end := e.keepAlive(ctx, cancel, t.pulse)
	err := t.answer(ctx, exec, asked{params, r.Method != http.MethodPost}, func(response *graphql.Response) error {
		text, err := t.public(response)
		if err != nil {
			return err
		}
		return e.send("event: next\ndata: ", string(text), "\n\n")
	})
	end()
	if err == nil { // else the client is to see that the stream was cut
		// Browsers drop an event without data.
		_ = e.send("event: complete\ndata: \n\n")
	}
}

// crowded refuses a connection that would stay open.
func crowded(w http.ResponseWriter) *refusal {
	w.Header().Set("Retry-After", "10")
	return &refusal{http.StatusServiceUnavailable, "too many connections are open, or the server is about to end; try again later"}
}

// events is the body of an event stream. It may be used concurrently.
type events struct {
	mu sync.Mutex
	to *stream
}

func newEvents(w http.ResponseWriter) *events {
	to := &stream{ResponseWriter: w, control: http.NewResponseController(w), header: map[string]string{
		"Content-Type":           eventStream + "; charset=utf-8",
		"Cache-Control":          "no-cache",
		"Vary":                   "Accept",
		"X-Content-Type-Options": "nosniff",
		"X-Accel-Buffering":      "no", // proxies that gather what they pass on would withhold events
	}}
	to.noReadDeadline()
	return &events{to: to}
}

func (e *events) send(parts ...string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var b bytes.Buffer
	for _, part := range parts {
		b.WriteString(part)
	}
	_, err := io.Copy(e.to, &b)
	return err
}

// keepAlive opens the stream with a comment and repeats it, so that clients and proxies see that it is
// alive. Once it fails, it cancels the rest. The function that it answers ends it.
func (e *events) keepAlive(ctx context.Context, cancel context.CancelFunc, pulse time.Duration) (end func()) {
	err := e.send(":\n\n")
	var done sync.WaitGroup
	done.Go(func() {
		defer cancel()
		tick := time.NewTicker(pulse)
		defer tick.Stop()
		for err == nil {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				err = e.send(":\n\n")
			}
		}
	})
	return func() {
		cancel()
		done.Wait()
	}
}
