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

// Update implements query.Store. f is run again if Neo4j asks for it, or to be alone in its transaction: if another
// update failed with which this one shared it, or if f asks for more than one may that shares.
func (s *Store) Update(ctx context.Context, f func(query.Tx) error) error {
	return s.update(ctx, func(tx *transaction) error { return f(tx) })
}

// update runs f in a transaction, again while that may help. Whoever reads or writes in one holds the lock of the
// mark, which counts the changes, so that they are made one after another.
func (s *Store) update(ctx context.Context, f func(*transaction) error) error {
	ctx, cancel := within(ctx, writeTimeout)
	defer cancel()
	began, rest := time.Now(), retryPause
	for alone := false; ; alone = true {
		tx, refusal, err := s.attempt(ctx, alone, f)
		switch {
		case err == nil:
			if refusal == nil && tx.entry != nil {
				s.written(ctx, tx.entry)
			}
			return refusal
		case errors.Is(err, errAlone):
			continue
		case !driver.IsRetryable(err) || time.Since(began) > retryTime || !pause(ctx, rest):
			return outward(ctx, "update", err)
		}
		rest *= 2
	}
}

// errAlone is that an update is to be made again, in a transaction that it shares with no other. errDiscarded is that what
// an update wrote is not to be kept, because not all of it was done.
var (
	errAlone     = errors.New("the update is to be alone in its transaction")
	errDiscarded = errors.New("update: not all of it was written")
)

// attempt runs f once. It answers what f refused, and why the transaction failed.
func (s *Store) attempt(ctx context.Context, alone bool, f func(*transaction) error) (tx *transaction, refusal, failure error) {
	shared, err := s.join(ctx, alone)
	if err != nil {
		return nil, nil, err
	}
	tx = &transaction{store: s, shared: shared, attempt: rand.Text()}
	refusal = s.perform(ctx, tx, alone, f)
	switch {
	case tx.alone:
		return tx, nil, errAlone
	case shared.err == nil:
		return tx, refusal, nil
	case shared.settled:
		return tx, shared.err, nil
	case shared.updates > 1:
		return tx, nil, errAlone
	case tx.failed == nil && refusal != nil:
		return tx, refusal, nil
	case errors.Is(shared.err, errDiscarded):
		return tx, shared.err, nil
	}
	return tx, nil, shared.err
}

// perform runs f and leaves the transaction, also if f panics.
func (s *Store) perform(ctx context.Context, tx *transaction, alone bool, f func(*transaction) error) (refusal error) {
	refusal = errDiscarded // until f returns
	defer func() {
		switch {
		case tx.failed != nil: // also where f makes light of it
			tx.shared.err = tx.failed
		case tx.entry != nil && refusal == nil:
			tx.shared.written = tx
		case tx.wrote:
			tx.shared.err = errDiscarded
		}
		s.leave(ctx, tx.shared, alone)
	}()
	if ctx.Err() != nil {
		return outward(ctx, "update", ctx.Err())
	}
	return f(tx)
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
	made, err := session.ExecuteWrite(ctx, func(tx driver.ManagedTransaction) (any, error) {
		result, err := tx.Run(ctx, lockMark+"RETURN EXISTS { MATCH (:`BordergraphChange` {`sequence`: $sequence, `attempt`: $attempt}) }",
			map[string]any{"sequence": lost.entry.Sequence, "attempt": lost.attempt})
		if err != nil {
			return nil, err
		}
		record, err := result.Single(ctx)
		if err != nil {
			return nil, err
		}
		return record.Values[0], nil
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
	store  *Store
	shared *sharedTransaction
	// attempt tells this transaction from all others.
	attempt string
	failed  error // what the driver answered first that is wrong
	// alone is whether it is to be made again, alone: it asked for more than one may that shares a transaction.
	alone bool
	// holds is whether the lock is held; sequence and at are those of the last change, by then.
	holds    bool
	sequence int64
	at       time.Time
	wrote    bool         // whether a statement that writes was sent
	entry    *query.Entry // nil while not all is written
}

// admit refuses what is too large for a transaction in which others wait to be confirmed.
func (tx *transaction) admit(records int) error {
	if records > sharedRecords {
		return tx.leaveOthers()
	}
	return nil
}

// Settle implements query.Tx: what others have written who wait to be confirmed is not in the Store.
func (tx *transaction) Settle(ctx context.Context) error {
	if err := tx.leaveOthers(); err != nil {
		return err
	}
	return tx.lock(ctx)
}

// leaveOthers makes the update again, alone, if others were made before it in the transaction.
func (tx *transaction) leaveOthers() error {
	if tx.shared.updates == 0 {
		return nil
	}
	tx.alone = true
	return errAlone
}

// run sends a statement.
func (tx *transaction) run(ctx context.Context, text string, values map[string]any) ([]*driver.Record, error) {
	switch {
	case tx.failed != nil:
		return nil, outward(ctx, "update", tx.failed)
	case tx.alone:
		return nil, errAlone
	}
	tx.store.sent(text)
	result, err := tx.shared.tx.Run(ctx, text, values)
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
	if tx.wrote {
		return errors.New("a transaction writes once")
	}
	if err := tx.admit(len(c.Nodes) + len(c.Links)); err != nil {
		return err
	}
	if err := tx.lock(ctx); err != nil {
		return err
	}
	entry := query.NewEntry(tx.sequence+1, tx.at, c)
	logged, err := tx.logged(entry)
	if err != nil {
		return err
	}
	statements := by(entry)
	tx.wrote = true
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
