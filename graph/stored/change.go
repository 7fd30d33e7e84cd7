package stored

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"sync"
	"time"

	"bordergraph/graph/query"
)

// A change begins with the version of its form. One of the version 2 goes on with its head, which is
// not compressed; those of the version 1 have none.
const (
	withoutHead = 1
	version     = 2
)

// What a change has, and what a record of it has.
const (
	replaces = 1 << iota
	hasContents
	undoes
)

const (
	hasBefore = 1 << iota
	hasAfter
)

// EncodeChange writes a change: compressed, with the names of all types and properties in it.
func EncodeChange(c *query.Change) ([]byte, error) {
	e := &encoder{numbers: map[any]int{}}
	e.about(c)
	e.number(len(c.Nodes))
	for _, n := range c.Nodes {
		if err := e.node(n); err != nil {
			return nil, err
		}
	}
	e.number(len(c.Links))
	for _, l := range c.Links {
		if err := e.link(l); err != nil {
			return nil, err
		}
	}
	return compress(EncodeHead(c), e.b)
}

// EncodeHead writes what DecodeHead reads of a change: its encoding begins so.
func EncodeHead(c *query.Change) []byte {
	head := (&query.Entry{Change: *c}).Head()
	e := &encoder{}
	e.b = binary.AppendVarint(e.b, head.At.UnixMicro())
	e.string(head.Actor)
	has := 0
	if head.Replace {
		has |= replaces
	}
	e.number(has)
	e.number(head.Records)
	return append(binary.AppendUvarint([]byte{version}, uint64(len(e.b))), e.b...)
}

// encoder names each type and each relationship where it first occurs, and then calls it by its number.
type encoder struct {
	b       []byte
	numbers map[any]int // of *query.Type and *query.Relationship
}

func (e *encoder) number(n int)    { e.b = binary.AppendUvarint(e.b, uint64(n)) }
func (e *encoder) string(s string) { e.b = AppendString(e.b, s) }

func (e *encoder) about(c *query.Change) {
	e.b = binary.AppendVarint(e.b, c.At.UnixMicro())
	for _, s := range []string{c.Actor, c.Comment, c.Key, c.Request} {
		e.string(s)
	}
	has := 0
	if c.Replace {
		has |= replaces
	}
	if c.Contents != nil {
		has |= hasContents
	}
	if c.Undoes != 0 {
		has |= undoes
	}
	e.number(has)
	if c.Contents != nil {
		e.string(c.Contents.Dataset)
		e.string(c.Contents.Schema)
	}
	if c.Undoes != 0 {
		e.number(int(c.Undoes))
	}
}

func (e *encoder) node(n query.NodeChange) error {
	t := n.Record().Type
	if e.begin(t) {
		e.string(t.Name)
		e.properties(t.Properties)
	}
	return e.values(n.Values())
}

func (e *encoder) link(l query.LinkChange) error {
	record := l.Record()
	r := record.Relationship
	if e.begin(r) {
		e.string(r.Name)
		e.types(r.From)
		e.types(r.To)
		e.properties(r.Properties)
	}
	e.string(record.From)
	e.string(record.To)
	return e.values(l.Values())
}

// begin writes the number of a type or a relationship, and reports whether it is to be named.
func (e *encoder) begin(of any) bool {
	number, known := e.numbers[of]
	if !known {
		number = len(e.numbers)
		e.numbers[of] = number
	}
	e.number(number)
	return !known
}

func (e *encoder) properties(properties []*query.Property) {
	e.number(len(properties))
	for _, p := range properties {
		e.string(p.Name)
	}
}

func (e *encoder) types(types []*query.Type) {
	e.number(len(types))
	for _, t := range types {
		e.string(t.Name)
	}
}

func (e *encoder) values(before, after []any) (err error) {
	has := 0
	if before != nil {
		has |= hasBefore
	}
	if after != nil {
		has |= hasAfter
	}
	e.number(has)
	if e.b, err = AppendValues(e.b, before); err != nil {
		return fmt.Errorf("%v: %w", before[0], err)
	}
	if e.b, err = AppendValues(e.b, after); err != nil {
		return fmt.Errorf("%v: %w", after[0], err)
	}
	return nil
}

// DecodeHead reads the head of a change, of the encoding of which no more need be there than begins it.
func DecodeHead(model *query.Model, data []byte) (query.Head, error) {
	if len(data) > 0 && data[0] == withoutHead {
		c, err := DecodeChange(model, data)
		if err != nil {
			return query.Head{}, err
		}
		return (&query.Entry{Change: *c}).Head(), nil
	}
	head, _, err := readHead(data)
	return head, err
}

// readHead reads a head, and answers what follows it.
func readHead(data []byte) (query.Head, []byte, error) {
	if len(data) == 0 || data[0] != version {
		return query.Head{}, nil, ErrDamaged
	}
	length, n := binary.Uvarint(data[1:])
	rest := data[1+max(n, 0):]
	if n < 1 || length > uint64(len(rest)) {
		return query.Head{}, nil, ErrDamaged
	}
	d := NewDecoder(rest[:length], nil)
	head := query.Head{At: time.UnixMicro(d.Varint()).UTC(), Actor: d.String(), Replace: d.Uvarint()&replaces != 0, Records: int(d.Uvarint())}
	return head, rest[length:], d.Err
}

// DecodeChange reads a change under a model, which may be another than that it was written under.
// What the model has no place for is an error with the code Misfit.
func DecodeChange(model *query.Model, data []byte) (*query.Change, error) {
	return decode(model, data, nil)
}

// DecodePart is DecodeChange of only what was done to some nodes, as Entry.Of says; the rest takes little.
func DecodePart(model *query.Model, data []byte, nodes map[string]bool) (*query.Change, error) {
	return decode(model, data, nodes)
}

// decode reads what was done to some nodes; nil stands for all.
func decode(model *query.Model, data []byte, only map[string]bool) (*query.Change, error) {
	plain, err := decompress(data)
	if err != nil {
		return nil, err
	}
	d := &changeDecoder{Decoder: NewDecoder(plain, map[string]any{}), model: model, only: only}
	d.Part = only != nil
	c := d.about()
	c.Nodes = decodeEach(d, d.node)
	c.Links = decodeEach(d, d.link)
	switch {
	case d.misfit != "":
		return nil, &query.Error{Code: query.Misfit, Message: d.misfit}
	case d.Err != nil || d.Rest != "":
		return nil, ErrDamaged
	}
	return c, nil
}

type changeDecoder struct {
	*Decoder
	model  *query.Model
	only   map[string]bool // nodes; nil for all
	places []place
	misfit string // the first thing that the model has no place for
}

// place is where the values of a type or a relationship belong.
type place struct {
	typ          *query.Type
	relationship *query.Relationship
	width        int
	names        []string
	positions    []int // -1 where the model has no such property
}

func (d *changeDecoder) refuse(format string, args ...any) {
	if d.misfit == "" {
		d.misfit = fmt.Sprintf(format, args...)
	}
}

func (d *changeDecoder) done() bool { return d.Err != nil || d.misfit != "" }

// count is a number of things, each of which takes a byte at least.
func (d *changeDecoder) count() int {
	n := d.Uvarint()
	if n > uint64(len(d.Rest)) {
		d.Err = ErrDamaged
		return 0
	}
	return int(n)
}

func (d *changeDecoder) strings() []string {
	all := make([]string, d.count())
	for i := range all {
		all[i] = d.String()
	}
	return all
}

func (d *changeDecoder) about() *query.Change {
	c := &query.Change{At: time.UnixMicro(d.Varint()).UTC()}
	for _, s := range []*string{&c.Actor, &c.Comment, &c.Key, &c.Request} {
		*s = d.String()
	}
	has := d.Uvarint()
	c.Replace = has&replaces != 0
	if has&hasContents != 0 {
		c.Contents = &query.Contents{Dataset: d.String(), Schema: d.String()}
	}
	if has&undoes != 0 {
		c.Undoes = int64(d.Uvarint())
	}
	return c
}

// decodeEach decodes what is wanted of a number of changes.
func decodeEach[T any](d *changeDecoder, decode func() (T, bool)) []T {
	var all []T
	for range d.count() {
		one, wanted := decode()
		if d.done() {
			return nil
		}
		if wanted {
			all = append(all, one)
		}
	}
	return all
}

func (d *changeDecoder) node() (n query.NodeChange, wanted bool) {
	p := d.place(d.typ)
	if d.done() || d.only != nil && !d.only[d.firstAhead()] {
		d.skip(p)
		return n, false
	}
	before, after := d.both(p)
	if before != nil {
		n.Before = &query.NodeRecord{Type: p.typ, Values: before}
	}
	if after != nil {
		n.After = &query.NodeRecord{Type: p.typ, Values: after}
	}
	return n, true
}

func (d *changeDecoder) link() (l query.LinkChange, wanted bool) {
	p := d.place(d.relationship)
	from, to := d.String(), d.String()
	if d.done() || d.only != nil && !d.only[from] && !(p.relationship.Symmetric && d.only[to]) {
		d.skip(p)
		return l, false
	}
	before, after := d.both(p)
	if before != nil {
		l.Before = &query.LinkRecord{Relationship: p.relationship, From: from, To: to, Values: before}
	}
	if after != nil {
		l.After = &query.LinkRecord{Relationship: p.relationship, From: from, To: to, Values: after}
	}
	return l, true
}

// firstAhead is the first value of the record that comes next, which is read after it nevertheless.
func (d *changeDecoder) firstAhead() string {
	ahead := *d.Decoder
	ahead.Uvarint() // whether there is something before and after
	if ahead.tag() != tagString {
		return ""
	}
	return ahead.String()
}

// skip passes over a record before and after a change.
func (d *changeDecoder) skip(p place) {
	records := bits.OnesCount64(d.Uvarint() & (hasBefore | hasAfter))
	for range records * len(p.positions) {
		if d.done() {
			return
		}
		d.Skip()
	}
}

// place is the one of the number that comes next; one that is new is read.
func (d *changeDecoder) place(read func() place) place {
	number := d.Uvarint()
	if number == uint64(len(d.places)) {
		d.places = append(d.places, read())
	}
	if number >= uint64(len(d.places)) || d.Err != nil {
		d.Err = ErrDamaged
		return place{}
	}
	return d.places[number]
}

func (d *changeDecoder) typ() place {
	name := d.String()
	t := d.model.Type(name)
	if t == nil {
		d.refuse("the schema has no type %s", name)
		return place{}
	}
	return d.properties(place{typ: t}, t.Properties)
}

func (d *changeDecoder) relationship() place {
	name, from, to := d.String(), d.strings(), d.strings()
	r := relationship(d.model, name, from, to)
	if r == nil {
		d.refuse("the schema has no %s from %v to %v", name, from, to)
		return place{}
	}
	return d.properties(place{relationship: r}, r.Properties)
}

// relationship is the one of the name that is between the same types as it was, or else the only one
// that is between some of them; nil if there is none.
func relationship(model *query.Model, name string, from, to []string) *query.Relationship {
	var some []*query.Relationship
	for _, r := range model.Relationships {
		switch {
		case r.Name != name:
		case slices.Equal(query.TypeNames(r.From), from) && slices.Equal(query.TypeNames(r.To), to):
			return r
		case overlap(query.TypeNames(r.From), from) && overlap(query.TypeNames(r.To), to):
			some = append(some, r)
		}
	}
	if len(some) != 1 {
		return nil
	}
	return some[0]
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
}

func (d *changeDecoder) properties(p place, properties []*query.Property) place {
	p.names, p.width = d.strings(), len(properties)
	for _, name := range p.names {
		p.positions = append(p.positions, slices.IndexFunc(properties, func(p *query.Property) bool { return p.Name == name }))
	}
	return p
}

func (d *changeDecoder) both(p place) (before, after []any) {
	has := d.Uvarint()
	if has&hasBefore != 0 {
		before = d.record(p)
	}
	if has&hasAfter != 0 {
		after = d.record(p)
	}
	return before, after
}

// record is nil if it could not be read.
func (d *changeDecoder) record(p place) []any {
	values := make([]any, p.width)
	for i, position := range p.positions {
		value := d.Value()
		switch {
		case position >= 0:
			values[position] = value
		case value != nil:
			d.refuse("the schema has no property %s here, of which %v has a value", p.names[i], values[0])
		}
	}
	if d.done() {
		return nil
	}
	if _, named := first(values).(string); !named {
		d.Err = ErrDamaged
		return nil
	}
	return values
}

func first(values []any) any {
	if len(values) == 0 {
		return nil
	}
	return values[0]
}

var compressors = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(io.Discard, flate.BestSpeed) // fails for an unknown level only
	return w
}}

// compress appends what is plain to a head.
func compress(head, plain []byte) ([]byte, error) {
	w := compressors.Get().(*flate.Writer)
	defer compressors.Put(w)
	b := bytes.NewBuffer(head)
	w.Reset(b)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func decompress(data []byte) ([]byte, error) {
	compressed, err := afterHead(data)
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(compressed)))
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}

func afterHead(data []byte) ([]byte, error) {
	if len(data) > 0 && data[0] == withoutHead {
		return data[1:], nil
	}
	_, compressed, err := readHead(data)
	return compressed, err
}
