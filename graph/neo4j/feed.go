package neo4j

import (
	"context"
	"sync"
	"time"
)

// pollPause is how long Neo4j is left alone between two questions whether somebody else has written.
const pollPause = 100 * time.Millisecond

// feed tells those who wait of new entries of the log. Other servers write, too, so one of those who wait
// asks Neo4j, for all of them; while nobody waits, nobody asks.
type feed struct {
	ask func(context.Context) (last int64, err error)
	// asking holds one value while somebody asks.
	asking chan struct{}

	mu   sync.Mutex
	last int64 // the last entry that is known of
	next *news
}

// news is what those who wait are told at once: that the last is another, or the error why that cannot be
// known. Then done is closed.
type news struct {
	done chan struct{}
	err  error
}

func newFeed(ask func(context.Context) (int64, error)) *feed {
	return &feed{ask: ask, asking: make(chan struct{}, 1), next: &news{done: make(chan struct{})}}
}

// wait waits for an entry later than after.
func (f *feed) wait(ctx context.Context, after int64) (last int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.last <= after {
		next := f.next
		f.mu.Unlock()
		err := f.await(ctx, next)
		f.mu.Lock()
		if err == nil {
			err = next.err
		}
		if err != nil {
			return 0, err
		}
	}
	return f.last, nil
}

// await waits for news for as long as it is not this one's turn to ask for them.
func (f *feed) await(ctx context.Context, next *news) error {
	select {
	case <-next.done:
	case f.asking <- struct{}{}:
		f.askForAll(ctx, next)
		<-f.asking
	case <-ctx.Done():
	}
	return ctx.Err()
}

// askForAll asks once and then pauses, unless there is news from elsewhere.
func (f *feed) askForAll(ctx context.Context, next *news) {
	select {
	case <-next.done: // it came just before this one's turn
		return
	default:
	}
	last, err := f.ask(ctx)
	if ctx.Err() != nil {
		return // somebody else is to ask
	}
	f.tell(last, err)
	select {
	case <-next.done:
	case <-time.After(pollPause):
	case <-ctx.Done():
	}
}

// tell tells all who wait that there are entries up to the last, or that this cannot be known.
func (f *feed) tell(last int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil && last <= f.last {
		return
	}
	f.last = max(f.last, last)
	f.next.err = err
	close(f.next.done)
	f.next = &news{done: make(chan struct{})}
}
