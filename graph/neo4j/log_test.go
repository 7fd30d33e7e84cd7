package neo4j_test

import (
	"reflect"
	"testing"

	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
)

func TestAGraphWithoutALogBecomesTheFirstChange(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	load(t, open(t, server, m), m)
	server.Records(t, "MATCH (c:BordergraphContents) REMOVE c.sequence, c.at", nil)
	server.Records(t, "MATCH (e:BordergraphChange) DELETE e", nil)
	server.Records(t, "MATCH (n:Node) REMOVE n.version", nil)
	renewed(t, server, m, 1)
}

func TestAGraphWithoutVersionsBecomesOneMoreChange(t *testing.T) {
	server := cleared(t)
	m := newModel("1")
	load(t, open(t, server, m), m)
	server.Records(t, "MATCH (n:Node) REMOVE n.version", nil)
	renewed(t, server, m, 2)
}

// renewed opens a store whose last change is to make its graph once more, with versions.
func renewed(t *testing.T, server neo4jtest.Server, m *model, sequence int64) {
	t.Helper()
	for range 2 { // once, and not again
		entries, err := open(t, server, m).Changes(t.Context(), 0, 10)
		if err != nil || len(entries) != int(sequence) {
			t.Fatalf("the log is %v, %v", entries, err)
		}
		last, made := entries[sequence-1], m.graph()
		if last.Sequence != sequence || !last.Replace || last.At.IsZero() || len(last.Nodes) != len(made.Nodes) || len(last.Links) != len(made.Links) ||
			!reflect.DeepEqual(last.Contents, &query.Contents{Dataset: "data", Schema: "1"}) {
			t.Errorf("the last change is %v", last)
		}
		for _, n := range last.Nodes {
			if n.After.Values[query.NodeVersion] != sequence {
				t.Errorf("%s has the version %v", n.After.ID(), n.After.Values[query.NodeVersion])
			}
		}
		stored := server.Records(t, "MATCH (n:Node) RETURN DISTINCT n.version", nil)
		if len(stored) != 1 || stored[0].Values[0] != sequence {
			t.Errorf("the versions are %v", stored)
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
