package plan

import (
	"fmt"
	"strings"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
)

var (
	nodeIDKey = query.Key{By: &query.Value{Of: query.Node, Property: query.NodeProperties[query.NodeID]}}
	linkIDKey = query.Key{By: &query.Value{Of: query.Link, Property: query.LinkProperties[query.LinkID]}}
	viaIDKey  = query.Key{By: &query.Value{Of: query.ViaLink, Property: query.LinkProperties[query.LinkID]}}
	// toOneOrder decides which comes first where a to-one relationship is asked over all time, or its
	// dates are not exact: the one that has not ended, else the one that ended last.
	toOneOrder = []query.Key{
		{By: &query.Value{Of: query.Link, Property: query.LinkProperties[query.LinkFacts+query.FactValidTo]}, Descending: true},
		nodeIDKey, linkIDKey,
	}
)

// order reads orderBy and ends it with the ids that make it total.
func (b *builder) order(l *listed, orderBy []any, child *row) []query.Key {
	var keys []query.Key
	for i, member := range orderBy {
		where := fmt.Sprintf("Argument \"orderBy\"[%d]", i)
		if fields, ok := member.(map[string]any); ok {
			keys = append(keys, b.key(l.target.Order, fields, &orderContext{l.scope, child, child.depth}, where)...)
		}
	}
	total := []query.Key{nodeIDKey, linkIDKey, viaIDKey}[:1+l.steps()]
	if len(keys) > 0 && isNodeID(keys[len(keys)-1]) {
		total = total[1:]
	}
	return append(keys, total...)
}

func isNodeID(key query.Key) bool {
	v, ok := key.By.(*query.Value)
	return ok && v.Property == query.NodeProperties[query.NodeID]
}

// orderContext is what an order is of.
type orderContext struct {
	scope *scope
	// row bears the cost.
	row *row
	// depth is the number of relationships from the root to here.
	depth int
}

// key reads one member of orderBy: an input object with one field.
func (b *builder) key(input string, fields map[string]any, c *orderContext, where string) []query.Key {
	for name, v := range fields {
		where := where + "." + name
		switch meaning := b.API.Input(input, name).(type) {
		case *derive.Property:
			return direction(&query.Value{Property: meaning.Property}, v)
		case derive.Part:
			return direction(&query.Value{Property: query.NodeProperties[query.NodeName]}, v)
		case *derive.ToOne:
			return b.toOneKey(meaning.Traversal, v, c, where)
		case *derive.Connection:
			count, _ := v.(map[string]any)
			b.walks++
			c.row.cost += costOfCondition
			return direction(&query.Count{Set: &query.Set{Start: walk(b, meaning.Traversal, query.Node), Scope: c.scope.Scope}}, count["count"])
		}
	}
	return nil
}

func direction(by query.Column, v any) []query.Key {
	return []query.Key{{By: by, Descending: v != "ASC", MissingLast: v == "DESC_NULLS_LAST"}}
}

func (b *builder) toOneKey(t *derive.Traversal, v any, c *orderContext, where string) []query.Key {
	if !b.deeper(c.depth + 1) {
		return nil
	}
	fields, _ := v.(map[string]any)
	keys := b.key(t.Target.Order, fields, &orderContext{c.scope, c.row, c.depth + 1}, where)
	if len(keys) == 0 {
		return nil
	}
	b.walks++
	c.row.cost += costOfCondition
	first := &query.Select{
		Set:     &query.Set{Start: walk(b, t, query.Node), Scope: c.scope.Scope},
		Order:   toOneOrder,
		Limit:   b.param(int64(1)),
		Columns: []query.Column{keys[0].By},
	}
	return []query.Key{{By: &query.First{Select: first}, Descending: keys[0].Descending, MissingLast: keys[0].MissingLast}}
}

// describe says in words what an order is.
func describe(order []query.Key) string {
	var s strings.Builder
	for _, key := range order {
		fmt.Fprintf(&s, " %s %v", query.Print(key.By), key.Descending)
		if key.MissingLast {
			s.WriteString(" missing last")
		}
	}
	return s.String()
}
