package neo4j

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// turns is who may update now: one after another, in the order in which they came. The zero value is ready.
type turns struct {
	lock    sync.Mutex
	taken   bool
	waiting []*waiter
}

type waiter struct {
	alone bool
	turn  chan *sharedTransaction
}

// take waits for the turn. With it comes the transaction to go on with; nil if one is to begin, as is always so for who
// is to be alone in it.
func (t *turns) take(ctx context.Context, alone bool) (*sharedTransaction, error) {
	w := &waiter{alone, make(chan *sharedTransaction, 1)}
	t.lock.Lock()
	if !t.taken {
		t.taken = true
		w.turn <- nil
	} else {
		t.waiting = append(t.waiting, w)
	}
	t.lock.Unlock()
	select {
	case with := <-w.turn:
		return with, nil
	case <-ctx.Done():
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	if i := slices.Index(t.waiting, w); i >= 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
		return nil, ctx.Err()
	}
	return <-w.turn, nil
}

// pass gives the turn and a transaction to whoever is next, if they would share it.
func (t *turns) pass(with *sharedTransaction) bool {
	t.lock.Lock()
	defer t.lock.Unlock()
	if len(t.waiting) == 0 || t.waiting[0].alone {
		return false
	}
	t.next(with)
	return true
}

// end gives the turn to whoever is next.
func (t *turns) end() {
	t.lock.Lock()
	defer t.lock.Unlock()
	if len(t.waiting) == 0 {
		t.taken = false
		return
	}
	t.next(nil)
}

func (t *turns) next(with *sharedTransaction) {
	t.waiting[0].turn <- with
	t.waiting = t.waiting[1:]
}

// sharedTransaction is one of Neo4j in which the updates that wait are made one after another: most of what a small
// one takes is the commit, for which they then wait together. All of them are made, or none.
type sharedTransaction struct {
	session driver.SessionWithContext
	tx      driver.ExplicitTransaction
	began   time.Time
	updates int
	written *transaction // the last that wrote; nil if none did
	// over is closed once the transaction is over. By then err is why nothing was made, and settled, whether the
	// confirmation was lost, so that err is the answer to all.
	over    chan struct{}
	err     error
	settled bool
}

const (
	// sharedTime is for how long others may join a transaction, sharedRecords how many nodes and places of relationships
	// they may ask for, and how many of both write: nobody is to wait long until what is written is confirmed.
	sharedTime    = 50 * time.Millisecond
	sharedRecords = 200
)

// join waits for the turn, and answers the transaction in which it is had. One who wants to be alone begins one.
func (s *Store) join(ctx context.Context, alone bool) (*sharedTransaction, error) {
	if open, err := s.turns.take(ctx, alone); err != nil || open != nil {
		return open, err
	}
	session := s.session(ctx, driver.AccessModeWrite)
	tx, err := session.BeginTransaction(ctx, driver.WithTxTimeout(remaining(ctx)))
	if err != nil {
		closeSession(session)
		s.turns.end()
		return nil, err
	}
	return &sharedTransaction{session: session, tx: tx, began: time.Now(), over: make(chan struct{})}, nil
}

// leave gives the turn and the transaction to whoever is next, or else ends both; then it waits until the
// transaction is over.
func (s *Store) leave(ctx context.Context, shared *sharedTransaction, alone bool) {
	shared.updates++
	if shared.err != nil || alone || time.Since(shared.began) > sharedTime || !s.turns.pass(shared) {
		if shared.err == nil {
			shared.err = s.commit(ctx, shared)
		}
		closeSession(shared.session)
		close(shared.over)
		s.turns.end()
	}
	<-shared.over
}

// commit commits a transaction: one for which others wait, also if the caller is gone who came last. Where the
// confirmation is lost it finds out whether that was done.
func (s *Store) commit(ctx context.Context, shared *sharedTransaction) error {
	if shared.updates > 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
		defer cancel()
	}
	err := shared.tx.Commit(ctx)
	var answered *driver.Neo4jError
	if err == nil || shared.written == nil || errors.As(err, &answered) {
		return err
	}
	shared.settled = true
	return s.settle(shared.written, outward(ctx, "update", err))
}
