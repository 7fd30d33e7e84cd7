package neo4j_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bordergraph/graph/neo4j"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

var errRefused = errors.New("refused")

func TestAnUpdateThatWaitsIsConfirmedWithTheOneBefore(t *testing.T) {
	inTwo(t, func(w *pair) {
		w.second = func(tx query.Tx) error {
			if found, err := tx.Records(t.Context(), []string{w.id("a")}, nil); err != nil || len(found.Nodes) != 1 {
				t.Errorf("what the first wrote: %v, %v", found.Nodes, err)
			}
			return w.write(tx, "b")
		}
		first, second := w.run()
		if first != nil || second != nil || !w.logged("a", "b") {
			t.Errorf("%v, %v, in the log %v", first, second, w.log())
		}
		if w.runs != 1 {
			t.Errorf("the second was run %d times", w.runs)
		}
	})
}

func TestAnUpdateThatIsRefusedBeforeItWritesLeavesTheOneBeforeAsItIs(t *testing.T) {
	inTwo(t, func(w *pair) {
		w.second = func(tx query.Tx) error {
			_, err := tx.Records(t.Context(), []string{w.id("a")}, nil)
			return errors.Join(err, errRefused)
		}
		first, second := w.run()
		if first != nil || !errors.Is(second, errRefused) || !w.logged("a") || w.runs != 1 {
			t.Errorf("%v, %v after %d runs, in the log %v", first, second, w.runs, w.log())
		}
	})
}

func TestAnUpdateThatFailsAfterItHasWrittenLeavesTheOneBeforeAsItIs(t *testing.T) {
	inTwo(t, func(w *pair) {
		w.second = func(tx query.Tx) error { return errors.Join(w.write(tx, "b"), errRefused) }
		first, second := w.run()
		if first != nil || !errors.Is(second, errRefused) || !w.logged("a") {
			t.Errorf("%v, %v, in the log %v", first, second, w.log())
		}
	})
}

func TestAnUpdateThatPanicsLeavesTheOneBeforeAsItIs(t *testing.T) {
	inTwo(t, func(w *pair) {
		w.second = func(tx query.Tx) error { panic(errors.Join(w.write(tx, "b"), errRefused)) }
		first, second := w.run()
		if first != nil || !errors.Is(second, errRefused) || !w.logged("a") {
			t.Errorf("%v, %v, in the log %v", first, second, w.log())
		}
		if err := w.store.Update(t.Context(), func(tx query.Tx) error { return w.write(tx, "c") }); err != nil || !w.logged("a", "c") {
			t.Errorf("after it: %v, in the log %v", err, w.log())
		}
	})
}

func TestAnUpdateWhoseCallerIsGoneLeavesTheOneBeforeAsItIs(t *testing.T) {
	inTwo(t, func(w *pair) {
		var leave context.CancelFunc
		w.caller, leave = context.WithCancel(t.Context())
		w.second = func(tx query.Tx) error {
			leave()
			_, err := tx.Records(w.caller, []string{w.id("a")}, nil)
			return err
		}
		first, second := w.run()
		if first != nil || !errors.Is(second, context.Canceled) || !w.logged("a") {
			t.Errorf("%v, %v, in the log %v", first, second, w.log())
		}
	})
}

func TestAnUpdateWhoseCallerGoesAtItsEndLeavesTheOneBeforeAsItIs(t *testing.T) {
	for name, refused := range map[string]error{"made": nil, "refused": errRefused} {
		t.Run(name, func(t *testing.T) {
			inTwo(t, func(w *pair) {
				var leave context.CancelFunc
				w.caller, leave = context.WithCancel(t.Context())
				w.second = func(tx query.Tx) error {
					_, err := tx.Records(w.caller, []string{w.id("a")}, nil)
					leave()
					return errors.Join(err, refused)
				}
				first, second := w.run()
				if first != nil || !errors.Is(second, refused) || !w.logged("a") {
					t.Errorf("%v, %v, in the log %v", first, second, w.log())
				}
			})
		})
	}
}

func TestAnUpdateThatReadsTheLogFindsAllThatWasWrittenBefore(t *testing.T) {
	inTwo(t, func(w *pair) {
		w.second = func(tx query.Tx) error {
			if err := tx.Settle(t.Context()); err != nil {
				return err
			}
			if !w.logged("a") {
				t.Errorf("in the log %v", w.log())
			}
			return w.write(tx, "b")
		}
		first, second := w.run()
		if first != nil || second != nil || !w.logged("a", "b") {
			t.Errorf("%v, %v, in the log %v", first, second, w.log())
		}
	})
}

func TestAnUndoIsRefusedAfterAChangeThatWaitsToBeConfirmed(t *testing.T) {
	w := storetest.NewWorld(t, "fixture", openCleared)
	ask := func(operation string) string {
		answer, err := w.Ask(t.Context(), storetest.Question{Operation: operation, Today: "2026-01-15", Clearance: query.Secret})
		return fmt.Sprintf("%s %v", answer, err)
	}
	for number := range 5 {
		ask(fmt.Sprintf(`mutation { savePosts(objects: [{id: "post:anh", names: [{text: "Đá", language: VI, kind: MAIN}], facts: {sources: ["src:gazette"]}, number: %d}]) { id } }`, number))
		saved, err := w.Store.Wait(t.Context(), -1)
		if err != nil {
			t.Fatal(err)
		}
		undone := make(chan string, 1)
		err = w.Store.Update(t.Context(), func(tx query.Tx) error {
			found, err := tx.Records(t.Context(), []string{"post:anh"}, []query.At{{Node: "post:anh", Direction: query.Out}})
			if err != nil {
				return err
			}
			_, err = tx.Write(t.Context(), &query.Change{
				Nodes: []query.NodeChange{{Before: &found.Nodes[0], After: &found.Nodes[0]}},
				Links: []query.LinkChange{{Before: &found.Links[0]}},
			})
			go func() { undone <- ask(fmt.Sprintf("mutation { undo(change: %d) { sequence } }", saved)) }()
			time.Sleep(20 * time.Millisecond)
			return err
		})
		if answer := <-undone; err != nil || !strings.Contains(answer, fmt.Sprintf("later changes: %d", saved+1)) {
			t.Fatalf("%v; undo of %d: %s", err, saved, answer)
		}
	}
}

func TestAnUpdateThatMakesLightOfWhatCouldNotBeWrittenFails(t *testing.T) {
	m, s := loaded(t)
	runs := 0
	err := s.Update(t.Context(), func(tx query.Tx) error {
		runs++
		gone := m.node(m.unit, "unit:nowhere", "Nowhere", nil)
		if _, err := tx.Write(t.Context(), &query.Change{Nodes: []query.NodeChange{{Before: &gone, After: &gone}}}); err == nil {
			t.Error("it was written")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "not all of it was written") || runs != 1 {
		t.Errorf("%v after %d runs", err, runs)
	}
}

func TestALargeUpdateKeepsNobodyWaitingForTheirConfirmation(t *testing.T) {
	inTwo(t, func(w *pair) {
		w.second = func(tx query.Tx) error {
			ids := make([]string, 201)
			for i := range ids {
				ids[i] = fmt.Sprint("unit:", i)
			}
			if _, err := tx.Records(t.Context(), ids, nil); err != nil {
				return err
			}
			if !w.logged("a") {
				t.Error("it read while the first waited")
			}
			return w.write(tx, "b")
		}
		first, second := w.run()
		if first != nil || second != nil || !w.logged("a", "b") {
			t.Errorf("%v, %v, in the log %v", first, second, w.log())
		}
	})
}

func TestUpdatesWhoseSharedConfirmationIsLostAreMadeOnce(t *testing.T) {
	m := newModel("1")
	s, p := openSevered(t, m)
	untilShared(t, m, s, func(w *pair) {
		w.second = func(tx query.Tx) error {
			err := w.write(tx, "b")
			p.severs.Store(true)
			return err
		}
		first, second := w.run()
		if first != nil || second != nil || !w.logged("a", "b") || w.runs != 1 {
			t.Errorf("%v, %v after %d runs, in the log %v", first, second, w.runs, w.log())
		}
	})
}

func TestWhoGivesUpWaitingForTheirTurnLeavesAtOnce(t *testing.T) {
	m, s := loaded(t)
	gone, leave := context.WithCancel(t.Context())
	err := s.Update(t.Context(), func(query.Tx) error {
		left := make(chan error, 1)
		go func() {
			left <- s.Update(gone, func(query.Tx) error { return errors.New("it had its turn") })
		}()
		leave()
		select {
		case err := <-left:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("who left gets %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("it waits on")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	replace(t, s, m.node(m.unit, "unit:c", "C", nil))
}

// pair is two updates, of which the second waits for its turn while the first is made.
type pair struct {
	*testing.T
	model       *model
	store       *neo4j.Store
	round       int
	second      func(query.Tx) error
	caller      context.Context // of the second
	firstIsOver atomic.Bool
	runs        int // of the second
	shared      bool
	logBefore   int64
}

// inTwo repeats a case until the second update was run before the first was confirmed: on a machine that is busy it
// may come too late.
func inTwo(t *testing.T, judge func(*pair)) {
	m, s := loaded(t)
	untilShared(t, m, s, judge)
}

func untilShared(t *testing.T, m *model, s *neo4j.Store, judge func(*pair)) {
	t.Helper()
	const rounds = 50
	for round := range rounds {
		last, err := s.Wait(t.Context(), -1)
		if err != nil {
			t.Fatal(err)
		}
		w := &pair{T: t, model: m, store: s, caller: t.Context(), round: round, logBefore: last}
		judge(w)
		if w.shared || t.Failed() {
			return
		}
	}
	t.Errorf("they never shared a transaction in %d rounds", rounds)
}

// run answers what both answer; what the second panics with, too.
func (w *pair) run() (first, second error) {
	answered := make(chan error, 1)
	first = w.store.Update(w.Context(), func(tx query.Tx) error {
		if err := w.write(tx, "a"); err != nil {
			return err
		}
		go func() {
			var err error
			defer func() {
				if panicked := recover(); panicked != nil {
					err = panicked.(error)
				}
				answered <- err
			}()
			err = w.store.Update(w.caller, func(tx query.Tx) error {
				w.runs++
				w.shared = w.shared || !w.firstIsOver.Load()
				return w.second(tx)
			})
		}()
		time.Sleep(5 * time.Millisecond)
		return nil
	})
	w.firstIsOver.Store(true)
	return first, <-answered
}

func (w *pair) id(name string) string { return fmt.Sprintf("unit:%s%d", name, w.round) }

func (w *pair) write(tx query.Tx, name string) error {
	n := w.model.node(w.model.unit, w.id(name), name, nil)
	_, err := tx.Write(w.Context(), &query.Change{Nodes: query.AddNodes([]query.NodeRecord{n})})
	return err
}

// log are the names of what the two have written.
func (w *pair) log() (names []string) {
	entries, err := w.store.Changes(w.Context(), w.logBefore, 10)
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Nodes[0].After.Values[query.NodeName].(string))
	}
	return names
}

func (w *pair) logged(names ...string) bool { return slices.Equal(w.log(), names) }
