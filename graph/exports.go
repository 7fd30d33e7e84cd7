package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"bordergraph/graph/derive"
	"bordergraph/graph/export"
	"bordergraph/graph/plan"
	"bordergraph/graph/query"
)

// Exports takes parts of a stored graph to be written in the formats of package export. It may be used concurrently.
type Exports struct{ schema *schema }

// NewExports makes exports of a store that was opened with the API's Model. As New, it shows what
// the Clearance of the context allows.
func NewExports(api *derive.API, store query.Store, options Options) *Exports {
	return &Exports{newSchema(api, store, options)}
}

// Selection says which part of the graph is meant: the objects in the answer of an operation or, without one, all.
type Selection struct {
	Query, OperationName string
	// Variables are as they came, decoded from JSON with numbers as json.Number.
	Variables map[string]any
	// Date, Certainty and Any are what @asOf says on the operation, where it says nothing itself.
	Date, Certainty string
	Any             bool
}

// maxTokens is how many words a document may have.
const maxTokens = 5_000

// everything is the operation that stands for the whole graph.
const everything = "{ __typename }"

// Select finds the nodes of a selection. What is wrong with the operation is a gqlerror.List.
func (e *Exports) Select(ctx context.Context, s Selection) (*export.Extract, error) {
	whole := s.Query == ""
	if whole {
		s.Query = everything
	}
	planned, err := e.plan(ctx, s)
	if err != nil {
		return nil, err
	}
	scope := export.Scope{Time: planned.Scope.Time, Date: planned.Query.Args[planned.Scope.Date].(string), Clearance: clearanceOf(ctx)}
	if whole {
		return export.Whole(ctx, e.schema.store, e.schema.api.Model, scope)
	}
	return e.answered(ctx, scope, planned)
}

// answered carries out the searches of an operation, then finds the objects that it answers.
func (e *Exports) answered(ctx context.Context, scope export.Scope, planned *plan.Plan) (*export.Extract, error) {
	q, found := planned.Find(ctx, e.schema.store, e.schema.graphs.Sight)
	found, err := planned.Verify(ctx, e.schema.store, q, found)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if f.Err != nil {
			return nil, f.Err
		}
	}
	extract, err := export.Answered(ctx, e.schema.store, e.schema.api.Model, scope, q)
	if errors.Is(err, export.ErrSeveralDays) || errors.Is(err, export.ErrNoObjects) {
		return nil, refused("%s", err)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		extract.Graph.Truncated = extract.Graph.Truncated || f.More()
	}
	return extract, nil
}

// plan plans the operation, of the objects for which the ids stand that it names.
func (e *Exports) plan(ctx context.Context, s Selection) (*plan.Plan, error) {
	operation, problems := e.operation(s)
	if len(problems) > 0 {
		return nil, problems
	}
	request := &plan.Request{
		API:       e.schema.api,
		Operation: operation,
		Variables: s.Variables,
		Today:     e.schema.day(),
		Clearance: clearanceOf(ctx),
		Limits:    e.schema.limits,
		Exact:     true,
	}
	planned, problems := plan.New(request)
	switch {
	case len(problems) > 0:
		return nil, problems
	case len(planned.Service) > 0:
		return nil, refused("Field %q is no part of the graph; leave it out.", planned.Service[0].Fields[0].Name)
	case len(planned.Past) > 0:
		return nil, refused("An export shows the graph as it is known now; leave out recordedAt.")
	case planned.Cites:
		return nil, refused("An export has the sources of each fact; leave out @cite.")
	}
	return e.schema.standing(ctx, request, planned)
}

// operation parses and validates a document, and finds the operation that is meant.
func (e *Exports) operation(s Selection) (*ast.OperationDefinition, gqlerror.List) {
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: s.Query}, maxTokens)
	var problem *gqlerror.Error
	if errors.As(err, &problem) {
		return nil, gqlerror.List{problem}
	}
	operation := document.Operations.ForName(s.OperationName)
	if operation == nil {
		return nil, refused("operationName must name one of the operations of the document")
	}
	if operation.Operation != ast.Query {
		return nil, refused("a %s cannot be exported: give a query", operation.Operation)
	}
	if asOf := s.asOf(operation.Position); asOf != nil {
		if operation.Directives.ForName("asOf") != nil {
			return nil, refused("the operation says with @asOf which day it is about: leave out date, certainty and any")
		}
		operation.Directives = append(operation.Directives, asOf)
	}
	return operation, validator.ValidateWithRules(e.schema.api.Schema, document, nil)
}

// asOf is the directive that the selection adds to its operation, or nil.
func (s *Selection) asOf(at *ast.Position) *ast.Directive {
	d := &ast.Directive{Name: "asOf", Position: at, Location: ast.LocationQuery}
	add := func(name string, kind ast.ValueKind, value string) {
		d.Arguments = append(d.Arguments, &ast.Argument{Name: name, Value: &ast.Value{Raw: value, Kind: kind, Position: at}, Position: at})
	}
	if s.Date != "" {
		add("date", ast.StringValue, s.Date)
	}
	if s.Certainty != "" {
		add("certainty", ast.EnumValue, s.Certainty)
	}
	if s.Any {
		add("any", ast.BooleanValue, "true")
	}
	if len(d.Arguments) == 0 {
		return nil
	}
	return d
}

func refused(format string, args ...any) gqlerror.List {
	return gqlerror.List{{Message: fmt.Sprintf(format, args...), Extensions: map[string]any{"code": plan.BadInput}}}
}
