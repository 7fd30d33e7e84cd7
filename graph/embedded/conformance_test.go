package embedded_test

import (
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

func TestWhatIsMarkedHigherShowsNowhere(t *testing.T) { storetest.FuzzClearance(t, 10, openMemory) }

func TestPagesTogetherAreTheWholeList(t *testing.T) { storetest.FuzzPages(t, 10, openMemory) }

func TestSynthesisFollowsFromPlainLists(t *testing.T) { storetest.FuzzSynthesis(t, 10, openMemory) }
