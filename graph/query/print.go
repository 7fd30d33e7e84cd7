package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Print writes a column as text, for people and to compare: two columns that ask for the same, but
// for the values of Params, print the same.
func Print(c Column) string {
	var p printer
	p.column(c)
	return p.String()
}

// byText is the rank of columns that only their text tells apart.
const byText = 2

func rank(c Column) int {
	switch c.(type) {
	case *TypeName:
		return 0
	case *Value:
		return 1
	}
	return byText
}

type printer struct{ strings.Builder }

var subjectNames = map[Subject]string{Node: "node", Link: "link", Via: "via", ViaLink: "viaLink"}

func (p *printer) column(c Column) {
	switch c := c.(type) {
	case *Value:
		fmt.Fprintf(p, "%s.%s", subjectNames[c.Of], c.Property.Name)
	case *TypeName:
		fmt.Fprintf(p, "type(%s)", subjectNames[c.Of])
	case *LinkName:
		p.WriteString("link name")
	case *Outgoing:
		p.WriteString("outgoing")
	case *Rank:
		p.WriteString("rank ")
		p.join("else", c.Conditions)
	case *List:
		p.WriteString("list ")
		p.selection(c.Select)
	case *First:
		p.WriteString("first ")
		p.selection(c.Select)
	case *Count:
		p.WriteString("count ")
		p.set(c.Set)
	case *Period:
		fmt.Fprintf(p, "%s of %s.%s", unitNames[c.Unit], subjectNames[c.Of], c.Date.Name)
	case *Groups:
		p.groups(c)
	case *Exists:
		p.WriteString("exists ")
		p.set(c.Set)
		p.order(c.Order, c.Beyond)
	case *More:
		p.WriteString("more ")
		p.neighbours(c.Neighbours)
	case *Exceeded:
		p.WriteString("exceeded ")
		p.neighbours(c.Neighbours)
	}
}

var unitNames = map[Unit]string{Year: "year", Quarter: "quarter", Month: "month", Day: "day"}

func (p *printer) groups(g *Groups) {
	p.WriteString("groups ")
	p.set(g.Set)
	p.WriteString(" by {")
	p.columns(g.Keys)
	p.WriteString("} {")
	p.columns(g.Shown)
	p.WriteString("}")
	if g.Members == nil {
		return
	}
	p.WriteString(" members")
	p.order(g.Members.Order, nil)
	p.WriteString(" {")
	p.columns(g.Members.Columns)
	p.WriteString("}")
}

func (p *printer) columns(columns []Column) {
	for i, c := range columns {
		if i > 0 {
			p.WriteString(", ")
		}
		p.column(c)
	}
}

func (p *printer) selection(s *Select) {
	p.set(s.Set)
	p.order(s.Order, s.Beyond)
	if s.Reverse {
		p.WriteString(" reversed")
	}
	if s.Limit != NoLimit {
		p.WriteString(" limit ?")
	}
	p.WriteString(" {")
	p.columns(s.Columns)
	p.WriteString("}")
}

func (p *printer) set(s *Set) {
	switch start := s.Start.(type) {
	case *All:
		fmt.Fprintf(p, "all %s", typeNames(start.Types))
	case *Found:
		fmt.Fprintf(p, "found %s", typeNames(start.Types))
	case *Namesakes:
		fmt.Fprintf(p, "namesakes %s", typeNames(start.Types))
	case *ByID:
		fmt.Fprintf(p, "byID %s", typeNames(start.Types))
		if start.Single {
			p.WriteString(" single")
		}
		if start.Dated {
			p.WriteString(" dated")
		}
	case *Walk:
		p.WriteString(subjectNames[start.From])
		for i, step := range start.Steps {
			p.WriteString(arrow(step.Direction, step.Relationship.Name) + typeNames(step.To))
			if i == 0 && start.ViaWhere != nil {
				p.WriteString("[")
				p.condition(start.ViaWhere)
				p.WriteString("]")
			}
		}
	case *Linked:
		p.WriteString(subjectNames[start.From])
		p.linked(start)
	case *Cited:
		fmt.Fprintf(p, "sources(%s)", subjectNames[start.By])
		if start.CopyOf != nil {
			p.WriteString(arrow(Out, start.CopyOf.Name))
		}
	case *Moments:
		kinds := make([]string, len(start.Of))
		for i, m := range start.Of {
			kinds[i] = m.Type.Name + " " + m.Kind
			if m.Where != nil {
				var where printer
				where.condition(m.Where)
				kinds[i] += "[" + where.String() + "]"
			}
		}
		fmt.Fprintf(p, "moments(%s)", strings.Join(kinds, "|"))
	case *Keyed:
		fmt.Fprintf(p, "key %d %s", start.Key, typeNames(start.Types))
	case *Neighbours:
		p.neighbours(start)
	case *Between:
		p.WriteString("between ")
		p.neighbours(start.Neighbours)
		p.linked(start.Over)
		p.like(start.Like)
	}
	p.WriteString(timeNames[s.Scope.Time])
	if s.Where != nil {
		p.WriteString(" where ")
		p.condition(s.Where)
	}
}

func (p *printer) linked(l *Linked) {
	names := make([]string, len(l.Relationships))
	for i, r := range l.Relationships {
		names[i] = r.Name
	}
	p.WriteString(arrow(l.Direction, strings.Join(names, "|")) + typeNames(l.To))
	if l.AsStored {
		p.WriteString(" as stored")
	}
}

func (p *printer) neighbours(n *Neighbours) {
	fmt.Fprintf(p, "neighbours%s %d", timeNames[n.Scope.Time], n.Steps)
	p.linked(n.Over)
	p.like(n.Like)
	p.order(n.Order, nil)
	if n.Wanted != nil {
		p.WriteString(" wanted ")
		p.condition(n.Wanted)
	}
}

func (p *printer) like(c Condition) {
	if c != nil {
		p.WriteString(" like ")
		p.condition(c)
	}
}

var timeNames = map[Time]string{Possible: "", Certain: " certain", AnyTime: " any"}

func arrow(d Direction, name string) string {
	switch d {
	case Out:
		return "-" + name + "->"
	case In:
		return "<-" + name + "-"
	}
	return "-" + name + "-"
}

func typeNames(types []*Type) string {
	return "(" + strings.Join(TypeNames(types), "|") + ")"
}

func (p *printer) order(order []Key, beyond *Keyset) {
	if len(order) > 0 {
		p.WriteString(" by ")
	}
	for i, key := range order {
		if i > 0 {
			p.WriteString(", ")
		}
		p.column(key.By)
		if key.Descending {
			p.WriteString(" desc")
		}
		if key.MissingLast {
			p.WriteString(" missing last")
		}
	}
	if beyond == nil {
		return
	}
	p.WriteString(map[bool]string{true: " before", false: " after"}[beyond.Before])
	if beyond.Inclusive {
		p.WriteString(" or at")
	}
	fmt.Fprintf(p, " %v", beyond.Missing)
}

var operatorNames = map[Operator]string{
	Equal: "=", Less: "<", LessOrEqual: "<=", Greater: ">", GreaterOrEqual: ">=",
	OneOf: "in", Contains: "contains", StartsWith: "startsWith", EndsWith: "endsWith", Has: "has",
}

func (p *printer) condition(c Condition) {
	switch c := c.(type) {
	case *And:
		p.join("and", c.All)
	case *Or:
		p.join("or", c.Any)
	case *Not:
		p.WriteString("not ")
		p.condition(c.Condition)
	case *Compare:
		fmt.Fprintf(p, "%s.%s %s ?", subjectNames[c.Of], c.Property.Name, operatorNames[c.Operator])
	case *Missing:
		fmt.Fprintf(p, "%s.%s missing", subjectNames[c.Of], c.Property.Name)
	case *Names:
		fmt.Fprintf(p, "%s names %s ?", subjectNames[c.Of], map[Match]string{Whole: "are", Words: "have", Prefix: "begin"}[c.Match])
	case *OfType:
		fmt.Fprintf(p, "%s is %s", subjectNames[c.Of], typeNames(c.Types))
	case *Some:
		p.WriteString("some ")
		p.set(c.Set)
	case *Counted:
		p.WriteString("count ")
		p.set(c.Set)
		fmt.Fprintf(p, " %s ?", operatorNames[c.Operator])
	case *Leads:
		p.leads(c)
	case *InForce:
		fmt.Fprintf(p, "%s in force%s", subjectNames[c.Of], timeNames[c.Scope.Time])
	}
}

func (p *printer) leads(l *Leads) {
	names := make([]string, len(l.Relationships))
	for i, r := range l.Relationships {
		names[i] = r.Name
	}
	fmt.Fprintf(p, "%s%s%d?", subjectNames[l.Of], arrow(Out, strings.Join(names, "|")), l.Steps)
}

func (p *printer) join(word string, conditions []Condition) {
	texts := make([]string, len(conditions))
	for i, c := range conditions {
		var inner printer
		inner.condition(c)
		texts[i] = inner.String()
	}
	if len(texts) == 0 {
		p.WriteString(word)
	}
	p.WriteString("(" + strings.Join(texts, " "+word+" ") + ")")
}

// date is the day that a column's set is about.
func date(c Column) Param {
	switch c := c.(type) {
	case *List:
		return c.Scope.Date
	case *First:
		return c.Scope.Date
	case *Count:
		return c.Scope.Date
	case *Exists:
		return c.Scope.Date
	case *Groups:
		return c.Scope.Date
	case *More:
		return c.Scope.Date
	case *Exceeded:
		return c.Scope.Date
	}
	return 0
}

// SortColumns puts columns in their canonical order and answers, for each, where it stood before:
// first the type's name, then properties in the order of the schema, then all else by its text, and by
// which of several days of one operation it is about.
func SortColumns(columns []Column) (sorted []Column, from []int) {
	from = make([]int, len(columns))
	texts := make([]string, len(columns))
	for i, c := range columns {
		from[i] = i
		if rank(c) == byText {
			texts[i] = Print(c)
		}
	}
	joinTexts(columns, texts)
	slices.SortStableFunc(from, func(i, j int) int {
		a, b := columns[i], columns[j]
		if va, ok := a.(*Value); ok {
			if vb, ok := b.(*Value); ok {
				return cmp.Or(cmp.Compare(va.Of, vb.Of), cmp.Compare(va.Property.Index, vb.Property.Index), cmp.Compare(va.Property.Name, vb.Property.Name))
			}
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(texts[i], texts[j]), cmp.Compare(date(a), date(b)))
	})
	sorted = make([]Column, len(columns))
	for i, j := range from {
		sorted[i] = columns[j]
	}
	return sorted, from
}

// joinTexts gives columns of the same Neighbours the texts of all of these, so that they keep the order that any one of them has.
func joinTexts(columns []Column, texts []string) {
	of := map[*Neighbours][]string{}
	for i, c := range columns {
		if n := neighboursOf(c); n != nil {
			of[n] = append(of[n], texts[i])
		}
	}
	for n := range of {
		slices.Sort(of[n])
	}
	for i, c := range columns {
		if n := neighboursOf(c); n != nil {
			texts[i] += " beside " + strings.Join(of[n], ", ")
		}
	}
}

// neighboursOf are those that a column is about; nil if it is about none.
func neighboursOf(c Column) *Neighbours {
	switch c := c.(type) {
	case *More:
		return c.Neighbours
	case *Exceeded:
		return c.Neighbours
	case *List:
		switch start := c.Start.(type) {
		case *Neighbours:
			return start
		case *Between:
			return start.Neighbours
		}
	}
	return nil
}
