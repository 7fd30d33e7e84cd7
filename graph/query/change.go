package query

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// Tx is a transaction of a Store. It is used by one goroutine, and not after Update has returned.
type Tx interface {
	// Select is Store.Select, of the graph as it is in the transaction.
	Select(ctx context.Context, q *Query) (Row, error)
	// Records reads the nodes of some ids, and relationships at nodes, whole, whatever their marking and
	// dates. What does not exist is left out; what is asked for twice comes once.
	Records(ctx context.Context, nodes []string, links []At) (Records, error)
	// Recorded is the entry of the change that was made under a key; nil if there is none.
	Recorded(ctx context.Context, key string) (*Entry, error)
	// Settle makes sure that the Store, and its log, have all that was written before this transaction, which may be
	// confirmed together with others, and that nobody else writes. Whoever reads the Store for what is written calls it first.
	Settle(ctx context.Context) error
	// Write writes a change and puts it into the log, as the entry that it returns: with its Sequence as
	// the NodeVersion of each node that it leaves. It is called once at most.
	Write(ctx context.Context, c *Change) (*Entry, error)
}

// At is the relationships of a kind at a node: Out, In, or Both for those of either direction.
type At struct {
	Node string
	// Relationship is nil for those of any kind.
	Relationship *Relationship
	Direction    Direction
}

// Records are stored nodes and relationships, each in the order of their ids.
type Records struct {
	Nodes []NodeRecord
	Links []LinkRecord
	// Merged is Store.Merged of the ids of nodes that were asked for; nil if it says nothing.
	Merged map[string]string
}

// Change is what is written, and what the log says of it. It is not changed after it was given to a store.
type Change struct {
	// At is when: UTC, to the microsecond. A store raises it where the entry before is later.
	At time.Time
	// Actor is who, Comment why.
	Actor, Comment string
	// Key, if not empty, names the request for the change, so that a repeated one is known. No two
	// changes have the same. Request is the fingerprint of what was requested.
	Key, Request string
	// Undoes is the Sequence of the change that this one takes back; 0 if it takes none back.
	Undoes int64
	// Replace removes the whole graph, and its Contents, first.
	Replace bool
	// Nodes are those that are new, other, moved or gone; no id stands twice. What is gone has no relationships
	// left. A node is moved, and may be the same before and after, if a relationship that leads from it, or a
	// symmetric one at it, is among Links. So a node's history is a chain: its NodeVersion names the last entry
	// of it, the NodeVersion in the Before of that names the one before, and so on to where there is no Before.
	Nodes []NodeChange
	// Links are the relationships that are new, other or gone; no id stands twice. Both ends of
	// what is new exist after the change.
	Links []LinkChange
	// Contents, if not nil, is what the graph is made from, from now on.
	Contents *Contents
}

// NodeChange is a node before and after a change: Before is nil if it is new, and where the whole
// graph is replaced; After is nil if it is gone. A node keeps its id and its type.
type NodeChange struct{ Before, After *NodeRecord }

// Merged are the former ids that a node gives up and those that it gains by the change.
func (c NodeChange) Merged() (lost, gained []string) {
	before, after := c.Values()
	was, is := FormerIDs(before), FormerIDs(after)
	without := func(ids, others []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(others, id) })
	}
	return without(was, is), without(is, was)
}

// FormerIDs are those among the values of a node.
func FormerIDs(values []any) []string {
	if values == nil {
		return nil
	}
	return Texts(values[NodeFormerIDs])
}

// LinkChange is a relationship before and after a change, as NodeChange. It keeps its id, its kind
// and its ends.
type LinkChange struct{ Before, After *LinkRecord }

// NodeRecord is a stored node: Values by position of Type.Properties. The values are not changed.
type NodeRecord struct {
	Type   *Type
	Values []any
}

// LinkRecord is a stored relationship: Values by position of Relationship.Properties. The values are not changed.
type LinkRecord struct {
	Relationship *Relationship
	From, To     string
	Values       []any
}

// Entry is a change in the log. The Sequences are 1, 2, 3 and so on in the order in which the changes
// were made: whoever has read one later finds none before it.
type Entry struct {
	Sequence int64
	Change
}

// NewEntry is the entry that a change becomes, for the stores to write and to log; last is when the one before was made.
func NewEntry(sequence int64, last time.Time, c *Change) *Entry {
	e := &Entry{Sequence: sequence, Change: *c}
	if e.At = c.At.UTC().Truncate(time.Microsecond); e.At.Before(last) {
		e.At = last
	}
	e.Nodes = slices.Clone(c.Nodes)
	version := any(sequence)
	for i, n := range e.Nodes {
		if n.After != nil {
			values := slices.Clone(n.After.Values)
			values[NodeVersion] = version
			e.Nodes[i].After = &NodeRecord{n.After.Type, values}
		}
	}
	return e
}

// Head is what an Entry says of itself.
type Head struct {
	Sequence int64
	At       time.Time
	Actor    string
	Replace  bool
	// Records is how many nodes and relationships were changed.
	Records int
}

// Head is that of the entry.
func (e *Entry) Head() Head {
	return Head{Sequence: e.Sequence, At: e.At, Actor: e.Actor, Replace: e.Replace, Records: len(e.Nodes) + len(e.Links)}
}

// Of is the entry with only what was done to some nodes, and to relationships of which a change moves them.
func (e *Entry) Of(nodes map[string]bool) *Entry {
	part := *e
	part.Nodes, part.Links = nil, nil
	for _, n := range e.Nodes {
		if nodes[n.Record().ID()] {
			part.Nodes = append(part.Nodes, n)
		}
	}
	for _, l := range e.Links {
		if slices.ContainsFunc(l.Record().Moves(), func(id string) bool { return nodes[id] }) {
			part.Links = append(part.Links, l)
		}
	}
	return &part
}

// Write makes a change in a transaction of its own.
func Write(ctx context.Context, s Store, c *Change) error {
	return s.Update(ctx, func(tx Tx) error {
		_, err := tx.Write(ctx, c)
		return err
	})
}

// AddNodes are the changes that make new nodes.
func AddNodes(records []NodeRecord) []NodeChange {
	changes := make([]NodeChange, len(records))
	for i := range records {
		changes[i].After = &records[i]
	}
	return changes
}

// AddLinks are the changes that make new relationships.
func AddLinks(records []LinkRecord) []LinkChange {
	changes := make([]LinkChange, len(records))
	for i := range records {
		changes[i].After = &records[i]
	}
	return changes
}

// Values are those before and after the change; nil where there is no record.
func (c NodeChange) Values() (before, after []any) {
	if c.Before != nil {
		before = c.Before.Values
	}
	if c.After != nil {
		after = c.After.Values
	}
	return before, after
}

// Values are those before and after the change; nil where there is no record.
func (c LinkChange) Values() (before, after []any) {
	if c.Before != nil {
		before = c.Before.Values
	}
	if c.After != nil {
		after = c.After.Values
	}
	return before, after
}

// ID is the node's id.
func (r *NodeRecord) ID() string { return r.Values[NodeID].(string) }

// ID is the relationship's id.
func (r *LinkRecord) ID() string { return r.Values[LinkID].(string) }

// Moves are the ids of the nodes that a change of the relationship moves: from which it leads, if
// symmetric from either end.
func (r *LinkRecord) Moves() []string {
	if r.Relationship.Symmetric {
		return []string{r.From, r.To}
	}
	return []string{r.From}
}

// Misplaced says why the relationship cannot lead between nodes of these types, of which nil is no node.
func (r *LinkRecord) Misplaced(from, to *Type) error {
	name := r.Relationship.Name + " from " + r.From + " to " + r.To
	switch {
	case from == nil:
		return fmt.Errorf("%s: there is no node %q", name, r.From)
	case to == nil:
		return fmt.Errorf("%s: there is no node %q", name, r.To)
	case !slices.Contains(r.Relationship.From, from) || !slices.Contains(r.Relationship.To, to):
		return fmt.Errorf("%s: it does not lead from %s to %s", name, from.Name, to.Name)
	}
	return nil
}

// Record is what there is after the change, or was before it if it is gone.
func (c NodeChange) Record() *NodeRecord {
	if c.After == nil {
		return c.Before
	}
	return c.After
}

// Record is what there is after the change, or was before it if it is gone.
func (c LinkChange) Record() *LinkRecord {
	if c.After == nil {
		return c.Before
	}
	return c.After
}

// Differs is whether the node itself is other after the change, and not only moved.
func (c NodeChange) Differs() bool {
	before, after := c.Values()
	return !reflect.DeepEqual(before, after)
}

// Check says what is wrong with a change, whatever graph it is made to.
func (c *Change) Check() error {
	known := make(map[string]bool, len(c.Nodes))
	for _, n := range c.Nodes {
		if err := c.checkNode(n, known); err != nil {
			return err
		}
	}
	known = make(map[string]bool, len(c.Links))
	for _, l := range c.Links {
		if err := c.checkLink(l, known); err != nil {
			return err
		}
	}
	return nil
}

func (c *Change) checkNode(n NodeChange, known map[string]bool) error {
	before, after := n.Before, n.After
	if before == nil && after == nil {
		return errors.New("a change of no node")
	}
	id := n.Record().ID()
	switch {
	case known[id]:
		return fmt.Errorf("%s: it is changed twice", id)
	case before != nil && c.Replace:
		return fmt.Errorf("%s: there is nothing before in a graph that is replaced", id)
	case before != nil && after != nil && (before.ID() != id || before.Type != after.Type):
		return fmt.Errorf("%s: a node keeps its id and its type", id)
	}
	known[id] = true
	return nil
}

func (c *Change) checkLink(l LinkChange, known map[string]bool) error {
	before, after := l.Before, l.After
	if before == nil && after == nil {
		return errors.New("a change of no relationship")
	}
	id := l.Record().ID()
	switch {
	case known[id]:
		return fmt.Errorf("%s: it is changed twice", id)
	case before != nil && c.Replace:
		return fmt.Errorf("%s: there is nothing before in a graph that is replaced", id)
	case before != nil && after != nil &&
		(before.ID() != id || before.Relationship != after.Relationship || before.From != after.From || before.To != after.To):
		return fmt.Errorf("%s: a relationship keeps its id, its kind and its ends", id)
	}
	known[id] = true
	return nil
}
