// Package graph answers GraphQL over a stored graph. Read derives the API from a schema, New makes
// it executable over a store: graph root fields become one query, the service's own are handed over.
package graph

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bordergraph/graph/derive"
	"bordergraph/graph/history"
	"bordergraph/graph/past"
	"bordergraph/graph/plan"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
	"bordergraph/graph/service"
)

//go:embed service.graphqls
var serviceSchema string

// Read derives the API from the text of a schema.graphqls and joins it with the service's own root
// fields. The error lists all that is wrong with the schema.
func Read(schema string) (*derive.API, error) {
	api, err := derive.New(schema, serviceSchema)
	if err != nil {
		return nil, err
	}
	return api, plan.CheckViews(api)
}

// Options are what an executable schema needs to know besides its store.
type Options struct {
	// Version and Kind are what the root field about says of the program and of its store.
	Version string
	Kind    service.StoreKind
	// Now is the clock; nil for the machine's own.
	Now func() time.Time
	// Limits bound each operation; the zero value stands for plan.DefaultLimits.
	Limits plan.Limits
	// Address is where operations are sent over HTTP, for the links of citations; empty for /graphql
	// on the server that gives the answer.
	Address string
}

// New makes an API executable over a store that was opened with the API's Model. The result may be
// used concurrently. It answers with the Clearance of the context, Public where there is none.
func New(api *derive.API, store query.Store, options Options) graphql.ExecutableSchema {
	s := newSchema(api, store, options)
	s.service = service.New(api.Schema, &service.Service{
		Version: options.Version, Kind: options.Kind, Store: store, Terms: api.Vocabulary, Today: s.todayIn,
		API: api, Now: s.now, Clearance: clearanceOf, Actor: actorOf,
	})
	return s
}

func newSchema(api *derive.API, store query.Store, options Options) *schema {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Limits == (plan.Limits{}) {
		options.Limits = plan.DefaultLimits
	}
	if options.Address == "" {
		options.Address = "/graphql"
	}
	s := &schema{api: api, store: store, limits: options.Limits, plans: newPlans(), now: options.Now, sources: askingSources(api), address: options.Address}
	s.past = past.New(store, api.Model, options.Limits.Past)
	s.graphs = plan.Graphs{Now: store, Past: s.asOf, Sight: history.NewSight(api.Model)}
	return s
}

// asOf is the graph as it was known at a moment.
func (s *schema) asOf(ctx context.Context, moment time.Time) (query.Store, error) {
	if moment.After(s.now()) {
		return nil, &query.Error{Code: plan.BadInput, Message: fmt.Sprintf("What will be known at %s is not known yet.", moment.Format(time.RFC3339Nano))}
	}
	return s.past.At(ctx, moment)
}

type clearanceKey struct{}

// WithClearance says that whoever asks in this context may see what is marked up to a clearance.
func WithClearance(ctx context.Context, clearance query.Clearance) context.Context {
	return context.WithValue(ctx, clearanceKey{}, clearance)
}

func clearanceOf(ctx context.Context) query.Clearance {
	clearance, _ := ctx.Value(clearanceKey{}).(query.Clearance)
	return clearance
}

// schema implements graphql.ExecutableSchema.
type schema struct {
	api     *derive.API
	store   query.Store
	past    *past.Graphs
	graphs  plan.Graphs
	service graphql.ExecutableSchema
	limits  plan.Limits
	plans   *plans
	// sources asks for the sources of a citation.
	sources *ast.OperationDefinition
	address string
	now     func() time.Time
}

// day is today in Viet Nam, yyyy-mm-dd.
func (s *schema) day() string { return query.DayOf(s.now()) }

func (s *schema) Schema() *ast.Schema { return s.api.Schema }

// Complexity is not used: package plan counts the cost of an operation.
func (s *schema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// Exec answers an operation. A response without Data means that the operation itself was refused.
func (s *schema) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	today, err := s.today(op)
	if err != nil {
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{err}})
	}
	request := &plan.Request{
		API:       s.api,
		Operation: op.Operation,
		Variables: op.Variables,
		Today:     today,
		Clearance: clearanceOf(ctx),
		Limits:    s.limits,
	}
	planned, problems := s.plans.plan(op.RawQuery, request)
	if len(problems) > 0 {
		return graphql.OneShot(&graphql.Response{Errors: problems})
	}
	if planned.Feed != nil {
		return s.follow(ctx, op, request, planned)
	}
	answered := false
	return func(ctx context.Context) *graphql.Response {
		if answered {
			return nil
		}
		answered = true
		if planned.Change != nil {
			return s.change(ctx, op, request, planned)
		}
		return s.answer(ctx, op, request, planned)
	}
}

// todayExtension is the request's extension that says which day is meant where the operation names none.
const todayExtension = "today"

// today is the day that is meant where the operation names none: the request may say it, so that an
// answer can be repeated later.
func (s *schema) today(op *graphql.OperationContext) (string, *gqlerror.Error) {
	given, ok := op.Extensions[todayExtension]
	if !ok {
		return s.day(), nil
	}
	day, _ := given.(string)
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return "", &gqlerror.Error{
			Message:    `Extension "today" is no day of the calendar; give it as "yyyy-mm-dd", such as "2025-07-01".`,
			Extensions: map[string]any{"code": plan.BadInput},
		}
	}
	return day, nil
}

// todayIn is today in the operation of a context, which is known to be sound.
func (s *schema) todayIn(ctx context.Context) string {
	day, _ := s.today(graphql.GetOperationContext(ctx))
	return day
}

func (s *schema) answer(ctx context.Context, op *graphql.OperationContext, request *plan.Request, planned *plan.Plan) *graphql.Response {
	read, err := planned.Read(ctx, s.graphs)
	if err != nil {
		return failed(planned.Shape, err)
	}
	if read.Merged != nil {
		return s.answerMerged(ctx, op, request, read.Merged)
	}
	if len(planned.Service) > 0 {
		s.answerService(ctx, op, planned)
	}
	data, mentions, faults := response.WriteCited(nil, read.Shape, read.Row, read.Histories)
	faults = append(notFound(read.Found), faults...)
	if planned.Cites {
		if err := s.cite(ctx, op, request, planned, mentions); err != nil {
			faults = append(faults, storeError(nil, fmt.Errorf("citation: %w", err)))
		}
	}
	return &graphql.Response{Data: data, Errors: faults}
}

// answerMerged answers an operation that names nodes that were merged into others: it is asked of these.
func (s *schema) answerMerged(ctx context.Context, op *graphql.OperationContext, request *plan.Request, merged map[time.Time]map[string]string) *graphql.Response {
	again := *request
	again.Merged = merged
	planned, problems := plan.New(&again)
	if len(problems) > 0 {
		return &graphql.Response{Errors: problems}
	}
	return s.answer(ctx, op, &again, planned)
}

// standing is a plan of the objects for which the ids stand that an operation names, where what it reads does not say
// whether they are there. An error that is a gqlerror.List is that of the plan.
func (s *schema) standing(ctx context.Context, request *plan.Request, planned *plan.Plan) (*plan.Plan, error) {
	merged, err := planned.Merged(ctx, s.store)
	if err != nil || merged == nil {
		return planned, err
	}
	request.Merged = merged
	planned, problems := plan.New(request)
	if len(problems) > 0 {
		return nil, problems
	}
	return planned, nil
}

// notFound are the errors of searches.
func notFound(found []plan.Found) gqlerror.List {
	var problems gqlerror.List
	for _, f := range found {
		if f.Err != nil {
			problems = append(problems, storeError(ast.Path{ast.PathName(f.Key)}, f.Err))
		}
	}
	return problems
}

// answerService hands all of the service's root fields over in one operation. Its errors go into
// the response that the context collects.
func (s *schema) answerService(ctx context.Context, op *graphql.OperationContext, planned *plan.Plan) {
	var selections ast.SelectionSet
	for _, f := range planned.Service {
		for _, field := range f.Fields {
			selections = append(selections, field)
		}
	}
	part := &graphql.OperationContext{
		RawQuery:               op.RawQuery,
		Variables:              planned.Variables,
		OperationName:          op.OperationName,
		Extensions:             op.Extensions,
		Doc:                    op.Doc,
		Operation:              &ast.OperationDefinition{Operation: op.Operation.Operation, Name: op.Operation.Name, SelectionSet: selections, Position: op.Operation.Position},
		DisableIntrospection:   op.DisableIntrospection,
		RecoverFunc:            op.RecoverFunc,
		ResolverMiddleware:     op.ResolverMiddleware,
		RootResolverMiddleware: op.RootResolverMiddleware,
	}
	ctx = graphql.WithOperationContext(ctx, part)
	var answers map[string]json.RawMessage
	if err := json.Unmarshal(s.service.Exec(ctx)(ctx).Data, &answers); err != nil {
		graphql.AddError(ctx, err)
	}
	for _, f := range planned.Service {
		f.Answer.JSON = answers[f.Key]
	}
}

// failed answers what the store could not: null for each root field of the graph, with the error.
func failed(shape *response.Object, err error) *graphql.Response {
	return nullified(shape, func(key string) gqlerror.List {
		return gqlerror.List{storeError(ast.Path{ast.PathName(key)}, err)}
	})
}

// nullified is null for each root field of the graph, with its errors.
func nullified(shape *response.Object, errorsOf func(key string) gqlerror.List) *graphql.Response {
	reply := &graphql.Response{}
	partial := &response.Object{Name: shape.Name}
	for _, f := range shape.Fields {
		if !f.ReadsRow() {
			partial.Fields = append(partial.Fields, f)
			continue
		}
		partial.Fields = append(partial.Fields, response.NewField(f.Key, f.Name, response.Null{}, false))
		reply.Errors = append(reply.Errors, errorsOf(f.Key)...)
	}
	data, faults := response.Write(nil, partial, nil)
	reply.Data, reply.Errors = data, append(reply.Errors, faults...)
	return reply
}

// storeError shows what a query.Error says; any other error is wrapped for whoever presents errors to decide.
func storeError(path ast.Path, err error) *gqlerror.Error {
	var known *query.Error
	if !errors.As(err, &known) {
		return gqlerror.WrapPath(path, err)
	}
	return &gqlerror.Error{Err: err, Message: known.Message, Path: path, Extensions: map[string]any{"code": known.Code}}
}
