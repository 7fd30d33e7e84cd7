package change

import (
	"context"
	"fmt"
	"slices"

	"bordergraph/graph/history"
	"bordergraph/graph/query"
)

// changesSince are the changes because of which one cannot be taken back.
type changesSince struct {
	shown []int64
	// hidden is whether there are others, which the asker may not see.
	hidden bool
}

func (s changesSince) any() bool { return len(s.shown) > 0 || s.hidden }

func (s changesSince) details() map[string]any {
	return map[string]any{"changes": append([]int64{}, s.shown...)}
}

func (x *undoing) conflict(since changesSince) {
	message := fmt.Sprintf("Change %d cannot be taken back: ", x.Sequence)
	numbers := make([]string, len(since.shown))
	for i, n := range since.shown {
		numbers[i] = fmt.Sprint(n)
	}
	switch {
	case len(numbers) > 0 && since.hidden:
		message += fmt.Sprintf("what it changed was changed again, or came into use, by later changes: %s, and others that you may not see.", few(numbers))
	case len(numbers) > 0:
		message += fmt.Sprintf("what it changed was changed again, or came into use, by later changes: %s. Take these back first, the last of them first.", few(numbers))
	case since.hidden:
		message += "what it changed was changed again, or came into use, by later changes that you may not see."
	default:
		message += "what was before does not go with what is there now."
	}
	x.problems = append(x.problems, Problem{Place: x.Place, Code: Conflict, Message: message, Details: since.details()})
}

// since are the later changes that touch a concern, without those that were taken back themselves.
func (x *undoing) since(ctx context.Context, tx query.Tx, concern *concern) (changesSince, error) {
	var since changesSince
	var later []query.Entry
	err := history.Each(ctx, x.log.Store, x.Sequence, 0, func(e *query.Entry) error {
		if concern.touches(e) {
			later = append(later, *e)
		}
		return nil
	})
	if err != nil {
		return since, err
	}
	later = standing(later)
	shown, err := x.log.Shown(ctx, tx, later, x.Clearance)
	if err != nil {
		return since, err
	}
	for i := range shown {
		if tells(&shown[i]) {
			since.shown = append(since.shown, shown[i].Sequence)
		} else {
			since.hidden = true
		}
	}
	return since, nil
}

// tells is whether anything of what an entry shows differs.
func tells(e *query.Entry) bool {
	return e.Replace || len(e.Links) > 0 || slices.ContainsFunc(e.Nodes, func(n query.NodeChange) bool { return !alike(n.Before, n.After) })
}

// standing are entries without those that take another of them back, and without these.
func standing(entries []query.Entry) []query.Entry {
	known, gone := map[int64]bool{}, map[int64]bool{}
	for _, e := range entries {
		known[e.Sequence] = true
	}
	for _, e := range slices.Backward(entries) {
		if !gone[e.Sequence] && known[e.Undoes] && !gone[e.Undoes] {
			gone[e.Sequence], gone[e.Undoes] = true, true
		}
	}
	return slices.DeleteFunc(entries, func(e query.Entry) bool { return gone[e.Sequence] })
}

// concern is what must not be changed.
type concern struct {
	// nodes and links are those that were changed, and nodes on which the links and facts rest that are to be restored.
	nodes, links map[string]bool
	// made are the nodes that are to go: nothing may lead to them, or rest on them.
	made map[string]bool
}

func (x *undoing) concern() *concern {
	c := &concern{nodes: map[string]bool{}, links: map[string]bool{}, made: map[string]bool{}}
	for _, n := range x.undone.Nodes {
		id := n.Record().ID()
		c.nodes[id] = true
		if n.Before == nil {
			c.made[id] = true
		}
		lost, _ := n.Merged()
		add(c.nodes, lost)
	}
	add(c.nodes, x.holders())
	for _, id := range x.restoredSources() {
		if !x.isSource(x.typeBefore(id)) {
			c.nodes[id] = true
		}
	}
	for _, l := range x.undone.Links {
		c.links[l.Record().ID()] = true
		if l.Before != nil {
			x.addMisplaced(c, l.Before)
		}
	}
	return c
}

// holders are the nodes for which ids stand that are to be those of nodes again.
func (x *undoing) holders() []string {
	again := map[string]bool{}
	for _, n := range x.undone.Nodes {
		again[n.Record().ID()] = n.Before != nil
	}
	var ids []string
	for id, n := range x.nodes {
		if n.Before != nil && slices.ContainsFunc(query.FormerIDs(n.Before.Values), func(former string) bool { return again[former] }) {
			ids = append(ids, id)
		}
	}
	return ids
}

// addMisplaced adds the ends because of which a relationship cannot be restored.
func (x *undoing) addMisplaced(c *concern, l *query.LinkRecord) {
	from, to := x.typeBefore(l.From), x.typeBefore(l.To)
	bothThere := from != nil && to != nil
	if from == nil || bothThere && l.Misplaced(from, to) != nil {
		c.nodes[l.From] = true
	}
	if to == nil || bothThere && l.Misplaced(from, to) != nil {
		c.nodes[l.To] = true
	}
}

// touches is the same of a change and of the one that takes it back.
func (c *concern) touches(e *query.Entry) bool {
	cites := func(values []any, facts int) bool {
		return values != nil && slices.ContainsFunc(sourcesOf(values, facts), func(id string) bool { return c.made[id] })
	}
	return e.Replace ||
		slices.ContainsFunc(e.Nodes, func(n query.NodeChange) bool {
			before, after := n.Values()
			return c.nodes[n.Record().ID()] || cites(before, query.NodeFacts) || cites(after, query.NodeFacts)
		}) ||
		slices.ContainsFunc(e.Links, func(l query.LinkChange) bool {
			r := l.Record()
			before, after := l.Values()
			return c.links[r.ID()] || c.made[r.From] || c.made[r.To] || cites(before, query.LinkFacts) || cites(after, query.LinkFacts)
		})
}
