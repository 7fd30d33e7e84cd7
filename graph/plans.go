package graph

import (
	"encoding/json"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bordergraph/graph/plan"
	"bordergraph/graph/query"
)

const (
	// maxPlans is the number of plans that are kept.
	maxPlans = 500
	// maxKept is how many bytes of text and variables a plan may come from to be kept: larger ones are
	// seldom asked again, and would hold memory for long.
	maxKept = 8 << 10
)

// plans keeps the plans of operations that are asked again with the same variables on the same day,
// as front ends do. It may be used concurrently.
type plans struct {
	cache *lru.Cache[planKey, *plan.Plan]
}

// planKey is what a plan depends on. The operation is told by its place in memory: whoever parses
// documents keeps those that come again.
type planKey struct {
	operation *ast.OperationDefinition
	variables string
	today     string
	clearance query.Clearance
}

func newPlans() *plans {
	cache, _ := lru.New[planKey, *plan.Plan](maxPlans) // fails for a size below 1 only
	return &plans{cache}
}

// plan answers the plan of a request, made now or before. The document is the text that holds the operation.
func (p *plans) plan(document string, r *plan.Request) (*plan.Plan, gqlerror.List) {
	variables, err := json.Marshal(r.Variables)
	if err != nil || r.Merged != nil {
		return plan.New(r)
	}
	key := planKey{r.Operation, string(variables), r.Today, r.Clearance}
	if known, ok := p.cache.Get(key); ok {
		return known, nil
	}
	made, problems := plan.New(r)
	// A plan with root fields of the service takes their answers, so it serves one request only. A change
	// is seldom asked for twice.
	if len(problems) == 0 && len(made.Service) == 0 && made.Change == nil && len(variables)+len(document) <= maxKept {
		made.Query.Kept = true
		p.cache.Add(key, made)
	}
	return made, problems
}
