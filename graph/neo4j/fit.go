package neo4j

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// checkFit holds everything that is stored against the model.
func (s *Store) checkFit(ctx context.Context) error {
	var problems []record.Problem
	err := s.each(ctx, "MATCH (n:`Node`) RETURN labels(n), properties(n) ORDER BY n.`id`", func(values []any) {
		problems = append(problems, nodeProblems(s.model, values[0].([]any), values[1].(map[string]any))...)
	})
	if err != nil {
		return err
	}
	err = s.each(ctx, "MATCH (a:`Node`)-[r]->(b:`Node`) RETURN type(r), labels(a), labels(b), properties(r) ORDER BY r.`id`", func(values []any) {
		problems = append(problems, linkProblems(s.model, values[0].(string), values[1].([]any), values[2].([]any), values[3].(map[string]any))...)
	})
	if err != nil || len(problems) == 0 {
		return err
	}
	return record.Misfit("the stored data", problems)
}

// each reads row by row, since it reads the whole graph.
func (s *Store) each(ctx context.Context, text string, do func(values []any)) error {
	config := s.sessions
	config.AccessMode, config.FetchSize = driver.AccessModeRead, driver.FetchDefault
	session := s.driver.NewSession(ctx, config)
	defer closeSession(session)
	s.sent(text)
	result, err := session.Run(ctx, text, nil, driver.WithTxTimeout(remaining(ctx)))
	if err != nil {
		return err
	}
	for result.Next(ctx) {
		do(result.Record().Values)
	}
	return result.Err()
}

func nodeProblems(model *query.Model, labels []any, stored map[string]any) []record.Problem {
	id := fmt.Sprint(stored["id"])
	t := typeOf(model, labels)
	if t == nil {
		return []record.Problem{{Record: id, Field: "type", Message: "the schema has no type " + joined(labels)}}
	}
	return valueProblems(id, t.Properties, stored)
}

func linkProblems(model *query.Model, name string, from, to []any, stored map[string]any) []record.Problem {
	id := fmt.Sprint(stored["id"])
	a, b := typeOf(model, from), typeOf(model, to)
	if a == nil || b == nil {
		return nil // said of the node
	}
	r := model.Relationship(name, a, b)
	if r == nil {
		return []record.Problem{{Record: id, Field: "type", Message: fmt.Sprintf("the schema has no %s from %s to %s", name, a.Name, b.Name)}}
	}
	return valueProblems(id, r.Properties, stored)
}

func valueProblems(id string, properties []*query.Property, stored map[string]any) []record.Problem {
	unknown := maps.Clone(stored)
	for _, p := range properties {
		delete(unknown, p.Name)
	}
	problems := record.Check(id, properties, valuesOf(properties, stored))
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		problems = append(problems, record.Problem{Record: id, Field: name, Message: "the schema has no such property"})
	}
	return problems
}

// valuesOf are the values by position.
func valuesOf(properties []*query.Property, stored map[string]any) []any {
	values := make([]any, len(properties))
	for i, p := range properties {
		values[i] = stored[p.Name]
	}
	return values
}

func typeOf(model *query.Model, labels []any) *query.Type {
	for _, label := range labels {
		if t := model.Type(label.(string)); t != nil {
			return t
		}
	}
	return nil
}

func joined(labels []any) string {
	var names []string
	for _, label := range labels {
		if label != "Node" {
			names = append(names, label.(string))
		}
	}
	return strings.Join(names, ", ")
}
