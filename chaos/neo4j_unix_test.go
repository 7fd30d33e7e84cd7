//go:build unix

package chaos

import (
	"syscall"
	"testing"

	"bordergraph/graph/neo4j/neo4jtest"
)

// One Neo4j, emptied for each test, since it takes its time to start.
func TestOnNeo4j(t *testing.T) {
	own := neo4jtest.StartOwn(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *neo4jtest.Own)
	}{
		{"a server that is killed has lost nothing that it confirmed", func(t *testing.T, own *neo4jtest.Own) { killServer(t, onNeo4j(own.Server)) }},
		{"a Neo4j that is killed has lost nothing that was confirmed", killNeo4j},
		{"a server that halts keeps others from writing for a while only", haltServer},
		{"of updates of one version one wins", func(t *testing.T, own *neo4jtest.Own) { oneWins(t, onNeo4j(own.Server)) }},
		{"a Neo4j that halts is told from one that answers", haltNeo4j},
	} {
		own.Clear(t)
		t.Run(test.name, func(t *testing.T) { test.run(t, own) })
	}
}

// rarely is how often to do what takes long: every fourth cycle, and once at least.
func rarely() int { return (*cycles + 3) / 4 }

// haltServer halts one of two servers, most likely while it holds the lock that whoever writes must have: so
// does one whose machine is lost, since its connections stay.
func haltServer(t *testing.T, own *neo4jtest.Own) {
	found, s := newFindings(), onNeo4j(own.Server)
	halting, other := s.start(t), s.start(t)
	ws := newWriters(t, other)
	followers := []*follower{follow(t, halting), follow(t, other)}
	for range rarely() {
		stop := ws.write(t, halting, other)
		ws.await(t, 10)
		if err := halting.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		ws.await(t, 10) // of those that the other server answers
		if err := halting.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		ws.await(t, 10)
		stop()
		ws.settle(t, other)
		ws.compareAnswers(t, other, found)
		ws.replay(t, s, found)
	}
	for _, f := range followers {
		ws.compareTold(t, other, f, found)
	}
	found.judge(t)
	ws.report(t, "one of two servers halted, on Neo4j", rarely(), found)
}

// killNeo4j kills Neo4j while four writers write through a server that goes on.
func killNeo4j(t *testing.T, own *neo4jtest.Own) {
	interruptNeo4j(t, own, "kill -9 of Neo4j", rarely(), func(whileGone func()) {
		own.Kill()
		whileGone()
		own.Restart(t)
	})
}

// haltNeo4j halts Neo4j for longer than the server waits for it.
func haltNeo4j(t *testing.T, own *neo4jtest.Own) {
	interruptNeo4j(t, own, "Neo4j halted beyond the deadline", rarely(), func(whileGone func()) {
		own.Signal(t, syscall.SIGSTOP)
		whileGone()
		own.Signal(t, syscall.SIGCONT)
	})
}

// interruptNeo4j interrupts Neo4j some times. While it is gone, each writer must get an answer.
func interruptNeo4j(t *testing.T, own *neo4jtest.Own, what string, times int, interrupt func(whileGone func())) {
	random, found, s := newRandom(), newFindings(), onNeo4j(own.Server)
	p := s.start(t)
	ws, f := newWriters(t, p), follow(t, p)
	for range times {
		stop := ws.write(t, p)
		ws.await(t, 1+random.IntN(40))
		interrupt(func() { ws.awaitRefusals(t) })
		ws.await(t, 10)
		stop()
		ws.settle(t, p)
		ws.compareAnswers(t, p, found)
		ws.replay(t, s, found)
	}
	ws.compareTold(t, p, f, found)
	for _, w := range ws.all {
		if w.unanswered != nil {
			t.Errorf("writer %d got no answer: %v", w.number, w.unanswered)
		}
	}
	found.judge(t)
	ws.report(t, what, times, found)
}
