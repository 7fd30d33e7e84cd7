package change

import (
	"fmt"
	"reflect"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

func (d *draft) saveNode(s *Save) {
	n := d.nodes[s.ID]
	if d.merged[s.ID] != "" {
		d.problem(s.In("id"), NotFound, "%s", d.missing(s.ID, notToBeSaved))
		return
	}
	if n == nil {
		n = &query.NodeChange{}
		d.nodes[s.ID] = n
	}
	if n.After != nil {
		switch {
		case d.node(s.ID) == nil:
			d.problem(s.In("id"), NotFound, notToBeSaved, s.ID)
			return
		case n.After.Type != s.Type:
			d.problem(s.In("id"), BadInput, "%q is a %s, and stays one; a %s needs another id.", s.ID, n.After.Type.Name, s.Type.Name)
			return
		}
	}
	d.checkVersion(s, n.Before)
	made, problems := s.Record(d.model, n.After)
	d.recordProblems(s.Place, s.Fields, problems)
	if n.Before != nil {
		made.Values[query.NodeVersion] = n.Before.Values[query.NodeVersion]
		d.keepHiddenSources(n.Before.Values[query.NodeFacts:], made.Values[query.NodeFacts:])
		d.keepFormerIDs(n.Before.Values, made.Values)
	}
	// Also with problems: what leads here is not to be told that it leads nowhere.
	n.After = &made
}

// Record is the node as it is to be, made of what it is; nil if there is none. With problems, it is not to be stored.
func (s *Save) Record(model *query.Model, of *query.NodeRecord) (query.NodeRecord, []record.Problem) {
	written := record.Node{ID: s.ID, Type: s.Type.Name}
	if of != nil {
		written = record.NodeOf(of)
	}
	if s.Names != nil {
		written.Names = *s.Names
	}
	for _, n := range s.MainNames {
		written.Names = withMain(written.Names, n)
	}
	for name, value := range s.Values {
		written.Set(name, value)
	}
	return record.NewNode(model, written)
}

// withMain are names with another main name in a language.
func withMain(names []record.Name, main record.Name) []record.Name {
	for i, n := range names {
		if n.Lang == main.Lang && n.Kind == main.Kind {
			names[i] = main
			return names
		}
	}
	return append(names, main)
}

const notToBeSaved = "There is no object %q that you may change; a new one needs another id."

// checkVersion refuses to save what was changed since whoever asks has read it.
func (d *draft) checkVersion(s *Save, stored *query.NodeRecord) {
	version := int64(0)
	if stored != nil {
		version, _ = stored.Values[query.NodeVersion].(int64)
	}
	if s.Expected == nil || *s.Expected == version {
		return
	}
	message := fmt.Sprintf("%q has version %d, not %d: it was changed meanwhile; read it again.", s.ID, version, *s.Expected)
	if stored == nil {
		message = fmt.Sprintf("There is no object %q; it was to have version %d.", s.ID, *s.Expected)
	}
	d.problems = append(d.problems, Problem{
		Place: s.In("expectedVersion"), Code: Conflict, Message: message,
		Details: map[string]any{"version": version, "expectedVersion": *s.Expected},
	})
}

// checkNode says what is wrong with the facts of a node that is new or changed.
func (d *draft) checkNode(s *Save) {
	n := d.nodes[s.ID]
	if n == nil || n.After.Type != s.Type {
		return
	}
	differs := n.Before == nil || !reflect.DeepEqual(n.Before.Values, n.After.Values)
	if differs {
		d.checkFacts(s.Place, s.Fields, s.Type, n.After.Values[query.NodeFacts:], s.Values)
	}
	d.checkSources(s.Place, s.Fields, s.ID, s.Values)
	if differs {
		d.checkNew(s.Place, s.Fields, s.Type.Properties, len(query.NodeProperties), n.After.Values)
	}
}

// checkNew tells what is wrong with texts, and with own dates and numbers, which begin at a position, unless they were stored so before.
func (d *draft) checkNew(at Place, fields map[string]string, properties []*query.Property, own int, values []any) {
	if d.Restores {
		return
	}
	d.recordProblems(at, fields, record.CheckDates(properties, own, values))
	d.recordProblems(at, fields, record.CheckNumbers(properties, own, values))
	d.recordProblems(at, fields, record.CheckTexts(properties, values))
}

// recordProblems tells problems of a record where it was given.
func (d *draft) recordProblems(at Place, fields map[string]string, problems []record.Problem) {
	told := map[record.Problem]bool{}
	for _, p := range problems {
		field, known := fields[p.Field]
		if !known {
			field = p.Field
		}
		if !told[p] {
			d.problem(at.In(field), BadInput, "%s: %s.", field, p.Message)
		}
		told[p] = true
	}
}

// keepFormerIDs adds to values the former ids of the stored ones: they go on to stand for the node.
func (d *draft) keepFormerIDs(stored, values []any) {
	before, after := query.FormerIDs(stored), query.FormerIDs(values)
	if kept := union(before, after); !d.Restores && len(kept) > len(after) {
		values[query.NodeFormerIDs] = query.ListOf(kept)
	}
}

// checkFormerIDs says which former ids that are given are those of other nodes, or stand for others.
func (d *draft) checkFormerIDs() {
	ambiguous := d.ambiguous()
	for _, s := range d.Saves {
		for _, id := range formerIDs(s.Values) {
			if ambiguous[id] {
				d.problem(s.In(s.Fields["formerIds"]), BadInput, "%q is the id of another object, or stands for another.", id)
			}
		}
	}
}

// ambiguous are former ids that are to stand for two nodes, or are the id of one.
func (d *draft) ambiguous() map[string]bool {
	ambiguous, known := map[string]bool{}, map[string]bool{}
	for _, n := range d.nodes {
		if n.After == nil {
			continue
		}
		for _, id := range query.FormerIDs(n.After.Values) {
			if other := d.nodes[id]; known[id] || other != nil && other.After != nil {
				ambiguous[id] = true
			}
			known[id] = true
		}
	}
	return ambiguous
}
