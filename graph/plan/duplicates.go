package plan

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
	"bordergraph/graph/search"
)

const (
	// maxCandidates is how many objects are compared at most, maxDuplicates how many pairs are found.
	maxCandidates, maxDuplicates = 20_000, 10_000
	// maxSameness is how many relationships of one object are read that tell whether it is the same as others.
	maxSameness = 1_000
)

var tooManyToCompare = &query.Error{Code: TooFar, Message: fmt.Sprintf("There are more than %d objects of these types to compare; name fewer types.", maxCandidates)}

// duplicateOrder is the name that cursors of duplicates carry.
var duplicateOrder = response.OrderName("duplicates by weight and ids")

// duplicates plans the root field that finds objects that may be one.
func (b *builder) duplicates(root *row, target *derive.Target, g *group, scope *scope) response.Value {
	arguments := b.arguments(g)
	types := target.Types
	if given, ok := arguments["types"].([]any); ok {
		types = b.nodeTypes(given)
	}
	first := b.within(arguments, "first", 0, b.Limits.MaxList)
	after := b.afterDuplicate(arguments["after"])
	f := b.found(root, target, scope, nil)
	f.members, f.nodesOf = int64(first), 2
	candidates, known := b.candidates(types, scope), b.sameness(types, scope)
	return f.by(g, "Duplicates", nil, func(ctx context.Context, s *finding) (query.Row, error) {
		objects, err := candidates.read(ctx, s)
		if err != nil {
			return nil, err
		}
		recorded, different, err := known.read(ctx, s, objects)
		if err != nil {
			return nil, err
		}
		found, all := search.Duplicates(objects, recorded, different, maxDuplicates)
		if !all {
			return nil, &query.Error{Code: TooFar, Message: fmt.Sprintf("There are more than %d pairs that may be one object; name fewer types.", maxDuplicates)}
		}
		return f.duplicatesFound(s, after.rest(found), first), nil
	})
}

func (f *found) duplicatesFound(s *finding, found []search.Duplicate, first int) query.Row {
	more := len(found) > first
	nodes, members := idSet{}, []any{}
	for _, d := range found[:min(first, len(found))] {
		nodes.add(d.A, d.B)
		why := make([]any, len(d.Reasons))
		for i, r := range d.Reasons {
			why[i] = derive.DuplicateReasons[r]
		}
		cursor := string(response.EncodeCursor(nil, duplicateOrder, []any{int64(d.Weight()), d.A, d.B}))
		members = append(members, query.Row{foundCursor: cursor, foundNodes: []any{d.A, d.B}, foundReasons: why})
	}
	f.read(s, nodes, nil, nil)
	return query.Row{foundMore: more, foundMembers: members}
}

// position is a place in the order of duplicates; nil is before all.
type position struct {
	weight int
	pair   search.Pair
}

func (b *builder) afterDuplicate(cursor any) *position {
	text, given := cursor.(string)
	if !given {
		return nil
	}
	keys, err := response.DecodeCursor(text, duplicateOrder)
	if err == nil && len(keys) == 3 {
		number, _ := keys[0].(json.Number)
		weight, wrong := number.Int64()
		a, isA := keys[1].(string)
		other, isB := keys[2].(string)
		if wrong == nil && isA && isB {
			return &position{int(weight), search.Pair{A: a, B: other}}
		}
	}
	b.problem(BadCursor, "Argument \"after\" is no cursor of duplicates; take it from one of them.")
	return nil
}

// rest are those that come after a position.
func (p *position) rest(found []search.Duplicate) []search.Duplicate {
	if p == nil {
		return found
	}
	at := slices.IndexFunc(found, func(d search.Duplicate) bool { return d.Compare(p.weight, p.pair) > 0 })
	if at < 0 {
		return nil
	}
	return found[at:]
}

// candidates asks for the objects that are compared, with what they are compared by.
type candidates struct {
	query   *query.Query
	columns map[string]int // by the names of properties
	alike   map[string]derive.Alike
}

func (b *builder) candidates(types []*query.Type, scope *scope) *candidates {
	c := &candidates{columns: map[string]int{}, alike: map[string]derive.Alike{}}
	columns := []query.Column{nodeID, &query.TypeName{}, &query.Value{Property: query.NodeProperties[query.NodeNameFolded]}}
	for _, t := range types {
		alike := b.API.Alike(t)
		c.alike[t.Name] = alike
		for _, p := range slices.Concat(alike.Values, alike.Near) {
			if _, known := c.columns[p.Name]; !known {
				c.columns[p.Name] = len(columns)
				columns = append(columns, &query.Value{Property: p})
			}
		}
	}
	set := &query.Set{Start: &query.All{Types: types}, Scope: scope.Scope}
	c.query = rowsOf(set, b.param(int64(maxCandidates+1)), nil, columns...)
	return c
}

func (c *candidates) read(ctx context.Context, s *finding) ([]search.Candidate, error) {
	rows, err := s.rows(ctx, c.query)
	if err != nil {
		return nil, err
	}
	if len(rows) > maxCandidates {
		return nil, tooManyToCompare
	}
	objects := make([]search.Candidate, len(rows))
	for i, r := range rows {
		objects[i] = c.candidate(r.(query.Row))
	}
	return objects, nil
}

func (c *candidates) candidate(row query.Row) search.Candidate {
	o := search.Candidate{ID: row[0].(string), Type: row[1].(string), Names: texts(row[2].([]any))}
	alike := c.alike[o.Type]
	values := func(properties []*query.Property) []any {
		var values []any
		for _, p := range properties {
			if value := row[c.columns[p.Name]]; value != nil {
				values = append(values, value)
			}
		}
		return values
	}
	if key := values(alike.Values); len(key) > 0 && len(key) == len(alike.Values) {
		o.Key = fmt.Sprintf("%q", key)
	}
	if place := values(alike.Near); len(place) == 2 {
		o.Located, o.Latitude, o.Longitude = true, place[0].(float64), place[1].(float64)
	}
	return o
}

// sameness asks for the relationships that tell whether two objects are the same, over all time.
type sameness struct {
	query    *query.Query // nil if there are none
	possible map[string]bool
}

func (b *builder) sameness(types []*query.Type, at *scope) *sameness {
	s := &sameness{possible: map[string]bool{}}
	for _, r := range b.API.Sameness(derive.PossiblySame) {
		s.possible[r.Name] = true
	}
	relationships := slices.Concat(b.API.Sameness(derive.PossiblySame), b.API.Sameness(derive.NotSame))
	var from []*query.Type
	for _, t := range types {
		if slices.ContainsFunc(relationships, func(r *query.Relationship) bool { return r.From[0] == t }) {
			from = append(from, t)
		}
	}
	if from == nil {
		return s
	}
	always := &query.Scope{Time: query.AnyTime, Clearance: at.Clearance}
	links := &query.Set{Start: &query.Linked{From: query.Node, Relationships: relationships, Direction: query.Out, AsStored: true, To: from}, Scope: always}
	told := &query.List{Select: &query.Select{Set: links, Limit: b.param(int64(maxSameness + 1)), Columns: []query.Column{nodeID, &query.LinkName{}}}}
	set := &query.Set{Start: &query.All{Types: from}, Where: &query.Some{Set: links}, Scope: always}
	s.query = rowsOf(set, b.param(int64(maxCandidates+1)), nil, nodeID, told)
	return s
}

// read answers pairs of objects that may be the same, and such that are not.
func (s *sameness) read(ctx context.Context, f *finding, objects []search.Candidate) (possible, different map[search.Pair]bool, err error) {
	possible, different = map[search.Pair]bool{}, map[search.Pair]bool{}
	if s.query == nil {
		return possible, different, nil
	}
	there := idSet{}
	for _, o := range objects {
		there.add(o.ID)
	}
	rows, err := f.rows(ctx, s.query)
	if len(rows) > maxCandidates {
		return nil, nil, tooManyToCompare
	}
	for _, r := range rows {
		from, links := r.(query.Row)[0].(string), r.(query.Row)[1].([]any)
		if len(links) > maxSameness {
			return nil, nil, &query.Error{Code: TooFar, Message: fmt.Sprintf("More than %d relationships tell of what %q is the same or another; leave its type out.", maxSameness, from)}
		}
		for _, l := range links {
			to, name := l.(query.Row)[0].(string), l.(query.Row)[1].(string)
			switch {
			case !there[from] || !there[to]:
			case s.possible[name]:
				possible[search.PairOf(from, to)] = true
			default:
				different[search.PairOf(from, to)] = true
			}
		}
	}
	return possible, different, err
}
