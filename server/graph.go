package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/dataset"
	"bordergraph/graph/derive"
	"bordergraph/graph/embedded"
	"bordergraph/graph/neo4j"
	"bordergraph/graph/query"
	"bordergraph/graph/service"
)

// opened is the API with the store that answers it.
type opened struct {
	api   *derive.API
	store query.Store
	kind  service.StoreKind
}

// open opens the store that the settings name. One that will be replaced may hold what does not fit the schema.
func open(ctx context.Context, s *settings, replacing bool) (*opened, error) {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		return nil, err
	}
	o := &opened{api: api, kind: service.StoreKindEmbedded}
	switch {
	case s.Store == neo4jStore:
		collectSeldom()
		o.kind = service.StoreKindNeo4j
		o.store, err = neo4j.Open(ctx, neo4j.Config{
			URI: s.Neo4j.URI, Username: s.Neo4j.Username, Password: s.Neo4j.Password, Database: s.Neo4j.Database, Replacing: replacing,
		}, api.Model)
	case replacing:
		o.store, err = embedded.OpenToReplace(s.Data, api.Model)
	default:
		o.store, err = embedded.Open(s.Data, api.Model)
	}
	var refused *query.Error
	if errors.As(err, &refused) && refused.Code == query.Misfit {
		return nil, fmt.Errorf("%w\n%s", err, howToReplace)
	}
	if err != nil {
		return nil, err
	}
	return o, nil
}

// collectSeldom is for a program whose graph is elsewhere: its heap is small, so that to let it grow
// costs little memory, and spares a tenth of the work. GOGC overrides it.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// collectOften is for a program that holds much for a short time: it costs a third of memory less. GOGC overrides it.
func collectOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

const howToReplace = "to replace the graph by the bundled dataset, run with the same settings: go run ./server load"

// prepare loads the bundled dataset into an empty store. A graph made from another dataset or schema
// is the user's: it stays as it is, with a warning.
func (o *opened) prepare(ctx context.Context, c *console) error {
	contents, err := o.store.Contents(ctx)
	if err == nil && contents == nil {
		fmt.Fprintln(c.out, "bordergraph: first start: loading the bundled dataset")
		contents, err = o.loadFirst(ctx)
	}
	if err != nil || contents == nil {
		return err
	}
	bundled, err := dataset.Fingerprint(bordergraph.Dataset())
	if err != nil {
		return err
	}
	if *contents != (query.Contents{Dataset: bundled, Schema: o.api.Model.Fingerprint}) {
		fmt.Fprintln(c.out, "bordergraph: warning: the graph was made from another dataset, or by another version of the schema, than come with this program; unless it is your own, "+howToReplace)
	}
	return nil
}

// openHeld opens a store that holds a graph. An empty one is refused, so that a mistyped place is not taken for the
// graph of whoever asks; in memory there is nothing but the bundled dataset, which is loaded.
func openHeld(ctx context.Context, s *settings, c *console) (*opened, error) {
	if s.absent() {
		return nil, nothingIn(s.Data)
	}
	o, err := open(ctx, s, false)
	if err != nil {
		return nil, err
	}
	contents, err := o.store.Contents(ctx)
	if err == nil && contents == nil && s.Data != embedded.Memory {
		err = nothingIn(cmp.Or(s.Data, "the database of NEO4J_URI"))
	}
	if err == nil {
		err = o.prepare(ctx, c)
	}
	if err != nil {
		return nil, errors.Join(err, o.store.Close())
	}
	return o, nil
}

// absent is whether the store is a file that is not there.
func (s *settings) absent() bool {
	if s.Store != embeddedStore || s.Data == embedded.Memory {
		return false
	}
	_, err := os.Stat(s.Data)
	return errors.Is(err, fs.ErrNotExist)
}

func nothingIn(place string) error {
	return fmt.Errorf("there is no graph in %s; start the server or run load for the bundled dataset, or import one", place)
}

// loadFirst loads the bundled dataset, unless another server that starts was faster: then it answers what that made the
// graph from.
func (o *opened) loadFirst(ctx context.Context) (there *query.Contents, err error) {
	change, err := o.bundled()
	if err != nil {
		return nil, err
	}
	err = o.store.Update(ctx, func(tx query.Tx) error {
		err := tx.Settle(ctx)
		if err != nil {
			return err
		}
		if there, err = o.store.Contents(ctx); err != nil || there != nil {
			return err
		}
		_, err = tx.Write(ctx, change)
		return err
	})
	return there, err
}

// load replaces the graph by the bundled dataset.
func (o *opened) load(ctx context.Context) error {
	change, err := o.bundled()
	if err != nil {
		return err
	}
	return query.Write(ctx, o.store, change)
}

// bundled is the change that makes the graph of the bundled dataset.
func (o *opened) bundled() (*query.Change, error) {
	change, err := dataset.Read(o.api.Model, bordergraph.Dataset())
	if err != nil {
		return nil, err
	}
	change.At, change.Actor, change.Comment = time.Now(), "bordergraph", "the bundled dataset"
	return change, nil
}

// version is what the build knows of itself.
func version() string {
	info, known := debug.ReadBuildInfo()
	if !known || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
