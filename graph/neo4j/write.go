package neo4j

import (
	"fmt"
	"slices"
	"strings"

	"bordergraph/graph/query"
)

const (
	// batchRows is how many rows one statement writes, so that its parameters stay of a moderate size.
	batchRows = 5000
	// bulkRows is from how many rows on a change makes the statistics of the planner stale.
	bulkRows = 10000
)

// statement writes some rows; its text does not depend on how many. It is complete once it is
// followed by how many rows were written.
type statement struct {
	text string
	rows []any
	// unwritten, if less is written than there are rows, is a statement for one that could not be, and what is wrong with it.
	unwritten string
	fault     func(values []any) error
}

// statements are those that make a change, in an order in which nothing is without what it needs.
func statements(model *query.Model, c *query.Change) []statement {
	var all []statement
	if c.Replace {
		all = append(all, statement{text: "MATCH (n:`Node`) DETACH DELETE n"}, statement{text: "MATCH (a:`BordergraphAlias`) DELETE a"})
	}
	newNodes, otherNodes, goneNodes := sortNodes(c.Nodes)
	newLinks, otherLinks, goneLinks := sortLinks(c.Links)
	all = appendEach(all, model.Relationships, goneLinks, deleteLinks)
	all = appendEach(all, model.Types, otherNodes, changeNodes)
	all = appendEach(all, model.Types, newNodes, createNodes)
	all = appendEach(all, model.Relationships, otherLinks, changeLinks)
	all = appendEach(all, model.Relationships, newLinks, func(r *query.Relationship) statement { return createLinks(model, r) })
	all = appendEach(all, model.Types, goneNodes, deleteNodes)
	return appendAliases(all, c.Nodes)
}

// appendAliases appends the statements that keep the aliases in step with the nodes.
func appendAliases(all []statement, changes []query.NodeChange) []statement {
	var gone, created []any
	for _, n := range changes {
		lost, gained := n.Merged()
		for _, id := range lost {
			gone = append(gone, id)
		}
		for _, id := range gained {
			created = append(created, map[string]any{"id": id, "of": n.Record().ID()})
		}
	}
	for batch := range slices.Chunk(gone, batchRows) {
		all = append(all, statement{text: "UNWIND $rows AS id MATCH (a:`BordergraphAlias` {`id`: id}) DELETE a", rows: batch})
	}
	for batch := range slices.Chunk(created, batchRows) {
		all = append(all, statement{text: "UNWIND $rows AS row CREATE (a:`BordergraphAlias`) SET a = row", rows: batch})
	}
	return all
}

// appendEach appends the statements for the rows of each kind, in the order of the kinds.
func appendEach[K comparable](all []statement, kinds []K, rows map[K][]any, of func(K) statement) []statement {
	for _, kind := range kinds {
		for batch := range slices.Chunk(rows[kind], batchRows) {
			s := of(kind)
			s.rows = batch
			all = append(all, s)
		}
	}
	return all
}

func sortNodes(changes []query.NodeChange) (created, changed, gone map[*query.Type][]any) {
	created, changed, gone = map[*query.Type][]any{}, map[*query.Type][]any{}, map[*query.Type][]any{}
	for _, n := range changes {
		t := n.Record().Type
		switch {
		case n.After == nil:
			gone[t] = append(gone[t], n.Before.ID())
		case n.Before == nil:
			created[t] = append(created[t], present(t.Properties, n.After.Values))
		default:
			changed[t] = append(changed[t], present(t.Properties, n.After.Values))
		}
	}
	return created, changed, gone
}

func sortLinks(changes []query.LinkChange) (created, changed, gone map[*query.Relationship][]any) {
	created, changed, gone = map[*query.Relationship][]any{}, map[*query.Relationship][]any{}, map[*query.Relationship][]any{}
	for _, l := range changes {
		r := l.Record().Relationship
		switch {
		case l.After == nil:
			gone[r] = append(gone[r], l.Before.ID())
		case l.Before == nil:
			created[r] = append(created[r], map[string]any{"from": l.After.From, "to": l.After.To, "values": present(r.Properties, l.After.Values)})
		default:
			changed[r] = append(changed[r], present(r.Properties, l.After.Values))
		}
	}
	return created, changed, gone
}

func createNodes(t *query.Type) statement {
	labels := "`Node`"
	for _, label := range t.Labels {
		labels += ":" + quote(label)
	}
	return statement{text: "UNWIND $rows AS row CREATE (n:" + labels + ") SET n = row"}
}

func changeNodes(*query.Type) statement {
	return statement{
		text:      "UNWIND $rows AS row MATCH (n:`Node` {`id`: row.`id`}) SET n = row",
		unwritten: "UNWIND $rows AS row WITH row WHERE NOT EXISTS { MATCH (:`Node` {`id`: row.`id`}) } RETURN row.`id` LIMIT 1",
		fault:     notThere,
	}
}

func deleteNodes(*query.Type) statement {
	return statement{
		text:      "UNWIND $rows AS id MATCH (n:`Node` {`id`: id}) WHERE NOT EXISTS { (n)--() } DELETE n",
		unwritten: "UNWIND $rows AS id OPTIONAL MATCH (n:`Node` {`id`: id}) WITH id, n WHERE n IS NULL OR EXISTS { (n)--() } RETURN id, n IS NOT NULL LIMIT 1",
		fault: func(values []any) error {
			if values[1].(bool) {
				return fmt.Errorf("%v: it has relationships left", values[0])
			}
			return notThere(values)
		},
	}
}

func createLinks(model *query.Model, r *query.Relationship) statement {
	there := "EXISTS { MATCH ()-[:" + quote(r.Name) + " {`id`: row.`values`.`id`}]->() }"
	fits := ofTypes("a", r.From) + " AND " + ofTypes("b", r.To)
	return statement{
		text: "UNWIND $rows AS row MATCH (a:`Node` {`id`: row.`from`}) MATCH (b:`Node` {`id`: row.`to`}) WHERE " + fits + " AND NOT " + there +
			" CREATE (a)-[r:" + quote(r.Name) + "]->(b) SET r = row.`values`",
		unwritten: "UNWIND $rows AS row OPTIONAL MATCH (a:`Node` {`id`: row.`from`}) OPTIONAL MATCH (b:`Node` {`id`: row.`to`}) " +
			"WITH row, a, b WHERE a IS NULL OR b IS NULL OR NOT (" + fits + ") OR " + there +
			" RETURN row.`from`, row.`to`, coalesce(labels(a), []), coalesce(labels(b), []), row.`values`.`id` LIMIT 1",
		fault: func(values []any) error {
			l := query.LinkRecord{Relationship: r, From: values[0].(string), To: values[1].(string)}
			if err := l.Misplaced(typeOf(model, values[2].([]any)), typeOf(model, values[3].([]any))); err != nil {
				return err
			}
			return fmt.Errorf("%v: it is there already", values[4])
		},
	}
}

func changeLinks(r *query.Relationship) statement {
	return statement{
		text:      "UNWIND $rows AS row MATCH ()-[r:" + quote(r.Name) + " {`id`: row.`id`}]->() SET r = row",
		unwritten: "UNWIND $rows AS row WITH row WHERE NOT EXISTS { MATCH ()-[:" + quote(r.Name) + " {`id`: row.`id`}]->() } RETURN row.`id` LIMIT 1",
		fault:     notThere,
	}
}

func deleteLinks(r *query.Relationship) statement {
	return statement{
		text:      "UNWIND $rows AS id MATCH ()-[r:" + quote(r.Name) + " {`id`: id}]->() DELETE r",
		unwritten: "UNWIND $rows AS id WITH id WHERE NOT EXISTS { MATCH ()-[:" + quote(r.Name) + " {`id`: id}]->() } RETURN id LIMIT 1",
		fault:     notThere,
	}
}

func notThere(values []any) error { return fmt.Errorf("%v: it is not there", values[0]) }

// ofTypes is the condition that a node is of one of some types.
func ofTypes(variable string, types []*query.Type) string {
	labels := make([]string, len(types))
	for i, t := range types {
		labels[i] = quote(t.Name)
	}
	return variable + ":" + strings.Join(labels, "|")
}

// present are the values by name; Neo4j does not store a missing one.
func present(properties []*query.Property, values []any) map[string]any {
	byName := make(map[string]any, len(values))
	for i, p := range properties {
		if values[i] != nil {
			byName[p.Name] = values[i]
		}
	}
	return byName
}
