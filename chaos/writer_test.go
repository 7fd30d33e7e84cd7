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
    patrols: 0, gifts: 0, modules: 0, officers: 0}]) { id }
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
	client    *http.Client
}

// name tells a request from all others.
func (w *writer) name(request int) string { return fmt.Sprintf("chaos-%d-%d", w.number, request) }

func (w *writer) variables(request int) map[string]any {
	name := w.name(request)
	return map[string]any{"key": name, "activity": "act:" + name, "agreement": "agr:" + name, "name": "Tuần tra " + name,
		"count": map[string]any{"id": shared, counts[w.number]: request}}
}

// send sends the next request, or once more the one of which the outcome is not known.
func (w *writer) send(p *process) error {
	w.uncertain = true
	answer, err := p.ask(w.client, record, w.variables(w.acknowledged+1))
	switch {
	case err != nil:
		return err
	case len(answer.Errors) == 0:
		w.acknowledged++
		w.uncertain = false
		return nil
	case answer.passing():
		return fmt.Errorf("%v", answer.codes())
	}
	return &refusedError{w.name(w.acknowledged + 1), answer}
}

// refusedError is an answer that should not be.
type refusedError struct {
	request string
	answer  *answer
}

func (e *refusedError) Error() string { return fmt.Sprintf("%s: %v", e.request, e.answer.Errors) }

// writers write at the same time.
type writers struct {
	all []*writer
	// acknowledged and resent count over all of them.
	acknowledged atomic.Int64
	resent       int
}

// newWriters makes the object that they share.
func newWriters(t *testing.T, p *process) *writers {
	t.Helper()
	ws := &writers{}
	for i := range counts {
		ws.all = append(ws.all, &writer{number: i, client: &http.Client{Timeout: bound, Transport: &http.Transport{}}})
	}
	if answer, err := p.ask(ws.all[0].client, begin, nil); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("beginning: %v, %v", err, answer)
	}
	return ws
}

// write lets them write until stop is called, which waits for what is under way. What is not
// acknowledged is sent again.
func (ws *writers) write(t *testing.T, p *process) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for _, w := range ws.all {
		group.Go(func() {
			for ctx.Err() == nil {
				switch err := w.send(p).(type) {
				case nil:
					ws.acknowledged.Add(1)
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

// settle sends again, until it is acknowledged, each request of which the outcome is not known.
func (ws *writers) settle(t *testing.T, p *process) {
	t.Helper()
	for _, w := range ws.all {
		if !w.uncertain {
			continue
		}
		ws.resent++
		for deadline := time.Now().Add(bound); ; time.Sleep(100 * time.Millisecond) {
			err := w.send(p)
			if err == nil {
				ws.acknowledged.Add(1)
				break
			}
			if _, refused := err.(*refusedError); refused || time.Now().After(deadline) {
				t.Fatalf("sent again: %v", err)
			}
		}
	}
}
