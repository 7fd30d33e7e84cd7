package neo4j

import (
	"slices"
	"strings"

	"bordergraph/graph/cypher"
	"bordergraph/graph/query"
)

// index is an index or a constraint, and the statement that makes it.
type index struct{ name, text string }

// indexes are those of a model: one id for all nodes, one search for all their names, and for each
// label those that serve orders. Relationships are found by id when they are replaced.
func indexes(model *query.Model) []index {
	all := []index{
		unique("bordergraph_node_id", "Node", "id"),
		unique("bordergraph_alias_id", "BordergraphAlias", "id"),
		unique("bordergraph_contents_id", "BordergraphContents", "id"),
		unique("bordergraph_change_sequence", "BordergraphChange", "sequence"),
		unique("bordergraph_change_key", "BordergraphChange", "key"),
		{cypher.NamesIndex, "CREATE FULLTEXT INDEX " + quote(cypher.NamesIndex) + " IF NOT EXISTS FOR (n:`Node`) ON EACH [n.`nameFolded`] " +
			"OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: false}}"},
	}
	for _, label := range labels(model) {
		for _, property := range []string{"id", "name"} {
			name := "bordergraph_" + label + "_" + property
			all = append(all, index{name, "CREATE RANGE INDEX " + quote(name) + " IF NOT EXISTS FOR (n:" + quote(label) + ") ON (n." + quote(property) + ")"})
		}
	}
	all = append(all, dates(model)...)
	made := map[string]bool{}
	for _, r := range model.Relationships {
		if !made[r.Name] {
			name := "bordergraph_" + r.Name + "_id"
			all = append(all, index{name, "CREATE RANGE INDEX " + quote(name) + " IF NOT EXISTS FOR ()-[r:" + quote(r.Name) + "]-() ON (r.`id`)"})
		}
		made[r.Name] = true
	}
	return all
}

// dates are the indexes of moments. Many have one date, so they are in the order of their ids, too.
func dates(model *query.Model) []index {
	var all []index
	for _, m := range model.Moments {
		label := m.Type.Labels[0]
		name := "bordergraph_" + label + "_" + m.Date.Name
		index := index{name, "CREATE RANGE INDEX " + quote(name) + " IF NOT EXISTS FOR (n:" + quote(label) + ") ON (n." + quote(m.Date.Name) + ", n.`id`)"}
		if !slices.Contains(all, index) {
			all = append(all, index)
		}
	}
	return all
}

// labels are those of all types, each once.
func labels(model *query.Model) []string {
	var labels []string
	for _, t := range model.Types {
		for _, label := range t.Labels {
			if !slices.Contains(labels, label) {
				labels = append(labels, label)
			}
		}
	}
	return labels
}

func unique(name, label, property string) index {
	return index{name, "CREATE CONSTRAINT " + quote(name) + " IF NOT EXISTS FOR (n:" + quote(label) + ") REQUIRE n." + quote(property) + " IS UNIQUE"}
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
