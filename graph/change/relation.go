package change

import (
	"fmt"
	"slices"
	"strings"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

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
