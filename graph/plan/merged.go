package plan

import (
	"context"
	"maps"
	"slices"
	"time"

	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// named is a list of objects that an operation names by their ids.
type named struct {
	// column is where the row has the list, or how many of it are there; nil for the ends of a search, which says
	// itself that one is not there.
	column *response.Column
	key    string // of the root field
	moment time.Time
	ids    idSet
}

// merged says of ids that the operation names for which objects they stand, as of each moment; nil if all that
// it names is there, or stands for nothing.
func (r *reading) merged(ctx context.Context, answer *Answer) (map[time.Time]map[string]string, error) {
	if r.standing {
		return nil, nil
	}
	var merged map[time.Time]map[string]string
	for moment, ids := range r.unfound(answer) {
		into, err := r.standFor(ctx, r.stores[moment], ids)
		if err != nil {
			return nil, err
		}
		if into != nil && merged == nil {
			merged = map[time.Time]map[string]string{}
		}
		if into != nil {
			merged[moment] = into
		}
	}
	return merged, nil
}

// Merged says of all ids that a plan of the present names for which objects they stand, for the Request to plan the
// operation once more; nil if they stand for none.
func (p *Plan) Merged(ctx context.Context, store query.Store) (map[time.Time]map[string]string, error) {
	ids := idSet{}
	for _, n := range p.named {
		maps.Copy(ids, n.ids)
	}
	into, err := p.standFor(ctx, store, ids)
	if err != nil || into == nil {
		return nil, err
	}
	return map[time.Time]map[string]string{{}: into}, nil
}

// standFor says of ids for which objects they stand that the asker may see; nil if for none.
func (p *Plan) standFor(ctx context.Context, store query.Store, ids idSet) (map[string]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	into, err := store.Merged(ctx, slices.Sorted(maps.Keys(ids)))
	if err != nil || into == nil {
		return nil, err
	}
	const clearance, wanted = query.Param(0), query.Param(1)
	q := rowsOf(byAnyID(p.types, wanted, clearance), query.NoLimit, nil, nodeID)
	q.Args = []any{int64(p.clearance), query.ListOf(slices.Compact(slices.Sorted(maps.Values(into))))}
	row, err := store.Select(ctx, q)
	if err != nil {
		return nil, err
	}
	seen := map[any]bool{}
	for _, object := range row[0].([]any) {
		seen[object.(query.Row)[0]] = true
	}
	maps.DeleteFunc(into, func(_, id string) bool { return !seen[id] })
	if len(into) == 0 {
		return nil, nil
	}
	return into, nil
}

// byAnyID are the objects of some ids, whenever they are in force.
func byAnyID(types []*query.Type, ids, clearance query.Param) *query.Set {
	start := &query.ByID{Types: types, AnyType: true, IDs: ids}
	return &query.Set{Start: start, Scope: &query.Scope{Time: query.AnyTime, Clearance: clearance}}
}

// unfound are the ids in roots that have not found all of theirs.
func (r *reading) unfound(answer *Answer) map[time.Time]idSet {
	failed := map[string]bool{}
	for _, f := range answer.Found {
		failed[f.Key] = isNotFound(f.Err)
	}
	unfound := map[time.Time]idSet{}
	for _, n := range r.named {
		if r.stores[n.moment] == nil || !failed[n.key] && !n.lacks(answer.Row) {
			continue
		}
		if unfound[n.moment] == nil {
			unfound[n.moment] = idSet{}
		}
		maps.Copy(unfound[n.moment], n.ids)
	}
	return unfound
}

func (n *named) lacks(row query.Row) bool {
	if n.column == nil {
		return false
	}
	switch there := row[n.column.Index].(type) {
	case []any:
		return len(there) < len(n.ids)
	case int64:
		return there < int64(len(n.ids))
	}
	return false // there is no graph of the moment
}

// name notes that the root field of a response key names objects.
func (b *builder) name(scope *scope, key string, column *response.Column, ids ...any) {
	set := idSet{}
	set.add(texts(ids)...)
	b.named = append(b.named, named{column, key, scope.recordedAt, set})
}

// nameMeant notes that conditions in a root field mean objects, of which the answer does not tell otherwise whether they
// are there, as it does of those that the root field names.
func (b *builder) nameMeant(root *row, scope *scope, key string, otherwise []named) {
	for _, n := range otherwise {
		maps.DeleteFunc(b.meant, func(id string, _ bool) bool { return n.ids[id] })
	}
	if len(b.meant) > 0 {
		ids := b.meant.sorted()
		there := &query.Count{Set: byAnyID(b.API.Model.Types, b.param(ids), scope.Clearance)}
		b.name(scope, key, root.add(there), ids...)
		root.cost++
	}
	b.meant = idSet{}
}

// standing are ids with those of objects that were merged into others replaced by the ids of these.
func (b *builder) standing(scope *scope, ids ...any) []any {
	standing := slices.Clone(ids)
	for i, id := range texts(ids) {
		if into, merged := b.Merged[scope.recordedAt][id]; merged {
			standing[i] = into
		}
	}
	return standing
}

// asGiven is an id as the operation gives it: the one in place of which an object stands.
func (b *builder) asGiven(scope *scope, id any) any {
	merged := b.Merged[scope.recordedAt]
	for _, given := range slices.Sorted(maps.Keys(merged)) {
		if merged[given] == id {
			return given
		}
	}
	return id
}

// standingIn are arguments with the ids that stand under some names replaced so.
func (b *builder) standingIn(scope *scope, arguments map[string]any, names ...string) map[string]any {
	arguments = maps.Clone(arguments)
	for _, name := range names {
		switch given := arguments[name].(type) {
		case string:
			arguments[name] = b.standing(scope, given)[0]
		case []any:
			arguments[name] = b.standing(scope, given...)
		}
	}
	return arguments
}
