// Package cypher writes a Query as one Cypher statement that answers one record.
//
// The text depends on the tree alone. A value stands in it only as a parameter; an identifier comes
// from the Model and is quoted. The record has a value per column of the Query, and every row inside
// it is a list by position, so that an answer is a query.Row as it comes.
package cypher

import (
	"fmt"
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

// Statement is one Cypher statement.
type Statement struct {
	Text string
	// Bare is whether the records are not the answer, but the rows of its only column, each as the
	// one value of a record.
	Bare bool
	// Params says whose value each parameter takes: $p0 that of Params[0], and so on. They are
	// numbered as they appear in the tree, in whatever order the Args were made.
	Params []Param
}

// Param is whose value a parameter takes.
type Param struct {
	Of query.Param
	// As is what the parameter takes instead of the value.
	As Taken
}

// Taken is what a parameter takes of a value.
type Taken int

// A parameter takes the value itself; of a list of beginnings of words the query of the index NamesIndex;
// of a list of folded names such a query for each.
const (
	Itself Taken = iota
	Sought
	SoughtEach
)

// Arguments are the values of the parameters, taken from the Args of a Query with the tree that was compiled.
func (s Statement) Arguments(args []any) map[string]any {
	values := make(map[string]any, len(s.Params))
	for i, p := range s.Params {
		value := args[p.Of]
		switch p.As {
		case Sought:
			value = sought(value.([]any))
		case SoughtEach:
			value = soughtEach(value.([]any))
		}
		values[parameter(i)] = value
	}
	return values
}

// Compile writes a query of at least one column.
func Compile(q *query.Query) Statement {
	s, expected := compile(q, nil)
	if len(expected) > 0 {
		s, _ = compile(q, expected)
	}
	return s
}

// compile writes a query, knowing what its sets expect of shared leads, and says what they do.
func compile(q *query.Query, known expected) (Statement, expected) {
	c := &compiler{
		numbers: map[Param]int{}, shared: map[Param]int{}, neighbourhoods: map[*query.Neighbours]string{},
		known: known, met: expected{},
	}
	return c.statement(q), c.met
}

func (c *compiler) statement(q *query.Query) Statement {
	if l := single(q); l != nil {
		clauses, f := c.page(l.Select, c.limit, root)
		text := strings.Join(append(clauses, c.row(l.Columns, f)), "\n")
		return Statement{Text: c.lists() + text, Bare: true, Params: c.params}
	}
	columns := make([]string, len(q.Columns))
	apart := ""
	for i, column := range q.Columns {
		c.numbers = map[Param]int{}
		name := "c" + strconv.Itoa(i)
		text := c.column(column, root)
		if groups(column) && len(c.nears) > 0 {
			apart += c.apart(text, name, nil) + "\n"
			text = name
		}
		columns[i] = text + " AS " + name
	}
	return Statement{Text: c.lists() + apart + "RETURN " + strings.Join(columns, ",\n"), Params: c.params}
}

// single is the list that is all a query asks for, if it is of one node by its id: to make a list of it
// in the database would cost a twentieth of reading it.
func single(q *query.Query) *query.List {
	l, ok := q.Columns[0].(*query.List)
	if !ok || len(q.Columns) > 1 {
		return nil
	}
	if start, ok := l.Set.Start.(*query.ByID); !ok || !start.Single {
		return nil
	}
	return l
}

// compiler numbers the parameters as they are met, so its methods are called in the order of the tree.
type compiler struct {
	params []Param
	// numbers are those of the parameters met in one column of the answer. Each column has its own, also of a value
	// that others have, so that columns which differ in values only may change places.
	numbers map[Param]int
	// nears are the lists of nodes that are made before all else; shared are the numbers of the parameters in them.
	nears  []list
	shared map[Param]int
	// known is what is expected of shared leads, if that is known before; met is as much of it as was met.
	known, met expected
	// neighbourhoods are the variables of what was found of Neighbours.
	neighbourhoods map[*query.Neighbours]string
}

func (c *compiler) param(of query.Param) string { return c.parameter(Param{Of: of}) }

func (c *compiler) parameter(p Param) string {
	number, known := c.numbers[p]
	if !known {
		number = len(c.params)
		c.numbers[p] = number
		c.params = append(c.params, p)
	}
	return "$" + parameter(number)
}

func parameter(number int) string { return "p" + strconv.Itoa(number) }

func (c *compiler) column(column query.Column, f frame) string {
	switch column := column.(type) {
	case *query.Value:
		return f.property(column.Of, column.Property)
	case *query.TypeName:
		return typeName(f.variables[column.Of], f.types[column.Of])
	case *query.LinkName:
		return "type(" + f.variables[query.Link] + ")"
	case *query.Outgoing:
		return "endNode(" + f.variables[query.Link] + ") = " + f.variables[query.Node]
	case *query.Period:
		return period(column, f)
	case *query.Rank:
		return c.rank(column, f)
	case *query.List:
		return c.list(column, f)
	case *query.First:
		return c.first(column, f)
	case *query.Count:
		return c.count(column.Set, f)
	case *query.Exists:
		return c.exists(column, f)
	case *query.Groups:
		return c.groups(column, f)
	case *query.More:
		return c.more(column)
	case *query.Exceeded:
		return c.exceeded(column)
	}
	panic(fmt.Sprintf("cypher: unknown column %T", column))
}

func typeName(variable string, types []*query.Type) string {
	if len(types) == 1 {
		return literal(types[0].Name)
	}
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = literal(t.Name)
	}
	return "head([label IN labels(" + variable + ") WHERE label IN [" + strings.Join(names, ", ") + "]])"
}

func (c *compiler) rank(r *query.Rank, f frame) string {
	text := "CASE"
	for i, condition := range r.Conditions {
		text += "\n  WHEN " + indent(c.condition(condition, f, false)) + " THEN " + strconv.Itoa(i)
	}
	return text + "\nEND"
}

// quote makes an identifier of a name.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// literal makes a string of a name from the Model; it is not for values.
func literal(name string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(name) + "'"
}

// block is a subquery: its clauses, one a line.
func block(keyword string, clauses []string) string {
	return keyword + " {\n  " + indent(strings.Join(clauses, "\n")) + "\n}"
}

func conjunction(conditions []string) string {
	return indent(strings.Join(conditions, "\nAND "))
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n  ") }
