package plan

// An operation costs 1, and for each list its length times what one member costs: 1, and the cost of
// the lists in it. A list of 50 with 10 each in it costs 1 + 50 × (1 + 10 × 1) = 551. A to-one
// relationship is a list of one. What is looked at but not shown costs extra, once per member of the
// list that it stands in:
const (
	// costOfCount is the cost of a totalCount.
	costOfCount = 5
	// costOfCondition is the cost of a relationship in a where or orderBy, and of the flag of pageInfo
	// that looks back behind a cursor.
	costOfCondition = 1
)

// times multiplies a length and a cost; what would be too large to count is costliest.
func times(n, cost int64) int64 {
	if cost > 0 && n > costliest/cost {
		return costliest
	}
	return n * cost
}

const costliest = int64(1) << 50
