package neo4j

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph/graph/query"
	"bordergraph/graph/stored"
)

// Update implements query.Store. f is run again if Neo4j asks for it.
func (s *Store) Update(ctx context.Context, f func(query.Tx) error) error {
	return s.update(ctx, func(tx *transaction) error { return f(tx) })
}

// update runs f in a transaction. Whoever reads or writes in one holds the lock of the mark, which
// counts the changes, so that they are made one after another.
func (s *Store) update(ctx context.Context, f func(*transaction) error) error {
	ctx, cancel := within(ctx, writeTimeout)
	defer cancel()
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(session)
	var tx *transaction
	var refusal error
	_, err := session.ExecuteWrite(ctx, func(managed driver.ManagedTransaction) (any, error) {
		tx = &transaction{store: s, managed: managed, attempt: rand.Text()}
		refusal = f(tx)
		if tx.failed != nil { // also where f makes light of it
			return nil, tx.failed
		}
		return nil, refusal
	}, driver.WithTxTimeout(remaining(ctx)))
	var answered *driver.Neo4jError
	switch {
	case err == nil:
	case refusal != nil:
		return refusal
	case tx != nil && tx.failed == nil && tx.entry != nil && !errors.As(last(err), &answered):
		if err := s.settle(tx, outward(ctx, "update", err)); err != nil {
			return err
		}
	default:
		return outward(ctx, "update", err)
	}
	if tx.entry != nil {
		s.written(ctx, tx.entry)
	}
	return nil
}

// written does what is due after a change.
func (s *Store) written(ctx context.Context, e *query.Entry) {
	s.feed.tell(e.Sequence, nil)
	if e.Replace || len(e.Nodes)+len(e.Links) >= bulkRows {
		s.replan(ctx)
	}
}

// settle finds out whether a change was made whose confirmation was lost. The lock is free once the
// transaction is over.
func (s *Store) settle(lost *transaction, cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), settleTimeout)
	defer cancel()
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(session)
	made, err := session.ExecuteWrite(ctx, func(managed driver.ManagedTransaction) (any, error) {
		tx := &transaction{store: s, managed: managed}
		return tx.locked(ctx, "EXISTS { MATCH (:`BordergraphChange` {`sequence`: $sequence, `attempt`: $attempt}) }",
			map[string]any{"sequence": lost.entry.Sequence, "attempt": lost.attempt})
	}, driver.WithTxTimeout(remaining(ctx)))
	switch {
	case err != nil:
		return &query.Error{Code: query.Uncertain, Message: "the graph was lost while it confirmed the change, which may have been made; look whether it was before you repeat it", Cause: cause}
	case made == true:
		return nil
	}
	return cause
}

// replan brings the planner's statistics up to date. The change is durable by then, so it succeeds
// without; plans are only slower for a while.
func (s *Store) replan(ctx context.Context) {
	_ = s.write(ctx, "CALL db.prepareForReplanning(30)")
}

// transaction is a query.Tx.
type transaction struct {
	store   *Store
	managed driver.ManagedTransaction
	// attempt tells this transaction from all others.
	attempt string
	failed  error // what the driver answered first that is wrong
	// holds is whether the lock is held; sequence and at are those of the last change, by then.
	holds    bool
	sequence int64
	at       time.Time
	entry    *query.Entry // nil while nothing is written
}

// run sends a statement.
func (tx *transaction) run(ctx context.Context, text string, values map[string]any) ([]*driver.Record, error) {
	if tx.failed != nil {
		return nil, outward(ctx, "update", tx.failed)
	}
	tx.store.sent(text)
	result, err := tx.managed.Run(ctx, text, values)
	if err == nil {
		var records []*driver.Record
		if records, err = collect(ctx, result); err == nil {
			return records, nil
		}
	}
	tx.failed = err
	return nil, outward(ctx, "update", err)
}

// lockMark waits until nobody else writes. What follows it in a statement reads the graph as it is then.
const lockMark = "MATCH (c:`BordergraphContents` {`id`: 'contents'}) SET c.`locked` = true WITH c "

// locked locks the mark and evaluates an expression.
func (tx *transaction) locked(ctx context.Context, expression string, values map[string]any) (any, error) {
	records, err := tx.run(ctx, lockMark+"RETURN c.`sequence`, c.`at`, "+expression, values)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, errors.New("the mark of the store is gone from Neo4j: somebody else has removed it")
	}
	row := records[0].Values
	tx.holds = true
	tx.sequence, _ = row[0].(int64)
	if at, is := row[1].(int64); is {
		tx.at = time.UnixMicro(at).UTC()
	}
	return row[2], nil
}

func (tx *transaction) lock(ctx context.Context) error {
	if tx.holds {
		return nil
	}
	_, err := tx.locked(ctx, "null", nil)
	return err
}

// Select implements query.Tx.
func (tx *transaction) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	if err := tx.lock(ctx); err != nil || len(q.Columns) == 0 {
		return query.Row{}, err
	}
	statement := tx.store.statement(q)
	records, err := tx.run(ctx, statement.Text, statement.Arguments(q.Args))
	if err != nil {
		return nil, err
	}
	return answer(statement, records), nil
}

// Recorded implements query.Tx.
func (tx *transaction) Recorded(ctx context.Context, key string) (*query.Entry, error) {
	found, err := tx.locked(ctx, "COLLECT { MATCH (e:`BordergraphChange` {`key`: $key}) RETURN [e.`sequence`, e.`payload`] }", map[string]any{"key": key})
	if err != nil || len(found.([]any)) == 0 {
		return nil, err
	}
	return entry(tx.store.model, found.([]any)[0].([]any))
}

// Write implements query.Tx.
func (tx *transaction) Write(ctx context.Context, c *query.Change) (*query.Entry, error) {
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	err := tx.make(ctx, c, func(e *query.Entry) []statement { return statements(tx.store.model, &e.Change) })
	if err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	return tx.entry, nil
}

// What follows a statement: how many rows it wrote, and, after the last one, the entry of the log.
const (
	countRows  = " WITH count(*) AS written"
	returnRows = " RETURN written"
	logEntry   = " MATCH (c:`BordergraphContents` {`id`: 'contents'}) SET c += $mark CREATE (e:`BordergraphChange`) SET e = $entry"
)

// make makes a change by the statements for its entry, and puts that into the log.
func (tx *transaction) make(ctx context.Context, c *query.Change, by func(*query.Entry) []statement) error {
	if tx.entry != nil {
		return errors.New("a transaction writes once")
	}
	if err := tx.lock(ctx); err != nil {
		return err
	}
	entry := query.NewEntry(tx.sequence+1, c)
	entry.At = later(c.At, tx.at)
	logged, err := tx.logged(entry)
	if err != nil {
		return err
	}
	statements := by(entry)
	for i, s := range statements {
		text, values := s.text+countRows, map[string]any{"rows": s.rows}
		if i == len(statements)-1 {
			text += logEntry
			maps.Copy(values, logged)
		}
		if err := tx.writeRows(ctx, s, text+returnRows, values); err != nil {
			return err
		}
	}
	if len(statements) == 0 {
		if _, err := tx.run(ctx, "WITH 0 AS written"+logEntry+returnRows, logged); err != nil {
			return err
		}
	}
	tx.entry = entry
	return nil
}

func (tx *transaction) writeRows(ctx context.Context, s statement, text string, values map[string]any) error {
	records, err := tx.run(ctx, text, values)
	if err != nil || s.unwritten == "" || records[0].Values[0] == int64(len(s.rows)) {
		return err
	}
	if records, err = tx.run(ctx, s.unwritten, map[string]any{"rows": s.rows}); err != nil {
		return err
	}
	if len(records) == 0 {
		return errors.New("not all was written")
	}
	return s.fault(records[0].Values)
}

// logged are the values of an entry of the log.
func (tx *transaction) logged(e *query.Entry) (map[string]any, error) {
	payload, err := stored.EncodeChange(&e.Change)
	if err != nil {
		return nil, err
	}
	node := map[string]any{"sequence": e.Sequence, "attempt": tx.attempt, "head": stored.EncodeHead(&e.Change), "payload": payload}
	if e.Key != "" {
		node["key"] = e.Key
	}
	mark := map[string]any{"sequence": e.Sequence, "at": e.At.UnixMicro()}
	switch {
	case e.Contents != nil:
		mark["dataset"], mark["schema"] = e.Contents.Dataset, e.Contents.Schema
	case e.Replace:
		mark["dataset"], mark["schema"] = nil, nil
	}
	return map[string]any{"entry": node, "mark": mark}, nil
}

// later is the later of two times, as the log holds it.
func later(at, before time.Time) time.Time {
	at = at.UTC().Truncate(time.Microsecond)
	if at.Before(before) {
		return before
	}
	return at
}
