package plan

import (
	"bordergraph/graph/derive"
	"bordergraph/graph/response"
)

// telling plans what an operation wants to know of each change.
type telling struct {
	*builder
	*Telling
	// cost is that of one change besides itself.
	cost int64
}

// telling reads which types are asked for.
func (b *builder) telling(arguments map[string]any) *telling {
	t := &telling{builder: b, Telling: &Telling{api: b.API, clearance: b.Clearance}}
	if types, given := arguments["types"].([]any); given {
		t.types = b.nodeTypes(types)
	}
	return t
}

// object plans the selections of a Change.
func (t *telling) object(g *group) *response.Object {
	return t.fields("Change", g, func(g *group) response.Value {
		switch t.API.Field("Change", g.name) {
		case derive.PartChangeSequence:
			return numberAt(changeSequence)
		case derive.PartChangeAt:
			return textAt(changeAt)
		case derive.PartChangeActor:
			return textAt(changeActor)
		case derive.PartChangeComment:
			return textAt(changeComment)
		case derive.PartChangeUndoes:
			return numberAt(changeUndoes)
		case derive.PartChangeReplacesAll:
			return flagAt(changeReplacesAll)
		case derive.PartChangedLinks:
			return t.page("LinkChange", true, g)
		}
		return t.page("ObjectChange", false, g)
	})
}

// page plans a list of what was changed.
func (t *telling) page(name string, links bool, g *group) response.Value {
	arguments := t.arguments(g)
	p := &changedPage{links: links, limit: t.first(arguments)}
	order := response.OrderName(name)
	if cursor, given := arguments["after"].(string); given {
		p.after = t.idIn(cursor, order)
	}
	value := &response.Found{Column: at(changePages + len(t.pages))}
	t.pages = append(t.pages, p)
	t.cost += int64(p.limit)
	rows := response.Page{Column: at(pageMembers), Limit: p.limit}
	cursor := &response.Cursor{Order: order, Keys: []*response.Column{at(changedID)}}
	member := func(g *group) *response.Object {
		return t.fields(name, g, func(g *group) response.Value { return t.changedField(p, name, g) })
	}
	value.Object = t.fields(name+"Connection", g, func(g *group) response.Value {
		switch t.API.Field(name+"Connection", g.name) {
		case derive.PartNodes:
			return &response.Many{Page: rows, Node: &response.Node{Only: member(g)}}
		case derive.PartEdges:
			return &response.Many{Page: rows, Node: &response.Node{Only: t.fields(name+"Edge", g, func(g *group) response.Value {
				if t.API.Field(name+"Edge", g.name) == derive.PartEdgeCursor {
					return cursor
				}
				return &response.Nested{Object: member(g)}
			})}}
		case derive.PartTotalCount:
			return numberAt(pageTotal)
		}
		return &response.Nested{Object: t.fields("PageInfo", g, func(g *group) response.Value {
			switch part := t.API.Field("PageInfo", g.name); part {
			case derive.PartHasNextPage:
				return &response.More{Page: rows}
			case derive.PartHasPreviousPage:
				return flagAt(pageBehind)
			default:
				return &response.EndOfPage{Page: rows, Cursor: cursor, Last: part == derive.PartEndCursor}
			}
		})}
	})
	return value
}

// idIn is the id that a cursor holds.
func (t *telling) idIn(cursor, order string) string {
	values, err := response.DecodeCursor(cursor, order)
	if err != nil {
		t.problem(BadCursor, "Argument \"after\": %s.", err)
		return ""
	}
	if len(values) == 1 {
		if id, is := values[0].(string); is {
			return id
		}
	}
	t.problem(BadCursor, "Argument \"after\": it is damaged; take it from an edge or pageInfo of the same list.")
	return ""
}

func (t *telling) changedField(p *changedPage, owner string, g *group) response.Value {
	switch t.API.Field(owner, g.name) {
	case derive.PartType, derive.PartLinkType:
		return textAt(changedType)
	case derive.PartName:
		return textAt(changedName)
	case derive.PartLinkFrom:
		return textAt(changedFrom)
	case derive.PartLinkTo:
		return textAt(changedTo)
	case derive.PartChangeAction:
		return textAt(changedAction)
	case derive.PartChangedValues:
		p.values = true
		return each(changedValues, t.fields("ValueChange", g, func(g *group) response.Value {
			switch t.API.Field("ValueChange", g.name) {
			case derive.PartBefore:
				return &response.Stored{Column: at(valueBefore)}
			case derive.PartAfter:
				return &response.Stored{Column: at(valueAfter)}
			}
			return textAt(valueField)
		}))
	}
	return textAt(changedID)
}
