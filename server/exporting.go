package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"bordergraph/graph"
	"bordergraph/graph/export"
	"bordergraph/graph/query"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// exporting answers GET and POST /export: the whole graph, or the objects that an operation answers, in
// a format of package export. The operation is sent as to /graphql; all else is in the query string.
type exporting struct {
	exports *graph.Exports
	maxBody int64
	timeout time.Duration
	log     *slog.Logger
}

// truncatedHeader says whether a list of the operation was cut by its limit.
const truncatedHeader = "Export-Truncated"

// ServeHTTP implements http.Handler. What goes wrong before the first piece is sent is told in the
// form of a GraphQL response; after that, the connection is cut, so that nobody takes the part for the whole.
func (e *exporting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := &answer{w: w, mediaType: plainJSON, log: e.log}
	s := &stream{ResponseWriter: w, control: http.NewResponseController(w)}
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler: // fail has told why
			panic(p)
		default:
			e.fail(a, s, panicked(r.Context(), p))
		}
	}()
	format, selection, refused := e.read(w, r)
	if refused != nil {
		a.refuse(refused)
		return
	}
	s.noReadDeadline()
	ctx, cancel := context.WithTimeout(r.Context(), e.timeout)
	defer cancel()
	extract, err := e.exports.Select(ctx, *selection)
	if err == nil {
		s.header = headerOf(format, extract.Graph)
		err = extract.Write(ctx, format.NewWriter(s, extract.Graph))
	}
	if err != nil && r.Context().Err() == nil {
		e.fail(a, s, err)
	}
}

// fail tells of an error as far as that is still possible.
func (e *exporting) fail(a *answer, s *stream, err error) {
	var refused gqlerror.List
	if errors.As(err, &refused) {
		a.write(http.StatusBadRequest, &graphql.Response{Errors: refused})
		return
	}
	errs := gqlerror.List{gqlerror.Wrap(err)}
	if s.begun {
		publish(e.log, errs)
		panic(http.ErrAbortHandler)
	}
	a.write(statusOf(err), &graphql.Response{Errors: errs})
}

// statusOf tells apart what may go well another time, what is the server's fault, and what the caller's.
func statusOf(err error) int {
	var known *query.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	case !errors.As(err, &known), known.Code == query.Misfit, known.Code == query.Foreign:
		return http.StatusInternalServerError
	case known.Code == query.Unavailable, known.Code == query.Timeout:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// exportParameters are what the query string may hold; postedParameters beside a body, in which the operation stands.
var (
	exportParameters = []string{"format", "query", "operationName", "variables", "date", "certainty", "any"}
	postedParameters = []string{"format", "date", "certainty", "any"}
)

func (e *exporting) read(w http.ResponseWriter, r *http.Request) (*export.Format, *graph.Selection, *refusal) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, nil, badRequest("the query string is not well-formed")
	}
	known := exportParameters
	if r.Method == http.MethodPost {
		known = postedParameters
	}
	for name := range values {
		if !slices.Contains(known, name) || len(values[name]) > 1 {
			return nil, nil, badRequest("the query string may hold, each once: %s", strings.Join(known, ", "))
		}
	}
	format, refused := formatOf(values, r.Header)
	if refused != nil {
		return nil, nil, refused
	}
	params, refused := readParams(w, r, e.maxBody)
	if refused == nil {
		refused = look(params.Query)
	}
	if refused != nil {
		return nil, nil, refused
	}
	if params.Query == "" && (params.OperationName != "" || params.Variables != nil) {
		return nil, nil, badRequest("operationName and variables belong to an operation: give it as query")
	}
	if !slices.Contains([]string{"", "true", "false"}, values.Get("any")) {
		return nil, nil, badRequest("any must be true or false")
	}
	return format, &graph.Selection{
		Query: params.Query, OperationName: params.OperationName, Variables: params.Variables,
		Date: values.Get("date"), Certainty: values.Get("certainty"), Any: values.Get("any") == "true",
	}, nil
}

// formatOf is the format that the query string names, else the one that the Accept header likes best.
func formatOf(values url.Values, header http.Header) (*export.Format, *refusal) {
	if name := values.Get("format"); name != "" {
		if format := formatNamed(name); format != nil {
			return format, nil
		}
		return nil, badRequest("format must be one of %s", strings.Join(formatNames(), ", "))
	}
	mediaTypes := make([]string, len(export.Formats))
	for i, format := range export.Formats {
		mediaTypes[i] = format.MediaType
	}
	mediaType, acceptable := negotiate(header, mediaTypes...)
	if !acceptable {
		return nil, &refusal{http.StatusNotAcceptable, "the answer can be " + strings.Join(mediaTypes, ", ") + ", which the Accept header excludes; or give the parameter format"}
	}
	return export.Formats[slices.Index(mediaTypes, mediaType)], nil
}

func formatNamed(name string) *export.Format {
	i := slices.Index(formatNames(), name)
	if i < 0 {
		return nil
	}
	return export.Formats[i]
}

func formatNames() []string {
	names := make([]string, len(export.Formats))
	for i, format := range export.Formats {
		names[i] = format.Name
	}
	return names
}

func headerOf(f *export.Format, g *export.Graph) map[string]string {
	contentType := f.MediaType
	if strings.HasPrefix(contentType, "text/") {
		contentType += "; charset=utf-8"
	}
	return map[string]string{
		"Content-Type":           contentType,
		"Content-Disposition":    fmt.Sprintf(`attachment; filename="bordergraph-%s-%s.%s"`, f.Name, g.Date, f.Extension),
		"Vary":                   "Accept",
		"X-Content-Type-Options": "nosniff",
		truncatedHeader:          strconv.FormatBool(g.Truncated),
	}
}

// pagewise gives each page of an export the time of an operation.
type pagewise struct{ query.Store }

// Select implements query.Store.
func (p pagewise) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	ctx, cancel := context.WithTimeout(ctx, operationTimeout)
	defer cancel()
	return p.Store.Select(ctx, q)
}
