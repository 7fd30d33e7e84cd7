package graph

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"bordergraph/graph/citation"
	"bordergraph/graph/derive"
	"bordergraph/graph/plan"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// cite puts into the response what it rests on and how to ask for it again.
func (s *schema) cite(ctx context.Context, op *graphql.OperationContext, request *plan.Request, planned *plan.Plan, mentions []citation.Mention) error {
	c, err := citation.Cite(s.address, citation.Request{
		Document:      op.RawQuery,
		OperationName: op.OperationName,
		Variables:     declared(op),
		Today:         request.Today,
	})
	if err != nil {
		return err
	}
	if ids := citation.IDs(mentions); len(ids) > 0 {
		if c.Sources, err = s.readSources(ctx, ids, request, planned); err != nil {
			return err
		}
	}
	citation.Number(c.Sources, mentions)
	graphql.RegisterExtension(ctx, "citation", c)
	return nil
}

// declared are the variables of the request that the operation has.
func declared(op *graphql.OperationContext) map[string]any {
	variables := map[string]any{}
	for _, def := range op.Operation.VariableDefinitions {
		if value, given := op.Variables[def.Variable]; given {
			variables[def.Variable] = value
		}
	}
	return variables
}

// readSources reads what may be shown of sources, in one more query, in the order of their ids: as they
// were known when what is cited was.
func (s *schema) readSources(ctx context.Context, ids []string, request *plan.Request, cited *plan.Plan) ([]*citation.Source, error) {
	limits := s.limits
	limits.MaxList, limits.Cost = len(ids), max(limits.Cost, int64(2+3*len(ids)))
	planned, problems := plan.New(&plan.Request{
		API: s.api, Operation: s.sources, Variables: map[string]any{"ids": query.ListOf(ids)},
		Today: request.Today, Clearance: request.Clearance, Limits: limits,
	})
	if len(problems) > 0 {
		return nil, problems
	}
	store := s.store
	if len(cited.Past) > 0 {
		var err error
		if store, err = s.asOf(ctx, cited.Past[0].Moment); err != nil {
			return nil, err
		}
	}
	row, err := store.Select(ctx, planned.Query)
	if err != nil {
		return nil, err
	}
	data, faults := response.Write(nil, planned.Shape, row)
	if len(faults) > 0 {
		return nil, faults
	}
	var answer struct{ Sources []*citation.Source }
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, err
	}
	shown := make([]*citation.Source, 0, len(ids))
	for _, source := range answer.Sources {
		if source != nil { // else the reader may not see it
			shown = append(shown, source)
		}
	}
	return shown, nil
}

// askingSources is the operation that asks for what citations show of sources, as far as the schema
// has it; nil if it has no sources.
func askingSources(api *derive.API) *ast.OperationDefinition {
	if api.Field("Facts", "sources") == nil {
		return nil
	}
	source := api.Schema.Types["Source"]
	fields := []string{"id", "title: name"}
	for _, name := range []string{"publisher", "publishedOn", "publishedOnPrecision", "url"} {
		if f := source.Fields.ForName(name); f != nil && f.Type.Elem == nil && api.Schema.Types[f.Type.NamedType].IsLeafType() {
			fields = append(fields, name)
		}
	}
	if f := source.Fields.ForName("copyOf"); f != nil && f.Type.NamedType == "Source" {
		fields = append(fields, "copyOf { id }")
	}
	text := "query($ids: [ID!]!) @asOf(any: true) { sources: nodes(ids: $ids) { ... on Source { " + strings.Join(fields, " ") + " } } }"
	return gqlparser.MustLoadQueryWithRules(api.Schema, text, rules.NewDefaultRules()).Operations[0]
}
