package change

import (
	"context"
	"maps"
	"slices"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// checkRules says which nodes that are saved break their rules.
func (d *draft) checkRules(ctx context.Context, tx query.Tx, saves []*Save) error {
	ruled, err := d.readRules(ctx, tx, saves)
	for _, s := range ruled {
		d.checkRulesOf(s)
	}
	return err
}

// readRules reads what the rules are about, for all nodes at once, and answers those that are of their type and have some.
func (d *draft) readRules(ctx context.Context, tx query.Tx, saves []*Save) ([]*Save, error) {
	starts := map[*Shape][]string{}
	var shapes []*Shape
	var ruled []*Save
	for _, s := range saves {
		if n := d.nodes[s.ID]; !s.hasRules() || n == nil || n.After == nil || n.After.Type != s.Type {
			continue
		}
		if starts[s.Shape] == nil {
			shapes = append(shapes, s.Shape)
		}
		starts[s.Shape] = append(starts[s.Shape], s.ID)
		ruled = append(ruled, s)
	}
	for _, shape := range shapes {
		if err := d.readPaths(ctx, tx, starts[shape], shape.needed()); err != nil {
			return nil, err
		}
		if err := d.readEnds(ctx, tx); err != nil {
			return nil, err
		}
	}
	return ruled, nil
}

func (d *draft) checkRulesOf(s *Save) {
	d.checkAgree(s)
	d.checkDistinct(s)
}

func (s *Shape) hasRules() bool { return len(s.paths()) > 0 }

// paths are those along which the rules look.
func (s *Shape) paths() []query.Path { return slices.Concat(s.Rules.Agree, s.Rules.Over) }

// needed are all paths that the rules look along: for those of Over to the others that lead there, and on.
func (s *Shape) needed() []query.Path {
	paths := s.paths()
	if len(s.Rules.Over) > 0 {
		first := s.Rules.Over[0].Steps[0]
		back := first
		back.Direction = opposite(first.Direction)
		for _, over := range s.Rules.Over {
			paths = append(paths, query.Path{Steps: []query.Step{first, back, over.Steps[0]}})
		}
	}
	return paths
}

func opposite(d query.Direction) query.Direction {
	switch d {
	case query.Out:
		return query.In
	case query.In:
		return query.Out
	}
	return query.Both
}

// readPaths reads what lies on some paths, step by step, all paths at once.
func (d *draft) readPaths(ctx context.Context, tx query.Tx, starts []string, paths []query.Path) error {
	nodes := make([][]string, len(paths))
	for i := range paths {
		nodes[i] = starts
	}
	for step := 0; ; step++ {
		wanted := map[query.At]bool{}
		for i, p := range paths {
			if step < len(p.Steps) {
				for _, id := range nodes[i] {
					wanted[query.At{Node: id, Relationship: p.Steps[step].Relationship, Direction: p.Steps[step].Direction}] = true
				}
			}
		}
		if len(wanted) == 0 {
			return nil
		}
		stored, err := tx.Records(ctx, nil, slices.SortedFunc(maps.Keys(wanted), inOrder))
		if err != nil {
			return err
		}
		d.add(stored)
		for i, p := range paths {
			if step < len(p.Steps) {
				nodes[i] = d.ends(nodes[i], p.Steps[step])
			}
		}
	}
}

// ends are the nodes to which a step is to lead from some nodes.
func (d *draft) ends(nodes []string, step query.Step) []string {
	ends := map[string]bool{}
	for _, node := range nodes {
		for end := range d.leading(node, step) {
			ends[end] = true
		}
	}
	return slices.Sorted(maps.Keys(ends))
}

// leading are the relationships by which a step is to lead from a node, by the nodes that they lead to.
func (d *draft) leading(node string, step query.Step) map[string][]*query.LinkRecord {
	leading := map[string][]*query.LinkRecord{}
	for _, change := range d.at[node] {
		l := change.After
		if l == nil || l.Relationship != step.Relationship {
			continue
		}
		if step.Direction != query.In && l.From == node {
			leading[l.To] = append(leading[l.To], l)
		}
		if step.Direction != query.Out && l.To == node {
			leading[l.From] = append(leading[l.From], l)
		}
	}
	return leading
}

// checkAgree looks from each node that a path leads to first, so that none hides behind another.
func (d *draft) checkAgree(s *Save) {
	var common []string
	for i, p := range s.Rules.Agree {
		for _, node := range d.ends([]string{s.ID}, p.Steps[0]) {
			ends := d.along([]string{node}, p.Steps[1:])
			if len(ends) == 0 {
				continue
			}
			if common == nil {
				common = ends
				continue
			}
			common = slices.DeleteFunc(slices.Clone(common), func(id string) bool { return !slices.Contains(ends, id) })
			if len(common) == 0 {
				d.problem(s.Place, BadInput, "What it joins does not go together: %s leads elsewhere than %s.", p.Name, names(s.Rules.Agree[:i+1]))
				return
			}
		}
	}
}

// names are those of the paths before the last, or, where there is none, its own.
func names(paths []query.Path) string {
	if len(paths) == 1 {
		return paths[0].Name + " of another"
	}
	text := paths[0].Name
	for _, p := range paths[1 : len(paths)-1] {
		text += ", " + p.Name
	}
	return text
}

func (d *draft) checkDistinct(s *Save) {
	if len(s.Rules.Over) == 0 {
		return
	}
	back := s.Rules.Over[0].Steps[0]
	shared := d.ends([]string{s.ID}, back)
	back.Direction = opposite(back.Direction)
	for _, id := range d.ends(shared, back) {
		if id == s.ID || !d.alike(s, id) {
			continue
		}
		if d.node(id) == nil {
			d.problem(s.Place, BadInput, "Another object, which you may not see, joins the same at the same time.")
		} else {
			d.problem(s.Place, BadInput, "%q joins the same at the same time; change that, or let one end before the other begins.", id)
		}
		return
	}
}

// alike is whether another node breaks the rule of Over together with one that is saved.
func (d *draft) alike(s *Save, id string) bool {
	other := d.nodes[id]
	if other == nil || other.After == nil || other.After.Type != s.Type {
		return false
	}
	own := d.nodes[s.ID].After
	for _, p := range s.Rules.Values {
		if own.Values[p.Index] != other.After.Values[p.Index] {
			return false
		}
	}
	times := with([]concurrent{{own.Values[query.NodeFacts:]}}, other.After.Values[query.NodeFacts:])
	for _, over := range s.Rules.Over {
		times = d.joined(times, s.ID, id, over.Steps[0])
	}
	return len(times) > 0
}

// joined are some facts, with those of relationships by which a step leads from two nodes to the same at that time.
func (d *draft) joined(times []concurrent, a, b string, step query.Step) []concurrent {
	var joined []concurrent
	leading := d.leading(b, step)
	for end, own := range d.leading(a, step) {
		for _, l := range own {
			for _, other := range leading[end] {
				joined = append(joined, with(with(times, l.Values[query.LinkFacts:]), other.Values[query.LinkFacts:])...)
			}
		}
	}
	return joined
}

// concurrent are facts of which each two are in force on some day, and so all of them are on one.
type concurrent [][]any

// with are those of some that are concurrent with other facts, too, with these.
func with(times []concurrent, facts []any) []concurrent {
	var with []concurrent
	for _, c := range times {
		if !slices.ContainsFunc(c, func(other []any) bool { return !record.Overlap(facts, other) }) {
			with = append(with, append(slices.Clip(c), facts))
		}
	}
	return with
}
