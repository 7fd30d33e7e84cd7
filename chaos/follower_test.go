package chaos

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// follower subscribes to all changes and, whenever that breaks off, to those after the last of which it was told.
type follower struct {
	server atomic.Pointer[process]
	last   atomic.Int64
	// missed and repeated are the numbers of changes, to be read once it has stopped.
	missed, repeated []int64
	stop             func()
}

// follow begins after the first change, which is the load of the dataset.
func follow(t *testing.T, p *process) *follower {
	ctx, cancel := context.WithCancel(t.Context())
	f := &follower{}
	f.server.Store(p)
	f.last.Store(1)
	var group sync.WaitGroup
	group.Go(func() {
		for ; ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
			_ = f.listen(ctx) // whatever ended it, it goes on
		}
	})
	f.stop = func() { cancel(); group.Wait() }
	t.Cleanup(f.stop)
	return f
}

const following = `subscription($after: String) { changes(after: $after) { sequence } }`

// listen takes what it is told until that breaks off.
func (f *follower) listen(ctx context.Context) error {
	body, err := json.Marshal(map[string]any{"query": following, "variables": map[string]any{"after": strconv.FormatInt(f.last.Load(), 10)}})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.server.Load().url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		event, is := strings.CutPrefix(lines.Text(), "data: ")
		if !is {
			continue
		}
		var told struct {
			Data *struct{ Changes struct{ Sequence int64 } }
		}
		if err := json.Unmarshal([]byte(event), &told); err != nil || told.Data == nil {
			return fmt.Errorf("told %s: %w", event, err)
		}
		f.take(told.Data.Changes.Sequence)
	}
	return nil
}

func (f *follower) take(sequence int64) {
	last := f.last.Load()
	if sequence <= last {
		f.repeated = append(f.repeated, sequence)
		return
	}
	for between := last + 1; between < sequence; between++ {
		f.missed = append(f.missed, between)
	}
	f.last.Store(sequence)
}

const lastChange = `{ shared: activity(id: "act:chaos") { facts { version } } tally: activity(id: "act:tally") { facts { version } } }`

// compareTold waits until a follower was told of the last change, and wants each to have been told once, in order.
func (ws *writers) compareTold(t *testing.T, p *process, f *follower, found *findings) {
	t.Helper()
	answer, err := p.ask(ws.all[0].client, lastChange, nil)
	if err != nil || len(answer.Errors) > 0 {
		t.Fatalf("reading: %v, %v", err, answer)
	}
	var versions struct {
		Shared, Tally struct{ Facts struct{ Version int64 } }
	}
	if err := json.Unmarshal(answer.Data, &versions); err != nil {
		t.Fatal(err)
	}
	last := max(versions.Shared.Facts.Version, versions.Tally.Facts.Version)
	for deadline := time.Now().Add(bound); f.last.Load() < last; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("told of change %d as the last, of %d", f.last.Load(), last)
		}
	}
	f.stop()
	for _, sequence := range f.missed {
		found.lost[fmt.Sprintf("the event of change %d", sequence)] = true
	}
	for _, sequence := range f.repeated {
		found.doubled[fmt.Sprintf("the event of change %d", sequence)] = true
	}
}
