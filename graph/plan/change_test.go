package plan_test

import (
	"reflect"
	"testing"

	"github.com/vektah/gqlparser/v2"

	"bordergraph"
	"bordergraph/graph/derive"
	"bordergraph/graph/plan"
)

func TestAMutationOfTheServiceGoesIntoAnOperationOfItsOwn(t *testing.T) {
	api, err := derive.New(bordergraph.Schema, `extend type Mutation { renewKey: String revokeKey: String }`)
	if err != nil {
		t.Fatal(err)
	}
	for operation, want := range map[string][]string{
		`mutation { renewKey revokeKey }`:                                             nil,
		`mutation { delete(ids: []) { id } }`:                                         nil,
		`mutation { renewKey delete(ids: []) { id } other: revokeKey }`:               {"renewKey", "other"},
		`mutation @change(comment: "Because") { renewKey }`:                           {"renewKey"},
		`mutation { __typename renewKey ... on Mutation { delete(ids: []) { id } } }`: {"renewKey"},
	} {
		doc, errs := gqlparser.LoadQueryWithRules(api.Schema, operation, nil)
		if errs != nil {
			t.Fatal(errs)
		}
		planned, problems := plan.New(&plan.Request{API: api, Operation: doc.Operations[0], Today: "2026-01-15", Limits: plan.DefaultLimits})
		var refused []string
		for _, p := range problems {
			refused = append(refused, p.Path.String())
		}
		if !reflect.DeepEqual(refused, want) {
			t.Errorf("%s: refused %v", operation, problems)
		}
		if want == nil && (planned.Change == nil) != (len(planned.Service) > 0) {
			t.Errorf("%s: asks for the change %v and for %d fields of the service", operation, planned.Change, len(planned.Service))
		}
	}
}
