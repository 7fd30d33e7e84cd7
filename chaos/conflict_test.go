package chaos

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

func TestOfUpdatesOfOneVersionOneWins(t *testing.T) { oneWins(t, onFile(t)) }

// oneWins lets all writers update one version of an object at once, again and again.
func oneWins(t *testing.T, s *site) {
	p := s.start(t)
	ws := newWriters(t, p)
	const rounds = 10
	for round := range rounds {
		for _, w := range ws.all {
			if err := w.readTally(p); err != nil {
				t.Fatal(err)
			}
		}
		var won, conflicts atomic.Int64
		var group sync.WaitGroup
		for _, w := range ws.all {
			group.Go(func() {
				_, err := w.send(p, writeTally, w.next)
				var refused *refusedError
				switch {
				case err == nil:
					won.Add(1)
				case errors.As(err, &refused) && slices.Equal(refused.answer.codes(), []string{conflict}):
					conflicts.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()
		if won.Load() != 1 || conflicts.Load() != int64(len(ws.all)-1) {
			t.Fatalf("round %d: %d won, %d were told of a conflict", round, won.Load(), conflicts.Load())
		}
	}
	w := ws.all[0]
	if err := w.readTally(p); err != nil || w.next["sum"] != rounds+1 {
		t.Errorf("after %d rounds: %v, %v", rounds, w.next, err)
	}
	p.kill()
	found := newFindings()
	w.added = rounds
	ws.replay(t, s, found)
	found.judge(t)
}
