package record

import (
	"fmt"
	"math"

	"bordergraph/graph/query"
)

// CheckNumbers says which own whole numbers, which begin at a position, of what is new or changed no answer could
// show: GraphQL has 32 bits for them. Check takes others, because they may be stored.
func CheckNumbers(properties []*query.Property, begin int, values []any) []Problem {
	var problems []Problem
	for _, p := range properties[begin:] {
		if p.Kind != query.Int {
			continue
		}
		members, isList := values[p.Index].([]any)
		if !isList {
			members = []any{values[p.Index]}
		}
		for _, member := range members {
			if n, is := member.(int64); is && (n < math.MinInt32 || n > math.MaxInt32) {
				problems = append(problems, Problem{Field: p.Name, Message: fmt.Sprintf("%d does not fit; write an integer from %d to %d", n, math.MinInt32, math.MaxInt32)})
			}
		}
	}
	return problems
}
