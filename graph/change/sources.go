package change

import (
	"fmt"
	"slices"

	"bordergraph/graph/query"
)

// checkFacts says what is wrong with the facts of what is new or changed, by a node of a type.
func (d *draft) checkFacts(at Place, fields map[string]string, of *query.Type, facts []any, given map[string]any) {
	if d.hidden(facts) {
		d.problem(at.In(fields["marking"]), BadInput, "You may mark facts %s at most: what is marked higher you could not read.", query.Clearances[d.Clearance])
	}
	if d.Source == nil || of == d.Source || d.Restores {
		return
	}
	if _, cleared := given["sources"]; facts[query.FactSources] == nil || cleared && len(sources(given)) == 0 {
		d.problem(at.In(fields["sources"]), BadInput, "Every fact needs its source; give the id of one at least.")
	}
}

// checkSources says which sources that are given are none, or the object itself whose facts they are to state.
func (d *draft) checkSources(at Place, fields map[string]string, of string, given map[string]any) {
	if d.Source == nil || d.Restores {
		return
	}
	for i, id := range sources(given) {
		place := at.In(fmt.Sprintf("%s.%d", fields["sources"], i))
		switch n := d.node(id); {
		case n == nil || n.Type != d.Source:
			d.problem(place, BadInput, "%s", d.missing(id, "There is no source %q; save it first, or in the same operation."))
		case id == of:
			d.problem(place, BadInput, "%q would rest on itself; give another source.", id)
		}
	}
}

// replaced are the sources of what is to have others, where some may not be seen.
func (d *draft) replaced() []string {
	if d.Restores || d.Clearance == query.Secret {
		return nil
	}
	var ids []string
	for _, s := range d.Saves {
		n := d.nodes[s.ID]
		if n == nil || n.Before == nil {
			continue
		}
		if _, given := s.Values["sources"]; given {
			ids = append(ids, sourcesOf(n.Before.Values, query.NodeFacts)...)
		}
		for _, r := range s.Relations {
			again := map[string]bool{}
			for _, l := range r.links() {
				again[l.To] = true
			}
			for _, l := range d.linksAt(s.ID, r.Relationship) {
				if again[otherEnd(l.After, s.ID)] {
					ids = append(ids, sourcesOf(l.After.Values, query.LinkFacts)...)
				}
			}
		}
	}
	return ids
}

// keepHiddenSources adds to facts the sources of the stored ones that whoever asks may not see: they are not theirs to replace.
func (d *draft) keepHiddenSources(stored, facts []any) {
	before, after := query.Texts(stored[query.FactSources]), query.Texts(facts[query.FactSources])
	kept := slices.DeleteFunc(slices.Clone(before), func(id string) bool {
		n := d.nodes[id]
		return n == nil || n.After == nil || !d.hidden(n.After.Values[query.NodeFacts:]) || slices.Contains(after, id)
	})
	switch {
	case len(kept) == 0:
		return
	case len(before) == len(after)+len(kept) && !slices.ContainsFunc(after, func(id string) bool { return !slices.Contains(before, id) }):
		facts[query.FactSources] = stored[query.FactSources]
	default:
		facts[query.FactSources] = query.ListOf(append(after, kept...))
	}
}

// sources are those that values name.
func sources(values map[string]any) []string { return query.Texts(values["sources"]) }

func sourcesOf(values []any, facts int) []string { return query.Texts(values[facts+query.FactSources]) }
