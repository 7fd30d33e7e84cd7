package neo4j

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bordergraph/graph/query"
)

// What is read of a node n, and of a relationship r.
const (
	nodeColumns = "[labels(n), properties(n)]"
	linkColumns = "[type(r), startNode(r).`id`, labels(startNode(r)), endNode(r).`id`, labels(endNode(r)), properties(r)]"
)

// kindAt is what At asks for, but for the node.
type kindAt struct {
	relationship *query.Relationship
	direction    query.Direction
}

// Records implements query.Tx.
func (tx *transaction) Records(ctx context.Context, nodes []string, links []query.At) (query.Records, error) {
	if err := tx.admit(len(nodes) + len(links)); err != nil {
		return query.Records{}, err
	}
	parts := []string{"COLLECT { UNWIND $nodes AS id MATCH (n:`Node` {`id`: id}) RETURN " + nodeColumns + " }", "COLLECT { " + readAliases + " }"}
	values := map[string]any{"nodes": nodes}
	var kinds []kindAt
	at := map[kindAt][]string{}
	for _, l := range links {
		kind := kindAt{l.Relationship, l.Direction}
		if at[kind] == nil {
			kinds = append(kinds, kind)
		}
		at[kind] = append(at[kind], l.Node)
	}
	for i, kind := range kinds {
		name := fmt.Sprintf("at%d", i)
		values[name] = at[kind]
		parts = append(parts, "COLLECT { UNWIND $"+name+" AS id MATCH (n:`Node` {`id`: id})"+kind.pattern()+"() RETURN "+linkColumns+" }")
	}
	found, err := tx.locked(ctx, "["+strings.Join(parts, ", ")+"]", values)
	if err != nil {
		return query.Records{}, err
	}
	c := &collector{model: tx.store.model, nodes: map[string]query.NodeRecord{}, links: map[string]query.LinkRecord{}}
	lists := found.([]any)
	for _, row := range lists[0].([]any) {
		c.node(row.([]any))
	}
	for i, list := range lists[2:] {
		for _, row := range list.([]any) {
			c.link(row.([]any), kinds[i].relationship)
		}
	}
	records, err := c.records()
	records.Merged = mergedInto(lists[1].([]any))
	return records, err
}

// An alias is a node that is no part of the graph: it says of which node an id is a former one. There is one for
// each of NodeFormerIDs.
const readAliases = "UNWIND $nodes AS id MATCH (a:`BordergraphAlias` {`id`: id}) RETURN [a.`id`, a.`of`]"

// mergedInto are the rows of readAliases; nil if there are none.
func mergedInto(rows []any) map[string]string {
	var into map[string]string
	for _, row := range rows {
		if into == nil {
			into = map[string]string{}
		}
		alias := row.([]any)
		into[alias[0].(string)] = alias[1].(string)
	}
	return into
}

func (k kindAt) pattern() string {
	name := "r"
	if k.relationship != nil {
		name += ":" + quote(k.relationship.Name)
	}
	switch k.direction {
	case query.Out:
		return "-[" + name + "]->"
	case query.In:
		return "<-[" + name + "]-"
	}
	return "-[" + name + "]-"
}

// collector makes records of rows, each once.
type collector struct {
	model *query.Model
	nodes map[string]query.NodeRecord
	links map[string]query.LinkRecord
	err   error
}

func (c *collector) node(row []any) {
	properties := row[1].(map[string]any)
	t := typeOf(c.model, row[0].([]any))
	if t == nil {
		c.misfit(properties["id"])
		return
	}
	n := query.NodeRecord{Type: t, Values: valuesOf(t.Properties, properties)}
	c.nodes[n.ID()] = n
}

// link keeps a relationship if it is of the wanted kind; nil is any.
func (c *collector) link(row []any, wanted *query.Relationship) {
	name, from, to, properties := row[0].(string), row[1].(string), row[3].(string), row[5].(map[string]any)
	a, b := typeOf(c.model, row[2].([]any)), typeOf(c.model, row[4].([]any))
	var r *query.Relationship
	if a != nil && b != nil {
		r = c.model.Relationship(name, a, b)
	}
	switch {
	case r == nil:
		c.misfit(properties["id"])
	case wanted == nil || r == wanted:
		l := query.LinkRecord{Relationship: r, From: from, To: to, Values: valuesOf(r.Properties, properties)}
		c.links[l.ID()] = l
	}
}

func (c *collector) misfit(id any) {
	c.err = &query.Error{Code: query.Misfit, Message: fmt.Sprintf("%v does not fit the schema", id)}
}

func (c *collector) records() (query.Records, error) {
	return query.Records{Nodes: inOrder(c.nodes), Links: inOrder(c.links)}, c.err
}

// inOrder are records in the order of their ids.
func inOrder[R any](byID map[string]R) []R {
	var all []R
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		all = append(all, byID[id])
	}
	return all
}

// everything is the change that makes the stored graph of nothing.
func (tx *transaction) everything(ctx context.Context) (*query.Change, error) {
	c := &collector{model: tx.store.model, nodes: map[string]query.NodeRecord{}, links: map[string]query.LinkRecord{}}
	for _, part := range []struct {
		text string
		keep func(row []any)
	}{
		{"MATCH (n:`Node`) RETURN " + nodeColumns, c.node},
		{"MATCH (:`Node`)-[r]->(:`Node`) RETURN " + linkColumns, func(row []any) { c.link(row, nil) }},
	} {
		rows, err := tx.run(ctx, part.text, nil)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			part.keep(r.Values[0].([]any))
		}
	}
	found, err := c.records()
	return &query.Change{Replace: true, Nodes: query.AddNodes(found.Nodes), Links: query.AddLinks(found.Links)}, err
}
