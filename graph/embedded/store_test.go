package embedded_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bordergraph/graph/dataset"
	"bordergraph/graph/derive"
	"bordergraph/graph/embedded"
	"bordergraph/graph/query"
)

func TestBundledDatasetIsReadBack(t *testing.T) {
	schema, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	api, err := derive.New(string(schema), "")
	if err != nil {
		t.Fatal(err)
	}
	change, err := dataset.Read(api.Model, os.DirFS("../../dataset"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "graph.db")
	s, err := embedded.Open(path, api.Model)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := s.Apply(context.Background(), change); err != nil {
		t.Fatal(err)
	}
	t.Log("apply", time.Since(start))
	s.Close()
	start = time.Now()
	s, err = embedded.Open(path, api.Model)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("open", time.Since(start))
	i, _ := os.Stat(path)
	t.Log("size", i.Size())
	var _ query.Store = s
}
