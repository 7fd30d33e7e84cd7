package plan

import (
	"context"
	"time"

	"bordergraph/graph/history"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// history plans the changes of an object, which are read from the log after the query.
func (s *subject) history(g *group) response.Value {
	if s.change != nil {
		s.problem(BadInput, "The log is read once a change is made: ask for \"history\" in another operation, a query.")
		return response.Null{}
	}
	arguments := s.arguments(g)
	l := &logged{telling: s.telling(arguments), limit: s.first(arguments), wanted: history.Wanted{After: s.sequence(arguments)}, moment: s.scope.recordedAt}
	value := &response.History{
		ID:      s.row.value(s.of, query.NodeProperties[query.NodeID]),
		Version: s.row.value(s.of, query.NodeProperties[query.NodeVersion]),
	}
	value.Object = s.fields("ChangeConnection", g, func(g *group) response.Value { return s.loggedField(l, g) })
	if s.histories == nil {
		s.histories = map[*response.History]*logged{}
	}
	s.histories[value] = l
	s.row.cost += times(int64(max(l.limit, 1)), 1+l.telling.cost)
	return value
}

// histories reads the histories that the answer shows.
func (r *reading) histories(ctx context.Context, a *Answer) (map[response.Shown]query.Row, error) {
	if len(r.Plan.histories) == 0 {
		return nil, nil
	}
	chains := map[time.Time][]*history.Chain{}
	var all []*shownHistory
	for _, shown := range response.Histories(a.Shape, a.Row) {
		h := &shownHistory{shown: shown, logged: r.Plan.histories[shown.History]}
		all = append(all, h)
		chains[h.moment] = append(chains[h.moment], h.chains()...)
	}
	for moment, chains := range chains {
		if err := r.graphs.Sight.Read(ctx, r.stores[moment], r.clearance, chains, r.links); err != nil {
			return nil, err
		}
	}
	rows := make(map[response.Shown]query.Row, len(all))
	for _, h := range all {
		rows[h.shown] = h.row(h.members, len(h.members) > h.limit, h.begun)
	}
	return rows, nil
}

// shownHistory is the history of one node while it is read.
type shownHistory struct {
	*logged
	shown   response.Shown
	members []any
	begun   bool
}

// chains are those to read: what is shown and, where that is asked, whether there is anything newer.
func (h *shownHistory) chains() []*history.Chain {
	limit := h.limit
	if h.ahead {
		limit++
	}
	var chains []*history.Chain
	if limit > 0 {
		chains = append(chains, &history.Chain{Node: h.shown.Node, Version: h.shown.Version, Before: h.wanted.After, Keep: func(e *query.Entry) bool {
			if row := h.rowOf(e); row != nil {
				h.members = append(h.members, row)
			}
			return len(h.members) == limit
		}})
	}
	if h.behind && h.wanted.After > 0 {
		chains = append(chains, &history.Chain{Node: h.shown.Node, Version: h.shown.Version, From: h.wanted.After, Keep: func(e *query.Entry) bool {
			h.begun = h.rowOf(e) != nil
			return h.begun
		}})
	}
	return chains
}

// rowOf is nil if nothing of what was done to the node is to be told.
func (h *shownHistory) rowOf(e *query.Entry) query.Row {
	if len(e.Nodes)+len(e.Links) == 0 {
		return nil
	}
	return h.telling.Row(e)
}
