package change

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"bordergraph/graph/query"
)

// Warning is something about what was written that may be meant otherwise.
type Warning struct {
	Place
	Code    string
	Message string
	// IDs are those of the other objects that it is about.
	IDs []string
}

// The codes of warnings.
const (
	// SameName: other objects of the type have the name.
	SameName = "SAME_NAME"
	// NotCompared: so many objects have the names that not all were compared.
	NotCompared = "NAMES_NOT_COMPARED"
)

// Warnings asks, once the change that was made is written, which objects got a main name that others of their
// type have, too. Names are compared folded; what may not be seen is not told.
func (r *Request) Warnings(ctx context.Context, tx query.Tx, made *query.Change) ([]Warning, error) {
	given := r.newNames(made)
	if len(given) == 0 {
		return nil, nil
	}
	row, err := tx.Select(ctx, namesakes(given, r.Clearance))
	if err != nil {
		return nil, err
	}
	rows := row[0].([]any)
	others := map[typedName][]string{}
	for _, each := range rows {
		n := each.(query.Row)
		for _, name := range mainNames(n[2].([]any), n[3].([]any)) {
			key := typedName{n[1].(string), name}
			others[key] = append(others[key], n[0].(string))
		}
	}
	var warnings []Warning
	for _, g := range given {
		if ids := g.others(others); len(ids) > 0 {
			message := fmt.Sprintf("%q has a main name that others have, too: %s. Are they the same?", g.ID, few(ids))
			warnings = append(warnings, Warning{g.In("names"), SameName, message, ids})
		}
	}
	if len(rows) == mostNamesakes {
		message := fmt.Sprintf("%d objects and more have names that were given; not all were compared.", mostNamesakes)
		warnings = append(warnings, Warning{Place: given[0].In("names"), Code: NotCompared, Message: message})
	}
	return warnings, nil
}

// typedName is a folded name of an object of a type.
type typedName struct{ typeName, folded string }

// naming is a save that gave an object main names which it had not.
type naming struct {
	*Save
	names []string // folded
}

func (n *naming) others(of map[typedName][]string) []string {
	ids := map[string]bool{}
	for _, name := range n.names {
		add(ids, of[typedName{n.Type.Name, name}])
	}
	delete(ids, n.ID)
	return slices.Sorted(maps.Keys(ids))
}

func (r *Request) newNames(made *query.Change) []*naming {
	changes := map[string]query.NodeChange{}
	for _, n := range made.Nodes {
		changes[n.Record().ID()] = n
	}
	var given []*naming
	for _, s := range r.Saves {
		before, after := changes[s.ID].Values()
		if s.Names == nil || after == nil {
			continue
		}
		had := mainNamesOf(before)
		names := slices.DeleteFunc(mainNamesOf(after), func(name string) bool { return slices.Contains(had, name) })
		if len(names) > 0 {
			given = append(given, &naming{s, names})
		}
	}
	return given
}

func mainNamesOf(values []any) []string {
	if values == nil {
		return nil
	}
	return mainNames(values[query.NodeNameFolded].([]any), values[query.NodeNameKinds].([]any))
}

// mainNames are the folded main names in all languages, each once.
func mainNames(folded, kinds []any) []string {
	var names []string
	for i, name := range folded {
		if kinds[i] == "MAIN" && !slices.Contains(names, name.(string)) {
			names = append(names, name.(string))
		}
	}
	return names
}

// mostNamesakes is how many objects are read at most.
const mostNamesakes = 10_000

// namesakes asks for all that has one of the names: its id, its type, its names and their kinds.
func namesakes(given []*naming, clearance query.Clearance) *query.Query {
	const cleared, named, limit = query.Param(0), query.Param(1), query.Param(2)
	var types []*query.Type
	folded := map[string]bool{}
	for _, g := range given {
		if !slices.Contains(types, g.Type) {
			types = append(types, g.Type)
		}
		add(folded, g.names)
	}
	names := []any{}
	for _, name := range slices.Sorted(maps.Keys(folded)) {
		names = append(names, name)
	}
	slices.SortFunc(types, func(a, b *query.Type) int { return a.Index - b.Index })
	value := func(position int) query.Column { return &query.Value{Property: query.NodeProperties[position]} }
	return &query.Query{
		Args: []any{int64(clearance), names, int64(mostNamesakes)},
		Columns: []query.Column{&query.List{Select: &query.Select{
			Set:     &query.Set{Start: &query.Namesakes{Types: types, Names: named}, Scope: &query.Scope{Time: query.AnyTime, Clearance: cleared}},
			Order:   []query.Key{{By: value(query.NodeID)}},
			Limit:   limit,
			Columns: []query.Column{value(query.NodeID), &query.TypeName{}, value(query.NodeNameFolded), value(query.NodeNameKinds)},
		}}},
	}
}
