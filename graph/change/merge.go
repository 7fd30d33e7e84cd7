package change

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// Merge says which node is to become part of another, for which its id stands from then on.
type Merge struct {
	// Root is the response key of the root field.
	Root       string
	Keep, Drop string
	// Shapes are those of the nodes of each type.
	Shapes map[*query.Type]*Shape
}

func (m *Merge) in(argument string) Place { return Place{m.Root, argument} }

// merging is a Merge while it is carried out.
type merging struct {
	*draft
	*Merge
	shape *Shape
	// broken are the nodes that broke a rule before.
	broken map[string]bool
}

// maxCiting is how many nodes that rest on a source are changed at most when it is merged into another.
const maxCiting = 10_000

func (d *draft) merge(ctx context.Context, tx query.Tx, asked *Merge) error {
	m := &merging{draft: d, Merge: asked, broken: map[string]bool{}}
	stored, err := tx.Records(ctx, []string{m.Keep, m.Drop}, []query.At{{Node: m.Drop, Direction: query.Both}, {Node: m.Keep, Direction: query.Both}})
	if err != nil {
		return err
	}
	d.add(stored)
	if err := d.readEnds(ctx, tx); err != nil {
		return err
	}
	if !m.isPossible() {
		return nil
	}
	m.shape = m.Shapes[d.node(m.Keep).Type]
	if whole, err := m.readCiting(ctx, tx); !whole || err != nil {
		return err
	}
	before, err := m.ruled(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range before {
		m.broken[s.ID] = m.breaks(s)
	}
	m.unite()
	m.moveLinks()
	m.cite()
	m.checkLinks()
	if err := m.checkCycles(ctx, tx, m.movedLinks()); err != nil {
		return err
	}
	after, err := m.ruled(ctx, tx)
	if err != nil {
		return err
	}
	m.checkRuled(after)
	return nil
}

// isPossible says why two nodes cannot be merged, whatever they are.
func (m *merging) isPossible() bool {
	sound := len(m.problems)
	if m.Keep == m.Drop {
		m.problem(m.in("drop"), BadInput, "It is the same object as the one to keep; give two.")
		return false
	}
	for _, named := range []struct{ argument, id string }{{"keep", m.Keep}, {"drop", m.Drop}} {
		at, id := m.in(named.argument), named.id
		switch {
		case m.node(id) == nil:
			m.problem(at, NotFound, "%s", m.missing(id, "There is no object %q."))
		case slices.ContainsFunc(m.Saves, func(s *Save) bool { return s.ID == id }):
			m.problem(at, BadInput, "%q is saved by the same operation; do one of the two.", id)
		case m.isPartlyHidden(id):
			m.problem(at, BadInput, "%q is bound to something that you may not see: only who may see all of both can merge them.", id)
		}
	}
	if len(m.problems) > sound {
		return false
	}
	keep, drop := m.node(m.Keep).Type, m.node(m.Drop).Type
	if keep != drop {
		m.problem(m.in("drop"), BadInput, "%q is a %s, and %q a %s: only objects of one type can be merged.", m.Drop, drop.Name, m.Keep, keep.Name)
	}
	return len(m.problems) == sound
}

func (m *merging) isPartlyHidden(id string) bool {
	return slices.ContainsFunc(m.at[id], func(l *query.LinkChange) bool { return l.After != nil && m.hiddenLink(l.After) })
}

// readCiting reads all that rests on the node that goes, if that is a source; false if not all of it may be changed.
func (m *merging) readCiting(ctx context.Context, tx query.Tx) (bool, error) {
	if m.shape.Type != m.Source {
		return true, nil
	}
	more, err := m.draft.readCiting(ctx, tx, m.Drop, maxCiting)
	if err != nil {
		return false, err
	}
	if err := m.readEnds(ctx, tx); err != nil {
		return false, err
	}
	_, hidden := m.resting(m.Drop)
	switch {
	case hidden:
		m.problem(m.in("drop"), BadInput, "Facts rest on %q that you may not see: only who may see all of them can merge it.", m.Drop)
	case more:
		m.problem(m.in("drop"), BadInput, "More than %d objects rest on %q; keep this one, or give some of them other sources first.", maxCiting, m.Drop)
	}
	return !hidden && !more, nil
}

// unite makes of two nodes the one that is kept.
func (m *merging) unite() {
	keep, drop := m.nodes[m.Keep], m.nodes[m.Drop]
	made, problems := record.NewNode(m.model, united(record.NodeOf(keep.After), record.NodeOf(drop.After)))
	made.Values[query.NodeVersion] = keep.After.Values[query.NodeVersion]
	m.recordProblems(m.in("drop"), m.shape.Fields, problems)
	m.checkNew(m.in("drop"), m.shape.Fields, made.Type.Properties, len(query.NodeProperties), made.Values)
	keep.After, drop.After = &made, nil
}

// united is a node with what another says that it does not say itself. The day on which it ended is its own: where
// there is none, it has not ended. It is marked as the one of both that is marked higher.
func united(keep, drop record.Node) record.Node {
	for _, n := range drop.Names {
		if !slices.ContainsFunc(keep.Names, func(own record.Name) bool { return own.Lang == n.Lang && own.Text == n.Text }) {
			keep.Names = append(keep.Names, alias(n))
		}
	}
	own, other := &keep.Facts, &drop.Facts
	keep.Note, own.Confidence = cmp.Or(keep.Note, drop.Note), cmp.Or(own.Confidence, other.Confidence)
	if own.ValidFrom == "" {
		own.ValidFrom, own.ValidFromPrecision = other.ValidFrom, other.ValidFromPrecision
	}
	if own.StatedOn == "" {
		own.StatedOn, own.StatedOnPrecision = other.StatedOn, other.StatedOnPrecision
	}
	own.Marking = higher(own.Marking, other.Marking)
	own.Sources = union(own.Sources, other.Sources)
	keep.Properties = withProperties(keep.Properties, drop.Properties)
	keep.FormerIDs = slices.Concat(keep.FormerIDs, drop.FormerIDs, []string{drop.ID})
	return keep
}

// withProperties are the properties of a node with those of another that it lacks, but for what says more of one that
// differs: levelSince of level, signedOnPrecision of signedOn.
func withProperties(own, others map[string]any) map[string]any {
	all := maps.Clone(others)
	maps.DeleteFunc(all, func(name string, _ any) bool {
		for of, value := range own {
			if more, is := strings.CutPrefix(name, of); is && more != "" && unicode.IsUpper(rune(more[0])) && !reflect.DeepEqual(value, others[of]) {
				return true
			}
		}
		return false
	})
	maps.Copy(all, own)
	return all
}

// alias is a name that is no main name.
func alias(n record.Name) record.Name {
	if n.Kind == "MAIN" {
		n.Kind = "ALIAS"
	}
	return n
}

// union is all of two lists, each member once.
func union[T comparable](a, b []T) []T {
	all := slices.Clone(a)
	for _, member := range b {
		if !slices.Contains(all, member) {
			all = append(all, member)
		}
	}
	return all
}

// moveLinks moves the relationships of the node that goes to the one that is kept.
func (m *merging) moveLinks() {
	bound := slices.Clone(m.at[m.Drop])
	slices.SortFunc(bound, func(a, b *query.LinkChange) int { return cmp.Compare(a.Record().ID(), b.Record().ID()) })
	for _, change := range bound {
		l := change.After
		change.After = nil
		if l != nil && otherEnd(l, m.Drop) != m.Keep {
			m.moveLink(l)
		}
	}
}

// moveLink adds a relationship at the node that is kept, or what it says to the one that is there already.
func (m *merging) moveLink(l *query.LinkRecord) {
	written := record.LinkOf(l)
	for _, end := range []*string{&written.From, &written.To} {
		if *end == m.Drop {
			*end = m.Keep
		}
	}
	made, problems := record.NewLink(m.model, written, m.nodes[written.From].After.Type, m.nodes[written.To].After.Type)
	m.recordProblems(m.in("drop"), nil, problems)
	other := m.pair(&Relation{Relationship: l.Relationship}, &made)
	if other == nil {
		m.putLink(&made)
		return
	}
	united, differing := unitedLink(record.LinkOf(other), written)
	if len(differing) > 0 {
		m.problem(m.in("drop").In(m.fieldOf(l.Relationship)), BadInput,
			"%q leads from %q to %q, and %q at the same time from %q to %q, and they differ in %s. Remove one of the two, or make them say the same.",
			l.ID(), l.From, l.To, other.ID(), other.From, other.To, strings.Join(differing, ", "))
		return
	}
	made, problems = record.NewLink(m.model, united, m.nodes[united.From].After.Type, m.nodes[united.To].After.Type)
	m.recordProblems(m.in("drop"), nil, problems)
	m.links[other.ID()].After = &made
}

// unitedLink is a relationship with what another says that it does not say itself, marked as the one of both that
// is marked higher. What they say of one thing in two ways is answered, too: then they cannot be united.
func unitedLink(keep, drop record.Link) (united record.Link, differing []string) {
	own, other := &keep.Facts, &drop.Facts
	if own.ValidFrom != other.ValidFrom || own.ValidFromPrecision != other.ValidFromPrecision {
		differing = append(differing, "validFrom")
	}
	if own.ValidTo != other.ValidTo || own.ValidToPrecision != other.ValidToPrecision {
		differing = append(differing, "validTo")
	}
	for _, said := range []struct {
		name        string
		own, others *string
	}{
		{"statedOn", &own.StatedOn, &other.StatedOn},
		{"statedOnPrecision", &own.StatedOnPrecision, &other.StatedOnPrecision},
		{"confidence", &own.Confidence, &other.Confidence},
		{"evidence", &keep.Evidence, &drop.Evidence},
	} {
		if *said.own != "" && *said.others != "" && *said.own != *said.others {
			differing = append(differing, said.name)
		}
		*said.own = cmp.Or(*said.own, *said.others)
	}
	for _, name := range slices.Sorted(maps.Keys(drop.Properties)) {
		value, given := keep.Properties[name]
		switch {
		case !given:
			keep.Properties[name] = drop.Properties[name]
		case name == locator:
			keep.Properties[name] = union(value.([]any), drop.Properties[name].([]any))
		case !reflect.DeepEqual(value, drop.Properties[name]):
			differing = append(differing, name)
		}
	}
	own.Marking = higher(own.Marking, other.Marking)
	own.Sources = union(own.Sources, other.Sources)
	return keep, differing
}

var locator = query.LinkProperties[query.LinkFacts+query.FactLocator].Name

// higher is the higher of two markings.
func higher(a, b string) string {
	if slices.Index(query.Clearances, b) > slices.Index(query.Clearances, a) {
		return b
	}
	return a
}

// withSources are values with other sources.
func withSources(values []any, facts int, sources []string) []any {
	values = slices.Clone(values)
	values[facts+query.FactSources] = nil
	if len(sources) > 0 {
		values[facts+query.FactSources] = query.ListOf(sources)
	}
	return values
}

// cite lets what rests on the node that goes rest on the one that is kept, which does not rest on itself.
func (m *merging) cite() {
	if m.shape.Type != m.Source {
		return
	}
	for id, n := range m.nodes {
		if n.After == nil {
			continue
		}
		if cited := sourcesOf(n.After.Values, query.NodeFacts); slices.Contains(cited, m.Drop) || id == m.Keep && slices.Contains(cited, id) {
			sources := slices.DeleteFunc(m.instead(cited), func(source string) bool { return source == id })
			n.After = &query.NodeRecord{Type: n.After.Type, Values: withSources(n.After.Values, query.NodeFacts, sources)}
		}
	}
	for _, l := range m.links {
		if l.After != nil && slices.Contains(sourcesOf(l.After.Values, query.LinkFacts), m.Drop) {
			sources := m.instead(sourcesOf(l.After.Values, query.LinkFacts))
			l.After = &query.LinkRecord{Relationship: l.After.Relationship, From: l.After.From, To: l.After.To,
				Values: withSources(l.After.Values, query.LinkFacts, sources)}
		}
	}
}

// instead are ids with the one that is kept in place of the one that goes, each once.
func (m *merging) instead(ids []string) []string {
	for i, id := range ids {
		if id == m.Drop {
			ids[i] = m.Keep
		}
	}
	return union(nil, ids)
}

// checkLinks says of which relationships there are too many now, or too few.
func (m *merging) checkLinks() {
	for _, r := range m.model.Relationships {
		from := map[string]bool{m.Keep: true}
		for _, l := range m.at[m.Keep] {
			if l.After != nil && l.After.Relationship == r && l.Before == nil {
				from[l.After.From] = true
			}
		}
		for _, id := range slices.Sorted(maps.Keys(from)) {
			var leading []query.LinkRecord
			for _, l := range m.linksAt(id, r) {
				leading = append(leading, *l.After)
			}
			for _, p := range record.CheckToOne(leading) {
				m.problem(m.in("drop").In(m.fieldOf(r)), BadInput, "%s: %s.", p.Record, p.Message)
			}
		}
		if r.Required && r.From[0] == m.shape.Type && len(m.linksAt(m.Keep, r)) == 0 {
			m.problem(m.in("drop").In(m.fieldOf(r)), BadInput, "%s: is missing; every %s has one.", m.fieldOf(r), m.shape.Type.Name)
		}
	}
}

// movedLinks are the relationships that are new at the node that is kept.
func (m *merging) movedLinks() places {
	moved := places{}
	for _, l := range m.at[m.Keep] {
		if l.Before == nil && l.After != nil {
			moved[l] = m.in("drop").In(m.fieldOf(l.After.Relationship))
		}
	}
	return moved
}

// fieldOf is where a relationship is given.
func (m *merging) fieldOf(r *query.Relationship) string { return m.Shapes[r.From[0]].Relationships[r] }

// ruled are the nodes whose rules look at one of the two, or along it, with all read that they look at.
func (m *merging) ruled(ctx context.Context, tx query.Tx) ([]*Save, error) {
	var ruled []*Save
	for _, t := range m.model.Types {
		shape := m.Shapes[t]
		if !shape.hasRules() {
			continue
		}
		ids, err := m.lookingAt(ctx, tx, shape)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			ruled = append(ruled, &Save{Place: m.in("drop"), Shape: shape, ID: id})
		}
	}
	return m.readRules(ctx, tx, ruled)
}

// lookingAt are the nodes of a type from which paths of its rules lead to one of the two, and these themselves.
func (m *merging) lookingAt(ctx context.Context, tx query.Tx, shape *Shape) ([]string, error) {
	starts := []string{m.Keep, m.Drop}
	ids := map[string]bool{m.Keep: true, m.Drop: true}
	for _, back := range shape.backFrom(m.shape.Type) {
		if err := m.readPaths(ctx, tx, starts, []query.Path{back}); err != nil {
			return nil, err
		}
		add(ids, m.along(starts, back.Steps))
	}
	if err := m.readEnds(ctx, tx); err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(ids)), nil
}

// backFrom are the ways back along the paths of the rules, from nodes of a type to those that must follow them.
func (s *Shape) backFrom(t *query.Type) []query.Path {
	var ways []query.Path
	for _, p := range s.paths() {
		for i, step := range p.Steps {
			if slices.Contains(step.To, t) {
				ways = append(ways, query.Path{Name: p.Name, Steps: backwards(p.Steps[:i+1])})
			}
		}
	}
	return ways
}

// checkRuled says which rules are broken that were not before.
func (m *merging) checkRuled(ruled []*Save) {
	for _, s := range ruled {
		if !m.broken[s.ID] && (s.ID != m.Keep || !m.broken[m.Drop]) {
			m.checkRulesOfOther(s)
		}
	}
}
