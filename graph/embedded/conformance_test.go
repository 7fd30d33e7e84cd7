package embedded_test

import (
	"path/filepath"
	"testing"

	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

func openMemory(t *testing.T, model *query.Model) query.Store {
	store, err := embedded.Open(embedded.Memory, model)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func TestConformance(t *testing.T) { storetest.Run(t, openMemory) }

func TestChanges(t *testing.T) { storetest.RunChanges(t, openMemory) }

func TestUndoneChangesLeaveTheGraphAsItWas(t *testing.T) { storetest.RunUndoing(t, 80, openMemory) }

func TestPast(t *testing.T) { storetest.RunPast(t, 40, openMemory) }

func TestOneOfTwoUpdatesAtTheSameTimeWins(t *testing.T) { storetest.RunConflicts(t, openMemory) }

func TestWhatIsMarkedHigherShowsNowhere(t *testing.T) { storetest.FuzzClearance(t, 10, openMemory) }

func TestPagesTogetherAreTheWholeList(t *testing.T) { storetest.FuzzPages(t, 10, openMemory) }

func TestSynthesisFollowsFromPlainLists(t *testing.T) { storetest.FuzzSynthesis(t, 10, openMemory) }

func TestWriting(t *testing.T) {
	t.Run("in memory", func(t *testing.T) { storetest.RunWriting(t, openMemory, same) })
	t.Run("in a file", func(t *testing.T) {
		file := &inFile{}
		storetest.RunWriting(t, file.open, file.reopen)
	})
}

func TestFollowing(t *testing.T) {
	t.Run("in memory", func(t *testing.T) { storetest.RunFollowing(t, openMemory, same, nil) })
	t.Run("in a file", func(t *testing.T) {
		file := &inFile{}
		storetest.RunFollowing(t, file.open, file.reopen, nil)
	})
}

// same is the store in memory as it is.
func same(_ *testing.T, s query.Store, _ *query.Model) query.Store { return s }

// inFile is a store in a file, a new one each time it is opened.
type inFile struct{ path string }

func (f *inFile) open(t *testing.T, model *query.Model) query.Store {
	f.path = filepath.Join(t.TempDir(), "graph.db")
	return f.again(t, model)
}

func (f *inFile) reopen(t *testing.T, s query.Store, model *query.Model) query.Store {
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return f.again(t, model)
}

func (f *inFile) again(t *testing.T, model *query.Model) query.Store {
	store := open(t, f.path, model)
	t.Cleanup(func() { store.Close() })
	return store
}

func TestImports(t *testing.T) { storetest.RunImports(t, openMemory) }

func TestBackupsAreRestored(t *testing.T) {
	storetest.Backups(t, openMemory, func(t *testing.T, model *query.Model) query.Store {
		store := open(t, filepath.Join(t.TempDir(), "graph.db"), model)
		t.Cleanup(func() { store.Close() })
		return store
	})
}

func TestAnInterruptedRestoreIsFinished(t *testing.T) { storetest.InterruptedRestores(t, openMemory) }

func TestRefusalsThatFollowFromOneAnotherAreFoundTogether(t *testing.T) {
	storetest.ChainsOfRefusals(t, openMemory)
}

func TestABackupIsRestoredOnceOnly(t *testing.T) { storetest.LaterRestores(t, openMemory) }

func TestBackupsOfRandomGraphsAreRestored(t *testing.T) {
	storetest.FuzzBackups(t, 5, openMemory, openMemory)
}

func TestImportsSayTheSameHoweverFewRowsAreHeldAtOnce(t *testing.T) {
	storetest.FuzzImports(t, 20, openMemory)
}
