package change

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"bordergraph/graph/query"
)

// places says of relationships that are changed where that was asked for.
type places map[*query.LinkChange]Place

// checkAlong says which nodes break their rules because of relationships that are changed at other nodes, along
// which the rules look. What was broken before may stay so.
func (d *draft) checkAlong(ctx context.Context, tx query.Tx, changed places) error {
	var broken []*Save
	for _, t := range d.model.Types {
		shape := &Shape{Type: t, Rules: d.Rules(t)}
		if !shape.hasRules() {
			continue
		}
		looking, err := d.lookingAlong(ctx, tx, shape, changed)
		if err != nil {
			return err
		}
		ruled, err := d.readRules(ctx, tx, looking)
		if err != nil {
			return err
		}
		broken = append(broken, slices.DeleteFunc(ruled, func(s *Save) bool { return !d.breaks(s) })...)
	}
	if len(broken) == 0 {
		return nil
	}
	before, err := d.before(ctx, tx, broken)
	if err != nil {
		return err
	}
	for _, s := range broken {
		// One that is changed itself is told where that was asked for.
		if !d.mayBreak(s, before) && !before.breaks(s) {
			d.checkRulesOfOther(s)
		}
	}
	return nil
}

// before is what was stored of nodes and of what their rules look at.
func (d *draft) before(ctx context.Context, tx query.Tx, ruled []*Save) (*draft, error) {
	if d.Stored != nil {
		tx = d.Stored
	}
	ids := map[string]bool{}
	for _, s := range ruled {
		ids[s.ID] = true
	}
	before := newDraft(d.Request, d.model)
	stored, err := tx.Records(ctx, slices.Sorted(maps.Keys(ids)), nil)
	if err != nil {
		return nil, err
	}
	before.add(stored)
	_, err = before.readRules(ctx, tx, ruled)
	return before, err
}

// lookingAlong are the nodes of a type whose rules look along changed relationships, once for each of their places.
func (d *draft) lookingAlong(ctx context.Context, tx query.Tx, shape *Shape, changed places) ([]*Save, error) {
	type sight struct {
		id string
		Place
	}
	seen := map[sight]bool{}
	for _, p := range shape.paths() {
		for i, step := range p.Steps {
			starts, back := d.starts(step, changed), query.Path{Name: p.Name, Steps: backwards(p.Steps[:i])}
			if err := d.readPaths(ctx, tx, slices.Sorted(maps.Keys(starts)), []query.Path{back}); err != nil {
				return nil, err
			}
			for start, from := range starts {
				for _, id := range d.along([]string{start}, back.Steps) {
					for place := range from {
						seen[sight{id, place}] = true
					}
				}
			}
		}
	}
	var looking []*Save
	for _, s := range slices.SortedFunc(maps.Keys(seen), func(a, b sight) int {
		return cmp.Or(cmp.Compare(a.Root, b.Root), cmp.Compare(a.Input, b.Input), cmp.Compare(a.id, b.id))
	}) {
		looking = append(looking, &Save{Place: s.Place, Shape: shape, ID: s.id})
	}
	return looking, d.readEnds(ctx, tx)
}

// starts are the nodes from which a step leads along changed relationships, with the places of these. To a new one
// leads only what is changed, too.
func (d *draft) starts(step query.Step, changed places) map[string]map[Place]bool {
	starts := map[string]map[Place]bool{}
	for l, place := range changed {
		if (l.Before == nil) == (l.After == nil) || l.Record().Relationship != step.Relationship {
			continue
		}
		r := l.Record()
		for _, end := range []struct {
			id  string
			not query.Direction
		}{{r.From, query.In}, {r.To, query.Out}} {
			if n := d.nodes[end.id]; step.Direction == end.not || n == nil || n.Before == nil {
				continue
			}
			if starts[end.id] == nil {
				starts[end.id] = map[Place]bool{}
			}
			starts[end.id][place] = true
		}
	}
	return starts
}

// backwards are steps in the other direction, the last first.
func backwards(steps []query.Step) []query.Step {
	var back []query.Step
	for _, step := range slices.Backward(steps) {
		step.Direction = opposite(step.Direction)
		back = append(back, step)
	}
	return back
}

// along are the nodes to which steps are to lead from some nodes.
func (d *draft) along(nodes []string, steps []query.Step) []string {
	for _, step := range steps {
		nodes = d.ends(nodes, step)
	}
	return nodes
}

// mayBreak is whether a node differs from what it was before in what its rules say of itself.
func (d *draft) mayBreak(s *Save, before *draft) bool {
	was := before.nodes[s.ID]
	if was == nil || was.Before == nil || was.Before.Type != s.Type {
		return true
	}
	now := d.nodes[s.ID].After
	differs := func(p *query.Property) bool { return was.Before.Values[p.Index] != now.Values[p.Index] }
	dates := []*query.Property{s.Type.Property("validFrom"), s.Type.Property("validTo")}
	leads := func(l *query.LinkChange) bool {
		if l.After == nil || !slices.ContainsFunc(s.paths(), func(p query.Path) bool { return p.Steps[0].Relationship == l.After.Relationship }) {
			return false
		}
		stored := before.links[l.After.ID()]
		return stored == nil || !reflect.DeepEqual(stored.Before, l.After)
	}
	return slices.ContainsFunc(dates, differs) || slices.ContainsFunc(s.Rules.Values, differs) || slices.ContainsFunc(d.at[s.ID], leads)
}

// breaks is whether a node breaks a rule.
func (d *draft) breaks(s *Save) bool {
	sound := len(d.problems)
	d.checkRulesOf(s)
	broken := len(d.problems) > sound
	d.problems = d.problems[:sound]
	return broken
}

// checkRulesOfOther says which rules a node breaks that is not saved itself, and is named only to those who may see it.
func (d *draft) checkRulesOfOther(s *Save) {
	sound := len(d.problems)
	d.checkRulesOf(s)
	if len(d.problems) > sound && d.node(s.ID) == nil {
		d.problems = d.problems[:sound]
		d.problem(s.Place, BadInput, "It would break what an object joins that you may not see.")
		return
	}
	for i := range d.problems[sound:] {
		p := &d.problems[sound+i]
		p.Message = fmt.Sprintf("%q: %s", s.ID, p.Message)
	}
}
