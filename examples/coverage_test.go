package examples_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"bordergraph"
	"bordergraph/examples"
	"bordergraph/graph"
	"bordergraph/graph/derive"
)

// TestWhatTheInventoryNamesCanBeAsked reads which objects, relationships, properties and enum values
// carry what the source documents name, and asks the API for each.
func TestWhatTheInventoryNamesCanBeAsked(t *testing.T) {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open("../dataset/coverage.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	c := coverage{api: api, endpoint: examples.Serve(t, "BORDERGRAPH_STORE=embedded", "BORDERGRAPH_DATA=:memory:")}
	for _, line := range lines[1:] {
		id, kind, reference := line[0], line[1], line[2]
		t.Run(id+" "+reference, func(t *testing.T) {
			questions, err := c.questions(kind, reference)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(questions, func(q string) bool { return c.answers(t, q) }) {
				t.Errorf("nothing is answered to any of\n%s", strings.Join(questions, "\n"))
			}
		})
	}
}

type coverage struct {
	api      *derive.API
	endpoint string
}

// questions are the operations of which one must have an answer.
func (c *coverage) questions(kind, reference string) ([]string, error) {
	switch kind {
	case "object":
		return []string{fmt.Sprintf(`{ found: node(id: %q) { id } }`, reference)}, nil
	case "relationship":
		return c.byRelationship(reference)
	case "property":
		owner, property, _ := strings.Cut(reference, ".")
		return c.byProperty(owner, property, `{isNull: false}`)
	case "enum":
		owner, rest, _ := strings.Cut(reference, ".")
		property, value, _ := strings.Cut(rest, ".")
		return c.byProperty(owner, property, fmt.Sprintf(`{eq: %s}`, value))
	}
	return nil, fmt.Errorf("there is no kind %q", kind)
}

// byRelationship asks over each field that leads over a relationship whether it reaches anything.
func (c *coverage) byRelationship(name string) ([]string, error) {
	var questions []string
	for _, owner := range c.api.Model.Types {
		for _, f := range c.api.Schema.Types[owner.Name].Fields {
			condition := ""
			var steps *derive.Traversal
			switch meaning := c.api.Field(owner.Name, f.Name).(type) {
			case *derive.ToOne:
				steps, condition = meaning.Traversal, `{}`
			case *derive.Connection:
				steps, condition = meaning.Traversal, `{some: {}}`
				if meaning.History {
					continue
				}
			}
			if steps != nil && len(steps.Steps) == 1 && steps.Steps[0].Relationship.Name == name {
				questions = append(questions, c.list(owner.Name, f.Name, condition))
			}
		}
	}
	if len(questions) == 0 {
		return nil, fmt.Errorf("no field leads over %s", name)
	}
	return questions, nil
}

func (c *coverage) byProperty(owner, property, condition string) ([]string, error) {
	if p, ok := c.api.Field(owner, property).(*derive.Property); !ok {
		return nil, fmt.Errorf("%s has no property %s: %v", owner, property, p)
	}
	return []string{c.list(owner, property, condition)}, nil
}

// list asks for one object of a type whose field is like this, whenever that was.
func (c *coverage) list(owner, field, condition string) string {
	return fmt.Sprintf(`{ found: %s(where: {%s: %s}, first: 1) @asOf(any: true) { nodes { id } } }`, c.root(owner), field, condition)
}

func (c *coverage) root(owner string) string {
	for _, f := range c.api.Schema.Query.Fields {
		if root, ok := c.api.Field("Query", f.Name).(*derive.Root); ok && root.Kind == derive.Listed && root.Target.Name == owner {
			return f.Name
		}
	}
	return ""
}

func (c *coverage) answers(t *testing.T, operation string) bool {
	return strings.Contains(string(examples.Ask(t, c.endpoint, operation)), `"id": `)
}
