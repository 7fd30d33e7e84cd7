package plan

import (
	"fmt"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

// onwardSteps is how many places may lie in each other: a post's command, its province, what came of it, the state.
const onwardSteps = 4

// touching is the condition that an object is one of some, lies in one or concerns one. The lists of a
// view share it, so that a store finds once what leads there.
func (b *builder) touching(t *derive.Touching, ids []any, c *whereContext) query.Condition {
	c.row.cost += costOfCondition
	ids = b.standing(c.scope, ids...)
	b.meant.add(texts(ids)...)
	key := fmt.Sprintf("%d %d %q", c.of, len(t.Own), ids)
	if c.shared != nil && c.shared.conditions[key] != nil {
		return c.shared.conditions[key]
	}
	b.walks++
	condition := b.leadsTo(t, b.valueOf(ids, c), c)
	if c.shared != nil {
		c.shared.conditions[key] = condition
	}
	return condition
}

// leadsTo is that condition. A post that lies in two sectors does not put into both whatever names the
// post: what only locates an object itself is gone over first, and not again.
func (b *builder) leadsTo(t *derive.Touching, to query.Param, c *whereContext) query.Condition {
	onward := func(from query.Subject) query.Condition {
		return &query.Leads{Of: from, To: to, Relationships: t.Onward, Steps: onwardSteps, Scope: c.scope.Scope, Shared: c.shared != nil}
	}
	if t.Own == nil {
		return onward(c.of)
	}
	concerned := &query.Linked{From: c.of, Relationships: t.Own, Direction: query.Out, To: b.API.Model.Types}
	return &query.Or{Any: []query.Condition{
		onward(c.of),
		&query.Some{Set: &query.Set{Start: concerned, Where: onward(query.Node), Scope: c.scope.Scope}},
	}}
}
