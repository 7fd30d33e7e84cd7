package embedded

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"testing"

	"bordergraph/graph/query"
	"bordergraph/graph/record"

	"go.etcd.io/bbolt"
)

// formerFile is a store of one node, as it was written before there was a log.
func formerFile(t *testing.T, model *query.Model) (path string, node query.NodeRecord) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "graph.db")
	s, err := Open(path, model)
	if err != nil {
		t.Fatal(err)
	}
	node, problems := record.NewNode(model, record.Node{ID: "post:a", Type: "Post", Names: []record.Name{{Lang: "vi", Text: "A", Kind: "MAIN"}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	change := &query.Change{Nodes: query.AddNodes([]query.NodeRecord{node}), Contents: &query.Contents{Dataset: "d", Schema: "s"}}
	if err := query.Write(t.Context(), s, change); err != nil {
		t.Fatal(err)
	}
	kept := s.journal.(*file)
	err = kept.db.Update(func(tx *bbolt.Tx) error {
		said, err := json.Marshal(map[string]any{"Format": formerFormat, "Contents": change.Contents, "Sum": kept.sums.graph})
		return errors.Join(err, tx.DeleteBucket(changesBucket), tx.DeleteBucket(keysBucket), tx.Bucket(aboutBucket).Put(aboutKey, seal(aboutKey, said)))
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return path, node
}

func TestAGraphWithoutALogBecomesTheFirstChange(t *testing.T) {
	model := query.NewModel("m", []*query.Type{{Name: "Post"}}, nil)
	path, node := formerFile(t, model)
	for range 2 { // once, and not again
		s, err := Open(path, model)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := s.Changes(t.Context(), 0, 10)
		if err != nil || len(entries) != 1 {
			t.Fatalf("the log is %v, %v", entries, err)
		}
		first := entries[0]
		if first.Sequence != 1 || !first.Replace || first.At.IsZero() || len(first.Nodes) != 1 || !reflect.DeepEqual(*first.Nodes[0].After, node) ||
			!reflect.DeepEqual(first.Contents, &query.Contents{Dataset: "d", Schema: "s"}) {
			t.Errorf("the first change is %v", first)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
