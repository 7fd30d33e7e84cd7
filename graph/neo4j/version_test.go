package neo4j

import (
	"strings"
	"testing"
)

func TestVersionsFrom526OnAreTaken(t *testing.T) {
	for _, agent := range []string{"Neo4j/5.26.0", "Neo4j/5.26.25", "Neo4j/5.27-aura", "Neo4j/2025.01.0"} {
		if err := checkVersion(agent); err != nil {
			t.Errorf("%s: %v", agent, err)
		}
	}
}

func TestEarlierVersionsAreRefusedByName(t *testing.T) {
	for _, version := range []string{"3.5.35", "4.4.41", "5.25.1", "5.9.0"} {
		err := checkVersion("Neo4j/" + version)
		if err == nil || !strings.Contains(err.Error(), version) || !strings.Contains(err.Error(), "5.26") {
			t.Errorf("%s: %v", version, err)
		}
	}
	if err := checkVersion("Memgraph"); err == nil {
		t.Error("another server is taken")
	}
}
