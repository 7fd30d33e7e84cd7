package service_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bordergraph/graph/derive"
	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/query"
	"bordergraph/graph/service"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestAboutNamesTheProgramItsDataAndItsDay(t *testing.T) {
	got := ask(t, &query.Contents{Dataset: "d1", Schema: "s1"}, nil, "{ about { version store dataset schema today } }")
	want := `{"about":{"version":"1.2.3","store":"NEO4J","dataset":"d1","schema":"s1","today":"2025-07-01"}}`
	if string(got.Data) != want || got.Errors != nil {
		t.Errorf("got %s %v, want %s", got.Data, got.Errors, want)
	}
}

func TestAboutAnEmptyStoreHasNoFingerprints(t *testing.T) {
	got := ask(t, nil, nil, "{ about { dataset schema } }")
	if want := `{"about":{"dataset":null,"schema":null}}`; string(got.Data) != want || got.Errors != nil {
		t.Errorf("got %s %v, want %s", got.Data, got.Errors, want)
	}
}

func TestAboutAStoreThatFailsIsNullWithItsCause(t *testing.T) {
	down := errors.New("connection refused")
	got := ask(t, nil, down, "{ about { version } }")
	if string(got.Data) != `{"about":null}` || len(got.Errors) != 1 || !errors.Is(got.Errors[0], down) {
		t.Errorf("got %s %v", got.Data, got.Errors)
	}
}

func TestIntrospectionShowsTheJoinedSchema(t *testing.T) {
	got := ask(t, nil, nil, `{ __type(name: "Post") { name } }`)
	if want := `{"__type":{"name":"Post"}}`; string(got.Data) != want {
		t.Errorf("got %s %v, want %s", got.Data, got.Errors, want)
	}
}

func TestVocabularyLabelsTermsInTheLanguageAskedFor(t *testing.T) {
	got := ask(t, nil, nil, `{ vi: vocabulary(type: "TwinningStatus") { code label } en: vocabulary(type: "TwinningStatus", lang: EN) { label meaning } }`)
	want := `{"vi":[{"code":"TWINNED","label":"kết nghĩa"}],"en":[{"label":"twinned","meaning":"Twinned."}]}`
	if string(got.Data) != want {
		t.Errorf("got %s %v, want %s", got.Data, got.Errors, want)
	}
}

func TestVocabularyOfNoListIsNull(t *testing.T) {
	if got := ask(t, nil, nil, `{ vocabulary(type: "Nothing") { code } }`); string(got.Data) != `{"vocabulary":null}` {
		t.Errorf("got %s %v", got.Data, got.Errors)
	}
}

func TestAnImportThatCannotBeHeldShowsNoPathOfTheServer(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	t.Setenv("TMPDIR", none)
	api, _ := embeddedtest.Empty(t)
	row := `{"id":"post:a","type":"BorderPost","note":"` + strings.Repeat("x", 1<<20) + `"}` + "\n"
	_, err := (&service.Service{API: api}).Import(t.Context(), strings.Repeat(row, 6), nil, nil, false, false, nil)
	var told *query.Error
	if !errors.As(err, &told) || told.Code != query.Unavailable || strings.Contains(told.Message, none) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// ask runs an operation on the service, joined with a schema that has one more type.
func ask(t *testing.T, contents *query.Contents, failure error, operation string) *graphql.Response {
	t.Helper()
	own, err := os.ReadFile("../service.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	joined, err := gqlparser.LoadSchema(
		&ast.Source{Name: "service", Input: string(own)},
		&ast.Source{Name: "derived", Input: "scalar Date enum Language { VI EN } type Query { post: Post } type Post { id: ID }"},
	)
	if err != nil {
		t.Fatal(err)
	}
	exec := executor.New(service.New(joined, &service.Service{
		Version: "1.2.3",
		Kind:    service.StoreKindNeo4j,
		Store:   store{contents: contents, failure: failure},
		Terms: func(enum string) []derive.Term {
			return map[string][]derive.Term{"TwinningStatus": {{Code: "TWINNED", LabelVi: "kết nghĩa", LabelEn: "twinned", Meaning: "Twinned."}}}[enum]
		},
		// Half past midnight in Việt Nam is still the day before in Greenwich.
		Today: func(context.Context) string { return "2025-07-01" },
	}))
	ctx := graphql.StartOperationTrace(context.Background())
	opCtx, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: operation})
	if errs != nil {
		t.Fatal(errs)
	}
	opCtx.DisableIntrospection = false
	handle, ctx := exec.DispatchOperation(ctx, opCtx)
	return handle(ctx)
}

type store struct {
	query.Store
	contents *query.Contents
	failure  error
}

func (s store) Contents(context.Context) (*query.Contents, error) { return s.contents, s.failure }
