package storetest

import (
	"testing"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

func TestTheLargeGraphIsOfTheSizeThatItSays(t *testing.T) {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		t.Fatal(err)
	}
	large, err := Large(api.Model)
	if err != nil {
		t.Fatal(err)
	}
	hub := 0
	for _, l := range large.Links {
		if l.To == HubID && l.Relationship.Name == "IN_PROVINCE" {
			hub++
		}
	}
	if len(large.Nodes) != LargeNodes || len(large.Links) != LargeLinks || hub < LargeHub || hub > LargeHub+LargeHub/10 {
		t.Errorf("%d nodes, %d relationships, a hub of %d", len(large.Nodes), len(large.Links), hub)
	}
	if problems := record.CheckToOne(large.Links); len(problems) > 0 {
		t.Error(problems[0])
	}
	again, err := Large(api.Model)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range large.Nodes {
		if n.Values[query.NodeName] != again.Nodes[i].Values[query.NodeName] {
			t.Fatalf("it is another each time: %v, %v", n.Values, again.Nodes[i].Values)
		}
	}
	if a, b := large.Links[LargeLinks-1], again.Links[LargeLinks-1]; a.From != b.From || a.To != b.To {
		t.Errorf("it is another each time: %v, %v", a, b)
	}
}
