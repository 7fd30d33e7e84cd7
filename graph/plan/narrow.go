package plan

import (
	"slices"

	"bordergraph/graph/query"
)

// narrow makes a root list that is asked for objects of some types a list of these alone: a store need not look at
// the others.
func narrow(s *query.Set) {
	all, ok := s.Start.(*query.All)
	if !ok {
		return
	}
	types, rest := typesNamed(all.Types, s.Where)
	if len(types) == 0 {
		return // a set is of one type at least
	}
	all.Types, s.Where = types, rest
}

// typesNamed are those of some types for which a condition may hold, and what it says besides; nil if that is nothing.
func typesNamed(types []*query.Type, where query.Condition) ([]*query.Type, query.Condition) {
	switch where := where.(type) {
	case *query.OfType:
		return slices.DeleteFunc(slices.Clone(types), func(t *query.Type) bool { return !slices.Contains(where.Types, t) }), nil
	case *query.And:
		var rest []query.Condition
		for _, part := range where.All {
			if types, part = typesNamed(types, part); part != nil {
				rest = append(rest, part)
			}
		}
		if len(rest) == 0 {
			return types, nil
		}
		return types, all(rest)
	}
	return types, where
}
