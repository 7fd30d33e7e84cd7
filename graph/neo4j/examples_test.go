package neo4j_test

import (
	"testing"

	"bordergraph/examples"
)

func TestExamplesThroughTheServer(t *testing.T) {
	server := cleared(t)
	endpoint := examples.Serve(t, "BORDERGRAPH_STORE=neo4j", "NEO4J_URI="+server.URI,
		"NEO4J_USERNAME="+server.Username, "NEO4J_PASSWORD="+server.Password, "NEO4J_DATABASE="+server.Database)
	examples.Check(t, endpoint, false)
}
