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

// formerFile is a store of one node, as it was written before nodes had versions.
func formerFile(t *testing.T, model *query.Model) (path string, node query.NodeRecord) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "graph.db")
	f, _, err := openFile(path, model, refused)
	if err != nil {
		t.Fatal(err)
	}
	node, problems := record.NewNode(model, record.Node{ID: "post:a", Type: "Post", Names: []record.Name{{Lang: "vi", Text: "A", Kind: "MAIN"}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	first := &query.Entry{Sequence: 1, Change: query.Change{Nodes: query.AddNodes([]query.NodeRecord{node}), Contents: &query.Contents{Dataset: "d", Schema: "s"}}}
	if err := errors.Join(f.write(first, first.Contents), f.close()); err != nil {
		t.Fatal(err)
	}
	return path, node
}

// removeLog makes of a file what it was before there was a log.
func removeLog(t *testing.T, path string, model *query.Model) {
	t.Helper()
	f, g, _, err := readFile(path, model, refused)
	if err != nil {
		t.Fatal(err)
	}
	db, err := openBolt(path, false)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		said, err := json.Marshal(map[string]any{"Format": formerFormat, "Contents": g.contents, "Sum": f.sums.graph})
		return errors.Join(err, tx.DeleteBucket(changesBucket), tx.DeleteBucket(keysBucket), tx.Bucket(aboutBucket).Put(aboutKey, seal(aboutKey, said)))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestAGraphWithoutALogBecomesTheFirstChange(t *testing.T) {
	model := query.NewModel("m", []*query.Type{{Name: "Post"}}, nil)
	path, node := formerFile(t, model)
	removeLog(t, path, model)
	renewed(t, path, model, node, 1)
}

func TestAGraphWithoutVersionsBecomesOneMoreChange(t *testing.T) {
	model := query.NewModel("m", []*query.Type{{Name: "Post"}}, nil)
	path, node := formerFile(t, model)
	renewed(t, path, model, node, 2)
}

// renewed opens a file whose last change is to make a node once more, with a version.
func renewed(t *testing.T, path string, model *query.Model, node query.NodeRecord, sequence int64) {
	t.Helper()
	node.Values[query.NodeVersion] = sequence
	for range 2 { // once, and not again
		s, err := Open(path, model)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := s.Changes(t.Context(), 0, 10)
		if err != nil || len(entries) != int(sequence) {
			t.Fatalf("the log is %v, %v", entries, err)
		}
		last := entries[sequence-1]
		if last.Sequence != sequence || !last.Replace || last.At.IsZero() || len(last.Nodes) != 1 || !reflect.DeepEqual(*last.Nodes[0].After, node) ||
			!reflect.DeepEqual(last.Contents, &query.Contents{Dataset: "d", Schema: "s"}) {
			t.Errorf("the last change is %v", last)
		}
		if held := s.read.Load().records([]string{"post:a"}, nil); !reflect.DeepEqual(held.Nodes, []query.NodeRecord{node}) {
			t.Errorf("the graph holds %v", held)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
