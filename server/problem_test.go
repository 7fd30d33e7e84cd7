package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"bordergraph/graph/query"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

var errDown = errors.New("dial bolt://10.0.0.1: connection refused")

func TestErrorsShowWhatWasMadeForCallersOnly(t *testing.T) {
	path := ast.Path{ast.PathName("post")}
	for _, c := range []struct {
		name string
		err  *gqlerror.Error
		want string
	}{
		{"about the operation", gqlerror.ErrorPathf(path, "no such field"), `{"message":"no such field","path":["post"]}`},
		{"of the store, for callers", gqlerror.WrapPath(path, fmt.Errorf("select: %w", &query.Error{Code: query.Unavailable, Message: "the store is away", Cause: errDown})),
			`{"message":"the store is away","path":["post"],"extensions":{"code":"UNAVAILABLE"}}`},
		{"deadline", gqlerror.WrapPath(path, fmt.Errorf("select: %w", context.DeadlineExceeded)),
			`{"message":"the answer took too long; ask for less at once","path":["post"],"extensions":{"code":"TIMEOUT"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := json.Marshal(publish(slog.New(slog.DiscardHandler), gqlerror.List{c.err})[0])
			if err != nil || string(got) != c.want {
				t.Errorf("got %s %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestWhoHasLeftIsNoErrorInTheLog(t *testing.T) {
	var log bytes.Buffer
	publish(slog.New(slog.NewTextHandler(&log, nil)), gqlerror.List{gqlerror.Wrap(fmt.Errorf("update: %w", context.Canceled))})
	if log.Len() > 0 {
		t.Errorf("the log has %q", log.String())
	}
}

func TestWhatIsNotShownIsLogged(t *testing.T) {
	var log bytes.Buffer
	publish(slog.New(slog.NewTextHandler(&log, nil)), gqlerror.List{gqlerror.Wrap(&query.Error{Code: query.Unavailable, Message: "away", Cause: errDown})})
	if !strings.Contains(log.String(), "10.0.0.1") {
		t.Errorf("the log has %q", log.String())
	}
}

func TestAnInternalErrorIsAnsweredWithTheIDUnderWhichItIsLogged(t *testing.T) {
	var log bytes.Buffer
	shown := publish(slog.New(slog.NewTextHandler(&log, nil)), gqlerror.List{gqlerror.Wrap(errDown)})[0]
	id, _ := shown.Extensions["requestId"].(string)
	if shown.Message != "internal error" || shown.Extensions["code"] != "INTERNAL" || id == "" {
		t.Errorf("answered %v", shown)
	}
	if !strings.Contains(log.String(), "10.0.0.1") || !strings.Contains(log.String(), "requestId="+id) {
		t.Errorf("the log has %q", log.String())
	}
}
