package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// operations carries operations out, whatever transport brings them.
type operations struct {
	// documents are those that have been validated before.
	documents documentCache
	// timeout is how long an operation may take that is no subscription.
	timeout time.Duration
	// ending ends subscriptions; whatever else is being answered may finish.
	ending context.Context
	log    *slog.Logger
}

// asked is an operation as it was read from a request.
type asked struct {
	*graphql.RawParams
	// safely is whether it came by a method that must not change anything.
	safely bool
}

// answer hands the responses of an operation to send, one after another, to the last. One without data
// means that the operation is refused or cannot go on, and is the last. If send fails, or the context or the
// server ends, it stops with an error.
func (o *operations) answer(ctx context.Context, exec graphql.GraphExecutor, a asked, send func(*graphql.Response) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = send(internalError(ctx, p))
		}
	}()
	if refused := o.look(ctx, a.Query); refused != nil {
		return send(refused.response())
	}
	op, refused := create(ctx, exec, a.RawParams)
	if refused != nil {
		return send(refused)
	}
	if a.safely && op.Operation.Operation == ast.Mutation {
		return send(badRequest("a mutation must be sent by POST").response())
	}
	ctx, cancel := o.bounded(ctx, op.Operation.Operation)
	defer cancel()
	next, ctx := exec.DispatchOperation(ctx, op)
	for {
		response := next(ctx)
		if ctx.Err() == context.DeadlineExceeded && response == nil {
			response = &graphql.Response{Errors: gqlerror.List{gqlerror.Wrap(ctx.Err())}}
		}
		if response == nil {
			return ctx.Err()
		}
		if err := send(response); err != nil || response.Data == nil || op.Operation.Operation != ast.Subscription {
			return err
		}
	}
}

// bounded is the context of an operation: a subscription ends with the server, another after a time.
func (o *operations) bounded(ctx context.Context, kind ast.Operation) (context.Context, context.CancelFunc) {
	if kind != ast.Subscription {
		return context.WithTimeout(ctx, o.timeout)
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(o.ending, cancel)
	return ctx, func() { stop(); cancel() }
}

// look refuses a document that would be dear to validate, unless it has been validated before.
func (o *operations) look(ctx context.Context, document string) *refusal {
	if _, known := o.documents.Get(ctx, document); known {
		return nil
	}
	return look(document)
}

// create parses and validates an operation. What is refused has a response and no operation.
func create(ctx context.Context, exec graphql.GraphExecutor, params *graphql.RawParams) (*graphql.OperationContext, *graphql.Response) {
	// gqlgen coerces variables laxly, stops at the first problem, and changes lists of one where they
	// stand. So it sees none: the schema coerces what the caller sent.
	variables := params.Variables
	params.Variables = nil
	op, errs := exec.CreateOperationContext(ctx, params)
	if op.Operation == nil {
		return nil, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
	}
	// With an operation, the errors can only be about variables, and after such an error gqlgen leaves
	// introspection off, which is on here for everybody.
	op.Variables = variables
	op.DisableIntrospection = false
	return op, nil
}

// internalError is the response that a panic becomes.
func internalError(ctx context.Context, p any) *graphql.Response {
	return &graphql.Response{Errors: gqlerror.List{gqlerror.Wrap(panicked(ctx, p))}}
}

// panicked is the internal error that a panic becomes.
func panicked(_ context.Context, p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) }

// public is a response as JSON, with the errors that may be shown.
func (o *operations) public(response *graphql.Response) ([]byte, error) {
	return encode(response, publish(o.log, response.Errors))
}

// publicErrors are the errors of a response as JSON, as far as they may be shown.
func (o *operations) publicErrors(response *graphql.Response) ([]byte, error) {
	return json.Marshal(publish(o.log, response.Errors))
}
