package neo4j_test

import (
	"testing"

	"bordergraph/graph/embedded"
	"bordergraph/graph/neo4j"
	"bordergraph/graph/neo4j/neo4jtest"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

func TestConformance(t *testing.T) { storetest.Run(t, openCleared) }

func TestChanges(t *testing.T) { storetest.RunChanges(t, openCleared) }

func TestUndoneChangesLeaveTheGraphAsItWas(t *testing.T) { storetest.RunUndoing(t, 20, openCleared) }

func TestPast(t *testing.T) { storetest.RunPast(t, 4, openCleared) }

func TestOneOfTwoUpdatesAtTheSameTimeWins(t *testing.T) { storetest.RunConflicts(t, openCleared) }

func TestBothStoresExportAlike(t *testing.T) { storetest.Exports(t, openCleared, openMemory) }

func TestImports(t *testing.T) { storetest.RunImports(t, openCleared) }

func TestBackupsAreRestoredInTheOtherStore(t *testing.T) {
	storetest.Backups(t, openCleared, openMemory)
}

func TestAnInterruptedRestoreIsFinished(t *testing.T) { storetest.InterruptedRestores(t, openCleared) }

func TestABackupIsRestoredOnceOnly(t *testing.T) { storetest.LaterRestores(t, openCleared) }

func TestBothStoresAnswerAlike(t *testing.T) { storetest.Fuzz(t, 2, openCleared, openMemory) }

func TestSynthesisFollowsFromPlainLists(t *testing.T) { storetest.FuzzSynthesis(t, 1, openCleared) }

func openCleared(t *testing.T, model *query.Model) query.Store {
	store, err := neo4j.Open(t.Context(), config(cleared(t)), model)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func openMemory(t *testing.T, model *query.Model) query.Store {
	store, err := embedded.Open(embedded.Memory, model)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func TestWriting(t *testing.T) { storetest.RunWriting(t, openCleared, reopen) }

func TestFollowing(t *testing.T) { storetest.RunFollowing(t, openCleared, reopen, openSecond) }

func reopen(t *testing.T, s query.Store, model *query.Model) query.Store {
	s.Close()
	return openSecond(t, s, model)
}

// openSecond opens what another store holds.
func openSecond(t *testing.T, _ query.Store, model *query.Model) query.Store {
	store, err := neo4j.Open(t.Context(), config(neo4jtest.Start(t)), model)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}
