package chaos

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// tally is the object to whose number the writers add one by one.
const tally = "act:tally"

const readTally = `{ activity(id: "act:tally") { patrols facts { version } } }`

const writeTally = `mutation($key: String, $sum: Int!, $version: Int!) @change(key: $key) {
  saveActivities(objects: [{id: "act:tally", expectedVersion: $version, patrols: $sum}]) { id }
}`

// adding is what a writer knows of its additions: each reads the number, and writes one more unless
// somebody else was faster. So none may be lost, and none made twice.
type adding struct {
	tried, added int
	// next is the request that is to be sent, or sent again if it is uncertain; nil if the number is to be read.
	next      map[string]any
	uncertain bool
}

// conflict is the code of an update that somebody else was faster than.
const conflict = "CONFLICT"

// add adds one to the tally.
func (w *writer) add(p *process) error {
	for {
		if w.next == nil {
			if err := w.readTally(p); err != nil {
				return err
			}
		}
		if w.adding.uncertain {
			w.resent++
		}
		w.adding.uncertain = true
		_, err := w.send(p, writeTally, w.next)
		var refused *refusedError
		faster := errors.As(err, &refused) && slices.Equal(refused.answer.codes(), []string{conflict})
		if err != nil && !faster {
			return err
		}
		w.next, w.adding.uncertain = nil, false
		if !faster {
			w.added++
			return nil
		}
	}
}

func (w *writer) readTally(p *process) error {
	answer, err := w.send(p, readTally, nil)
	if err != nil {
		return err
	}
	var data struct {
		Activity struct {
			Patrols int
			Facts   struct{ Version int }
		}
	}
	if err := json.Unmarshal(answer.Data, &data); err != nil {
		return err
	}
	w.tried++
	w.next = map[string]any{"key": fmt.Sprintf("tally-%d-%d", w.number, w.tried), "sum": data.Activity.Patrols + 1, "version": data.Activity.Facts.Version}
	return nil
}

// compareTally wants the number to be that of the acknowledged additions, and at most as much higher
// as there are some of which the outcome is not known.
func (ws *writers) compareTally(number int, f *findings) {
	added, uncertain := 0, 0
	for _, w := range ws.all {
		added += w.added
		if w.adding.uncertain {
			uncertain++
		}
	}
	for missing := number; missing < added; missing++ {
		f.lost[fmt.Sprintf("addition %d", missing+1)] = true
	}
	for extra := added + uncertain; extra < number; extra++ {
		f.doubled[fmt.Sprintf("addition %d", extra+1)] = true
	}
}
