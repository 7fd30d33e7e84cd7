package plan

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/response"
)

// Telling is what an operation wants to know of each change, planned once: it makes, of an entry of the
// log, the row that the Shape of the type Change reads. It may be used concurrently.
type Telling struct {
	api       *derive.API
	clearance query.Clearance
	types     []*query.Type // nil for all
	pages     []*changedPage
}

// Positions in the row of a change. The pages that are asked for follow.
const (
	changeSequence = iota
	changeCursor
	changeAt
	changeActor
	changeComment
	changeUndoes
	changeReplacesAll
	changePages
)

// changedPage is a part of the objects, or of the relationships, of a change.
type changedPage struct {
	links bool
	limit int
	after string // an id; empty for the beginning
	// values is whether the values are asked for.
	values bool
}

// Positions in the row of a changedPage.
const (
	pageMembers = iota
	pageTotal
	pageBehind
)

// Positions in the row of an object or a relationship that was changed.
const (
	changedID = iota
	changedType
	changedName
	changedFrom
	changedTo
	changedAction
	changedValues
)

// Positions in the row of a value that was changed.
const (
	valueField = iota
	valueBefore
	valueAfter
)

// Row is that of an entry of which all may be seen; nil if nothing of it is to be told.
func (t *Telling) Row(e *query.Entry) query.Row {
	nodes, links := t.nodes(e), t.links(e)
	if len(nodes)+len(links) == 0 && !e.Replace {
		return nil
	}
	row := query.Row{
		changeSequence:    e.Sequence,
		changeCursor:      strconv.FormatInt(e.Sequence, 10),
		changeAt:          e.At.UTC().Format(time.RFC3339Nano),
		changeActor:       e.Actor,
		changeComment:     nil,
		changeUndoes:      nil,
		changeReplacesAll: e.Replace,
	}
	if e.Comment != "" {
		row[changeComment] = e.Comment
	}
	if e.Undoes != 0 {
		row[changeUndoes] = e.Undoes
	}
	for _, p := range t.pages {
		if p.links {
			row = append(row, p.row(links))
		} else {
			row = append(row, p.row(nodes))
		}
	}
	return row
}

// changed is a node or a relationship that was changed.
type changed struct {
	id            string
	before, after []any
	fields        []derive.StoredField
	node          *query.NodeRecord // nil for a relationship
	link          *query.LinkRecord // nil for a node
}

// nodes are those of which something is to be told, by id.
func (t *Telling) nodes(e *query.Entry) []changed {
	var all []changed
	for _, n := range e.Nodes {
		r := n.Record()
		if t.types != nil && !slices.Contains(t.types, r.Type) {
			continue
		}
		before, after := n.Values()
		c := changed{id: r.ID(), before: before, after: after, fields: t.api.NodeFields(r.Type), node: r}
		if c.differs() {
			all = append(all, c)
		}
	}
	return byID(all)
}

// links are those of which something is to be told, by id.
func (t *Telling) links(e *query.Entry) []changed {
	var all []changed
	for _, l := range e.Links {
		r := l.Record()
		if !t.concerns(r.Relationship) {
			continue
		}
		before, after := l.Values()
		c := changed{id: r.ID(), before: before, after: after, fields: t.api.LinkFields(r.Relationship), link: r}
		if c.differs() {
			all = append(all, c)
		}
	}
	return byID(all)
}

// concerns is whether a relationship concerns objects of the types that are asked for.
func (t *Telling) concerns(r *query.Relationship) bool {
	asked := func(of *query.Type) bool { return slices.Contains(t.types, of) }
	return t.types == nil || slices.ContainsFunc(r.From, asked) || r.Symmetric && slices.ContainsFunc(r.To, asked)
}

func byID(all []changed) []changed {
	slices.SortFunc(all, func(a, b changed) int { return strings.Compare(a.id, b.id) })
	return all
}

// row is that of the page of what was changed.
func (p *changedPage) row(all []changed) query.Row {
	begin := 0
	if p.after != "" {
		begin, _ = slices.BinarySearchFunc(all, p.after, func(c changed, id string) int { return strings.Compare(c.id, id) })
		if begin < len(all) && all[begin].id == p.after {
			begin++
		}
	}
	members := []any{}
	for _, c := range all[begin:min(len(all), begin+p.limit+1)] {
		row := c.row()
		if p.values {
			row[changedValues] = c.values()
		}
		members = append(members, row)
	}
	return query.Row{pageMembers: members, pageTotal: int64(len(all)), pageBehind: begin > 0}
}

// row has all but the values.
func (c *changed) row() query.Row {
	row := query.Row{changedID: c.id, changedAction: c.action(), changedValues: nil}
	if c.node != nil {
		row[changedType], row[changedName] = derive.NodeTypeValue(c.node.Type), c.node.Values[query.NodeName]
	} else {
		row[changedType], row[changedFrom], row[changedTo] = c.link.Relationship.Name, c.link.From, c.link.To
	}
	return row
}

func (c *changed) action() string {
	switch {
	case c.before == nil:
		return "CREATED"
	case c.after == nil:
		return "DELETED"
	}
	return "UPDATED"
}

// differs is false of what has the same values as before: only its version changed, or what may not be seen.
func (c *changed) differs() bool {
	return c.before == nil || c.after == nil ||
		slices.ContainsFunc(c.fields, func(f derive.StoredField) bool { return !same(told(f, c.before), told(f, c.after)) })
}

// values are the rows of those that differ.
func (c *changed) values() []any {
	rows := []any{}
	for _, f := range c.fields {
		before, after := told(f, c.before), told(f, c.after)
		if !same(before, after) {
			rows = append(rows, query.Row{valueField: f.Name, valueBefore: before, valueAfter: after})
		}
	}
	return rows
}

func same(before, after any) bool { return reflect.DeepEqual(before, after) }

// told is the value of a field as the API tells it; nil if it is missing.
func told(f derive.StoredField, values []any) any {
	if values == nil {
		return nil
	}
	switch value := values[f.Index]; {
	case f.Property == query.NodeProperties[query.NodeNameTexts]:
		return namesOf(values)
	case f.Property.Name == "marking":
		marking, _ := value.(int64)
		return query.Clearances[marking]
	default:
		return value
	}
}

func namesOf(values []any) any {
	texts, _ := values[query.NodeNameTexts].([]any)
	languages, _ := values[query.NodeNameLanguages].([]any)
	kinds, _ := values[query.NodeNameKinds].([]any)
	names := make([]any, len(texts))
	for i := range texts {
		names[i] = response.StoredName{Text: texts[i].(string), Language: strings.ToUpper(languages[i].(string)), Kind: kinds[i].(string)}
	}
	return names
}
