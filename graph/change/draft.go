package change

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// draft is what is stored, as far as it matters, and what is to become of it.
type draft struct {
	*Request
	model    *query.Model
	nodes    map[string]*query.NodeChange
	links    map[string]*query.LinkChange
	at       map[string][]*query.LinkChange             // by the nodes that they join
	merged   map[string]string                          // into which nodes others were merged that are stored no more
	added    map[*Relation]map[string]*query.LinkRecord // the relationships that each adds, by their ids
	problems []Problem
}

func newDraft(r *Request, model *query.Model) *draft {
	return &draft{Request: r, model: model, nodes: map[string]*query.NodeChange{}, links: map[string]*query.LinkChange{}, at: map[string][]*query.LinkChange{}, merged: map[string]string{}, added: map[*Relation]map[string]*query.LinkRecord{}}
}

// add adds what is stored and was not known.
func (d *draft) add(stored query.Records) {
	maps.Copy(d.merged, stored.Merged)
	for i, n := range stored.Nodes {
		if d.nodes[n.ID()] == nil {
			d.nodes[n.ID()] = &query.NodeChange{Before: &stored.Nodes[i], After: &stored.Nodes[i]}
		}
	}
	for i, l := range stored.Links {
		if d.links[l.ID()] == nil {
			d.addLinkChange(&query.LinkChange{Before: &stored.Links[i], After: &stored.Links[i]})
		}
	}
}

func (d *draft) addLinkChange(l *query.LinkChange) {
	r := l.Record()
	d.links[r.ID()] = l
	d.at[r.From] = append(d.at[r.From], l)
	if r.To != r.From {
		d.at[r.To] = append(d.at[r.To], l)
	}
}

// readEnds reads some nodes, those at the ends of known relationships, and those into which others were merged.
func (d *draft) readEnds(ctx context.Context, tx query.Tx, some ...string) error {
	ids := d.unknownEnds()
	add(ids, some)
	maps.DeleteFunc(ids, func(id string, _ bool) bool { return d.nodes[id] != nil })
	if len(ids) == 0 {
		return nil
	}
	stored, err := tx.Records(ctx, slices.Sorted(maps.Keys(ids)), nil)
	d.add(stored)
	return err
}

// unknownEnds are the nodes at the ends of stored relationships, and those into which others were merged, of which nothing is known yet.
func (d *draft) unknownEnds() map[string]bool {
	ends := map[string]bool{}
	for _, id := range d.merged {
		ends[id] = true
	}
	for _, l := range d.links {
		if l.Before == nil {
			continue // it joins known nodes
		}
		add(ends, []string{l.Before.From, l.Before.To})
	}
	return ends
}

func (d *draft) problem(at Place, code, format string, args ...any) {
	d.problems = append(d.problems, Problem{Place: at, Code: code, Message: fmt.Sprintf(format, args...)})
}

// change is all that is other than it was.
func (d *draft) change() *query.Change {
	c := &query.Change{}
	moved := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(d.links)) {
		if l := d.links[id]; !reflect.DeepEqual(l.Before, l.After) {
			c.Links = append(c.Links, *l)
			add(moved, l.Record().Moves())
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.nodes)) {
		if n := d.nodes[id]; moved[id] || !reflect.DeepEqual(n.Before, n.After) {
			c.Nodes = append(c.Nodes, *n)
		}
	}
	return c
}

// node is a node as it is to be; nil if there is none that may be seen.
func (d *draft) node(id string) *query.NodeRecord {
	n := d.nodes[id]
	if n == nil || n.After == nil || d.hidden(n.After.Values[query.NodeFacts:]) {
		return nil
	}
	return n.After
}

// missing says that there is no node of an id that may be seen: so if it was merged into none, either.
func (d *draft) missing(id, otherwise string) string {
	if into := d.node(d.merged[id]); into != nil {
		return fmt.Sprintf("%q was merged into %q; give that id.", id, into.ID())
	}
	return fmt.Sprintf(otherwise, id)
}

// hidden is whether facts are marked higher than may be seen.
func (d *draft) hidden(facts []any) bool {
	return facts[query.FactMarking].(int64) > int64(d.Clearance)
}

// hiddenLink is whether a relationship may not be seen: it or a node that it joins is marked higher.
func (d *draft) hiddenLink(l *query.LinkRecord) bool {
	return d.hidden(l.Values[query.LinkFacts:]) || d.node(l.From) == nil || d.node(l.To) == nil
}

func (d *draft) saveNode(s *Save) {
	n := d.nodes[s.ID]
	if d.merged[s.ID] != "" {
		d.problem(s.In("id"), NotFound, "%s", d.missing(s.ID, notToBeSaved))
		return
	}
	if n == nil {
		n = &query.NodeChange{}
		d.nodes[s.ID] = n
	}
	if n.After != nil {
		switch {
		case d.node(s.ID) == nil:
			d.problem(s.In("id"), NotFound, notToBeSaved, s.ID)
			return
		case n.After.Type != s.Type:
			d.problem(s.In("id"), BadInput, "%q is a %s, and stays one; a %s needs another id.", s.ID, n.After.Type.Name, s.Type.Name)
			return
		}
	}
	d.checkVersion(s, n.Before)
	made, problems := s.Record(d.model, n.After)
	d.recordProblems(s.Place, s.Fields, problems)
	if n.Before != nil {
		made.Values[query.NodeVersion] = n.Before.Values[query.NodeVersion]
		d.keepHiddenSources(n.Before.Values[query.NodeFacts:], made.Values[query.NodeFacts:])
		d.keepFormerIDs(n.Before.Values, made.Values)
	}
	// Also with problems: what leads here is not to be told that it leads nowhere.
	n.After = &made
}

// keepFormerIDs adds to values the former ids of the stored ones: they go on to stand for the node.
func (d *draft) keepFormerIDs(stored, values []any) {
	before, after := query.FormerIDs(stored), query.FormerIDs(values)
	if kept := union(before, after); !d.Restores && len(kept) > len(after) {
		values[query.NodeFormerIDs] = query.ListOf(kept)
	}
}

// Record is the node as it is to be, made of what it is; nil if there is none. With problems, it is not to be stored.
func (s *Save) Record(model *query.Model, of *query.NodeRecord) (query.NodeRecord, []record.Problem) {
	written := record.Node{ID: s.ID, Type: s.Type.Name}
	if of != nil {
		written = record.NodeOf(of)
	}
	if s.Names != nil {
		written.Names = *s.Names
	}
	for _, n := range s.MainNames {
		written.Names = withMain(written.Names, n)
	}
	for name, value := range s.Values {
		written.Set(name, value)
	}
	return record.NewNode(model, written)
}

const notToBeSaved = "There is no object %q that you may change; a new one needs another id."

// checkFormerIDs says which former ids that are given are those of other nodes, or stand for others.
func (d *draft) checkFormerIDs() {
	ambiguous := d.ambiguous()
	for _, s := range d.Saves {
		for _, id := range formerIDs(s.Values) {
			if ambiguous[id] {
				d.problem(s.In(s.Fields["formerIds"]), BadInput, "%q is the id of another object, or stands for another.", id)
			}
		}
	}
}

// ambiguous are former ids that are to stand for two nodes, or are the id of one.
func (d *draft) ambiguous() map[string]bool {
	ambiguous, known := map[string]bool{}, map[string]bool{}
	for _, n := range d.nodes {
		if n.After == nil {
			continue
		}
		for _, id := range query.FormerIDs(n.After.Values) {
			if other := d.nodes[id]; known[id] || other != nil && other.After != nil {
				ambiguous[id] = true
			}
			known[id] = true
		}
	}
	return ambiguous
}

// checkVersion refuses to save what was changed since whoever asks has read it.
func (d *draft) checkVersion(s *Save, stored *query.NodeRecord) {
	version := int64(0)
	if stored != nil {
		version, _ = stored.Values[query.NodeVersion].(int64)
	}
	if s.Expected == nil || *s.Expected == version {
		return
	}
	message := fmt.Sprintf("%q has version %d, not %d: it was changed meanwhile; read it again.", s.ID, version, *s.Expected)
	if stored == nil {
		message = fmt.Sprintf("There is no object %q; it was to have version %d.", s.ID, *s.Expected)
	}
	d.problems = append(d.problems, Problem{
		Place: s.In("expectedVersion"), Code: Conflict, Message: message,
		Details: map[string]any{"version": version, "expectedVersion": *s.Expected},
	})
}

// withMain are names with another main name in a language.
func withMain(names []record.Name, main record.Name) []record.Name {
	for i, n := range names {
		if n.Lang == main.Lang && n.Kind == main.Kind {
			names[i] = main
			return names
		}
	}
	return append(names, main)
}

// checkNode says what is wrong with the facts of a node that is new or changed.
func (d *draft) checkNode(s *Save) {
	n := d.nodes[s.ID]
	if n == nil || n.After.Type != s.Type {
		return
	}
	differs := n.Before == nil || !reflect.DeepEqual(n.Before.Values, n.After.Values)
	if differs {
		d.checkFacts(s.Place, s.Fields, s.Type, n.After.Values[query.NodeFacts:], s.Values)
	}
	d.checkSources(s.Place, s.Fields, s.ID, s.Values)
	if differs {
		d.checkNew(s.Place, s.Fields, s.Type.Properties, len(query.NodeProperties), n.After.Values)
	}
}

// checkNew tells what is wrong with texts, and with own dates and numbers, which begin at a position, unless they were stored so before.
func (d *draft) checkNew(at Place, fields map[string]string, properties []*query.Property, own int, values []any) {
	if d.Restores {
		return
	}
	d.recordProblems(at, fields, record.CheckDates(properties, own, values))
	d.recordProblems(at, fields, record.CheckNumbers(properties, own, values))
	d.recordProblems(at, fields, record.CheckTexts(properties, values))
}

// recordProblems tells problems of a record where it was given.
func (d *draft) recordProblems(at Place, fields map[string]string, problems []record.Problem) {
	told := map[record.Problem]bool{}
	for _, p := range problems {
		field, known := fields[p.Field]
		if !known {
			field = p.Field
		}
		if !told[p] {
			d.problem(at.In(field), BadInput, "%s: %s.", field, p.Message)
		}
		told[p] = true
	}
}

// checkFacts says what is wrong with the facts of what is new or changed, by a node of a type.
func (d *draft) checkFacts(at Place, fields map[string]string, of *query.Type, facts []any, given map[string]any) {
	if d.hidden(facts) {
		d.problem(at.In(fields["marking"]), BadInput, "You may mark facts %s at most: what is marked higher you could not read.", query.Clearances[d.Clearance])
	}
	if d.Source == nil || of == d.Source || d.Restores {
		return
	}
	if _, cleared := given["sources"]; facts[query.FactSources] == nil || cleared && len(sources(given)) == 0 {
		d.problem(at.In(fields["sources"]), BadInput, "Every fact needs its source; give the id of one at least.")
	}
}

// checkSources says which sources that are given are none, or the object itself whose facts they are to state.
func (d *draft) checkSources(at Place, fields map[string]string, of string, given map[string]any) {
	if d.Source == nil || d.Restores {
		return
	}
	for i, id := range sources(given) {
		place := at.In(fmt.Sprintf("%s.%d", fields["sources"], i))
		switch n := d.node(id); {
		case n == nil || n.Type != d.Source:
			d.problem(place, BadInput, "%s", d.missing(id, "There is no source %q; save it first, or in the same operation."))
		case id == of:
			d.problem(place, BadInput, "%q would rest on itself; give another source.", id)
		}
	}
}

// replaced are the sources of what is to have others, where some may not be seen.
func (d *draft) replaced() []string {
	if d.Restores || d.Clearance == query.Secret {
		return nil
	}
	var ids []string
	for _, s := range d.Saves {
		n := d.nodes[s.ID]
		if n == nil || n.Before == nil {
			continue
		}
		if _, given := s.Values["sources"]; given {
			ids = append(ids, sourcesOf(n.Before.Values, query.NodeFacts)...)
		}
		for _, r := range s.Relations {
			again := map[string]bool{}
			for _, l := range r.links() {
				again[l.To] = true
			}
			for _, l := range d.linksAt(s.ID, r.Relationship) {
				if again[otherEnd(l.After, s.ID)] {
					ids = append(ids, sourcesOf(l.After.Values, query.LinkFacts)...)
				}
			}
		}
	}
	return ids
}

// keepHiddenSources adds to facts the sources of the stored ones that whoever asks may not see: they are not theirs to replace.
func (d *draft) keepHiddenSources(stored, facts []any) {
	before, after := query.Texts(stored[query.FactSources]), query.Texts(facts[query.FactSources])
	kept := slices.DeleteFunc(slices.Clone(before), func(id string) bool {
		n := d.nodes[id]
		return n == nil || n.After == nil || !d.hidden(n.After.Values[query.NodeFacts:]) || slices.Contains(after, id)
	})
	switch {
	case len(kept) == 0:
		return
	case len(before) == len(after)+len(kept) && !slices.ContainsFunc(after, func(id string) bool { return !slices.Contains(before, id) }):
		facts[query.FactSources] = stored[query.FactSources]
	default:
		facts[query.FactSources] = query.ListOf(append(after, kept...))
	}
}

func (d *draft) saveLinks(s *Save, r *Relation) {
	from := d.saved(s)
	if from == nil {
		return
	}
	if r.Set != nil {
		for _, l := range d.linksAt(s.ID, r.Relationship) {
			if !d.hiddenLink(l.After) {
				l.After = nil
			}
		}
	}
	for i, id := range r.Remove {
		d.removeLinks(s, r, id, r.In(fmt.Sprintf("remove.%d", i)))
	}
	for _, l := range r.links() {
		d.addLink(from, r, l)
	}
}

// saved is a node that could be saved, as it is to be; nil if it could not, which is told already.
func (d *draft) saved(s *Save) *query.NodeRecord {
	n := d.node(s.ID)
	if n == nil || n.Type != s.Type {
		return nil
	}
	return n
}

// linksAt are the relationships of a kind that a node is to have, in the order of their ids.
func (d *draft) linksAt(node string, r *query.Relationship) []*query.LinkChange {
	var at []*query.LinkChange
	for _, l := range d.at[node] {
		if l.After != nil && l.After.Relationship == r && (l.After.From == node || r.Symmetric) {
			at = append(at, l)
		}
	}
	slices.SortFunc(at, func(a, b *query.LinkChange) int { return cmp.Compare(a.After.ID(), b.After.ID()) })
	return at
}

func (d *draft) removeLinks(s *Save, r *Relation, id string, at Place) {
	removed := false
	for _, l := range d.linksAt(s.ID, r.Relationship) {
		if (l.After.ID() == id || otherEnd(l.After, s.ID) == id) && !d.hiddenLink(l.After) {
			l.After, removed = nil, true
		}
	}
	if !removed {
		d.problem(at, NotFound, "%q has no relationship here of the id %q, and none that leads to it.", s.ID, id)
	}
}

func otherEnd(l *query.LinkRecord, node string) string {
	if l.From == node {
		return l.To
	}
	return l.From
}

func (d *draft) addLink(from *query.NodeRecord, r *Relation, l *Link) {
	to := d.node(l.To)
	switch {
	case to == nil:
		d.problem(l.In("to"), BadInput, "%s", d.missing(l.To, "There is no object %q; save it first, or in the same operation."))
		return
	case !slices.Contains(r.To, to.Type):
		d.problem(l.In("to"), BadInput, "%q is a %s; this leads to a %s.", l.To, to.Type.Name, strings.Join(query.TypeNames(r.To), " or "))
		return
	}
	written := record.Link{From: from.ID(), Type: r.Name, To: l.To}
	for name, value := range l.Values {
		written.Set(name, value)
	}
	made, problems := record.NewLink(d.model, written, from.Type, to.Type)
	d.recordProblems(l.Place, r.Fields, problems)
	if stored := d.links[made.ID()]; l.To == from.ID() && !d.Restores && (stored == nil || stored.Before == nil) {
		d.problem(l.In("to"), BadInput, "%q would lead to itself; give another object.", l.To)
		return
	}
	other := d.pair(r, &made)
	switch {
	case d.hides(&made, other):
		d.problem(l.Place, BadInput, "You may not change what leads from %q to %q at that time.", made.From, made.To)
		return
	case other != nil && r.Existing == Kept && !d.ended(other):
		return
	}
	d.checkFacts(l.Place, r.Fields, from.Type, made.Values[query.LinkFacts:], l.Values)
	d.checkSources(l.Place, r.Fields, "", l.Values)
	d.checkNew(l.Place, r.Fields, r.Properties, len(query.LinkProperties), made.Values)
	if other != nil {
		d.problem(l.Place, BadInput, "%q leads to %q already at that time; change that relationship by removing and adding it, or let one end before the other begins.", made.From, made.To)
	}
	if stored := d.links[made.ID()]; stored != nil && stored.Before != nil {
		d.keepHiddenSources(stored.Before.Values[query.LinkFacts:], made.Values[query.LinkFacts:])
	}
	d.putLink(&made)
	if d.added[r] == nil {
		d.added[r] = map[string]*query.LinkRecord{}
	}
	d.added[r][made.ID()] = &made
}

// hides is whether a relationship is to take the place of one that may not be seen, or its pair may not be.
func (d *draft) hides(made, pair *query.LinkRecord) bool {
	stored := d.links[made.ID()]
	return stored != nil && stored.After != nil && d.hiddenLink(stored.After) || pair != nil && d.hiddenLink(pair)
}

// ended is whether a relationship is over.
func (d *draft) ended(l *query.LinkRecord) bool {
	last, dated := l.Values[query.LinkFacts+query.FactValidTo].(string)
	return dated && last < d.Today
}

// pair is another relationship of a kind between the same nodes at the same time, one that is not over if there is one
// that may be kept; nil if there is none.
func (d *draft) pair(r *Relation, made *query.LinkRecord) *query.LinkRecord {
	var over *query.LinkRecord
	for _, l := range d.at[made.From] {
		other := l.After
		switch {
		case other == nil || !Alike(made, other):
		case r.Existing == Renewed && (d.Restores || other.ID() == made.ID()):
		case r.Existing == Kept && d.ended(other):
			over = other
		default:
			return other
		}
	}
	return over
}

// Alike is whether two relationships of a kind lead from and to the same nodes at the same time: there is one only,
// but where titles tell them apart.
func Alike(a, b *query.LinkRecord) bool {
	same := a.From == b.From && a.To == b.To || a.Relationship.Symmetric && a.From == b.To && a.To == b.From
	if a.Relationship != b.Relationship || !same || !record.Overlap(a.Values[query.LinkFacts:], b.Values[query.LinkFacts:]) {
		return false
	}
	title := a.Relationship.Property("title")
	return title == nil || a.Values[title.Index] == b.Values[title.Index]
}

func (d *draft) putLink(made *query.LinkRecord) {
	stored := d.links[made.ID()]
	if stored == nil {
		d.addLinkChange(&query.LinkChange{After: made})
		return
	}
	if stored.Before != nil { // a symmetric one may have been stored from its other end
		made.From, made.To = stored.Before.From, stored.Before.To
	}
	stored.After = made
}

// checkRelationships says which relationships a node lacks, or has too many of.
func (d *draft) checkRelationships(s *Save) {
	if d.saved(s) == nil {
		return
	}
	given := map[*query.Relationship][]*query.LinkChange{}
	for _, r := range s.Relations {
		if _, known := given[r.Relationship]; !known {
			given[r.Relationship] = d.linksAt(s.ID, r.Relationship)
		}
		if r.ToOne {
			d.checkToOne(r, given[r.Relationship])
		}
	}
	isNew := d.nodes[s.ID].Before == nil
	for _, r := range d.model.Relationships {
		_, isGiven := given[r]
		if d.Incomplete || !r.Required || r.From[0] != s.Type || !isNew && !isGiven || len(d.linksAt(s.ID, r)) > 0 {
			continue
		}
		field := s.Relationships[r]
		d.problem(s.In(field), BadInput, "%s: is missing; every %s has one.", field, s.Type.Name)
	}
}

// checkToOne says which of the relationships that were added, of all that the node is to have of the kind, are at a
// time at which it has another.
func (d *draft) checkToOne(r *Relation, all []*query.LinkChange) {
	told, hidden := false, false
	for i, l := range all {
		if d.added[r][l.After.ID()] == nil {
			continue
		}
		problem, unseen := d.collision(r, all, i)
		if problem != nil {
			told = true
			d.problem(r.Place, BadInput, "%s: %s.", problem.Record, problem.Message)
		}
		hidden = hidden || unseen
	}
	if hidden && !told {
		d.problem(r.Place, BadInput, "There is another of these on one of the days, which you may not see.")
	}
}

// collision is what is wrong with an added relationship and the first other that is at its time, because all of many
// may be; nil if there is none. Unseen is whether one was passed over that may not be seen.
func (d *draft) collision(r *Relation, all []*query.LinkChange, added int) (problem *record.Problem, unseen bool) {
	for i, other := range all {
		if i == added || i < added && d.added[r][other.After.ID()] != nil {
			continue // these two were compared already
		}
		first, second := all[min(i, added)].After, all[max(i, added)].After
		problems := record.CheckToOne([]query.LinkRecord{*first, *second})
		switch {
		case len(problems) == 0:
		case d.hiddenLink(first) || d.hiddenLink(second):
			unseen = true
		default:
			return &problems[0], unseen
		}
	}
	return nil, unseen
}
