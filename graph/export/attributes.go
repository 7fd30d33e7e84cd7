package export

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

// column is an attribute as a whole format knows it: of nodes, or of links, of any type.
type column struct {
	name  string
	index int
	kind  query.Kind
	list  bool
}

// attribute is a property of one type, or of one relationship, as the formats show it.
type attribute struct {
	*column
	position int    // in the values
	member   string // as a member of a JSON object that is not the first
	marking  bool   // shown by its name
}

// attributes are those of all types and relationships of a model.
type attributes struct {
	nodeColumns, linkColumns []*column
	ofNodes, ofLinks         [][]attribute // by Type.Index and by Relationship.Index
}

// Positions that the formats do not show: the id stands in a place of its own, names are shown as they
// are written and not as they are searched, former ids and a version mean something only where they are kept, and
// what is certain follows from the dates and their precisions.
var (
	hiddenOfNodes = []int{query.NodeID, query.NodeNameSpelled, query.NodeNameFolded, query.NodeFormerIDs, query.NodeVersion, query.NodeFacts + query.FactCertainFrom, query.NodeFacts + query.FactCertainTo}
	hiddenOfLinks = []int{query.LinkID, query.LinkFacts + query.FactCertainFrom, query.LinkFacts + query.FactCertainTo}
)

func attributesOf(m *query.Model) *attributes {
	a := &attributes{}
	for _, t := range m.Types {
		a.ofNodes = append(a.ofNodes, collect(&a.nodeColumns, t.Properties, hiddenOfNodes, query.NodeFacts+query.FactMarking))
	}
	for _, r := range m.Relationships {
		a.ofLinks = append(a.ofLinks, collect(&a.linkColumns, r.Properties, hiddenOfLinks, query.LinkFacts+query.FactMarking))
	}
	return a
}

// collect makes attributes of properties; those of one name share a column.
func collect(columns *[]*column, properties []*query.Property, hidden []int, marking int) []attribute {
	var shown []attribute
	for i, p := range properties {
		if slices.Contains(hidden, i) {
			continue
		}
		c := columnFor(columns, p)
		a := attribute{column: c, position: i, member: `,"` + c.name + `":`, marking: i == marking}
		if a.marking {
			c.kind = query.String
		}
		shown = append(shown, a)
	}
	return shown
}

// columnFor is the column of a property. Where namesakes are of several kinds, it holds text.
func columnFor(columns *[]*column, p *query.Property) *column {
	name := attributeName(p.Name)
	for _, c := range *columns {
		if c.name != name {
			continue
		}
		if c.kind != p.Kind || c.list != p.List {
			c.kind, c.list = query.String, false
		}
		return c
	}
	c := &column{name: name, index: len(*columns), kind: p.Kind, list: p.List}
	*columns = append(*columns, c)
	return c
}

// reserved are names to which formats, or programs that read them, give a meaning of their own.
var reserved = []string{"id", "type", "nodeType", "linkType", "label", "labels", "caption", "source", "target", "from", "to", "parent", "symmetric", "start", "end", "weight"}

// attributeName is the name of a property, told apart from those that are reserved.
func attributeName(property string) string {
	if slices.Contains(reserved, property) {
		return property + "_"
	}
	return property
}

// of is the value, or nil where there is none.
func (a *attribute) of(values []any) any {
	v := values[a.position]
	if n, ok := v.(int64); ok && a.marking {
		return query.Clearances[n]
	}
	return v
}

// written is a value as text: a list as a JSON array.
func written(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return array(v)
	}
	panic(fmt.Sprintf("export: no value of a row: %T", v))
}

func array(list []any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(list); err != nil {
		panic(err) // rows hold only what JSON can say
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// scalarType is what the formats in XML call a kind of values.
func scalarType(kind query.Kind) string {
	switch kind {
	case query.Int:
		return "long"
	case query.Float:
		return "double"
	case query.Boolean:
		return "boolean"
	}
	return "string"
}
