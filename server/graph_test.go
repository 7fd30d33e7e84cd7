package main

import (
	"context"
	"io"
	"testing"

	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/query"
)

// Two servers that start on one Neo4j both find it empty.
func TestAFirstStartReplacesNothingThatAnotherServerHasMade(t *testing.T) {
	api, store := embeddedtest.Bundled(t)
	before, err := store.Wait(t.Context(), -1)
	if err != nil {
		t.Fatal(err)
	}
	o := &opened{api: api, store: &emptyAtFirst{Store: store}}
	if err := o.prepare(t.Context(), &console{out: io.Discard}); err != nil {
		t.Fatal(err)
	}
	if after, err := store.Wait(t.Context(), -1); err != nil || after != before {
		t.Errorf("the log goes to %d, %v; it went to %d", after, err, before)
	}
}

// emptyAtFirst says once that it holds nothing.
type emptyAtFirst struct {
	query.Store
	asked bool
}

func (e *emptyAtFirst) Contents(ctx context.Context) (*query.Contents, error) {
	if !e.asked {
		e.asked = true
		return nil, nil
	}
	return e.Store.Contents(ctx)
}
