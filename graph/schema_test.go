package graph_test

import (
	"flag"
	"os"
	"testing"

	"bordergraph"
	"bordergraph/graph"
)

var update = flag.Bool("update", false, "rewrite api.graphqls")

const published = "../api.graphqls"

func TestPublishedAPIIsWhatTheSchemaDerives(t *testing.T) {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(published, []byte(api.SDL), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != api.SDL {
		t.Error("api.graphqls is not what schema.graphqls and graph/service.graphqls derive: run make generate")
	}
}
