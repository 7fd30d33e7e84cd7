// Package neo4j keeps a graph in Neo4j: every operation is one statement that answers one record.
package neo4j

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph/graph/cypher"
	"bordergraph/graph/query"
)

// Config is how to reach a Neo4j.
type Config struct {
	URI, Username, Password string
	// Database is empty for the default of the server.
	Database string
	// Replacing is for a caller who will replace the whole graph: what is stored need not fit the model.
	Replacing bool
	// ReadTimeout bounds a read; zero stands for ten seconds. Neo4j may need seconds to plan a large
	// statement that it meets for the first time.
	ReadTimeout time.Duration
	// OnStatement, if not nil, is told the text of each statement that is sent.
	OnStatement func(text string)
}

// Store is a query.Store in Neo4j. A read is a short window, not a snapshot: Neo4j is read-committed.
type Store struct {
	driver    driver.DriverWithContext
	sessions  driver.SessionConfig
	model     *query.Model
	replacing bool
	timeout   time.Duration // of a read
	// statements are the texts of queries that are asked again, by the place of their columns: plans
	// are kept, and their queries with them.
	statements *lru.Cache[*query.Column, cypher.Statement]
	feed       *feed
	turns      turns // of updates
	sent       func(text string)
}

var _ query.Store = (*Store)(nil)

const (
	readTimeout  = 10 * time.Second
	writeTimeout = 5 * time.Minute
	readyTimeout = 2 * time.Second
	closeTimeout = 2 * time.Second
	// settleTimeout is for asking whether a change was made.
	settleTimeout = 15 * time.Second
	readAttempts  = 3
	retryPause    = 50 * time.Millisecond
	// retryTime is for how long an update is tried again, with pauses that double.
	retryTime = 5 * time.Second

	maxStatements = 500
)

// Select answers a query in one statement.
func (s *Store) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	if len(q.Columns) == 0 {
		return query.Row{}, nil
	}
	statement := s.statement(q)
	ctx, cancel := within(ctx, s.timeout)
	defer cancel()
	records, err := s.read(ctx, statement.Text, statement.Arguments(q.Args))
	if err != nil {
		return nil, outward(ctx, "select", err)
	}
	return answer(statement, records), nil
}

// answer is the row that answers a query, of the records that its statement gave.
func answer(statement cypher.Statement, records []*driver.Record) query.Row {
	if !statement.Bare {
		return records[0].Values
	}
	rows := make([]any, len(records))
	for i, record := range records {
		rows[i] = record.Values[0]
	}
	return query.Row{rows}
}

// Merged implements query.Store.
func (s *Store) Merged(ctx context.Context, ids []string) (map[string]string, error) {
	ctx, cancel := within(ctx, s.timeout)
	defer cancel()
	records, err := s.read(ctx, readAliases, map[string]any{"nodes": ids})
	if err != nil {
		return nil, outward(ctx, "read aliases", err)
	}
	rows := make([]any, len(records))
	for i, record := range records {
		rows[i] = record.Values[0]
	}
	return mergedInto(rows), nil
}

// Contents says what the graph was made from; nil if the store is empty.
func (s *Store) Contents(ctx context.Context) (*query.Contents, error) {
	ctx, cancel := within(ctx, s.timeout)
	defer cancel()
	records, err := s.read(ctx, readContents, nil)
	if err != nil {
		return nil, outward(ctx, "read the contents", err)
	}
	if len(records) == 0 {
		return nil, nil
	}
	values := records[0].Values
	return &query.Contents{Dataset: values[0].(string), Schema: values[1].(string)}, nil
}

// Ready is nil while Neo4j answers.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	_, err := s.readOnce(ctx, "RETURN 1", nil)
	if err != nil {
		return &query.Error{Code: query.Unavailable, Message: unavailable, Cause: err}
	}
	return nil
}

// Close ends all connections.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return s.driver.Close(ctx)
}

// statement is the text of a query. Those of queries that are asked again are kept.
func (s *Store) statement(q *query.Query) cypher.Statement {
	statement, known := s.statements.Get(&q.Columns[0])
	if !known {
		statement = cypher.Compile(q)
		if q.Kept {
			s.statements.Add(&q.Columns[0], statement)
		}
	}
	return statement
}

// read runs a statement that may be sent again if Neo4j was busy or the connection had died.
func (s *Store) read(ctx context.Context, text string, values map[string]any) ([]*driver.Record, error) {
	for attempt := 1; ; attempt++ {
		records, err := s.readOnce(ctx, text, values)
		if err == nil || attempt == readAttempts || !driver.IsRetryable(err) || !pause(ctx, time.Duration(attempt)*retryPause) {
			return records, err
		}
	}
}

func (s *Store) readOnce(ctx context.Context, text string, values map[string]any) ([]*driver.Record, error) {
	session := s.session(ctx, driver.AccessModeRead)
	defer closeSession(session)
	s.sent(text)
	result, err := session.Run(ctx, text, values, driver.WithTxTimeout(remaining(ctx)))
	if err != nil {
		return nil, err
	}
	return collect(ctx, result)
}

// pause waits, and answers whether there is time left.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// collect reads few records. The driver's own Collect makes room for a thousand.
func collect(ctx context.Context, result driver.ResultWithContext) ([]*driver.Record, error) {
	var records []*driver.Record
	for result.Next(ctx) {
		records = append(records, result.Record())
	}
	return records, result.Err()
}

func (s *Store) session(ctx context.Context, mode driver.AccessMode) driver.SessionWithContext {
	config := s.sessions
	config.AccessMode = mode
	return s.driver.NewSession(ctx, config)
}

// closeSession has a context of its own, so that the connection is given back although that of the
// operation is over.
func closeSession(session driver.SessionWithContext) {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	session.Close(ctx)
}

// within is a context that ends after a time, or the context itself if it ends before: the driver
// makes many contexts of the one that it is given, each at a cost for every one above it.
func within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, d)
}

// remaining is what is left of the time of an operation; Neo4j takes zero for no limit.
func remaining(ctx context.Context) time.Duration {
	deadline, _ := ctx.Deadline()
	return max(time.Until(deadline), time.Millisecond)
}
