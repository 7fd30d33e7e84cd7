package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"

	"bordergraph/graph/query"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// publish is the only way by which errors leave the server. Those that the API itself made, about the
// operation, and those that a store made for callers pass; the rest becomes "internal error" with the
// id under which the log has it.
func publish(log *slog.Logger, errs gqlerror.List) gqlerror.List {
	if len(errs) == 0 {
		return nil
	}
	requestID := rand.Text()
	public := make(gqlerror.List, len(errs))
	for i, err := range errs {
		public[i] = publicError(log.With("requestId", requestID, "path", err.Path.String()), requestID, err)
	}
	return public
}

func publicError(log *slog.Logger, requestID string, err *gqlerror.Error) *gqlerror.Error {
	if err.Err == nil {
		return err
	}
	var known *query.Error
	switch {
	case errors.As(err.Err, &known):
		if known.Cause != nil {
			log.Warn(known.Message, "code", known.Code, "cause", known.Cause)
		}
		return replaced(err, known.Message, map[string]any{"code": known.Code})
	case errors.Is(err.Err, context.DeadlineExceeded):
		return replaced(err, "the answer took too long; ask for less at once", map[string]any{"code": query.Timeout})
	case errors.Is(err.Err, context.Canceled):
		return replaced(err, "nobody waits for the answer any more", map[string]any{"code": query.Timeout})
	default:
		log.Error("internal error", "error", err.Err)
		return replaced(err, "internal error", map[string]any{"code": "INTERNAL", "requestId": requestID})
	}
}

// replaced keeps where an error happened, and what else was said for callers, and says something else of it.
func replaced(err *gqlerror.Error, message string, extensions map[string]any) *gqlerror.Error {
	for name, value := range err.Extensions {
		if extensions[name] == nil {
			extensions[name] = value
		}
	}
	return &gqlerror.Error{Message: message, Path: err.Path, Locations: err.Locations, Extensions: extensions}
}
