package embedded

import (
	"bytes"
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
	"bordergraph/graph/record"
	"bordergraph/graph/stored"

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
	// changesBucket is the log: changes by their sequence; keysBucket is the sequences of those that have a key.
	changesBucket = []byte("changes")
	keysBucket    = []byte("keys")

	aboutKey = []byte("about")
)

// format is what is written; what was written without a log is read, too.
const (
	format       = 2
	formerFormat = 1
)

// about is what the file says of itself.
type about struct {
	Format   int
	Contents *query.Contents
	// Sum is the sum of the checksums of all records, LogSum that of the log, so that a lost one is noticed.
	Sum, LogSum uint32
	// Sequence and At are those of the last change.
	Sequence int64
	At       time.Time
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
	db    *bbolt.DB
	model *query.Model
	sums
	layouts []layout
	// lost is why the file is written no more; nil while it is.
	lost error
}

// sums are those of the checksums of the graph and of the log.
type sums struct{ graph, log uint32 }

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
	f, g, transaction := &file{}, newGraph(model), newFile
	if info, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) && (err != nil || info.Size() > 0) {
		if f, g, transaction, err = readFile(path, model, unfit); err != nil {
			return nil, nil, err
		}
	}
	db, err := openBolt(path, false)
	if err != nil {
		return nil, nil, err
	}
	f.db, f.model = db, model
	if err := f.begin(path, transaction, g); err != nil {
		return nil, nil, errors.Join(err, f.close())
	}
	return f, g, nil
}

// begin sees to it that nobody wrote since the file was read, and that it has what a store has.
func (f *file) begin(path string, transaction int, g *graph) error {
	latest := 0
	err := f.db.View(func(tx *bbolt.Tx) error { latest = tx.ID(); return nil })
	switch {
	case err != nil:
		return fmt.Errorf("open store: %w", err)
	case latest != transaction:
		return inUse(path)
	case latest == newFile:
		return f.update(&writer{}, func(w *writer) error { return w.finish(about{}) })
	case g.sequence == 0 && g.contents != nil || g.lacksVersions():
		return f.write(g.renew(), g.contents)
	}
	return nil
}

// lacksVersions is whether the graph was made before changes, or the versions of nodes, were recorded.
func (g *graph) lacksVersions() bool {
	for _, n := range g.nodes {
		if n.values[query.NodeVersion] == nil {
			return true
		}
	}
	return false
}

// renew is the entry that makes the graph, which nobody reads yet, once more: with versions.
func (g *graph) renew() *query.Entry {
	all := g.everything()
	all.At = time.Now()
	e := query.NewEntry(g.sequence+1, g.at, all)
	for _, n := range e.Nodes {
		g.nodes[n.After.ID()].values = n.After.Values
	}
	g.sequence, g.at = e.Sequence, e.At
	return e
}

// readFile reads all of a file, and which transaction was the last.
func readFile(path string, model *query.Model, unfit unfit) (f *file, g *graph, transaction int, err error) {
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
	if len(l.problems) > 0 {
		if unfit == refused {
			return nil, nil, 0, record.Misfit(path, l.problems)
		}
		l.nodes, l.links = nil, nil
	}
	g = newGraph(model)
	g.add(&query.Entry{Sequence: l.Sequence, Change: query.Change{
		At: l.At, Nodes: aligned(query.AddNodes(l.nodes)), Links: query.AddLinks(l.links), Contents: l.Contents}})
	return &file{layouts: l.layouts, sums: l.sums}, g, transaction, nil
}

func openBolt(path string, readOnly bool) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: readOnly, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
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

// write implements journal.
func (f *file) write(e *query.Entry, contents *query.Contents) error {
	w := &writer{layouts: slices.Clone(f.layouts), numbers: map[any]int{}, sums: f.sums}
	return f.update(w, func(w *writer) error {
		if err := w.change(e); err != nil {
			return err
		}
		return w.finish(about{Contents: contents, Sequence: e.Sequence, At: e.At})
	})
}

// update runs a transaction of the file.
func (f *file) update(w *writer, do func(*writer) error) error {
	if f.lost != nil {
		return f.lost
	}
	var refused error
	var number int
	err := f.db.Update(func(tx *bbolt.Tx) error {
		w.tx, number = tx, tx.ID()
		refused = do(w)
		return refused
	})
	switch {
	case err == nil:
		f.layouts, f.sums = w.layouts, w.sums
		return nil
	case refused != nil:
		return err
	}
	return f.unconfirmed(number, err)
}

// unconfirmed says what became of a transaction that the disk did not take. One that the file does not show was
// not made. One that it shows may be gone when the machine stops: the disk failed to say that it holds it, and
// would not say so when asked again.
func (f *file) unconfirmed(number int, cause error) error {
	var last int
	err := f.db.View(func(tx *bbolt.Tx) error { last = tx.ID(); return nil })
	if err == nil && last < number {
		return &query.Error{Code: query.Unavailable, Cause: cause,
			Message: "the disk does not take the change, as when it is full; nothing was written, and the graph can still be read"}
	}
	f.lost = &query.Error{Code: query.Unavailable, Cause: cause,
		Message: "the disk has failed to confirm a change: no more can be made before the store is opened again; the graph can still be read"}
	return &query.Error{Code: query.Uncertain, Cause: cause,
		Message: "the disk failed while it confirmed the change, which may have been made; look whether it was once the store is opened again"}
}

// writer writes one change.
type writer struct {
	tx      *bbolt.Tx
	layouts []layout
	numbers map[any]int // of the layouts of types and relationships, as they are found
	sums
}

func (w *writer) change(e *query.Entry) error {
	if err := w.buckets(e.Replace); err != nil {
		return err
	}
	for _, n := range sorted(e.Nodes, func(n query.NodeChange) string { return n.Record().ID() }) {
		if n.After == nil {
			if err := w.remove(nodesBucket, n.Before.ID()); err != nil {
				return err
			}
			continue
		}
		if err := w.node(n.After); err != nil {
			return err
		}
	}
	for _, l := range sorted(e.Links, func(l query.LinkChange) string { return l.Record().ID() }) {
		if l.After == nil {
			if err := w.remove(linksBucket, l.Before.ID()); err != nil {
				return err
			}
			continue
		}
		if err := w.link(l.After); err != nil {
			return err
		}
	}
	return w.log(e)
}

// sorted are changes in the order of their ids, in which bbolt writes many of them fastest.
func sorted[C any](changes []C, id func(C) string) []C {
	changes = slices.Clone(changes)
	slices.SortFunc(changes, func(a, b C) int { return strings.Compare(id(a), id(b)) })
	return changes
}

// buckets sees to it that all buckets are there, those of the graph empty if it is replaced.
func (w *writer) buckets(replace bool) error {
	for _, name := range [][]byte{aboutBucket, layoutsBucket, nodesBucket, linksBucket, changesBucket, keysBucket} {
		if replace && !inLog(name) && w.tx.Bucket(name) != nil {
			if err := w.tx.DeleteBucket(name); err != nil {
				return err
			}
		}
		if _, err := w.tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	if replace {
		w.layouts, w.sums.graph = nil, 0
	}
	return nil
}

func inLog(bucket []byte) bool {
	return bytes.Equal(bucket, changesBucket) || bytes.Equal(bucket, keysBucket)
}

// finish writes what the file says of itself.
func (w *writer) finish(a about) error {
	if err := w.buckets(false); err != nil {
		return err
	}
	a.Format, a.Sum, a.LogSum = format, w.sums.graph, w.sums.log
	said, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return w.tx.Bucket(aboutBucket).Put(aboutKey, seal(aboutKey, said))
}

func (w *writer) node(n *query.NodeRecord) error {
	number, err := w.layout(n.Type, func() layout { return layoutOf(n.Type.Name, false, n.Type.Properties) })
	if err != nil {
		return err
	}
	return w.record(nodesBucket, number, nil, n.Values)
}

func (w *writer) link(l *query.LinkRecord) error {
	r := l.Relationship
	number, err := w.layout(r, func() layout { return layoutOf(r.Name, true, r.Properties) })
	if err != nil {
		return err
	}
	return w.record(linksBucket, number, stored.AppendString(stored.AppendString(nil, l.From), l.To), l.Values)
}

// record writes a record under its id, which is the first of the values.
func (w *writer) record(bucket []byte, number int, ends []byte, values []any) error {
	body, err := stored.AppendValues(append(binary.AppendUvarint(nil, uint64(number)), ends...), values)
	if err != nil {
		return fmt.Errorf("%v: %w", values[0], err)
	}
	return w.put(bucket, []byte(values[0].(string)), body)
}

// layout is the number of the layout of a type or a relationship, which is written when it is new.
func (w *writer) layout(of any, is func() layout) (int, error) {
	number, known := w.numbers[of]
	if known {
		return number, nil
	}
	l := is()
	if number = slices.IndexFunc(w.layouts, l.equal); number >= 0 {
		w.numbers[of] = number
		return number, nil
	}
	body, err := json.Marshal(l)
	if err != nil {
		return 0, err
	}
	w.layouts = append(w.layouts, l)
	number = len(w.layouts) - 1
	w.numbers[of] = number
	return number, w.put(layoutsBucket, binary.BigEndian.AppendUint32(nil, uint32(number)), body)
}

func (w *writer) put(bucket, key, body []byte) error {
	sealed := seal(key, body)
	*w.sum(bucket) += checksum(sealed) - w.standing(bucket, key)
	return w.tx.Bucket(bucket).Put(key, sealed)
}

func (w *writer) remove(bucket []byte, id string) error {
	*w.sum(bucket) -= w.standing(bucket, []byte(id))
	return w.tx.Bucket(bucket).Delete([]byte(id))
}

// standing is the checksum of what stands under a key; 0 if nothing does.
func (w *writer) standing(bucket, key []byte) uint32 {
	if sealed := w.tx.Bucket(bucket).Get(key); sealed != nil {
		return checksum(sealed)
	}
	return 0
}

func (s *sums) sum(bucket []byte) *uint32 {
	if inLog(bucket) {
		return &s.log
	}
	return &s.graph
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
		return nil, stored.ErrDamaged
	}
	body := sealed[sealSize:]
	if crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, body) != checksum(sealed) {
		return nil, stored.ErrDamaged
	}
	return body, nil
}
