package importer

import (
	"context"
	"slices"
	"strings"
)

// Rows are rows of files, in their order. In memory are a few bytes of each; what it says is in a
// temporary file if it is much.
type Rows struct {
	coder    *coder
	spool    spool
	unread   map[int][]Fault // what was wrong with rows before they were held against what is stored
	outcomes []Outcome
	faults   map[int][]Fault // those of rows that are refused
}

func newRows() *Rows {
	return &Rows{coder: newCoder(), unread: map[int][]Fault{}, faults: map[int][]Fault{}}
}

// Len is how many there are.
func (r *Rows) Len() int { return len(r.outcomes) }

// Each calls yield with each row, with what became of it, until that fails.
func (r *Rows) Each(yield func(row *Row) error) error {
	for i := range r.outcomes {
		row, err := r.row(i)
		if err == nil {
			row.Outcome, row.Faults = r.outcomes[i], r.faults[i]
			err = yield(row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Close removes the temporary file. No method may be called after.
func (r *Rows) Close() error { return r.spool.close() }

func (r *Rows) add(row *Row) {
	if len(row.Faults) > 0 {
		r.unread[r.Len()], r.faults[r.Len()] = row.Faults, row.Faults
	}
	r.spool.add(r.coder.encode(row))
	r.outcomes = append(r.outcomes, Unchanged)
}

// reset is before the rows are held against what is stored.
func (r *Rows) reset() {
	clear(r.outcomes)
	r.faults = map[int][]Fault{}
	for number, faults := range r.unread {
		r.outcomes[number], r.faults[number] = Refused, faults
	}
}

// forget forgets what would become of the rows that are not refused.
func (r *Rows) forget() {
	for i, outcome := range r.outcomes {
		if outcome != Refused {
			r.outcomes[i] = Unchanged
		}
	}
}

func (r *Rows) refuse(number int, f Fault) {
	r.outcomes[number] = Refused
	r.faults[number] = append(r.faults[number], f)
}

func (r *Rows) anyRefused() bool { return slices.Contains(r.outcomes, Refused) }

func (r *Rows) row(number int) (*Row, error) {
	piece, err := r.spool.piece(number)
	if err != nil {
		return nil, err
	}
	return r.coder.decode(piece), nil
}

// sound calls yield with each row that is not refused, until that fails or the context ends.
func (r *Rows) sound(ctx context.Context, yield func(number int, row *Row) error) error {
	for i := range r.outcomes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.outcomes[i] == Refused {
			continue
		}
		row, err := r.row(i)
		if err == nil {
			err = yield(i, row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// counts are how many have each outcome.
func (r *Rows) counts() (counts [len(outcomes)]int) {
	for _, outcome := range r.outcomes {
		counts[outcome]++
	}
	return counts
}

// refusals are what is wrong with the rows that are refused.
func (r *Rows) refusals() (string, error) {
	var b strings.Builder
	err := r.Each(func(row *Row) error {
		if row.Outcome == Refused {
			b.WriteString(row.String())
		}
		return nil
	})
	return b.String(), err
}
