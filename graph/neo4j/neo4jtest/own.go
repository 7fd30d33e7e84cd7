package neo4jtest

import (
	"context"
	"os"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Own is a Neo4j of a test's own, whatever NEO4J_URI says: it can be killed and started again.
type Own struct {
	Server
	process *process
}

// StartOwn starts a Neo4j that ends with the test. Where there is none to be had, it does as Start.
func StartOwn(tb testing.TB) *Own {
	tb.Helper()
	lib, err := assembled()
	require(tb, err)
	p, err := launch(lib)
	require(tb, err)
	tb.Cleanup(p.stop)
	return &Own{p.server, p}
}

// Kill ends the server at once. What it had confirmed is kept.
func (o *Own) Kill() { o.process.kill() }

// Signal sends a signal to the server.
func (o *Own) Signal(tb testing.TB, signal os.Signal) {
	tb.Helper()
	if err := o.process.command.Process.Signal(signal); err != nil {
		tb.Fatal(err)
	}
}

// Restart starts a server that was killed, at the same address and on what it held.
func (o *Own) Restart(tb testing.TB) {
	tb.Helper()
	if err := o.process.start(o.Database, readOne); err != nil {
		tb.Fatal(err)
	}
}

func readOne(ctx context.Context, s neo4j.SessionWithContext) error {
	_, err := holds(ctx, s, "RETURN true")
	return err
}
