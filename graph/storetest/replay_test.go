package storetest_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"bordergraph/graph/derive"
	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/query"
	"bordergraph/graph/storetest"
)

func TestReplayFindsNothingWrongWithALogThatIsWhole(t *testing.T) {
	api, store := threeChanges(t)
	log, err := storetest.Replay(t.Context(), store, api.Model)
	if err != nil || len(log) != 3 {
		t.Errorf("%d changes, %v", len(log), err)
	}
}

func TestReplayNoticesALogThatIsNotThatOfTheGraph(t *testing.T) {
	api, store := threeChanges(t)
	for want, lie := range map[string]func([]query.Entry) []query.Entry{
		"change 3 comes after 1 others": func(log []query.Entry) []query.Entry { return slices.Delete(log, 1, 2) },
		"change 3: country:LA is not as the change says that it was": func(log []query.Entry) []query.Entry {
			log[2].Nodes[0].Before = log[2].Nodes[0].After
			return log
		},
		"country:LA: the store holds": func(log []query.Entry) []query.Entry { return log[:2] },
		"relationships, the log makes": func(log []query.Entry) []query.Entry {
			log[0].Links = log[0].Links[1:]
			return log
		},
		"nodes, ": func(log []query.Entry) []query.Entry {
			added := *log[0].Nodes[0].After
			added.Values = slices.Clone(added.Values)
			added.Values[query.NodeID] = "absent"
			log[2].Nodes = append(log[2].Nodes, query.NodeChange{After: &added})
			return log
		},
	} {
		if _, err := storetest.Replay(t.Context(), &lying{store, lie}, api.Model); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// threeChanges is a store that was loaded, and in which a country was renamed twice.
func threeChanges(t *testing.T) (*derive.API, query.Store) {
	api, store := embeddedtest.Bundled(t)
	for _, name := range []string{"Lào A", "Lào B"} {
		rename(t, store, "country:LA", name)
	}
	return api, store
}

func rename(t *testing.T, store query.Store, id, name string) {
	t.Helper()
	err := store.Update(t.Context(), func(tx query.Tx) error {
		found, err := tx.Records(t.Context(), []string{id}, nil)
		if err != nil {
			return err
		}
		before, after := found.Nodes[0], found.Nodes[0]
		after.Values = slices.Clone(before.Values)
		after.Values[query.NodeName] = name
		_, err = tx.Write(t.Context(), &query.Change{Nodes: []query.NodeChange{{Before: &before, After: &after}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// lying is a store whose log is not what was written.
type lying struct {
	query.Store
	lie func([]query.Entry) []query.Entry
}

func (l *lying) Changes(ctx context.Context, after int64, limit int) ([]query.Entry, error) {
	log, err := l.Store.Changes(ctx, after, limit)
	if err != nil || after > 0 {
		return nil, err
	}
	for i := range log {
		log[i].Nodes, log[i].Links = slices.Clone(log[i].Nodes), slices.Clone(log[i].Links)
	}
	return l.lie(log), nil
}
