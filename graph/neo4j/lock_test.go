package neo4j_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
)

// Which of two transactions that block each other Neo4j ends is its own choice, so they do until it is the store's.
func TestAWriteThatADeadlockEndsIsTriedAgain(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	s := open(t, server, m)
	load(t, s, m)
	const rounds = 20
	for round := range rounds {
		name := fmt.Sprintf("Renamed %d", round)
		runs := writeInDeadlock(t, server, s, m, name)
		if entries, err := s.Changes(t.Context(), 1, rounds); err != nil || len(entries) != round+1 {
			t.Fatalf("%d changes, %v", len(entries), err)
		}
		names := server.Records(t, "MATCH (n:Node {id: 'unit:a'}) RETURN n.name", nil)
		if names[0].Values[0] != name {
			t.Fatalf("the name is %v", names[0].Values[0])
		}
		if runs == 2 {
			return
		}
	}
	t.Error("Neo4j never ended the store's transaction")
}

// writeInDeadlock renames a node while another transaction holds it and waits for what the store holds. It
// answers how often the store has tried.
func writeInDeadlock(t *testing.T, server neo4jtest.Server, s *neo4j.Store, m *model, name string) int {
	t.Helper()
	other, ended := begin(t, server), make(chan error, 1)
	other.run(t, "UNWIND range(1, 100) AS i CREATE (:Held {i: i})") // Neo4j spares the one that has done more
	other.run(t, "MATCH (n:`Node` {id: 'unit:a'}) SET n.held = true")
	runs := 0
	err := s.Update(t.Context(), func(tx query.Tx) error {
		runs++
		found, err := tx.Records(t.Context(), []string{"unit:a"}, nil)
		if err != nil {
			return err
		}
		if runs == 1 {
			go func() { ended <- other.lockMarkAndRollBack() }()
			awaitBlocked(t, server)
		}
		after := m.node(m.unit, "unit:a", name, nil)
		_, err = tx.Write(t.Context(), &query.Change{Nodes: []query.NodeChange{{Before: &found.Nodes[0], After: &after}}})
		return err
	})
	if err != nil || runs > 2 {
		t.Fatalf("after %d tries: %v", runs, err)
	}
	if err := <-ended; runs == 2 && err != nil {
		t.Fatalf("the other transaction: %v", err)
	}
	return runs
}

// Whoever is lost with the lock of all that write holds it for as long as its transaction may take.
func TestAWriterThatIsLostKeepsOthersWaitingForAWhileOnly(t *testing.T) {
	m := newModel("1")
	s, p := openSevered(t, m)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	err := s.Update(ctx, func(tx query.Tx) error {
		_, err := tx.Records(ctx, nil, nil)
		p.silent.Store(true)
		return err
	})
	if code(err) != query.Timeout {
		t.Errorf("who is lost gets %v", err)
	}
	other := open(t, neo4jtest.Start(t), m)
	ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := query.Write(ctx, other, &query.Change{Nodes: query.AddNodes([]query.NodeRecord{m.node(m.unit, "unit:a", "A", nil)})}); err != nil {
		t.Error(err)
	}
}

// another is a transaction that is none of the store's.
type another struct{ driver.ExplicitTransaction }

func begin(t *testing.T, server neo4jtest.Server) another {
	t.Helper()
	d, err := driver.NewDriverWithContext(server.URI, driver.BasicAuth(server.Username, server.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close(context.Background()) })
	session := d.NewSession(t.Context(), driver.SessionConfig{DatabaseName: server.Database})
	tx, err := session.BeginTransaction(t.Context(), driver.WithTxTimeout(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return another{tx}
}

func (a another) run(t *testing.T, text string) {
	t.Helper()
	result, err := a.Run(t.Context(), text, nil)
	if err == nil {
		_, err = result.Consume(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (a another) lockMarkAndRollBack() error {
	ctx := context.Background()
	result, err := a.Run(ctx, "MATCH (c:BordergraphContents) SET c.held = true", nil)
	if err == nil {
		_, err = result.Consume(ctx)
	}
	return errors.Join(err, a.Rollback(ctx))
}

// awaitBlocked waits until a transaction waits for a lock.
func awaitBlocked(t *testing.T, server neo4jtest.Server) {
	t.Helper()
	for range 1000 {
		if len(server.Records(t, "SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN status", nil)) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("no transaction waits")
}
