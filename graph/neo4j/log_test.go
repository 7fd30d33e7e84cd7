package neo4j_test

import (
	"reflect"
	"testing"

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
