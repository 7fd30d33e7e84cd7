// Package service answers the root fields that Go code answers, declared in graph/service.graphqls.
// What gqlgen writes from them is kept here; everything else in the API is answered without it.
package service

import (
	"context"
	"time"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

//go:generate go tool gqlgen generate

// Service is what the root fields speak of.
type Service struct {
	// Version is the version of the program.
	Version string
	Kind    StoreKind
	Store   query.Store
	// Terms is the terms of an enum of the API; nil if there is none of this name.
	Terms func(enum string) []derive.Term
	// Today is the day for which an operation without a date is answered.
	Today func(context.Context) string
	// API, Now, Clearance and Actor are for imports: whether what is marked higher may be written, and in whose name.
	API       *derive.API
	Now       func() time.Time
	Clearance func(context.Context) query.Clearance
	Actor     func(context.Context) string
}

// New is the executable schema of the service's root fields. The joined schema, of which they are a
// part, is given so that introspection shows all of it.
func New(joined *ast.Schema, s *Service) graphql.ExecutableSchema {
	return NewExecutableSchema(Config{Schema: joined, Resolvers: s})
}

// Query implements ResolverRoot.
func (s *Service) Query() QueryResolver { return s }

// About implements QueryResolver.
func (s *Service) About(ctx context.Context) (*About, error) {
	contents, err := s.Store.Contents(ctx)
	if err != nil {
		return nil, err
	}
	about := &About{Version: s.Version, Store: s.Kind, Today: s.Today(ctx)}
	if contents != nil {
		about.Dataset, about.Schema = &contents.Dataset, &contents.Schema
	}
	return about, nil
}

// Vocabulary implements QueryResolver.
func (s *Service) Vocabulary(_ context.Context, enum string, lang *string) ([]Term, error) {
	var terms []Term
	for _, t := range s.Terms(enum) {
		label := t.LabelEn
		if lang == nil || *lang == "VI" {
			label = t.LabelVi
		}
		terms = append(terms, Term{Code: t.Code, Label: label, LabelVi: t.LabelVi, LabelEn: t.LabelEn, Meaning: t.Meaning})
	}
	return terms, nil
}
