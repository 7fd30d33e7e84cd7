package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bordergraph/graph/derive"
	"bordergraph/graph/history"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// Reopen closes a store and opens it again.
type Reopen func(t *testing.T, store query.Store, model *query.Model) query.Store

// RunWriting judges how a store writes.
func RunWriting(t *testing.T, open Open, reopen Reopen) {
	api, _ := read(t, "fixture")
	for _, test := range []struct {
		name string
		run  func(*writing)
	}{
		{"what is written is read in the transaction and after it", (*writing).readsItsWrites},
		{"an update that fails writes nothing", (*writing).failingUpdate},
		{"a change that cannot be is refused by name", (*writing).refusals},
		{"a node goes with its relationships", (*writing).deletes},
		{"records are whole and of the kind that is asked for", (*writing).readsRecords},
		{"the log holds what was there before and after", (*writing).beforeAndAfter},
		{"a node has the version of the change that left it", (*writing).versions},
		{"heads tell what changes say of themselves", (*writing).heads},
		{"parts of the log are what was done to some nodes", (*writing).parts},
		{"the changes of a node are found one from another", (*writing).chains},
		{"a former id stands for one node at a time, after reopening, too", (*writing).formerIDs},
		{"the time of a change is never before that of the last", (*writing).times},
		{"a graph is replaced, and the log goes on", (*writing).replaces},
		{"a key is found again after reopening", (*writing).keys},
		{"four writers leave no gap and lose nothing", (*writing).writers},
		{"whoever waits learns of each change, once", (*writing).waits},
		{"whoever waits may leave", (*writing).leaves},
		{"the log makes the graph", (*writing).replay},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &writing{T: t, api: api, reopen: reopen, random: newRandom(7)}
			w.store = open(t, api.Model)
			first := replaceBy(w.random.graph(t, api.Model))
			first.Contents = &query.Contents{Dataset: "random", Schema: api.Model.Fingerprint}
			w.graph = fold(nil, *w.write(first)).records()
			test.run(w)
		})
	}
}

// writing is a store that holds a random graph.
type writing struct {
	*testing.T
	api    *derive.API
	store  query.Store
	reopen Reopen
	random random
	graph  query.Records // what was written first
}

func (w *writing) write(c *query.Change) (entry *query.Entry) {
	w.Helper()
	err := w.store.Update(w.Context(), func(tx query.Tx) (err error) {
		entry, err = tx.Write(w.Context(), c)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return entry
}

// update runs f, which answers what is to be written.
func (w *writing) update(f func(query.Tx) (*query.Change, error)) error {
	return w.store.Update(w.Context(), func(tx query.Tx) error {
		c, err := f(tx)
		if err == nil {
			_, err = tx.Write(w.Context(), c)
		}
		return err
	})
}

// stored is all that a store holds.
func stored(t *testing.T, store query.Store, graph query.Records) (found query.Records) {
	t.Helper()
	var ids []string
	var at []query.At
	for _, n := range graph.Nodes {
		ids = append(ids, n.ID())
		at = append(at, query.At{Node: n.ID(), Direction: query.Both})
	}
	err := store.Update(t.Context(), func(tx query.Tx) (err error) {
		found, err = tx.Records(t.Context(), ids, at)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (w *writing) entries(after int64) []query.Entry {
	w.Helper()
	entries, err := w.store.Changes(w.Context(), after, 1000)
	if err != nil {
		w.Fatal(err)
	}
	return entries
}

func (w *writing) formerIDs() {
	a, b := w.graph.Nodes[0], w.graph.Nodes[1]
	with := func(n query.NodeRecord, ids ...any) *query.NodeRecord {
		n = renamed(n, n.Values[query.NodeName].(string))
		if n.Values[query.NodeFormerIDs] = nil; len(ids) > 0 {
			n.Values[query.NodeFormerIDs] = ids
		}
		return &n
	}
	merged := func(ids ...string) map[string]string {
		w.Helper()
		found, err := w.store.Merged(w.Context(), ids)
		if err != nil {
			w.Fatal(err)
		}
		return found
	}
	w.expect("none", merged("old", "older"), map[string]string(nil))
	w.write(&query.Change{Nodes: []query.NodeChange{{Before: &a, After: with(a, "old", "older")}}})
	w.store = w.reopen(w.T, w.store, w.api.Model)
	w.expect("of one node", merged("old", "older", a.ID()), map[string]string{"old": a.ID(), "older": a.ID()})
	w.write(&query.Change{Nodes: []query.NodeChange{{Before: with(a, "old", "older"), After: with(a, "older")}, {Before: &b, After: with(b, "old")}}})
	w.expect("moved", merged("old", "older"), map[string]string{"old": b.ID(), "older": a.ID()})
	var found query.Records
	err := w.store.Update(w.Context(), func(tx query.Tx) (err error) {
		found, err = tx.Records(w.Context(), []string{"old", a.ID(), "none"}, nil)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	w.expect("with records", found.Merged, map[string]string{"old": b.ID()})
	w.write(&query.Change{Replace: true, Nodes: query.AddNodes([]query.NodeRecord{*with(a, "old")})})
	w.expect("replaced", merged("old", "older"), map[string]string{"old": a.ID()})
}

// renamed is a node with another name.
func renamed(n query.NodeRecord, name string) query.NodeRecord {
	n.Values = slices.Clone(n.Values)
	n.Values[query.NodeName] = name
	return n
}

// left is a node as a change leaves it.
func left(n query.NodeRecord, by int64) query.NodeRecord {
	n.Values = slices.Clone(n.Values)
	n.Values[query.NodeVersion] = by
	return n
}

// names are the names of nodes, read by a query.
func (w *writing) names(read func(context.Context, *query.Query) (query.Row, error), ids ...string) []any {
	w.Helper()
	id := &query.Value{Property: query.NodeProperties[query.NodeID]}
	q := &query.Query{Args: []any{query.ListOf(ids), int64(query.Secret)}, Columns: []query.Column{&query.List{Select: &query.Select{
		Set:   &query.Set{Start: &query.ByID{Types: w.api.Model.Types, IDs: 0}, Scope: &query.Scope{Time: query.AnyTime, Clearance: 1}},
		Order: []query.Key{{By: id}}, Limit: query.NoLimit, Columns: []query.Column{&query.Value{Property: query.NodeProperties[query.NodeName]}},
	}}}}
	row, err := read(w.Context(), q)
	if err != nil {
		w.Fatal(err)
	}
	names := []any{}
	for _, r := range row[0].([]any) {
		names = append(names, r.(query.Row)[0])
	}
	return names
}

func (w *writing) expect(what string, got, want any) {
	w.Helper()
	if !reflect.DeepEqual(got, want) {
		w.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func (w *writing) readsItsWrites() {
	before := w.graph.Nodes[0]
	after := renamed(before, "another")
	err := w.store.Update(w.Context(), func(tx query.Tx) error {
		w.expect("before", w.names(tx.Select, before.ID()), []any{before.Values[query.NodeName]})
		entry, err := tx.Write(w.Context(), &query.Change{Actor: "an", Nodes: []query.NodeChange{{Before: &before, After: &after}}})
		if err != nil {
			return err
		}
		w.expect("the entry", []any{entry.Sequence, entry.Actor}, []any{int64(2), "an"})
		w.expect("in the transaction", w.names(tx.Select, before.ID()), []any{"another"})
		records, err := tx.Records(w.Context(), []string{before.ID()}, nil)
		w.expect("record in the transaction", records.Nodes, []query.NodeRecord{left(after, 2)})
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	w.expect("after it", w.names(w.store.Select, before.ID()), []any{"another"})
}

func (w *writing) failingUpdate() {
	before, entries := stored(w.T, w.store, w.graph), w.entries(0)
	after := renamed(w.graph.Nodes[0], "another")
	change := &query.Change{Nodes: []query.NodeChange{{Before: &w.graph.Nodes[0], After: &after}}}
	own := errors.New("no")
	if err := w.store.Update(w.Context(), func(tx query.Tx) error {
		if _, err := tx.Write(w.Context(), change); err != nil {
			return err
		}
		return own
	}); !errors.Is(err, own) {
		w.Errorf("a function that fails: %v", err)
	}
	if err := w.store.Update(w.Context(), func(tx query.Tx) error {
		if _, err := tx.Write(w.Context(), change); err != nil {
			return err
		}
		_, err := tx.Write(w.Context(), change)
		return err
	}); err == nil || !strings.Contains(err.Error(), "a transaction writes once") {
		w.Errorf("writing twice: %v", err)
	}
	late, cancel := context.WithTimeout(w.Context(), time.Millisecond)
	defer cancel()
	err := w.store.Update(late, func(tx query.Tx) error {
		<-late.Done()
		_, err := tx.Write(late, change)
		return err
	})
	var shown *query.Error
	if !errors.As(err, &shown) || shown.Code != query.Timeout {
		w.Errorf("after the deadline: %v", err)
	}
	w.expect("graph", stored(w.T, w.store, w.graph), before)
	w.expect("log", w.entries(0), entries)
	w.write(change) // and all goes on
	w.expect("name", w.names(w.store.Select, after.ID()), []any{"another"})
}

func (w *writing) refusals() {
	before, entries := stored(w.T, w.store, w.graph), w.entries(0)
	link := w.graph.Links[0]
	from, to := w.node(link.From), w.node(link.To)
	absent := renamed(from, "absent")
	absent.Values[query.NodeID] = "absent"
	other := func(change func(*query.LinkRecord)) query.LinkRecord {
		l := link
		l.Values = slices.Clone(l.Values)
		l.Values[query.LinkID] = "link:other"
		change(&l)
		return l
	}
	dangling := other(func(l *query.LinkRecord) { l.To = "nowhere" })
	misplaced := other(func(l *query.LinkRecord) { l.From, l.To = w.unfit(link.Relationship), link.To })
	gone := other(func(*query.LinkRecord) {})
	moved := link
	moved.To = "elsewhere"
	for want, c := range map[string]*query.Change{
		"it is there already":      {Links: query.AddLinks([]query.LinkRecord{link})},
		"there is no node":         {Links: query.AddLinks([]query.LinkRecord{dangling})},
		"it does not lead from":    {Links: query.AddLinks([]query.LinkRecord{misplaced})},
		"absent: it is not":        {Nodes: []query.NodeChange{{Before: &absent, After: &absent}}},
		"link:other: it is not":    {Links: []query.LinkChange{{Before: &gone, After: &gone}}},
		"absent: it is not there":  {Nodes: []query.NodeChange{{Before: &absent}}},
		"link:other: it is not th": {Links: []query.LinkChange{{Before: &gone}}},
		to.ID() + ": it has relat": {Nodes: []query.NodeChange{{Before: &to}}},
		"keeps its id, its kind":   {Links: []query.LinkChange{{Before: &link, After: &moved}}},
		"keeps its id and":         {Nodes: []query.NodeChange{{Before: &from, After: &absent}}},
		"changed twice":            {Nodes: []query.NodeChange{{Before: &from, After: &from}, {Before: &from}}},
		"a change of no node":      {Nodes: []query.NodeChange{{}}},
		"nothing before in a grap": {Replace: true, Nodes: []query.NodeChange{{Before: &from}}},
	} {
		added := absent
		added.Values = slices.Clone(absent.Values)
		added.Values[query.NodeID] = "added"
		c.Nodes = append(c.Nodes, query.NodeChange{After: &added}) // which goes with the rest
		if err := query.Write(w.Context(), w.store, c); err == nil || !strings.Contains(err.Error(), want) {
			w.Errorf("got %v, want %s", err, want)
		}
	}
	if err := query.Write(w.Context(), w.store, &query.Change{Nodes: query.AddNodes([]query.NodeRecord{from})}); err == nil {
		w.Error("a node was made that there is already")
	}
	w.expect("graph", stored(w.T, w.store, w.graph), before)
	w.expect("log", w.entries(0), entries)
	w.expect("names", w.names(w.store.Select, "added"), []any{})
}

// unfit is a node from which a relationship cannot lead.
func (w *writing) unfit(r *query.Relationship) string {
	for _, n := range w.graph.Nodes {
		if !slices.Contains(r.From, n.Type) {
			return n.ID()
		}
	}
	w.Fatal("there is none")
	return ""
}

func (w *writing) node(id string) query.NodeRecord {
	at := slices.IndexFunc(w.graph.Nodes, func(n query.NodeRecord) bool { return n.ID() == id })
	return w.graph.Nodes[at]
}

func (w *writing) deletes() {
	gone := w.node(w.graph.Links[0].To)
	var links []query.LinkRecord
	err := w.update(func(tx query.Tx) (*query.Change, error) {
		at, err := tx.Records(w.Context(), nil, []query.At{{Node: gone.ID(), Direction: query.Both}})
		c := &query.Change{Nodes: []query.NodeChange{{Before: &gone}}}
		links = at.Links
		for i := range links {
			c.Links = append(c.Links, query.LinkChange{Before: &links[i]})
		}
		return c, err
	})
	if err != nil {
		w.Fatal(err)
	}
	rest := query.Records{
		Nodes: slices.DeleteFunc(slices.Clone(w.graph.Nodes), func(n query.NodeRecord) bool { return n.ID() == gone.ID() }),
		Links: slices.DeleteFunc(slices.Clone(w.graph.Links), func(l query.LinkRecord) bool { return l.From == gone.ID() || l.To == gone.ID() }),
	}
	w.expect("what is left", stored(w.T, w.store, w.graph), ordered(rest))
	w.expect("names", w.names(w.store.Select, gone.ID()), []any{})
	w.write(&query.Change{Nodes: query.AddNodes([]query.NodeRecord{gone}), Links: query.AddLinks(links)}) // made again
	rest.Nodes = append(rest.Nodes, left(gone, 3))
	rest.Links = w.graph.Links
	w.expect("what is there again", stored(w.T, w.store, w.graph), ordered(rest))
}

// ordered are records in the order of their ids.
func ordered(r query.Records) query.Records {
	r.Nodes, r.Links = slices.Clone(r.Nodes), slices.Clone(r.Links)
	slices.SortFunc(r.Nodes, func(a, b query.NodeRecord) int { return strings.Compare(a.ID(), b.ID()) })
	slices.SortFunc(r.Links, func(a, b query.LinkRecord) int { return strings.Compare(a.ID(), b.ID()) })
	return r
}

func (w *writing) readsRecords() {
	link := w.graph.Links[0]
	for _, c := range []struct {
		at    query.At
		wants func(query.LinkRecord) bool
	}{
		{query.At{Node: link.From, Relationship: link.Relationship, Direction: query.Out},
			func(l query.LinkRecord) bool { return l.From == link.From && l.Relationship == link.Relationship }},
		{query.At{Node: link.To, Relationship: link.Relationship, Direction: query.In},
			func(l query.LinkRecord) bool { return l.To == link.To && l.Relationship == link.Relationship }},
		{query.At{Node: link.To, Direction: query.Both},
			func(l query.LinkRecord) bool { return l.To == link.To || l.From == link.To }},
		{query.At{Node: link.To, Direction: query.In}, func(l query.LinkRecord) bool { return l.To == link.To }},
		{query.At{Node: "absent", Direction: query.Both}, func(query.LinkRecord) bool { return false }},
	} {
		var found query.Records
		err := w.store.Update(w.Context(), func(tx query.Tx) (err error) {
			found, err = tx.Records(w.Context(), []string{link.To, "absent", link.To}, []query.At{c.at, c.at})
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
		var want query.Records
		want.Nodes = []query.NodeRecord{w.node(link.To)}
		for _, l := range w.graph.Links {
			if c.wants(l) {
				want.Links = append(want.Links, l)
			}
		}
		w.expect(fmt.Sprint(c.at.Node, c.at.Direction), found, ordered(want))
	}
}

func (w *writing) beforeAndAfter() {
	entries := w.entries(0)
	if len(entries) != 1 || entries[0].Sequence != 1 || !entries[0].Replace {
		w.Fatalf("the log begins with %v", entries)
	}
	w.expect("the first change", fold(nil, entries[0]), fold(nil, query.Entry{Change: *replaceBy(w.graph)}))
	node, link := w.graph.Nodes[0], w.graph.Links[0]
	otherNode, otherLink := renamed(node, "another"), link
	otherLink.Values = slices.Clone(link.Values)
	otherLink.Values[query.LinkFacts+query.FactConfidence] = "LOW"
	c := &query.Change{
		At: time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC), Actor: "an", Comment: "a correction", Key: "k", Request: "r", Undoes: 1,
		Nodes: []query.NodeChange{{Before: &node, After: &otherNode}}, Links: []query.LinkChange{{Before: &link, After: &otherLink}},
	}
	w.write(c)
	left := left(otherNode, 2)
	c.Nodes[0].After = &left
	w.write(&query.Change{Links: []query.LinkChange{{Before: &otherLink}}, Contents: &query.Contents{Dataset: "d", Schema: "s"}})
	w.expect("the second change", w.entries(1)[0], query.Entry{Sequence: 2, Change: *c})
	third := w.entries(2)[0]
	w.expect("the third change", []any{third.Links, third.Contents}, []any{[]query.LinkChange{{Before: &otherLink}}, &query.Contents{Dataset: "d", Schema: "s"}})
	if limited, err := w.store.Changes(w.Context(), 1, 1); err != nil || len(limited) != 1 || limited[0].Sequence != 2 {
		w.Errorf("one change: %v, %v", limited, err)
	}
	w.expect("changes after the last", len(w.entries(3)), 0)
	w.expect("changes far beyond", len(w.entries(300)), 0)
}

// versions: a node is loaded, changed and moved.
func (w *writing) versions() {
	loaded := w.graph.Nodes[0]
	w.expect("version of what is loaded", loaded.Values[query.NodeVersion], int64(1))
	w.write(&query.Change{})
	given := renamed(loaded, "another")
	changed := *w.write(&query.Change{Nodes: []query.NodeChange{{Before: &loaded, After: &given}}}).Nodes[0].After
	w.expect("what was given", given.Values[query.NodeVersion], int64(1))
	moved := *w.write(&query.Change{Nodes: []query.NodeChange{{Before: &changed, After: &changed}}}).Nodes[0].After
	for range 2 {
		w.expect("the node", stored(w.T, w.store, query.Records{Nodes: w.graph.Nodes[:1]}).Nodes, []query.NodeRecord{left(given, 4)})
		w.expect("the log", [][]query.NodeChange{w.entries(2)[0].Nodes, w.entries(3)[0].Nodes},
			[][]query.NodeChange{{{Before: &loaded, After: &changed}}, {{Before: &changed, After: &moved}}})
		w.store = w.reopen(w.T, w.store, w.api.Model)
	}
}

func (w *writing) heads() {
	at := time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC)
	node, link := w.graph.Nodes[0], w.graph.Links[0]
	w.write(&query.Change{At: at, Actor: "an", Nodes: []query.NodeChange{{Before: &node, After: &node}}, Links: []query.LinkChange{{Before: &link, After: &link}}})
	w.write(&query.Change{At: at, Actor: "bình"})
	for range 2 {
		heads, err := w.store.Heads(w.Context(), 0, 2)
		if err != nil || len(heads) != 2 {
			w.Fatalf("two heads: %v, %v", heads, err)
		}
		first := query.Head{Sequence: 1, At: heads[0].At, Replace: true, Records: len(w.graph.Nodes) + len(w.graph.Links)}
		w.expect("the first two", heads, []query.Head{first, {Sequence: 2, At: at, Actor: "an", Records: 2}})
		if heads, err = w.store.Heads(w.Context(), 2, 10); err != nil {
			w.Fatal(err)
		}
		w.expect("the last", heads, []query.Head{{Sequence: 3, At: at, Actor: "bình"}})
		w.store = w.reopen(w.T, w.store, w.api.Model)
	}
}

func (w *writing) parts() {
	now := ordered(w.graph)
	for round := range 4 {
		c := w.random.change(w.T, w.api.Model, now, round)
		w.write(c)
		now = after(now, c)
	}
	nodes := map[string]bool{"absent": true, w.graph.Links[0].From: true, w.graph.Links[1].To: true, w.graph.Nodes[3].ID(): true}
	all := w.entries(0)
	for range 2 {
		parts, err := w.store.Parts(w.Context(), []int64{5, 1, 3, 3, 70, -1}, nodes)
		if err != nil || len(parts) != 3 {
			w.Fatalf("three parts: %v, %v", parts, err)
		}
		for i, sequence := range []int64{1, 3, 5} {
			w.expect(fmt.Sprint("part of ", sequence), parts[i], *all[sequence-1].Of(nodes))
		}
		w.store = w.reopen(w.T, w.store, w.api.Model)
	}
	none, err := w.store.Parts(w.Context(), []int64{70}, nodes)
	w.expect("part of no entry", []any{len(none), err}, []any{0, nil})
}

func (w *writing) chains() {
	now := stored(w.T, w.store, w.graph)
	for round := range 12 {
		c := w.random.change(w.T, w.api.Model, now, round)
		now = after(now, &w.write(c).Change)
	}
	log := w.entries(0)
	slices.Reverse(log)
	sight := history.NewSight(w.api.Model)
	var chains []*history.Chain
	found, want := map[string][]query.Entry{}, map[string][]query.Entry{}
	for _, n := range stored(w.T, w.store, now).Nodes {
		only := map[string]bool{n.ID(): true}
		for _, e := range log {
			if part := e.Of(only); len(part.Nodes) > 0 {
				want[n.ID()] = append(want[n.ID()], *part)
			}
		}
		chains = append(chains, &history.Chain{Node: n.ID(), Version: n.Values[query.NodeVersion].(int64), Keep: func(e *query.Entry) bool {
			found[n.ID()] = append(found[n.ID()], *e)
			return false
		}})
	}
	if err := sight.Read(w.Context(), w.store, query.Secret, chains, 10_000); err != nil {
		w.Fatal(err)
	}
	w.expect("the histories", found, want)
}

func (w *writing) times() {
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{noon.In(time.FixedZone("", 7*3600)), noon.Add(-time.Hour), noon.Add(time.Minute + 1)} {
		w.write(&query.Change{At: at})
	}
	var times []time.Time
	for _, e := range w.entries(1) {
		times = append(times, e.At)
	}
	w.expect("times", times, []time.Time{noon, noon, noon.Add(time.Minute)})
}

func (w *writing) replaces() {
	kept := w.graph.Nodes[:1]
	own := errors.New("no")
	err := w.store.Update(w.Context(), func(tx query.Tx) error {
		if _, err := tx.Write(w.Context(), &query.Change{Replace: true}); err != nil {
			return err
		}
		w.expect("in the transaction", w.names(tx.Select, kept[0].ID()), []any{})
		return own
	})
	if !errors.Is(err, own) {
		w.Errorf("a function that fails: %v", err)
	}
	w.expect("graph", stored(w.T, w.store, w.graph), ordered(w.graph))
	w.write(&query.Change{Replace: true, Nodes: query.AddNodes(kept)})
	for range 2 {
		w.expect("what is left", stored(w.T, w.store, w.graph), query.Records{Nodes: []query.NodeRecord{left(kept[0], 2)}})
		contents, err := w.store.Contents(w.Context())
		if contents != nil || err != nil {
			w.Errorf("contents %v, %v", contents, err)
		}
		w.expect("changes", len(w.entries(0)), 2)
		w.store = w.reopen(w.T, w.store, w.api.Model)
	}
}

func (w *writing) keys() {
	w.write(&query.Change{Key: "first", Request: "one"})
	w.write(&query.Change{Key: "second", Request: "two", Nodes: []query.NodeChange{{Before: &w.graph.Nodes[0], After: &w.graph.Nodes[0]}}})
	for range 2 {
		err := w.store.Update(w.Context(), func(tx query.Tx) error {
			entry, err := tx.Recorded(w.Context(), "second")
			if err != nil || entry == nil || entry.Sequence != 3 || entry.Request != "two" || len(entry.Nodes) != 1 {
				w.Errorf("the entry of the key is %v, %v", entry, err)
			}
			if entry, err = tx.Recorded(w.Context(), "third"); entry != nil || err != nil {
				w.Errorf("the entry of no key is %v, %v", entry, err)
			}
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
		if err := query.Write(w.Context(), w.store, &query.Change{Key: "first"}); err == nil {
			w.Error("a key was used twice")
		}
		w.store = w.reopen(w.T, w.store, w.api.Model)
	}
	w.expect("changes", len(w.entries(0)), 3)
}

// writers: each adds one to a number that all share.
func (w *writing) writers() {
	const writers, times = 4, 10
	id := w.graph.Nodes[0].ID()
	one := func() error {
		return w.update(func(tx query.Tx) (*query.Change, error) {
			found, err := tx.Records(w.Context(), []string{id}, nil)
			if err != nil {
				return nil, err
			}
			before := found.Nodes[0]
			note, _ := before.Values[query.NodeNote].(string)
			after := renamed(before, "counted")
			after.Values[query.NodeNote] = note + "+"
			return &query.Change{Nodes: []query.NodeChange{{Before: &before, After: &after}}}, nil
		})
	}
	first := w.graph.Nodes[0].Values[query.NodeNote]
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range times {
				if err := one(); err != nil {
					w.Error(err)
				}
			}
		})
	}
	group.Wait()
	entries := w.entries(0)
	for i, e := range entries {
		if e.Sequence != int64(i+1) {
			w.Fatalf("change %d comes after %d others", e.Sequence, i)
		}
		if i > 1 && !reflect.DeepEqual(e.Nodes[0].Before, entries[i-1].Nodes[0].After) {
			w.Errorf("change %d did not begin with what the one before it left", e.Sequence)
		}
	}
	text, _ := first.(string)
	w.expect("changes", len(entries), 1+writers*times)
	w.expect("name", w.names(w.store.Select, id), []any{"counted"})
	w.expect("last note", entries[len(entries)-1].Nodes[0].After.Values[query.NodeNote], text+strings.Repeat("+", writers*times))
}

func (w *writing) waits() {
	const followers, changes = 3, 20
	w.expect("last before", w.last(-1), int64(1))
	var following sync.WaitGroup
	for after := range int64(followers) {
		following.Go(func() {
			for known := after; known < 1+changes; {
				last := w.last(known)
				for _, e := range w.entries(known) {
					if known++; e.Sequence != known {
						w.Errorf("change %d came after %d", e.Sequence, known-1)
						return
					}
				}
				if last > 1+changes {
					w.Errorf("%d is said to be the last of %d", last, 1+changes)
				}
			}
		})
	}
	for range changes {
		w.write(&query.Change{Comment: "told"})
	}
	following.Wait()
	w.expect("last after", w.last(-1), int64(1+changes))
	w.store = w.reopen(w.T, w.store, w.api.Model)
	w.expect("last after reopening", w.last(-1), int64(1+changes))
	w.expect("known after reopening", w.last(changes), int64(1+changes))
}

// last waits for a change after another.
func (w *writing) last(after int64) int64 {
	w.Helper()
	last, err := w.store.Wait(w.Context(), after)
	if err != nil {
		w.Error(err)
	}
	return last
}

func (w *writing) leaves() {
	ctx, leave := context.WithCancel(w.Context())
	left := make(chan error)
	go func() {
		_, err := w.store.Wait(ctx, 1)
		left <- err
	}()
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		w.Errorf("got %v", err)
	}
}

// held are records by their ids.
type held struct {
	nodes map[string]query.NodeRecord
	links map[string]query.LinkRecord
}

// fold makes an entry of the log to what entries before it made.
func fold(h *held, e query.Entry) *held {
	if h == nil || e.Replace {
		h = &held{map[string]query.NodeRecord{}, map[string]query.LinkRecord{}}
	}
	for _, n := range e.Nodes {
		delete(h.nodes, n.Record().ID())
		if n.After != nil {
			h.nodes[n.After.ID()] = *n.After
		}
	}
	for _, l := range e.Links {
		delete(h.links, l.Record().ID())
		if l.After != nil {
			h.links[l.After.ID()] = *l.After
		}
	}
	return h
}

// after is a graph after a change.
func after(graph query.Records, c *query.Change) query.Records {
	return fold(fold(nil, query.Entry{Change: *replaceBy(graph)}), query.Entry{Change: *c}).records()
}

func (h *held) records() query.Records {
	return ordered(query.Records{Nodes: slices.Collect(maps.Values(h.nodes)), Links: slices.Collect(maps.Values(h.links))})
}

// replay: random changes, of which some are given up.
func (w *writing) replay() {
	now, all := ordered(w.graph), w.graph
	for round := range 30 {
		c := w.random.change(w.T, w.api.Model, now, round)
		for _, n := range c.Nodes {
			if n.Before == nil {
				all.Nodes = append(all.Nodes, *n.After)
			}
		}
		if w.random.oneIn(4) {
			own := errors.New("no")
			if err := w.store.Update(w.Context(), func(tx query.Tx) error {
				if _, err := tx.Write(w.Context(), c); err != nil {
					return err
				}
				return own
			}); !errors.Is(err, own) {
				w.Fatal(err)
			}
			continue
		}
		now = after(now, &w.write(c).Change)
	}
	w.expect("the graph", stored(w.T, w.store, all), now)
	if _, err := Replay(w.Context(), w.store, w.api.Model); err != nil {
		w.Errorf("the log made again: %v", err)
	}
	w.store = w.reopen(w.T, w.store, w.api.Model)
	w.expect("the graph reopened", stored(w.T, w.store, all), now)
	w.expect("all that is asked", w.names(w.store.Select, idsOf(all)...), namesOf(now))
}

func idsOf(r query.Records) []string {
	var ids []string
	for _, n := range r.Nodes {
		ids = append(ids, n.ID())
	}
	return ids
}

func namesOf(r query.Records) []any {
	names := []any{}
	for _, n := range r.Nodes {
		names = append(names, n.Values[query.NodeName])
	}
	return names
}

// change is a random change to a graph: some nodes new, some other, some gone with their relationships.
func (r random) change(t *testing.T, model *query.Model, graph query.Records, round int) *query.Change {
	c := &query.Change{}
	left := graph
	left.Nodes = nil
	gone := map[string]bool{}
	for i, n := range graph.Nodes {
		switch {
		case r.oneIn(12):
			gone[n.ID()] = true
			c.Nodes = append(c.Nodes, query.NodeChange{Before: &graph.Nodes[i]})
			continue
		case r.oneIn(6):
			after, problems := record.NewNode(model, r.node(n.Type, n.ID()))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			c.Nodes = append(c.Nodes, query.NodeChange{Before: &graph.Nodes[i], After: &after})
		}
		left.Nodes = append(left.Nodes, n)
	}
	for i, typ := range model.Types {
		if !r.oneIn(3) && slices.ContainsFunc(left.Nodes, func(n query.NodeRecord) bool { return n.Type == typ }) {
			continue
		}
		added, problems := record.NewNode(model, r.node(typ, nodeID(typ, 1000*(round+1)+i)))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		c.Nodes = append(c.Nodes, query.NodeChange{After: &added})
		left.Nodes = append(left.Nodes, added)
	}
	known := map[string]bool{}
	for i, l := range graph.Links {
		known[l.ID()] = true
		switch {
		case gone[l.From] || gone[l.To] || r.oneIn(12):
			c.Links = append(c.Links, query.LinkChange{Before: &graph.Links[i]})
		case r.oneIn(6):
			after := l
			after.Values = slices.Clone(l.Values)
			after.Values[query.LinkFacts+query.FactConfidence] = pick(r, []any{nil, "HIGH", "LOW"})
			c.Links = append(c.Links, query.LinkChange{Before: &graph.Links[i], After: &after})
		}
	}
	for _, relationship := range model.Relationships {
		for range r.IntN(4) {
			if l := r.link(t, model, relationship, left.Nodes); !known[l.ID()] {
				known[l.ID()] = true
				c.Links = append(c.Links, query.LinkChange{After: &l})
			}
		}
	}
	return c
}
