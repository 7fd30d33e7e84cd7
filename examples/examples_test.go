package examples_test

import (
	"flag"
	"testing"

	"bordergraph/examples"
)

var update = flag.Bool("update", false, "write the answers of the examples down")

func TestExamplesOnTheEmbeddedStore(t *testing.T) {
	examples.Check(t, examples.Serve(t, "BORDERGRAPH_STORE=embedded", "BORDERGRAPH_DATA=:memory:"), *update)
}
