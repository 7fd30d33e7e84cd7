package neo4j

import (
	"context"
	"errors"
	"fmt"
	"strings"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"bordergraph/graph/query"
)

const (
	unavailable = "the graph cannot be reached at the moment; try again later"
	timedOut    = "the graph did not answer in time; ask for less, or try again later"
)

// outward makes of the driver's error what a Store answers. The driver does not say whether it gave
// up because the context was over, so that is asked first.
func outward(ctx context.Context, operation string, err error) error {
	var known *query.Error
	var usage *driver.UsageError
	var refused *driver.Neo4jError
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("%s: %w", operation, context.Canceled)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &query.Error{Code: query.Timeout, Message: timedOut, Cause: err}
	case errors.As(err, &usage):
		return fmt.Errorf("%s: %w", operation, err)
	case !errors.As(err, &refused):
		return &query.Error{Code: query.Unavailable, Message: unavailable, Cause: err}
	case strings.HasPrefix(refused.Code, "Neo.ClientError.Transaction.TransactionTimedOut"):
		return &query.Error{Code: query.Timeout, Message: timedOut, Cause: err}
	case refused.IsRetriable() && !strings.Contains(refused.Code, "OutOfMemory"):
		return &query.Error{Code: query.Unavailable, Message: unavailable, Cause: err}
	}
	return fmt.Errorf("%s: %w", operation, err)
}
