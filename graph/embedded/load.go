package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
	"bordergraph/graph/stored"

	"go.etcd.io/bbolt"
)

// loader reads records and fits them to the model.
type loader struct {
	model *query.Model
	nodes []query.NodeRecord
	links []query.LinkRecord
	about
	sums
	problems []record.Problem // what does not fit
	layouts  []layout
	types    map[string]*query.Type // of the nodes, by id
	fittings map[fittingKey][]int
	shared   map[string]any
}

// fittingKey names what the positions of a layout are fitted to.
type fittingKey struct {
	layout       int
	relationship *query.Relationship // nil for nodes
}

// load fails if the file is damaged; what does not fit is in problems.
func (l *loader) load(tx *bbolt.Tx) error {
	if first, _ := tx.Cursor().First(); first == nil {
		return nil // only just made
	}
	said, err := readAbout(tx)
	if err != nil {
		return err
	}
	l.about = *said
	l.types, l.fittings = map[string]*query.Type{}, map[fittingKey][]int{}
	for _, part := range []struct {
		bucket []byte
		read   func(key, body []byte) error
	}{{layoutsBucket, l.layout}, {nodesBucket, l.node}, {linksBucket, l.link}, {changesBucket, whole}, {keysBucket, whole}} {
		if said.Format == formerFormat && inLog(part.bucket) {
			continue
		}
		if err := l.each(tx, part.bucket, part.read); err != nil {
			return err
		}
	}
	if l.sums != (sums{said.Sum, said.LogSum}) {
		return errors.New("records are lost")
	}
	return nil
}

// whole is all there is to know of an entry of the log until it is asked for.
func whole(_, _ []byte) error { return nil }

func readAbout(tx *bbolt.Tx) (*about, error) {
	bucket := tx.Bucket(aboutBucket)
	if bucket == nil {
		return nil, errors.New("another program wrote it")
	}
	body, err := unseal(aboutKey, bucket.Get(aboutKey))
	if err != nil {
		return nil, err
	}
	said := &about{}
	if err := json.Unmarshal(body, said); err != nil {
		return nil, err
	}
	if said.Format != format && said.Format != formerFormat {
		return nil, fmt.Errorf("its format is %d; this program reads %d and %d", said.Format, formerFormat, format)
	}
	return said, nil
}

func (l *loader) each(tx *bbolt.Tx, name []byte, read func(key, body []byte) error) error {
	bucket := tx.Bucket(name)
	if bucket == nil {
		return fmt.Errorf("its %s are lost", name)
	}
	return bucket.ForEach(func(key, sealed []byte) error {
		body, err := unseal(key, sealed)
		if err != nil {
			return err
		}
		*l.sum(name) += checksum(sealed)
		return read(key, body)
	})
}

func (l *loader) layout(_, body []byte) error {
	var read layout
	if err := json.Unmarshal(body, &read); err != nil {
		return err
	}
	l.layouts = append(l.layouts, read)
	return nil
}

func (l *loader) node(key, body []byte) error {
	d := stored.NewDecoder(body, l.shared)
	number, was, err := l.layoutAt(d)
	if err != nil {
		return err
	}
	id := string(key)
	t := l.model.Type(was.Name)
	if t == nil {
		l.problem(id, "type", "the schema has no type "+was.Name)
		return nil
	}
	values, err := l.fit(d, id, fittingKey{layout: number}, t.Properties)
	if err != nil {
		return err
	}
	l.types[id] = t
	l.nodes = append(l.nodes, query.NodeRecord{Type: t, Values: values})
	return nil
}

func (l *loader) link(_, body []byte) error {
	d := stored.NewDecoder(body, l.shared)
	number, was, err := l.layoutAt(d)
	if err != nil {
		return err
	}
	from, to := d.String(), d.String()
	name := from + " " + was.Name + " " + to
	fromType, toType := l.types[from], l.types[to]
	if fromType == nil || toType == nil {
		l.problem(name, "ends", "there is no node at one of them")
		return nil
	}
	r := l.model.Relationship(was.Name, fromType, toType)
	if r == nil {
		l.problem(name, "type", fmt.Sprintf("the schema has no %s from %s to %s", was.Name, fromType.Name, toType.Name))
		return nil
	}
	values, err := l.fit(d, name, fittingKey{number, r}, r.Properties)
	if err != nil {
		return err
	}
	l.links = append(l.links, query.LinkRecord{Relationship: r, From: from, To: to, Values: values})
	return nil
}

func (l *loader) layoutAt(d *stored.Decoder) (int, layout, error) {
	number := d.Uvarint()
	if d.Err != nil || number >= uint64(len(l.layouts)) {
		return 0, layout{}, stored.ErrDamaged
	}
	return int(number), l.layouts[number], nil
}

// fit reads values and puts them where they belong.
func (l *loader) fit(d *stored.Decoder, name string, key fittingKey, properties []*query.Property) ([]any, error) {
	values := make([]any, len(properties))
	for i, position := range l.fitting(key, properties) {
		value := d.Value()
		switch {
		case position >= 0:
			values[position] = value
		case value != nil:
			l.problem(name, l.layouts[key.layout].Properties[i], "the schema has no such property")
		}
	}
	if d.Err != nil || d.Rest != "" {
		return nil, stored.ErrDamaged
	}
	l.problems = append(l.problems, record.Check(name, properties, values)...)
	return values, nil
}

// fitting is where the values of a layout belong: -1 where the schema has no such property.
func (l *loader) fitting(key fittingKey, properties []*query.Property) []int {
	if known := l.fittings[key]; known != nil {
		return known
	}
	names := l.layouts[key.layout].Properties
	positions := make([]int, len(names))
	for i, name := range names {
		positions[i] = slices.IndexFunc(properties, func(p *query.Property) bool { return p.Name == name })
	}
	l.fittings[key] = positions
	return positions
}

func (l *loader) problem(name, field, message string) {
	l.problems = append(l.problems, record.Problem{Record: name, Field: field, Message: message})
}
