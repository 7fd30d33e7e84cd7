package change

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"bordergraph/graph/query"
)

// checkCycles says which new relationships, of those that lead to one other over all time, lead on and on back to
// where they begin: what is part of another does not contain it.
func (d *draft) checkCycles(ctx context.Context, tx query.Tx, changed places) error {
	begun := slices.SortedFunc(maps.Keys(changed), func(a, b *query.LinkChange) int {
		return cmp.Or(cmp.Compare(changed[a].Root, changed[b].Root), cmp.Compare(changed[a].Input, changed[b].Input), cmp.Compare(a.Record().ID(), b.Record().ID()))
	})
	begun = slices.DeleteFunc(begun, func(l *query.LinkChange) bool {
		return l.After == nil || l.Before != nil || l.After.From == l.After.To || !l.After.Relationship.LeadsOn()
	})
	if err := d.readOn(ctx, tx, begun); err != nil {
		return err
	}
	ending := map[query.At]bool{}
	for _, l := range begun {
		if d.leadsBack(l.After, ending) {
			d.problem(changed[l], BadInput, "%q cannot lead to %q, which leads back to it by others of the kind; give another object.", l.After.From, l.After.To)
		}
	}
	return d.readEnds(ctx, tx)
}

// readOn reads what relationships lead on to, as far as they do.
func (d *draft) readOn(ctx context.Context, tx query.Tx, begun []*query.LinkChange) error {
	read, next := map[query.At]bool{}, map[query.At]bool{}
	for _, l := range begun {
		next[query.At{Node: l.After.To, Relationship: l.After.Relationship, Direction: query.Out}] = true
	}
	for len(next) > 0 {
		stored, err := tx.Records(ctx, nil, slices.SortedFunc(maps.Keys(next), inOrder))
		if err != nil {
			return err
		}
		d.add(stored)
		maps.Copy(read, next)
		reached := map[query.At]bool{}
		for at := range next {
			for _, id := range d.ends([]string{at.Node}, query.Step{Relationship: at.Relationship, Direction: query.Out}) {
				if on := (query.At{Node: id, Relationship: at.Relationship, Direction: query.Out}); !read[on] {
					reached[on] = true
				}
			}
		}
		next = reached
	}
	return nil
}

// leadsBack is whether others of its kind lead from the end of a relationship to its beginning. Ending are places
// from which they lead in no circle; it adds those that it finds, so that none is walked from twice.
func (d *draft) leadsBack(l *query.LinkRecord, ending map[query.At]bool) bool {
	out := func(id string) query.At {
		return query.At{Node: id, Relationship: l.Relationship, Direction: query.Out}
	}
	seen, again := map[string]bool{}, false
	for next := []string{l.To}; len(next) > 0; {
		add(seen, next)
		next = slices.DeleteFunc(d.ends(next, query.Step{Relationship: l.Relationship, Direction: query.Out}), func(id string) bool {
			again = again || seen[id]
			return seen[id] || ending[out(id)]
		})
	}
	if !again {
		for id := range seen {
			ending[out(id)] = true
		}
	}
	return seen[l.From]
}
