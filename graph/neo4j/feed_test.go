package neo4j

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

func TestOneOfThoseWhoWaitAsksForAll(t *testing.T) {
	var asked, asking atomic.Int64
	release := make(chan bool)
	f := newFeed(func(context.Context) (int64, error) {
		asked.Add(1)
		if asking.Add(1) > 1 {
			t.Error("two ask at the same time")
		}
		defer asking.Add(-1)
		<-release
		return 1, nil
	})
	var waiting sync.WaitGroup
	for range 50 {
		waiting.Go(func() {
			if last, err := f.wait(t.Context(), 0); last != 1 || err != nil {
				t.Errorf("got %d %v", last, err)
			}
		})
	}
	release <- true
	waiting.Wait()
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestNobodyAsksForWhatIsKnown(t *testing.T) {
	f := newFeed(func(context.Context) (int64, error) {
		t.Error("asked")
		return 0, nil
	})
	f.tell(7, nil)
	if last, err := f.wait(t.Context(), 6); last != 7 || err != nil {
		t.Errorf("got %d %v", last, err)
	}
}

func TestWhatThisServerWritesWakesThoseWhoWaitAtOnce(t *testing.T) {
	pausing := make(chan bool, 1)
	f := newFeed(func(context.Context) (int64, error) {
		pausing <- true
		return 0, nil
	})
	told := make(chan int64)
	go func() {
		last, _ := f.wait(t.Context(), 0)
		told <- last
	}()
	<-pausing // a second question would block
	f.tell(1, nil)
	if last := <-told; last != 1 {
		t.Errorf("got %d", last)
	}
}

func TestAllWhoWaitAreToldThatNeo4jIsLost(t *testing.T) {
	lost := errors.New("lost")
	arrived := make(chan bool)
	f := newFeed(func(context.Context) (int64, error) {
		<-arrived
		return 0, lost
	})
	var waiting sync.WaitGroup
	for range 10 {
		waiting.Go(func() {
			if _, err := f.wait(t.Context(), 0); !errors.Is(err, lost) {
				t.Errorf("got %v", err)
			}
		})
	}
	close(arrived)
	waiting.Wait()
}

func TestAnotherAsksWhenTheOneWhoAskedLeaves(t *testing.T) {
	first := make(chan bool)
	asked := atomic.Int64{}
	f := newFeed(func(ctx context.Context) (int64, error) {
		if asked.Add(1) == 1 {
			first <- true
			<-ctx.Done()
			return 0, ctx.Err()
		}
		return 1, nil
	})
	leaving, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := f.wait(leaving, 0)
		left <- err
	}()
	<-first
	staying := make(chan int64)
	go func() {
		last, _ := f.wait(t.Context(), 0)
		staying <- last
	}()
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if last := <-staying; last != 1 {
		t.Errorf("got %d", last)
	}
}
