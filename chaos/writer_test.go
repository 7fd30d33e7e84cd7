package chaos

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// counts are the properties of the shared object in which the writers count their requests.
var counts = []string{"patrols", "gifts", "modules", "officers"}

// shared is the object that all requests change.
const shared = "act:chaos"

const begin = `mutation {
  saveActivities(objects: [{id: "act:chaos", names: [{text: "Đợt tuần tra", language: VI}], kind: JOINT_PATROL, status: HELD, facts: {sources: ["src:seed002"]}
    patrols: 0, gifts: 0, modules: 0, officers: 0}
    {id: "act:tally", names: [{text: "Số chung", language: VI}], kind: JOINT_PATROL, status: HELD, facts: {sources: ["src:seed002"]}, patrols: 0}]) { id }
}`

// record makes two objects that need each other, with relationships, and counts in the shared one.
const record = `mutation($key: String, $activity: ID!, $agreement: ID!, $name: String!, $count: ActivityInput!) @change(key: $key) {
  saveActivities(objects: [
    {id: $activity, names: [{text: $name, language: VI}], kind: JOINT_PATROL, status: HELD, facts: {sources: ["src:seed002"]}
     countries: {set: [{to: "country:VN", facts: {sources: ["src:seed002"]}}, {to: "country:LA", facts: {sources: ["src:seed002"]}}]}
     partOf: {set: [{to: "act:chaos", facts: {sources: ["src:seed002"]}}]}
     produced: {set: [{to: $agreement, facts: {sources: ["src:seed002"]}}]}}
    $count
  ]) { id }
  saveAgreements(objects: [
    {id: $agreement, names: [{text: $name, language: VI}], kind: MOU, facts: {sources: ["src:seed002"]}
     countries: {set: [{to: "country:VN", facts: {sources: ["src:seed002"]}}, {to: "country:LA", facts: {sources: ["src:seed002"]}}]}}
  ]) { id }
}`

// What a request makes.
const madeNodes, madeLinks = 2, 6

// writer sends its requests, numbered from 1, one after another: the next once the one before is acknowledged.
type writer struct {
	number       int
	acknowledged int
	// uncertain is whether the request after the acknowledged ones was sent, with an outcome that is not known.
	uncertain bool
	// adding is an addition that is not yet acknowledged, which counts the tried and the acknowledged ones.
	adding
	// resent counts what was sent again, refusals the answers after which it may be; unanswered is why there was none.
	resent     int
	refusals   atomic.Int64
	unanswered error
	client     *http.Client
}

// name tells a request from all others.
func (w *writer) name(request int) string { return fmt.Sprintf("chaos-%d-%d", w.number, request) }

func (w *writer) variables(request int) map[string]any {
	name := w.name(request)
	return map[string]any{"key": name, "activity": "act:" + name, "agreement": "agr:" + name, "name": "Tuần tra " + name,
		"count": map[string]any{"id": shared, counts[w.number]: request}}
}

// record sends the next request, or once more the one of which the outcome is not known.
func (w *writer) record(p *process) error {
	if w.uncertain {
		w.resent++
	}
	w.uncertain = true
	if _, err := w.send(p, record, w.variables(w.acknowledged+1)); err != nil {
		return err
	}
	w.acknowledged++
	w.uncertain = false
	return nil
}

// send sends an operation; an error that is no refusedError means that it may be sent again.
func (w *writer) send(p *process, operation string, variables map[string]any) (*answer, error) {
	answer, err := p.ask(w.client, operation, variables)
	switch {
	case err != nil:
		w.unanswered = err
		return nil, err
	case len(answer.Errors) == 0:
		return answer, nil
	case answer.passing():
		w.refusals.Add(1)
		return nil, fmt.Errorf("%v", answer.codes())
	}
	return nil, &refusedError{variables, answer}
}

// settled is whether the outcome of all that was sent is known.
func (w *writer) settled() bool { return !w.uncertain && !w.adding.uncertain }

// resend sends again what has an outcome that is not known.
func (w *writer) resend(p *process) error {
	if w.uncertain {
		return w.record(p)
	}
	return w.add(p)
}

// refusedError is an answer that should not be.
type refusedError struct {
	variables map[string]any
	answer    *answer
}

func (e *refusedError) Error() string { return fmt.Sprintf("%v: %v", e.variables, e.answer.Errors) }

// answerTimeout is how long a server that runs may take for an answer, whatever happens to its store.
const answerTimeout = time.Minute

// writers write at the same time.
type writers struct {
	all []*writer
	// acknowledged counts over all of them.
	acknowledged atomic.Int64
}

// newWriters makes the object that they share.
func newWriters(t *testing.T, p *process) *writers {
	t.Helper()
	ws := &writers{}
	for i := range counts {
		ws.all = append(ws.all, &writer{number: i, client: &http.Client{Timeout: answerTimeout, Transport: &http.Transport{}}})
	}
	if answer, err := p.ask(ws.all[0].client, begin, nil); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("beginning: %v, %v", err, answer)
	}
	return ws
}

// write lets them write, through one server or in turn through several, until stop is called, which
// waits for what is under way. What is not acknowledged is sent again.
func (ws *writers) write(t *testing.T, servers ...*process) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for i, w := range ws.all {
		p := servers[i%len(servers)]
		group.Go(func() {
			for steps, next := []func(*process) error{w.record, w.add}, 0; ctx.Err() == nil; {
				switch err := steps[next](p).(type) {
				case nil:
					ws.acknowledged.Add(1)
					next = (next + 1) % len(steps)
				case *refusedError:
					t.Error(err)
					return
				default:
					time.Sleep(20 * time.Millisecond)
				}
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

// await waits until so many more requests are acknowledged.
func (ws *writers) await(t *testing.T, more int) {
	t.Helper()
	wanted := ws.acknowledged.Load() + int64(more)
	for deadline := time.Now().Add(bound); ws.acknowledged.Load() < wanted; time.Sleep(time.Millisecond) {
		if t.Failed() || time.Now().After(deadline) {
			t.Fatalf("%d requests were acknowledged, %d are awaited", ws.acknowledged.Load(), wanted)
		}
	}
}

// awaitRefusals waits until each of them was refused twice: so one request at least came when all was interrupted.
func (ws *writers) awaitRefusals(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(bound)
	for _, w := range ws.all {
		for wanted := w.refusals.Load() + 2; w.refusals.Load() < wanted; time.Sleep(time.Millisecond) {
			if t.Failed() || time.Now().After(deadline) {
				t.Fatalf("writer %d was refused %d times, %d are awaited", w.number, w.refusals.Load(), wanted)
			}
		}
	}
}

// settle sends again, until it is acknowledged, each request of which the outcome is not known.
func (ws *writers) settle(t *testing.T, p *process) {
	t.Helper()
	for _, w := range ws.all {
		for deadline := time.Now().Add(bound); !w.settled(); {
			err := w.resend(p)
			if err == nil {
				ws.acknowledged.Add(1)
				continue
			}
			if _, refused := err.(*refusedError); refused || time.Now().After(deadline) {
				t.Fatalf("sent again: %v", err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
}
