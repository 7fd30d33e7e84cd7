package neo4j_test

import (
	"context"
	"errors"
	"testing"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
)

// The other transaction holds what the store is about to write, and waits for what the store holds.
func TestAWriteThatADeadlockEndsIsTriedAgain(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	s := open(t, server, m)
	load(t, s, m)
	other, ended := begin(t, server), make(chan error, 1)
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
		after := m.node(m.unit, "unit:a", "Renamed", nil)
		_, err = tx.Write(t.Context(), &query.Change{Nodes: []query.NodeChange{{Before: &found.Nodes[0], After: &after}}})
		return err
	})
	if err != nil || runs != 2 {
		t.Errorf("after %d tries: %v", runs, err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the other transaction: %v", err)
	}
	if entries, err := s.Changes(t.Context(), 1, 10); err != nil || len(entries) != 1 {
		t.Errorf("%d changes, %v", len(entries), err)
	}
	names := server.Records(t, "MATCH (n:Node {id: 'unit:a'}) RETURN n.name", nil)
	if names[0].Values[0] != "Renamed" {
		t.Errorf("the name is %v", names[0].Values[0])
	}
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
