package plan

import (
	"encoding/json"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// page is which part of a list is asked for.
type page struct {
	limit int
	// fromEnd pages are the last of the list, or the last before a cursor.
	fromEnd bool
	beyond  *query.Keyset
	// lookAhead fetches one row more, to know whether there are more.
	lookAhead bool
}

// fetched is the number of rows to fetch.
func (p *page) fetched() int64 {
	if p.lookAhead {
		return int64(p.limit) + 1
	}
	return int64(p.limit)
}

// aheadFlag is the flag of pageInfo that says whether the list goes on in the page's direction.
func (p *page) aheadFlag() derive.Field {
	if p.fromEnd {
		return derive.PartHasPreviousPage
	}
	return derive.PartHasNextPage
}

func (b *builder) page(l *listed, arguments map[string]any) *page {
	first, hasFirst := arguments["first"].(int64)
	last, hasLast := arguments["last"].(int64)
	after, hasAfter := arguments["after"].(string)
	before, hasBefore := arguments["before"].(string)
	switch {
	case hasFirst && hasLast:
		b.problem(BadPage, "Arguments \"first\" and \"last\" contradict each other; give one of them.")
	case hasFirst && hasBefore:
		b.problem(BadPage, "Argument \"first\" goes with \"after\", not with \"before\".")
	case hasLast && hasAfter:
		b.problem(BadPage, "Argument \"last\" goes with \"before\", not with \"after\".")
	case hasAfter && hasBefore:
		b.problem(BadPage, "Arguments \"after\" and \"before\" contradict each other; give one of them.")
	}
	p := &page{limit: b.Limits.DefaultList, fromEnd: hasLast || hasBefore}
	if hasFirst {
		p.limit = b.length("first", first)
	}
	if hasLast {
		p.limit = b.length("last", last)
	}
	if hasAfter {
		p.beyond = b.keyset(l, "after", after)
	}
	if hasBefore {
		p.beyond = b.keyset(l, "before", before)
	}
	return p
}

func (b *builder) length(argument string, n int64) int {
	if n < 0 || n > int64(b.Limits.MaxList) {
		b.problem(BadPage, "Argument %q is %d; give a number from 0 to %d.", argument, n, b.Limits.MaxList)
		return 0
	}
	return int(n)
}

func (b *builder) keyset(l *listed, argument, cursor string) *query.Keyset {
	keyset := &query.Keyset{Before: argument == "before"}
	values, err := response.DecodeCursor(cursor, l.orderName)
	if err != nil {
		b.problem(BadCursor, "Argument %q: %s.", argument, err)
		return keyset
	}
	if len(values) != len(l.order) {
		b.problem(BadCursor, "Argument %q: it is damaged; take it from an edge or pageInfo of the same list.", argument)
		return keyset
	}
	for i, key := range l.order {
		value, ok := keyValue(key.By, values[i])
		if !ok {
			b.problem(BadCursor, "Argument %q: it is damaged; take it from an edge or pageInfo of the same list.", argument)
			return keyset
		}
		keyset.Values = append(keyset.Values, b.param(value))
		keyset.Missing = append(keyset.Missing, value == nil)
	}
	return keyset
}

// keyValue is a value of a cursor as the key holds it.
func keyValue(key query.Column, v any) (any, bool) {
	kind, required := keyKind(key)
	switch v := v.(type) {
	case nil:
		return nil, !required
	case string:
		return v, kind == query.String || kind == query.Date || kind == query.Enum
	case bool:
		return v, kind == query.Boolean
	case json.Number:
		if kind == query.Int {
			n, err := v.Int64()
			return n, err == nil
		}
		f, err := v.Float64()
		return f, err == nil && kind == query.Float
	}
	return nil, false
}

func keyKind(key query.Column) (kind query.Kind, required bool) {
	switch key := key.(type) {
	case *query.Value:
		dated := key.Property == query.MomentProperties[query.MomentDate]
		return key.Property.Kind, key.Property.Name == "id" || key.Property.Name == "name" || dated
	case *query.First:
		kind, _ = keyKind(key.Columns[0])
		return kind, false
	}
	return query.Int, true // counts and ranks
}
