package chaos

import (
	"testing"
	"time"
)

func TestAServerThatIsKilledHasLostNothingThatItConfirmed(t *testing.T) { killServer(t, onFile(t)) }

// killServer kills the server while four writers write, at a random moment of each cycle.
func killServer(t *testing.T, s *site) {
	random, found := newRandom(), newFindings()
	p := s.start(t)
	ws, f := newWriters(t, p), follow(t, p)
	for range *cycles {
		stop := ws.write(t, p)
		ws.await(t, random.IntN(40))
		time.Sleep(time.Duration(random.IntN(20_000)) * time.Microsecond)
		p.kill()
		stop()
		ws.replay(t, s, found)
		p = s.start(t)
		f.server.Store(p)
		ws.compareAnswers(t, p, found)
		ws.settle(t, p)
	}
	ws.compareAnswers(t, p, found)
	ws.compareTold(t, p, f, found)
	p.kill()
	ws.replay(t, s, found)
	found.judge(t)
	ws.report(t, "kill -9 of the server, on "+s.name, *cycles, found)
}
