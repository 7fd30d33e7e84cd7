package embedded

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"bordergraph/graph/query"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// The buckets of the file. A record is sealed with a checksum, and begins with the number of the
// layout that says what its positions meant when it was written: so it can be read under another schema.
var (
	aboutBucket   = []byte("bordergraph")
	layoutsBucket = []byte("layouts")
	nodesBucket   = []byte("nodes")
	linksBucket   = []byte("links")

	aboutKey = []byte("about")
)

const format = 1

// about is what the file says of itself.
type about struct {
	Format   int
	Contents *query.Contents
	// Sum is the sum of the checksums of all records, so that a lost one is noticed.
	Sum uint32
}

// layout is the names of the positions of a record.
type layout struct {
	Name       string // of the type or the relationship
	Link       bool
	Properties []string
}

func layoutOf(name string, link bool, properties []*query.Property) layout {
	l := layout{Name: name, Link: link}
	for _, p := range properties {
		l.Properties = append(l.Properties, p.Name)
	}
	return l
}

func (l layout) equal(other layout) bool {
	return l.Name == other.Name && l.Link == other.Link && slices.Equal(l.Properties, other.Properties)
}

// file is where a graph is kept.
type file struct {
	db      *bbolt.DB
	layouts []layout
	sum     uint32
}

// unfit is what becomes of a graph that does not fit the model.
type unfit int

const (
	refused unfit = iota
	leftOut
)

// newFile is the last transaction of a file that is only just made.
const newFile = 1

// openFile opens or makes a file, and assembles the graph that is in it. A file is read before it is
// opened for writing, so that what is refused is left as it is.
func openFile(path string, model *query.Model, unfit unfit) (*file, *graph, error) {
	f, transaction := &file{}, newFile
	stored, _ := assemble(model, records{})
	if info, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) && (err != nil || info.Size() > 0) {
		if f, stored, transaction, err = readFile(path, model, unfit); err != nil {
			return nil, nil, err
		}
	}
	db, err := openBolt(path, false)
	if err != nil {
		return nil, nil, err
	}
	f.db = db
	if err := f.begin(path, transaction); err != nil {
		return nil, nil, errors.Join(err, f.close())
	}
	return f, stored, nil
}

// begin sees to it that nobody wrote since the file was read, and that it has what a store has.
func (f *file) begin(path string, transaction int) error {
	latest := 0
	err := f.db.View(func(tx *bbolt.Tx) error { latest = tx.ID(); return nil })
	switch {
	case err != nil:
		return fmt.Errorf("open store: %w", err)
	case latest != transaction:
		return inUse(path)
	case latest == newFile:
		return f.write(&query.Change{}, nil)
	}
	return nil
}

// readFile reads all of a file, and which transaction was the last.
func readFile(path string, model *query.Model, unfit unfit) (f *file, stored *graph, transaction int, err error) {
	db, err := openBolt(path, true)
	if err != nil {
		return nil, nil, 0, err
	}
	defer db.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("open store: %w", err)
	}
	if err := verifyPages(data); err != nil {
		return nil, nil, 0, foreign(path, err)
	}
	l := &loader{model: model, shared: map[string]any{}}
	if err := db.View(func(tx *bbolt.Tx) error { transaction = tx.ID(); return l.load(tx) }); err != nil {
		return nil, nil, 0, foreign(path, err)
	}
	stored, problems := assemble(model, l.records)
	problems = append(l.problems, problems...)
	switch {
	case len(problems) > 0 && unfit == leftOut:
		stored, _ = assemble(model, records{contents: l.records.contents})
	case len(problems) > 0:
		return nil, nil, 0, &query.Error{Code: query.Misfit, Message: path + " does not fit the schema: " + summary(problems)}
	}
	return &file{layouts: l.layouts, sum: l.sum}, stored, transaction, nil
}

func openBolt(path string, readOnly bool) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: readOnly, NoFreelistSync: true})
	var pathError *fs.PathError
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, inUse(path)
	case errors.As(err, &pathError):
		return nil, fmt.Errorf("open store: %w", err)
	default:
		return nil, foreign(path, err)
	}
}

func inUse(path string) error {
	return &query.Error{Code: query.Unavailable, Message: path + " is in use by another process; stop that one, or name another file"}
}

func foreign(path string, cause error) error {
	return &query.Error{Code: query.Foreign, Message: path + " is no bordergraph store, or it is damaged", Cause: cause}
}

func (f *file) close() error { return f.db.Close() }

// write makes a change durable.
func (f *file) write(c *query.Change, contents *query.Contents) error {
	w := &writer{layouts: slices.Clone(f.layouts), sum: f.sum}
	if err := f.db.Update(func(tx *bbolt.Tx) error { return w.write(tx, c, contents) }); err != nil {
		return err
	}
	f.layouts, f.sum = w.layouts, w.sum
	return nil
}

// writer writes one change.
type writer struct {
	tx      *bbolt.Tx
	layouts []layout
	sum     uint32
}

func (w *writer) write(tx *bbolt.Tx, c *query.Change, contents *query.Contents) error {
	w.tx = tx
	if err := w.buckets(c.Replace); err != nil {
		return err
	}
	for _, n := range sorted(c.Nodes, func(n query.NodeRecord) []any { return n.Values }) {
		if err := w.record(nodesBucket, layoutOf(n.Type.Name, false, n.Type.Properties), nil, n.Values); err != nil {
			return err
		}
	}
	for _, l := range sorted(c.Links, func(l query.LinkRecord) []any { return l.Values }) {
		ends := appendString(appendString(nil, l.From), l.To)
		if err := w.record(linksBucket, layoutOf(l.Relationship.Name, true, l.Relationship.Properties), ends, l.Values); err != nil {
			return err
		}
	}
	said, err := json.Marshal(about{Format: format, Contents: contents, Sum: w.sum})
	if err != nil {
		return err
	}
	return tx.Bucket(aboutBucket).Put(aboutKey, seal(aboutKey, said))
}

// sorted are records in the order of their ids, in which bbolt writes many of them fastest. Of one
// id, the later stays the later.
func sorted[R any](records []R, values func(R) []any) []R {
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b R) int { return strings.Compare(values(a)[0].(string), values(b)[0].(string)) })
	return records
}

func (w *writer) buckets(empty bool) error {
	for _, name := range [][]byte{aboutBucket, layoutsBucket, nodesBucket, linksBucket} {
		if empty {
			if err := w.tx.DeleteBucket(name); err != nil {
				return err
			}
		}
		if _, err := w.tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	if empty {
		w.layouts, w.sum = nil, 0
	}
	return nil
}

// record writes a record under its id, which is the first of the values.
func (w *writer) record(bucket []byte, l layout, ends []byte, values []any) error {
	number, err := w.layout(l)
	if err != nil {
		return err
	}
	body, err := appendValues(append(binary.AppendUvarint(nil, uint64(number)), ends...), values)
	if err != nil {
		return fmt.Errorf("%v: %w", values[0], err)
	}
	return w.put(bucket, []byte(values[0].(string)), body)
}

// layout is the number of a layout, which is written when it is new.
func (w *writer) layout(l layout) (int, error) {
	if number := slices.IndexFunc(w.layouts, l.equal); number >= 0 {
		return number, nil
	}
	body, err := json.Marshal(l)
	if err != nil {
		return 0, err
	}
	w.layouts = append(w.layouts, l)
	number := len(w.layouts) - 1
	return number, w.put(layoutsBucket, binary.BigEndian.AppendUint32(nil, uint32(number)), body)
}

func (w *writer) put(bucket, key, body []byte) error {
	b := w.tx.Bucket(bucket)
	if replaced := b.Get(key); replaced != nil {
		w.sum -= checksum(replaced)
	}
	sealed := seal(key, body)
	w.sum += checksum(sealed)
	return b.Put(key, sealed)
}

const sealSize = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal puts a checksum of key and body before the body.
func seal(key, body []byte) []byte {
	sum := crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, body)
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, sealSize+len(body)), sum), body...)
}

func checksum(sealed []byte) uint32 { return binary.BigEndian.Uint32(sealed) }

// unseal is the body of a record.
func unseal(key, sealed []byte) ([]byte, error) {
	if len(sealed) < sealSize {
		return nil, errDamaged
	}
	body := sealed[sealSize:]
	if crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, body) != checksum(sealed) {
		return nil, errDamaged
	}
	return body, nil
}
