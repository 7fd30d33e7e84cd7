package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"bordergraph/graph/query"
	"bordergraph/graph/stored"

	"go.etcd.io/bbolt"
)

// log puts an entry into the log.
func (w *writer) log(e *query.Entry) error {
	body, err := stored.EncodeChange(&e.Change)
	if err != nil {
		return err
	}
	if last, _ := w.tx.Bucket(changesBucket).Cursor().Last(); last != nil && sequenceOf(last) != e.Sequence-1 {
		return errors.New("the file is no longer as it was left; open the store again")
	}
	number := numbered(e.Sequence)
	if err := w.put(changesBucket, number, body); err != nil || e.Key == "" {
		return err
	}
	return w.put(keysBucket, []byte(e.Key), number)
}

func numbered(sequence int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(sequence)) }

func sequenceOf(key []byte) int64 { return int64(binary.BigEndian.Uint64(key)) }

// entries implements journal.
func (f *file) entries(after int64, limit int) ([]query.Entry, error) {
	return readLog(f, after, limit, f.entry)
}

// heads implements journal.
func (f *file) heads(after int64, limit int) ([]query.Head, error) {
	return readLog(f, after, limit, f.head)
}

// readLog reads something of each of at most limit changes after a sequence.
func readLog[T any](f *file, after int64, limit int, read func(key, sealed []byte) (*T, error)) (all []T, err error) {
	err = f.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(changesBucket).Cursor()
		for key, sealed := c.Seek(numbered(after + 1)); key != nil && len(all) < limit; key, sealed = c.Next() {
			one, err := read(key, sealed)
			if err != nil {
				return err
			}
			all = append(all, *one)
		}
		return nil
	})
	return all, err
}

// parts implements journal.
func (f *file) parts(sequences []int64, nodes map[string]bool) ([]query.Entry, error) {
	var parts []query.Entry
	err := f.db.View(func(tx *bbolt.Tx) error {
		for _, sequence := range sequences {
			key := numbered(sequence)
			body, err := unseal(key, tx.Bucket(changesBucket).Get(key))
			if err != nil {
				return err
			}
			change, err := stored.DecodePart(f.model, body, nodes)
			if err != nil {
				return fmt.Errorf("change %d: %w", sequence, err)
			}
			parts = append(parts, query.Entry{Sequence: sequence, Change: *change})
		}
		return nil
	})
	return parts, err
}

// recorded implements journal.
func (f *file) recorded(key string) (entry *query.Entry, err error) {
	if f.lost != nil {
		return nil, f.lost // a change that the file shows may not be durable
	}
	err = f.db.View(func(tx *bbolt.Tx) error {
		sealed := tx.Bucket(keysBucket).Get([]byte(key))
		if sealed == nil {
			return nil
		}
		number, err := unseal([]byte(key), sealed)
		if err != nil {
			return err
		}
		entry, err = f.entry(number, tx.Bucket(changesBucket).Get(number))
		return err
	})
	return entry, err
}

func (f *file) entry(key, sealed []byte) (*query.Entry, error) {
	body, err := unseal(key, sealed)
	if err != nil {
		return nil, err
	}
	change, err := stored.DecodeChange(f.model, body)
	if err != nil {
		return nil, fmt.Errorf("change %d: %w", sequenceOf(key), err)
	}
	return &query.Entry{Sequence: sequenceOf(key), Change: *change}, nil
}

func (f *file) head(key, sealed []byte) (*query.Head, error) {
	body, err := unseal(key, sealed)
	if err != nil {
		return nil, err
	}
	head, err := stored.DecodeHead(f.model, body)
	if err != nil {
		return nil, fmt.Errorf("change %d: %w", sequenceOf(key), err)
	}
	head.Sequence = sequenceOf(key)
	return &head, nil
}

// memory is a journal that is gone when the store is closed.
type memory struct {
	mu    sync.RWMutex
	log   []query.Entry
	byKey map[string]*query.Entry
}

func (m *memory) write(e *query.Entry, _ *query.Contents) error {
	// What a file could not hold is not held here, either.
	if _, err := stored.EncodeChange(&e.Change); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.log = append(m.log, *e)
	if e.Key != "" {
		m.byKey[e.Key] = e
	}
	return nil
}

func (m *memory) entries(after int64, limit int) ([]query.Entry, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	rest := m.log[min(after, int64(len(m.log))):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

func (m *memory) heads(after int64, limit int) ([]query.Head, error) {
	entries, err := m.entries(after, limit)
	heads := make([]query.Head, len(entries))
	for i, e := range entries {
		heads[i] = e.Head()
	}
	return heads, err
}

func (m *memory) parts(sequences []int64, nodes map[string]bool) ([]query.Entry, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var parts []query.Entry
	for _, sequence := range sequences {
		parts = append(parts, *m.log[sequence-1].Of(nodes))
	}
	return parts, nil
}

func (m *memory) recorded(key string) (*query.Entry, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.byKey[key], nil
}

func (m *memory) close() error { return nil }
