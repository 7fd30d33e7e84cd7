package change

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"bordergraph/graph/history"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// Undo says which change is to be taken back: what it changed is to be again what it was before.
type Undo struct {
	Place
	Sequence int64
}

// Log is where changes that were made are read.
type Log struct {
	Store query.Store
	Sight *history.Sight
}

// Shown are entries as they are for whoever may see so much, in a transaction.
func (l Log) Shown(ctx context.Context, tx query.Tx, entries []query.Entry, clearance query.Clearance) ([]query.Entry, error) {
	return l.Sight.Shown(ctx, inside{l.Store, tx}, entries, clearance)
}

// inside is a store as it is in a transaction.
type inside struct {
	query.Store
	tx query.Tx
}

func (i inside) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	return i.tx.Select(ctx, q)
}

// undoing is an Undo while it is carried out.
type undoing struct {
	*draft
	*Undo
	log    Log
	undone query.Entry
}

// TakeBack makes the change that is asked for by Undo, as Make.
func (r *Request) TakeBack(ctx context.Context, tx query.Tx, log Log, model *query.Model) (*query.Change, []Problem, error) {
	d := newDraft(r, model)
	if err := d.undo(ctx, tx, log); err != nil || len(d.problems) > 0 {
		return nil, d.problems, err
	}
	made := d.change()
	made.Undoes = r.Undo.Sequence
	return made, nil, nil
}

// undo makes of what is stored what was before a change. It is refused if anything of that was changed
// since, or if the rest of the graph would not be sound with it.
func (d *draft) undo(ctx context.Context, tx query.Tx, log Log) error {
	x := &undoing{draft: d, Undo: d.Request.Undo, log: log}
	if found, err := x.find(ctx, tx); !found || err != nil {
		return err
	}
	if err := x.read(ctx, tx); err != nil {
		return err
	}
	if asLeft := x.asLeft(); !asLeft || !x.isLatest() {
		since, err := x.since(ctx, tx, x.concern())
		if err != nil {
			return err
		}
		if !asLeft || since.any() {
			x.conflict(since)
			return nil
		}
	}
	x.takeBack()
	cited, err := x.isCited(ctx, tx)
	if err != nil {
		return err
	}
	if !cited && !x.isBound() && !x.lacks() && len(x.ambiguous()) == 0 {
		return x.check(ctx, tx)
	}
	since, err := x.since(ctx, tx, x.concern())
	if err == nil {
		x.conflict(since)
	}
	return err
}

// find reads the change. What the asker may not see all of is as if it were not there.
func (x *undoing) find(ctx context.Context, tx query.Tx) (bool, error) {
	err := tx.Settle(ctx)
	var entries []query.Entry
	if err == nil && x.Sequence > 0 {
		entries, err = x.log.Store.Changes(ctx, x.Sequence-1, 1)
	}
	if err != nil {
		return false, err
	}
	if len(entries) > 0 && entries[0].Replace {
		x.problem(x.Place, BadInput, "Change %d replaced the whole graph: it cannot be taken back.", x.Sequence)
		return false, nil
	}
	shown, err := x.log.Shown(ctx, tx, entries, x.Clearance)
	switch {
	case err != nil:
		return false, err
	case len(entries) == 0 || !isWhole(&shown[0], &entries[0]):
		x.problem(x.Place, NotFound, "There is no change %d that you may take back.", x.Sequence)
	case len(entries[0].Nodes)+len(entries[0].Links) == 0:
		x.problem(x.Place, BadInput, "Change %d changed nothing: there is nothing to take back.", x.Sequence)
	default:
		x.undone = entries[0]
		return true, nil
	}
	return false, nil
}

// isWhole is whether all records of an entry are shown.
func isWhole(shown, e *query.Entry) bool { return records(shown) == records(e) }

// records is how many an entry has, before and after.
func records(e *query.Entry) int {
	count := 0
	for _, n := range e.Nodes {
		before, after := n.Values()
		count += len(slices.DeleteFunc([][]any{before, after}, func(values []any) bool { return values == nil }))
	}
	for _, l := range e.Links {
		before, after := l.Values()
		count += len(slices.DeleteFunc([][]any{before, after}, func(values []any) bool { return values == nil }))
	}
	return count
}

// read reads what was changed, what is at nodes that are to go, and all that is to be restored rests on.
func (x *undoing) read(ctx context.Context, tx query.Tx) error {
	ids, at := map[string]bool{}, map[query.At]bool{}
	for _, n := range x.undone.Nodes {
		ids[n.Record().ID()] = true
		lost, gained := n.Merged()
		add(ids, slices.Concat(lost, gained))
		if n.Before == nil {
			at[query.At{Node: n.After.ID(), Direction: query.Both}] = true
		}
	}
	for _, l := range x.undone.Links {
		r := l.Record()
		for _, from := range r.Moves() {
			at[query.At{Node: from, Relationship: r.Relationship, Direction: query.Out}] = true
		}
		add(ids, []string{r.From, r.To})
	}
	add(ids, x.restoredSources())
	stored, err := tx.Records(ctx, slices.Sorted(maps.Keys(ids)), slices.SortedFunc(maps.Keys(at), inOrder))
	if err != nil {
		return err
	}
	x.add(stored)
	return x.readEnds(ctx, tx)
}

// restoredSources are the sources of all that was there before.
func (x *undoing) restoredSources() []string {
	var ids []string
	for _, n := range x.undone.Nodes {
		if n.Before != nil {
			ids = append(ids, sourcesOf(n.Before.Values, query.NodeFacts)...)
		}
	}
	for _, l := range x.undone.Links {
		if l.Before != nil {
			ids = append(ids, sourcesOf(l.Before.Values, query.LinkFacts)...)
		}
	}
	return ids
}

// asLeft is whether all is as the change left it.
func (x *undoing) asLeft() bool {
	for _, n := range x.undone.Nodes {
		var now *query.NodeRecord
		if stored := x.nodes[n.Record().ID()]; stored != nil {
			now = stored.Before
		}
		if !alike(now, n.After) {
			return false
		}
	}
	for _, l := range x.undone.Links {
		var now *query.LinkRecord
		if stored := x.links[l.Record().ID()]; stored != nil {
			now = stored.Before
		}
		if !reflect.DeepEqual(now, l.After) {
			return false
		}
	}
	return true
}

// alike is whether two nodes differ in nothing but their versions.
func alike(a, b *query.NodeRecord) bool {
	if a == nil || b == nil {
		return a == b
	}
	values := slices.Clone(a.Values)
	values[query.NodeVersion] = b.Values[query.NodeVersion]
	return a.Type == b.Type && reflect.DeepEqual(values, b.Values)
}

// isLatest is whether no other change was made of the nodes since.
func (x *undoing) isLatest() bool {
	return !slices.ContainsFunc(x.undone.Nodes, func(n query.NodeChange) bool {
		return n.After != nil && x.nodes[n.After.ID()].Before.Values[query.NodeVersion] != x.Sequence
	})
}

func (x *undoing) takeBack() {
	for _, n := range x.undone.Nodes {
		id := n.Record().ID()
		if x.nodes[id] == nil {
			x.nodes[id] = &query.NodeChange{}
		}
		x.nodes[id].After = n.Before
	}
	for _, l := range x.undone.Links {
		if stored := x.links[l.Record().ID()]; stored != nil {
			stored.After = l.Before
		} else {
			x.addLinkChange(&query.LinkChange{After: l.Before})
		}
	}
}

// lacks is whether what is restored lacks an end, or a source, of the type that it must have.
func (x *undoing) lacks() bool {
	noSource := func(id string) bool { return !x.isSource(x.typeAfter(id)) }
	return slices.ContainsFunc(x.restoredSources(), noSource) || slices.ContainsFunc(x.undone.Links, func(l query.LinkChange) bool {
		return l.Before != nil && l.Before.Misplaced(x.typeAfter(l.Before.From), x.typeAfter(l.Before.To)) != nil
	})
}

// isSource is whether facts may rest on nodes of a type, of which nil is no node.
func (x *undoing) isSource(t *query.Type) bool { return t != nil && (x.Source == nil || t == x.Source) }

// typeBefore is the type of a node before the change is taken back; nil if there is none.
func (x *undoing) typeBefore(id string) *query.Type {
	if n := x.nodes[id]; n != nil && n.Before != nil {
		return n.Before.Type
	}
	return nil
}

// typeAfter is the type of a node after that; nil if there is none.
func (x *undoing) typeAfter(id string) *query.Type {
	if n := x.nodes[id]; n != nil && n.After != nil {
		return n.After.Type
	}
	return nil
}

// isBound is whether other relationships are at nodes that are to go.
func (x *undoing) isBound() bool {
	return slices.ContainsFunc(x.undone.Nodes, func(n query.NodeChange) bool {
		return n.Before == nil && slices.ContainsFunc(x.at[n.After.ID()], func(l *query.LinkChange) bool { return l.After != nil })
	})
}

// isCited is whether facts that stay rest on sources that are to go.
func (x *undoing) isCited(ctx context.Context, tx query.Tx) (bool, error) {
	for _, n := range x.undone.Nodes {
		if n.Before != nil || n.After.Type != x.Source {
			continue
		}
		if shown, hidden, err := x.restingOn(ctx, tx, n.After.ID()); len(shown) > 0 || hidden || err != nil {
			return true, err
		}
	}
	return false, nil
}

// check holds what is restored against the schema, which may be another than it was then, and against rules
// that look at other nodes. What leads from a node is as sound as it was before: it is as the change left it.
func (x *undoing) check(ctx context.Context, tx query.Tx) error {
	shapes := map[*query.Type]*Shape{}
	var restored []*Save
	for _, n := range x.undone.Nodes {
		if n.Before == nil {
			continue
		}
		t := n.Before.Type
		if shapes[t] == nil {
			shapes[t] = &Shape{Type: t, Rules: x.Rules(t)}
		}
		restored = append(restored, &Save{Place: x.Place, Shape: shapes[t], ID: n.Before.ID()})
		x.unsound(record.Check(n.Before.ID(), t.Properties, n.Before.Values))
	}
	for _, l := range x.undone.Links {
		if l.Before != nil {
			x.unsound(record.Check(l.Before.ID(), l.Before.Relationship.Properties, l.Before.Values))
		}
	}
	return x.checkRestored(ctx, tx, restored)
}

// checkRestored says which rules are broken. What was so before may be so again: unless other nodes that
// the rules look at were changed since, it was.
func (x *undoing) checkRestored(ctx context.Context, tx query.Tx, restored []*Save) error {
	sound := len(x.problems)
	if err := x.checkRules(ctx, tx, restored); err != nil {
		return err
	}
	changed := places{}
	for _, l := range x.undone.Links {
		changed[x.links[l.Record().ID()]] = x.Place
	}
	if err := x.checkCycles(ctx, tx, changed); err != nil {
		return err
	}
	if err := x.checkAlong(ctx, tx, changed); err != nil || len(x.problems) == sound {
		return err
	}
	others := &concern{nodes: map[string]bool{}}
	for id := range x.nodes {
		others.nodes[id] = true
	}
	for _, n := range x.undone.Nodes {
		delete(others.nodes, n.Record().ID())
	}
	since, err := x.since(ctx, tx, others)
	if err != nil {
		return err
	}
	if !since.any() {
		x.problems = x.problems[:sound]
	}
	for i := range x.problems[sound:] {
		p := &x.problems[sound+i]
		p.Code, p.Details = Conflict, since.details()
	}
	return nil
}

func (x *undoing) unsound(problems []record.Problem) {
	for _, p := range problems {
		x.problem(x.Place, Conflict, "Change %d cannot be taken back: %s: %s: %s.", x.Sequence, p.Record, p.Field, p.Message)
	}
}
