package change

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bordergraph/graph/query"
)

// Delete says which nodes are to go.
type Delete struct {
	Place
	IDs []string
	// Dependents is whether the relationships at them go, too, and the nodes that cannot be without these.
	Dependents bool
}

// HasDependents is the code of a node that cannot go while others depend on it.
const HasDependents = "HAS_DEPENDENTS"

// deleting is a Delete while it is carried out: level by level, from the nodes that are named to those
// that cannot be without them.
type deleting struct {
	*draft
	*Delete
	saved map[string]bool
	// places says of each node where it, or that on which it depends, is named.
	places map[string]Place
}

func (d *draft) delete(ctx context.Context, tx query.Tx) error {
	x := &deleting{draft: d, Delete: d.Request.Delete, saved: map[string]bool{}, places: map[string]Place{}}
	for _, s := range d.Saves {
		x.saved[s.ID] = true
	}
	var level []string
	for i, id := range x.IDs {
		if _, twice := x.places[id]; !twice {
			x.places[id] = Place{x.Root, fmt.Sprintf("ids.%d", i)}
			level = append(level, id)
		}
	}
	for len(level) > 0 {
		if err := x.read(ctx, tx, level); err != nil {
			return err
		}
		level = x.level(level)
	}
	if err := x.checkCited(ctx, tx); err != nil {
		return err
	}
	return x.checkAlong(ctx, tx, x.unbound())
}

// unbound are the relationships that go.
func (x *deleting) unbound() places {
	unbound := places{}
	for _, id := range slices.Sorted(maps.Keys(x.places)) {
		for _, l := range x.at[id] {
			if l.After == nil && x.nodes[id].After == nil {
				unbound[l] = x.places[id]
			}
		}
	}
	return unbound
}

// read reads what is stored of some nodes and what is bound to them.
func (x *deleting) read(ctx context.Context, tx query.Tx, ids []string) error {
	at := make([]query.At, len(ids))
	for i, id := range ids {
		at[i] = query.At{Node: id, Direction: query.Both}
	}
	stored, err := tx.Records(ctx, ids, at)
	if err != nil {
		return err
	}
	x.add(stored)
	if others := x.needing(ids); len(others) > 0 {
		if stored, err = tx.Records(ctx, nil, others); err != nil {
			return err
		}
		x.add(stored)
	}
	return x.readEnds(ctx, tx)
}

// needing are the relationships of which one must lead from what depends on some nodes.
func (x *deleting) needing(ids []string) []query.At {
	var at []query.At
	for _, id := range ids {
		for _, bound := range x.at[id] {
			if l := bound.After; x.Dependents && l != nil && l.To == id && l.Relationship.Required {
				at = append(at, query.At{Node: l.From, Relationship: l.Relationship, Direction: query.Out})
			}
		}
	}
	return at
}

// level lets some nodes go, and answers those that go with them.
func (x *deleting) level(ids []string) []string {
	gone := map[string]bool{}
	for _, id := range ids {
		switch {
		case x.saved[id]:
			x.problem(x.places[id], BadInput, "%q would go, and is saved by the same operation; do one of the two.", id)
		case x.node(id) == nil:
			x.problem(x.places[id], NotFound, "%s", x.missing(id, "There is no object %q."))
		default:
			gone[id] = true
		}
	}
	next := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		x.unbind(id, gone, next)
	}
	for id := range gone {
		x.nodes[id].After = nil
	}
	return slices.Sorted(maps.Keys(next))
}

// unbind lets the relationships at a node go. What cannot be without one of them goes next.
func (x *deleting) unbind(id string, gone, next map[string]bool) {
	var dependents []string
	hidden := false
	for _, bound := range x.at[id] {
		l := bound.After
		if l == nil {
			continue
		}
		if x.hiddenLink(l) {
			hidden = true
			continue
		}
		other := otherEnd(l, id)
		if !gone[other] && (l.To == id || l.Relationship.Symmetric) {
			dependents = append(dependents, fmt.Sprintf("%s %s %s", l.From, l.Relationship.Name, l.To))
			x.follow(l, id, next)
		}
		bound.After = nil
	}
	slices.Sort(dependents)
	if hidden {
		x.problem(x.places[id], HasDependents, "%q is bound to something that you may not see.", id)
	}
	if len(dependents) > 0 && !x.Dependents {
		x.problem(x.places[id], HasDependents, "Others lead to %q: %s. Change them first, or give dependents: true.", id, few(dependents))
	}
}

// follow takes the node from which a relationship leads to one that goes, if it cannot be without.
func (x *deleting) follow(l *query.LinkRecord, to string, next map[string]bool) {
	if !x.Dependents || !l.Relationship.Required {
		return
	}
	for _, other := range x.linksAt(l.From, l.Relationship) {
		if other.After != l && other.After.To != to {
			return
		}
	}
	if _, known := x.places[l.From]; !known {
		x.places[l.From] = x.places[to]
	}
	next[l.From] = true
}

// most is how many dependents a message names.
const most = 20

func few(names []string) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// checkCited refuses that sources go on which facts are to rest, whoever may see them.
func (x *deleting) checkCited(ctx context.Context, tx query.Tx) error {
	for _, id := range slices.Sorted(maps.Keys(x.places)) {
		if n := x.nodes[id]; n == nil || n.After != nil || n.Before.Type != x.Source {
			continue
		}
		shown, hidden, err := x.restingOn(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case len(shown) > 0:
			x.problem(x.places[id], HasDependents, "Facts rest on %q, of these objects or of their relationships: %s. Give them other sources first.", id, few(shown))
		case hidden:
			x.problem(x.places[id], HasDependents, "Facts rest on %q that you may not see.", id)
		}
	}
	return nil
}

// restingOn are nodes that are to rest on a source, or from which relationships lead that are; hidden is
// whether there are others, which may not be seen.
func (d *draft) restingOn(ctx context.Context, tx query.Tx, source string) (shown []string, hidden bool, err error) {
	if _, err := d.readCiting(ctx, tx, source, len(d.nodes)+len(d.links)+most); err != nil {
		return nil, false, err
	}
	shown, hidden = d.resting(source)
	return shown, hidden, nil
}

// resting is restingOn of what is known.
func (d *draft) resting(source string) (shown []string, hidden bool) {
	ids := map[string]bool{}
	rests := func(id string, values []any, facts int) {
		switch {
		case !slices.Contains(sourcesOf(values, facts), source):
		case d.node(id) == nil || d.hidden(values[facts:]):
			hidden = true
		default:
			ids[id] = true
		}
	}
	for id, n := range d.nodes {
		if n.After != nil {
			rests(id, n.After.Values, query.NodeFacts)
		}
	}
	for _, l := range d.links {
		if l.After != nil {
			rests(l.After.From, l.After.Values, query.LinkFacts)
		}
	}
	return slices.Sorted(maps.Keys(ids)), hidden
}

// readCiting reads what is stored that rests on a source, of nodes and of such from which relationships lead
// that do at most so many and one more: then there are more.
func (d *draft) readCiting(ctx context.Context, tx query.Tx, source string, atMost int) (more bool, err error) {
	row, err := tx.Select(ctx, citing(d.model, source, atMost+1))
	if err != nil {
		return false, err
	}
	var ids []string
	var at []query.At
	for _, rows := range row {
		more = more || len(rows.([]any)) > atMost
		for _, r := range rows.([]any) {
			id := r.(query.Row)[0].(string)
			ids, at = append(ids, id), append(at, query.At{Node: id, Direction: query.Out})
		}
	}
	if len(ids) == 0 {
		return false, nil
	}
	stored, err := tx.Records(ctx, ids, at)
	d.add(stored)
	return more, err
}

// citing asks which nodes rest on a source, and from which relationships lead that do: so many of each at most.
func citing(model *query.Model, source string, atMost int) *query.Query {
	const secret, cited, limit = query.Param(0), query.Param(1), query.Param(2)
	scope := &query.Scope{Time: query.AnyTime, Clearance: secret}
	id := query.NodeProperties[query.NodeID]
	list := func(where query.Condition) query.Column {
		return &query.List{Select: &query.Select{
			Set:     &query.Set{Start: &query.All{Types: model.Types}, Where: where, Scope: scope},
			Order:   []query.Key{{By: &query.Value{Property: id}}},
			Limit:   limit,
			Columns: []query.Column{&query.Value{Property: id}},
		}}
	}
	links := &query.Linked{From: query.Node, Relationships: model.Relationships, Direction: query.Out, To: model.Types}
	restsOn := &query.Compare{Of: query.Link, Property: query.LinkProperties[query.LinkFacts+query.FactSources], Operator: query.Has, Value: cited}
	return &query.Query{
		Args: []any{int64(query.Secret), source, int64(atMost)},
		Columns: []query.Column{
			list(&query.Compare{Property: query.NodeProperties[query.NodeFacts+query.FactSources], Operator: query.Has, Value: cited}),
			list(&query.Some{Set: &query.Set{Start: links, Where: restsOn, Scope: scope}}),
		},
	}
}
