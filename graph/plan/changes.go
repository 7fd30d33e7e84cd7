package plan

import (
	"context"
	"strconv"
	"time"

	"bordergraph/graph/derive"
	"bordergraph/graph/history"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// changes plans the root field that tells what was changed, read from the log before the query is asked.
func (b *builder) changes(root *row, g *group) response.Value {
	b.refuseAsOf(g)
	problems := len(b.problems)
	arguments := b.arguments(g)
	if len(b.problems) > problems {
		return response.Null{}
	}
	l := &logged{
		telling: b.telling(arguments),
		limit:   b.first(arguments),
		wanted:  history.Wanted{After: b.sequence(arguments), Records: b.Limits.Links},
	}
	l.wanted.Actor, _ = arguments["actor"].(string)
	l.wanted.From, l.wanted.To = b.moment(arguments["from"]), b.moment(arguments["to"])
	if !l.wanted.To.IsZero() && l.wanted.To.Before(l.wanted.From) {
		b.problem(BadInput, "Argument \"to\" is before \"from\".")
	}
	value := &response.Found{Column: &response.Column{}}
	value.Object = b.fields("ChangeConnection", g, func(g *group) response.Value { return b.loggedField(l, g) })
	b.searches = append(b.searches, &pending{key: g.key, column: value.Column, find: l.find})
	root.cost += times(int64(max(l.limit, 1)), 1+l.telling.cost)
	return value
}

// first is how many members of a list are asked for.
func (b *builder) first(arguments map[string]any) int {
	if n, given := arguments["first"].(int64); given {
		return b.length("first", n)
	}
	return b.Limits.DefaultList
}

// sequence is that of the change after which a list of changes begins.
func (b *builder) sequence(arguments map[string]any) int64 {
	cursor, given := arguments["after"].(string)
	if !given {
		return 0
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || n < 0 {
		b.problem(BadCursor, "Argument \"after\" is %s; give the sequence of a change, such as \"17\".", shown(cursor))
	}
	return n
}

// moment is the time that a DateTime means; zero where there is none.
func (b *builder) moment(given any) time.Time {
	text, _ := given.(string)
	t, _ := time.Parse(time.RFC3339, text) // a coerced DateTime is one
	return t.UTC()
}

// logged is a page of the log, or of what it says of one node.
type logged struct {
	telling *telling
	wanted  history.Wanted
	limit   int
	// moment is as of when the history of a node is read; zero for now.
	moment time.Time
	// ahead and behind are whether it is asked if the list goes on, and if it began before.
	ahead, behind bool
}

// Positions in the row of a page of the log.
const (
	loggedMembers = iota
	loggedAhead
	loggedBehind
	loggedStart
	loggedEnd
)

func (b *builder) loggedField(l *logged, g *group) response.Value {
	switch b.API.Field("ChangeConnection", g.name) {
	case derive.PartNodes:
		return each(loggedMembers, l.telling.object(g))
	case derive.PartEdges:
		return each(loggedMembers, b.fields("ChangeEdge", g, func(g *group) response.Value {
			if b.API.Field("ChangeEdge", g.name) == derive.PartEdgeCursor {
				return textAt(changeCursor)
			}
			return &response.Nested{Object: l.telling.object(g)}
		}))
	}
	return &response.Nested{Object: b.fields("PageInfo", g, func(g *group) response.Value {
		switch b.API.Field("PageInfo", g.name) {
		case derive.PartHasNextPage:
			l.ahead = true
			return flagAt(loggedAhead)
		case derive.PartHasPreviousPage:
			l.behind = true
			return flagAt(loggedBehind)
		case derive.PartStartCursor:
			return textAt(loggedStart)
		}
		return textAt(loggedEnd)
	})}
}

// each is an object for each member of the list at a position.
func each(position int, object *response.Object) response.Value {
	return &response.Many{Page: response.Page{Column: at(position), Limit: -1}, Node: &response.Node{Only: object}}
}

func textAt(position int) response.Value {
	return &response.Leaf{Column: at(position), Kind: query.String}
}

func numberAt(position int) response.Value {
	return &response.Leaf{Column: at(position), Kind: query.Int}
}

func flagAt(position int) response.Value {
	return &response.Leaf{Column: at(position), Kind: query.Boolean}
}

// find reads the page.
func (l *logged) find(ctx context.Context, f *finding) (query.Row, error) {
	limit := l.limit
	if l.ahead {
		limit++
	}
	reader := history.NewReader(f.store, l.wanted)
	members, err := l.read(ctx, f, reader, limit)
	if err != nil {
		return nil, err
	}
	begun := false
	if l.behind && l.wanted.After > 0 {
		if begun, err = l.begun(ctx, f); err != nil {
			return nil, err
		}
	}
	row := l.row(members, reader.Stopped || len(members) > l.limit, begun)
	if reader.Stopped {
		row[loggedEnd] = strconv.FormatInt(reader.Last, 10)
	}
	return row, nil
}

// row is that of a page.
func (l *logged) row(members []any, more, begun bool) query.Row {
	members = members[:min(l.limit, len(members))]
	row := query.Row{loggedMembers: members, loggedAhead: more, loggedBehind: begun, loggedStart: nil, loggedEnd: nil}
	if len(members) > 0 {
		row[loggedStart], row[loggedEnd] = members[0].(query.Row)[changeCursor], members[len(members)-1].(query.Row)[changeCursor]
	}
	return row
}

// begun is whether the list has anything before the page.
func (l *logged) begun(ctx context.Context, f *finding) (bool, error) {
	earlier := l.wanted
	earlier.After, earlier.Until = 0, l.wanted.After
	reader := history.NewReader(f.store, earlier)
	members, err := l.read(ctx, f, reader, 1)
	if err == nil && len(members) == 0 && reader.Stopped {
		err = &query.Error{Code: TooFar, Message: "Too much would have to be looked at to say whether the list has something before the page; do not ask for hasPreviousPage."}
	}
	return len(members) > 0, err
}

// read is the rows of so many changes of which anything is to be told.
func (l *logged) read(ctx context.Context, f *finding, reader *history.Reader, limit int) ([]any, error) {
	members := []any{}
	for len(members) < limit {
		entries, err := reader.Next(ctx, limit-len(members))
		if err != nil {
			return nil, err
		}
		if len(entries) == 0 {
			break
		}
		if entries, err = f.sight.Shown(ctx, f.store, entries, l.telling.clearance); err != nil {
			return nil, err
		}
		for i := range entries {
			if row := l.telling.Row(&entries[i]); row != nil {
				members = append(members, row)
			}
		}
	}
	return members, nil
}
