package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bordergraph/graph/change"
	"bordergraph/graph/plan"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

type actorKey struct{}

// WithActor says who asks in this context: changes are made in their name.
func WithActor(ctx context.Context, actor string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// Anonymous is who makes a change where nobody is known to.
const Anonymous = "anonymous"

func actorOf(ctx context.Context) string {
	if actor, _ := ctx.Value(actorKey{}).(string); actor != "" {
		return actor
	}
	return Anonymous
}

// NotWritten is the code of a root field that is sound, but is written with all others or not at all.
const NotWritten = "NOT_WRITTEN"

// refusal is all that is wrong with a change.
type refusal []change.Problem

func (r refusal) Error() string { return r[0].Message }

// change writes what a mutation asks for, and reads what it answers, in one transaction.
func (s *schema) change(ctx context.Context, op *graphql.OperationContext, request *plan.Request, planned *plan.Plan) *graphql.Response {
	standing, err := s.standing(ctx, request, planned)
	var problems gqlerror.List
	switch {
	case errors.As(err, &problems):
		return &graphql.Response{Errors: problems}
	case err != nil:
		return failed(planned.Shape, err)
	}
	planned = standing
	var row query.Row
	var warnings []change.Warning
	err = s.store.Update(ctx, func(tx query.Tx) error {
		made, repeated, err := s.made(ctx, tx, op, planned)
		if err != nil {
			return err
		}
		row, warnings = nil, nil
		if !repeated {
			if warnings, err = planned.Change.Warnings(ctx, tx, &made.Change); err != nil {
				return err
			}
		}
		row, err = s.changed(ctx, tx, planned, made)
		return err
	})
	var refused refusal
	switch {
	case errors.As(err, &refused):
		return refusedChange(planned.Shape, refused)
	case err != nil:
		return failed(planned.Shape, err)
	}
	warn(ctx, warnings)
	data, faults := response.Write(nil, planned.Shape, row)
	return &graphql.Response{Data: data, Errors: faults}
}

// changed is the row that a mutation answers from, once its change was made.
func (s *schema) changed(ctx context.Context, tx query.Tx, planned *plan.Plan, made *query.Entry) (query.Row, error) {
	if planned.Change.Undo != nil {
		shown, err := s.log().Shown(ctx, tx, []query.Entry{*made}, planned.Change.Clearance)
		if err != nil {
			return nil, err
		}
		made = &shown[0]
	}
	var row query.Row
	if len(planned.Query.Columns) > 0 {
		var err error
		if row, err = tx.Select(ctx, planned.Query); err != nil {
			return nil, err
		}
	}
	return planned.Changed(row, made), nil
}

func (s *schema) log() change.Log { return change.Log{Store: s.store, Sight: s.graphs.Sight} }

// warning is a change.Warning as the extension warnings has it.
type warning struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Path    ast.Path `json:"path"`
	Input   string   `json:"input"`
	IDs     []string `json:"ids"`
}

func warn(ctx context.Context, warnings []change.Warning) {
	if len(warnings) == 0 {
		return
	}
	told := make([]warning, len(warnings))
	for i, w := range warnings {
		told[i] = warning{w.Code, w.Message, ast.Path{ast.PathName(w.Root)}, w.Input, append([]string{}, w.IDs...)}
	}
	graphql.RegisterExtension(ctx, "warnings", told)
}

// made is the change that a mutation asks for: written now, or before under the same key, and so repeated.
func (s *schema) made(ctx context.Context, tx query.Tx, op *graphql.OperationContext, planned *plan.Plan) (made *query.Entry, repeated bool, err error) {
	if planned.Key == "" {
		made, err = s.write(ctx, tx, planned, "")
		return made, false, err
	}
	request, err := fingerprint(ctx, op)
	if err != nil {
		return nil, false, err
	}
	entry, err := tx.Recorded(ctx, planned.Key)
	switch {
	case err != nil:
		return nil, false, err
	case entry == nil:
		made, err = s.write(ctx, tx, planned, request)
		return made, false, err
	case entry.Request != request:
		return nil, false, &query.Error{Code: change.Conflict, Message: fmt.Sprintf("The key %q came with another request before; give each request a key of its own.", planned.Key)}
	}
	return entry, true, nil
}

// fingerprint changes whenever who asks, what they may see, the operation or its variables do.
func fingerprint(ctx context.Context, op *graphql.OperationContext) (string, error) {
	text, err := json.Marshal([]any{actorOf(ctx), clearanceOf(ctx), op.RawQuery, op.OperationName, declared(op)})
	if err != nil {
		return "", fmt.Errorf("fingerprint: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// write writes what a plan asks for, and answers what that was. What comes with a key is kept in the
// log although it changes nothing, so that it changes nothing later either.
func (s *schema) write(ctx context.Context, tx query.Tx, planned *plan.Plan, request string) (*query.Entry, error) {
	made, problems, err := s.make(ctx, tx, planned.Change)
	switch {
	case err != nil:
		return nil, err
	case len(problems) > 0:
		return nil, refusal(problems)
	case len(made.Nodes)+len(made.Links) == 0 && planned.Key == "":
		return &query.Entry{Change: *made}, nil
	}
	made.At, made.Actor, made.Comment = s.now(), actorOf(ctx), planned.Comment
	made.Key, made.Request = planned.Key, request
	return tx.Write(ctx, made)
}

func (s *schema) make(ctx context.Context, tx query.Tx, r *change.Request) (*query.Change, []change.Problem, error) {
	if r.Undo != nil {
		return r.TakeBack(ctx, tx, s.log(), s.api.Model)
	}
	return r.Make(ctx, tx, s.api.Model)
}

// refusedChange is null for each root field: with its own problems, or the note that others had some.
func refusedChange(shape *response.Object, problems refusal) *graphql.Response {
	return nullified(shape, func(key string) gqlerror.List { return problemsOf(key, problems) })
}

// problemsOf are the errors of one root field.
func problemsOf(key string, problems refusal) gqlerror.List {
	path := ast.Path{ast.PathName(key)}
	var own gqlerror.List
	for _, p := range problems {
		if p.Root == key {
			told := map[string]any{"code": p.Code, "input": p.Input}
			maps.Copy(told, p.Details)
			own = append(own, &gqlerror.Error{Message: p.Message, Path: path, Extensions: told})
		}
	}
	if own == nil {
		own = gqlerror.List{{Message: "Nothing was written: another change of the operation was refused.", Path: path, Extensions: map[string]any{"code": NotWritten}}}
	}
	return own
}
