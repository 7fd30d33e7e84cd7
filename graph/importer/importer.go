// Package importer makes one change of rows that people give in files, through package change: with
// the same checks as every other change.
package importer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bordergraph/graph/change"
	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

// Import is what is to be written, and how.
type Import struct {
	API  *derive.API
	Rows *Rows
	// Fingerprint is that of the files: an empty store is made from them.
	Fingerprint string
	// Backup is whether the rows are all those of a complete backup: an empty store takes them as they were stored.
	Backup bool
	// Partial is whether rows that are sound are written although others are refused; with DryRun nothing is.
	Partial, DryRun bool
	// Clearance is that of whoever imports.
	Clearance      query.Clearance
	At             time.Time
	Actor, Comment string
	// Progress, if not nil, is told how many rows of how many are written, where that takes several changes.
	Progress func(written, of int)
	// Limits are how much one change holds; the zero value stands for DefaultLimits.
	Limits Limits

	contents   *query.Contents // what an empty store is made from; nil of any other
	restores   bool
	last       int64 // the sequence of the last entry of the log, before it restores
	incomplete bool  // relationships that are required follow
}

// Limits are how much one change holds.
type Limits struct {
	// Whole is how many objects and relationships are written together, and how many rows are checked together;
	// what is more is written in several changes of so many Rows, and checked so many at a time.
	Whole, Rows int
}

// DefaultLimits are such that Neo4j has room for a change in a heap of two gigabytes.
var DefaultLimits = Limits{Whole: 100_000, Rows: 20_000}

// Report is what became of an import.
type Report struct {
	// First and Last are the sequences of the changes; 0 if nothing was written.
	First, Last int64
	// Counts are how many rows have each Outcome.
	Counts [len(outcomes)]int
}

// errNothing ends a transaction in which nothing is written.
var errNothing = errors.New("nothing is written")

// Run checks all rows and writes them: all, or with Partial those that are sound, or none. Each row has its
// Outcome then, as far as rows were refused without what was not written.
//
// It is one transaction, unless that would be larger than the Limits: then several, one after the other, objects
// before relationships. If that stops on the way, the same import finishes it.
func (im *Import) Run(ctx context.Context, store query.Store) (*Report, error) {
	if im.Limits == (Limits{}) {
		im.Limits = DefaultLimits
	}
	if err := im.look(ctx, store); err != nil {
		return nil, err
	}
	report, large := &Report{}, false
	var made *checked
	err := im.update(ctx, store, report, func(c *checked) bool {
		made, report.Counts = c, im.Rows.counts()
		wanted := !im.DryRun && (report.Counts[Refused] == 0 || im.Partial) && c.size() > 0
		large = wanted && c.size() > im.Limits.Whole
		return wanted && !large
	})
	if err == nil && large {
		err = im.inParts(ctx, store, report, made)
	}
	return report, err
}

// look finds out whether the store is empty, or holds what the same import has restored so far and nothing else.
func (im *Import) look(ctx context.Context, store query.Store) error {
	contents, err := store.Contents(ctx)
	if err != nil {
		return err
	}
	if contents == nil {
		im.contents = &query.Contents{Dataset: im.Fingerprint, Schema: im.API.Model.Fingerprint}
	}
	if !im.Backup {
		return nil
	}
	if im.last, err = store.Wait(ctx, -1); err != nil {
		return err
	}
	im.restores = contents == nil
	if contents != nil && contents.Dataset == im.Fingerprint {
		im.restores, err = im.restored(ctx, store)
	}
	return err
}

// restored is whether the last entry of the log is one of the same import: then all are, because each follows on one.
func (im *Import) restored(ctx context.Context, store query.Store) (bool, error) {
	var last *query.Entry
	err := store.Update(ctx, func(tx query.Tx) (err error) {
		if last, err = tx.Recorded(ctx, im.key(im.last)); err != nil {
			return err
		}
		return errNothing
	})
	if !errors.Is(err, errNothing) {
		return false, err
	}
	return last != nil && last.Sequence == im.last && last.Request == im.Fingerprint, nil
}

// key is that of an entry that restores. A caller may give a change the same, but not the same Request.
func (im *Import) key(sequence int64) string {
	return fmt.Sprintf("restore %s %d", im.Fingerprint, sequence)
}

// update checks all rows, and writes what they change if that is wanted.
func (im *Import) update(ctx context.Context, store query.Store, report *Report, wanted func(c *checked) bool) error {
	next := max(im.last, report.Last) + 1
	var written int64
	err := store.Update(ctx, func(tx query.Tx) error {
		c, err := im.check(ctx, tx)
		if err != nil {
			return err
		}
		if !wanted(c) {
			return errNothing
		}
		made, err := c.whole(ctx, tx)
		if err != nil {
			return err
		}
		made.At, made.Actor, made.Comment, made.Contents = im.At, im.Actor, im.Comment, im.contents
		if im.restores {
			made.Key, made.Request = im.key(next), im.Fingerprint
		}
		entry, err := tx.Write(ctx, made)
		if err != nil {
			return err
		}
		if im.restores && entry.Sequence != next {
			return &query.Error{Code: change.Conflict, Message: "the graph was changed meanwhile; a backup is restored while nobody else writes"}
		}
		written = entry.Sequence
		return nil
	})
	switch {
	case errors.Is(err, errNothing):
		return nil
	case err != nil:
		return err
	case report.First == 0:
		report.First = written
	}
	report.Last = written
	return nil
}
