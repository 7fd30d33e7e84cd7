package neo4j_test

import (
	"reflect"
	"testing"

	"bordergraph/graph/neo4j"
	"bordergraph/graph/query"
)

func TestAGraphWithoutALogBecomesTheFirstChange(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	load(t, open(t, server, m), m)
	server.Records(t, "MATCH (c:BordergraphContents) REMOVE c.sequence, c.at", nil)
	server.Records(t, "MATCH (e:BordergraphChange) DELETE e", nil)
	for range 2 { // once, and not again
		entries, err := open(t, server, m).Changes(t.Context(), 0, 10)
		if err != nil || len(entries) != 1 {
			t.Fatalf("the log is %v, %v", entries, err)
		}
		first, made := entries[0], m.graph()
		if first.Sequence != 1 || !first.Replace || first.At.IsZero() || len(first.Nodes) != len(made.Nodes) || len(first.Links) != len(made.Links) ||
			!reflect.DeepEqual(first.Contents, &query.Contents{Dataset: "data", Schema: "1"}) {
			t.Errorf("the first change is %v", first)
		}
	}
}

func TestAChangeWhoseConfirmationIsLostIsMadeOnce(t *testing.T) {
	m := newModel("1")
	s, p := openSevered(t, m)
	runs := 0
	err := s.Update(t.Context(), func(tx query.Tx) error {
		runs++
		_, err := tx.Write(t.Context(), &query.Change{Nodes: query.AddNodes([]query.NodeRecord{m.node(m.unit, "unit:a", "A", nil)})})
		p.severs.Store(true)
		return err
	})
	entries, logErr := s.Changes(t.Context(), 0, 10)
	if err != nil || logErr != nil || runs != 1 || len(entries) != 1 || p.severs.Load() {
		t.Errorf("after %d runs: %v, %v, %d changes", runs, err, logErr, len(entries))
	}
}

func TestAnUpdateWhoseConnectionIsLostBeforeItIsConfirmedIsRunAgain(t *testing.T) {
	m := newModel("1")
	s, p := openSevered(t, m)
	runs := 0
	err := s.Update(t.Context(), func(tx query.Tx) error {
		runs++
		p.severs.Store(runs == 1)
		_, err := tx.Write(t.Context(), &query.Change{Nodes: query.AddNodes([]query.NodeRecord{m.node(m.unit, "unit:a", "A", nil)})})
		return err
	})
	entries, logErr := s.Changes(t.Context(), 0, 10)
	if err != nil || logErr != nil || runs != 2 || len(entries) != 1 {
		t.Errorf("after %d runs: %v, %v, %d changes", runs, err, logErr, len(entries))
	}
}

// openSevered opens an empty store over a proxy that can sever its connections.
func openSevered(t *testing.T, m *model) (*neo4j.Store, *proxy) {
	t.Helper()
	server := cleared(t)
	p := newProxy(t, server)
	c := config(server)
	c.URI = "bolt://" + p.address()
	s, err := neo4j.Open(t.Context(), c, m.Model)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, p
}
