package history

import (
	"context"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"bordergraph/graph/query"
)

// Sight knows what of changes an asker may see. It may be used concurrently.
type Sight struct {
	model *query.Model
	// following holds one value while the log is followed: it guards marked and followed.
	following chan struct{}
	// marked are the markings of all nodes that were ever marked, as they were last; followed is the
	// sequence of the change up to which they are.
	marked   map[string]query.Clearance
	followed int64
	// kept are changes of single nodes that were read lately.
	kept *lru.Cache[changeOf, *query.Entry]
}

// NewSight is for the changes of one store, which is always to be given.
func NewSight(model *query.Model) *Sight {
	kept, _ := lru.New[changeOf, *query.Entry](maxKept) // fails for a size below 1 only
	return &Sight{model: model, following: make(chan struct{}, 1), marked: map[string]query.Clearance{}, kept: kept}
}

// Shown are entries as they are for an asker: what was marked higher was not there, so that one who may
// see a node only after a change sees it made. A relationship is there if it and both its ends are, a
// source if it may be seen: as they are now or, where they are gone, as they were last.
func (s *Sight) Shown(ctx context.Context, store query.Store, entries []query.Entry, clearance query.Clearance) ([]query.Entry, error) {
	if clearance >= query.Secret {
		return entries, nil
	}
	hidden, err := s.hidden(ctx, store, entries, clearance)
	if err != nil {
		return nil, err
	}
	shown := make([]query.Entry, len(entries))
	for i := range entries {
		shown[i] = (&view{clearance, hidden}).entry(entries[i])
	}
	return shown, nil
}

func markingOf(values []any, facts int) query.Clearance {
	marking, _ := values[facts+query.FactMarking].(int64)
	return query.Clearance(marking)
}

func sourcesOf(values []any, facts int) []any {
	sources, _ := values[facts+query.FactSources].([]any)
	return sources
}

// hidden are the ends and sources of entries that may not be seen.
func (s *Sight) hidden(ctx context.Context, store query.Store, entries []query.Entry, clearance query.Clearance) (map[string]bool, error) {
	named := namedBy(entries)
	if len(named) == 0 {
		return nil, nil
	}
	seen, there, err := s.present(ctx, store, named, clearance)
	if err != nil {
		return nil, err
	}
	hidden := map[string]bool{}
	var gone []string
	for _, id := range named {
		switch {
		case !there[id]:
			gone = append(gone, id.(string))
		case !seen[id]:
			hidden[id.(string)] = true
		}
	}
	if len(gone) == 0 {
		return hidden, nil
	}
	return hidden, s.addGone(ctx, store, hidden, gone, clearance)
}

// namedBy are the ends and sources of some entries, each once.
func namedBy(entries []query.Entry) []any {
	var named []any
	known := map[string]bool{}
	add := func(id string) {
		if !known[id] {
			known[id] = true
			named = append(named, id)
		}
	}
	for i := range entries {
		eachValues(&entries[i], func(values []any, facts int) {
			for _, source := range sourcesOf(values, facts) {
				add(source.(string))
			}
		})
		for _, l := range entries[i].Links {
			add(l.Record().From)
			add(l.Record().To)
		}
	}
	return named
}

// eachValues calls f with the values of each record, and where their facts begin.
func eachValues(e *query.Entry, f func(values []any, facts int)) {
	each := func(facts int, records ...[]any) {
		for _, values := range records {
			if values != nil {
				f(values, facts)
			}
		}
	}
	for _, n := range e.Nodes {
		before, after := n.Values()
		each(query.NodeFacts, before, after)
	}
	for _, l := range e.Links {
		before, after := l.Values()
		each(query.LinkFacts, before, after)
	}
}

// present says which nodes may be seen, and which are there at all.
func (s *Sight) present(ctx context.Context, store query.Store, ids []any, clearance query.Clearance) (seen, there map[any]bool, err error) {
	upTo := func(clearance query.Param) *query.List {
		return &query.List{Select: &query.Select{
			Set: &query.Set{
				Start: &query.ByID{Types: s.model.Types, AnyType: true, IDs: 0},
				Scope: &query.Scope{Time: query.AnyTime, Clearance: clearance},
			},
			Limit:   query.NoLimit,
			Columns: []query.Column{&query.Value{Property: query.NodeProperties[query.NodeID]}},
		}}
	}
	row, err := store.Select(ctx, &query.Query{
		Columns: []query.Column{upTo(1), upTo(2)},
		Args:    []any{ids, int64(clearance), int64(query.Secret)},
	})
	if err != nil {
		return nil, nil, err
	}
	return idsOf(row[0]), idsOf(row[1]), nil
}

func idsOf(rows any) map[any]bool {
	ids := map[any]bool{}
	for _, row := range rows.([]any) {
		ids[row.(query.Row)[0]] = true
	}
	return ids
}

// addGone adds to the hidden nodes those of what is gone that were marked higher when they last were there.
func (s *Sight) addGone(ctx context.Context, store query.Store, hidden map[string]bool, gone []string, clearance query.Clearance) error {
	select {
	case s.following <- struct{}{}:
		defer func() { <-s.following }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := s.follow(ctx, store); err != nil {
		return err
	}
	for _, id := range gone {
		if s.marked[id] > clearance {
			hidden[id] = true
		}
	}
	return nil
}

// follow reads what was changed since.
func (s *Sight) follow(ctx context.Context, store query.Store) error {
	return Each(ctx, store, s.followed, 0, func(e *query.Entry) error {
		for _, n := range e.Nodes {
			id, marking := n.Record().ID(), markingOf(n.Record().Values, query.NodeFacts)
			if marking > query.Public || s.marked[id] > query.Public {
				s.marked[id] = marking
			}
		}
		s.followed = e.Sequence
		return nil
	})
}

// view is what an asker may see of one entry.
type view struct {
	clearance query.Clearance
	hidden    map[string]bool // ends and sources
}

func (v *view) entry(e query.Entry) query.Entry {
	nodes, links := e.Nodes, e.Links
	e.Nodes, e.Links = nil, nil
	for _, n := range nodes {
		if n.Before, n.After = v.node(n.Before), v.node(n.After); n.Before != nil || n.After != nil {
			e.Nodes = append(e.Nodes, n)
		}
	}
	for _, l := range links {
		if l.Before, l.After = v.link(l.Before), v.link(l.After); l.Before != nil || l.After != nil {
			e.Links = append(e.Links, l)
		}
	}
	return e
}

func (v *view) node(r *query.NodeRecord) *query.NodeRecord {
	if r == nil || markingOf(r.Values, query.NodeFacts) > v.clearance {
		return nil
	}
	return &query.NodeRecord{Type: r.Type, Values: v.values(r.Values, query.NodeFacts)}
}

func (v *view) link(r *query.LinkRecord) *query.LinkRecord {
	if r == nil || markingOf(r.Values, query.LinkFacts) > v.clearance || v.hidden[r.From] || v.hidden[r.To] {
		return nil
	}
	return &query.LinkRecord{Relationship: r.Relationship, From: r.From, To: r.To, Values: v.values(r.Values, query.LinkFacts)}
}

// values are those of a record without the sources that may not be seen.
func (v *view) values(values []any, facts int) []any {
	sources := sourcesOf(values, facts)
	hidden := func(id any) bool { return v.hidden[id.(string)] }
	if !slices.ContainsFunc(sources, hidden) {
		return values
	}
	values = slices.Clone(values)
	values[facts+query.FactSources] = nil
	if sources = slices.DeleteFunc(slices.Clone(sources), hidden); len(sources) > 0 {
		values[facts+query.FactSources] = sources
	}
	return values
}
