package neo4j

import (
	"strings"

	"bordergraph/graph/query"
)

// index is an index or a constraint, and the statement that makes it.
type index struct{ name, text string }

// indexes are those of a model: one id for all nodes, and for each type those that serve its orders.
// Relationships are found by id when they are replaced.
func indexes(model *query.Model) []index {
	all := []index{
		unique("bordergraph_node_id", "Node"),
		unique("bordergraph_contents_id", "BordergraphContents"),
	}
	for _, t := range model.Types {
		for _, property := range []string{"id", "name"} {
			name := "bordergraph_" + t.Name + "_" + property
			all = append(all, index{name, "CREATE RANGE INDEX " + quote(name) + " IF NOT EXISTS FOR (n:" + quote(t.Name) + ") ON (n." + quote(property) + ")"})
		}
	}
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

func unique(name, label string) index {
	return index{name, "CREATE CONSTRAINT " + quote(name) + " IF NOT EXISTS FOR (n:" + quote(label) + ") REQUIRE n.`id` IS UNIQUE"}
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
