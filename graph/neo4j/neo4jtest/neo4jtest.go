// Package neo4jtest gives tests a real Neo4j: the one that NEO4J_URI names, or else one that it
// assembles from its Maven artifacts and runs, where Java 17 and Maven are installed.
package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Server is where a Neo4j listens and how to sign in. Tests may remove everything in it.
type Server struct {
	URI, Username, Password, Database string
}

// Run runs the tests of a package, to be called from its TestMain, and ends the server that they
// started, if any. It answers the exit code.
func Run(m *testing.M) int {
	code := m.Run()
	if started != nil {
		started.stop()
	}
	return code
}

// Start gives the one server of the test process. Where there is none to be had, the test is
// skipped; it fails if CI is set.
func Start(tb testing.TB) Server {
	tb.Helper()
	server, err := shared()
	require(tb, err)
	return server
}

// require ends a test that has no server.
func require(tb testing.TB, err error) {
	tb.Helper()
	var missing *missingError
	switch {
	case err == nil:
	case errors.As(err, &missing) && os.Getenv("CI") == "":
		tb.Skip(err)
	default:
		tb.Fatal(err)
	}
}

var (
	shared  = sync.OnceValues(find)
	started *process
)

func find() (Server, error) {
	if uri := os.Getenv("NEO4J_URI"); uri != "" {
		given := Server{uri, os.Getenv("NEO4J_USERNAME"), os.Getenv("NEO4J_PASSWORD"), os.Getenv("NEO4J_DATABASE")}
		return given, given.Claim()
	}
	lib, err := assembled()
	if err != nil {
		return Server{}, err
	}
	started, err = launch(lib)
	if err != nil {
		return Server{}, err
	}
	return started.server, nil
}

// claimed is the name of a constraint that marks a database as one for tests.
const claimed = "bordergraph_tests"

// Claim makes sure that tests remove nothing of worth: it fails unless the database is empty, or was
// so when it was first claimed.
func (s Server) Claim() error {
	return s.session("", func(ctx context.Context, session neo4j.SessionWithContext) error {
		ours, err := holds(ctx, session, "SHOW CONSTRAINTS YIELD name WHERE name = '"+claimed+"' RETURN count(*) > 0")
		if err != nil || ours {
			return err
		}
		used, err := holds(ctx, session, "RETURN EXISTS { MATCH (n) }")
		if err != nil {
			return err
		}
		if used {
			return errors.New("NEO4J_URI names a database that holds data, which the tests would remove: name an empty one, or unset NEO4J_URI")
		}
		result, err := session.Run(ctx, "CREATE CONSTRAINT "+claimed+" IF NOT EXISTS FOR (n:BordergraphTests) REQUIRE n.id IS UNIQUE", nil)
		if err != nil {
			return err
		}
		_, err = result.Consume(ctx)
		return err
	})
}

func holds(ctx context.Context, s neo4j.SessionWithContext, text string) (bool, error) {
	result, err := s.Run(ctx, text, nil)
	if err != nil {
		return false, err
	}
	record, err := result.Single(ctx)
	if err != nil {
		return false, err
	}
	return record.Values[0].(bool), nil
}

// Clear removes all nodes and relationships of the server's database.
func (s Server) Clear(tb testing.TB) {
	tb.Helper()
	s.Records(tb, "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS", nil)
}

// DropIndexes removes the constraints and the indexes of the server's database.
func (s Server) DropIndexes(tb testing.TB) {
	tb.Helper()
	for _, kind := range []string{"CONSTRAINT", "INDEX"} {
		for _, r := range s.Records(tb, "SHOW "+kind+" YIELD name, type WHERE type <> 'LOOKUP' AND name <> '"+claimed+"' RETURN name", nil) {
			s.Records(tb, fmt.Sprintf("DROP %s `%s` IF EXISTS", kind, r.Values[0]), nil)
		}
	}
}

// Records answers what a statement of the test's own says.
func (s Server) Records(tb testing.TB, text string, values map[string]any) []*neo4j.Record {
	tb.Helper()
	var records []*neo4j.Record
	err := s.session("", func(ctx context.Context, session neo4j.SessionWithContext) error {
		result, err := session.Run(ctx, text, values)
		if err != nil {
			return err
		}
		records, err = result.Collect(ctx)
		return err
	})
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return records
}

// Warnings answers the codes of what Neo4j's planner has to say against a statement, which is not run.
func (s Server) Warnings(tb testing.TB, text string) []string {
	tb.Helper()
	var codes []string
	err := s.session("", func(ctx context.Context, session neo4j.SessionWithContext) error {
		result, err := session.Run(ctx, "EXPLAIN "+text, nil)
		if err != nil {
			return err
		}
		summary, err := result.Consume(ctx)
		if err != nil {
			return err
		}
		for _, n := range summary.Notifications() {
			codes = append(codes, n.Code())
		}
		return nil
	})
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return codes
}

// Hits runs a statement and answers how often Neo4j touched the database for it.
func (s Server) Hits(tb testing.TB, text string, values map[string]any) int64 {
	tb.Helper()
	var all int64
	err := s.session("", func(ctx context.Context, session neo4j.SessionWithContext) error {
		result, err := session.Run(ctx, "PROFILE "+text, values)
		if err != nil {
			return err
		}
		summary, err := result.Consume(ctx)
		if err != nil {
			return err
		}
		all = hits(summary.Profile())
		return nil
	})
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return all
}

func hits(plan neo4j.ProfiledPlan) int64 {
	all := plan.DbHits()
	for _, child := range plan.Children() {
		all += hits(child)
	}
	return all
}

// session does something on the server, in a database of it; "" stands for that of the Server.
func (s Server) session(database string, do func(context.Context, neo4j.SessionWithContext) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	driver, err := neo4j.NewDriverWithContext(s.URI, neo4j.BasicAuth(s.Username, s.Password, ""))
	if err != nil {
		return err
	}
	defer driver.Close(ctx)
	if database == "" {
		database = s.Database
	}
	session := driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: database})
	defer session.Close(ctx)
	return do(ctx, session)
}
