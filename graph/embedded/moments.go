package embedded

import (
	"cmp"
	"slices"
	"sort"

	"bordergraph/graph/query"
)

// timeline is the moments of all nodes, by their dates.
type timeline struct {
	moments []*moment
	numbers map[momentName]int // of the moments of the model
	// declared are the moments that nodes of each type have, by their numbers.
	declared map[*query.Type]map[int]query.Moment
}

// moment is one date of a node. It is held as a link, so that rows read it as they read relationships.
type moment struct {
	number int // among the moments of the model
	link
}

type momentName struct {
	typ  *query.Type
	kind string
}

// dates is the relationship that all moments are of.
var dates = &query.Relationship{Name: "moment", Properties: query.MomentProperties}

func newTimeline(declared []query.Moment) timeline {
	t := timeline{numbers: make(map[momentName]int, len(declared)), declared: map[*query.Type]map[int]query.Moment{}}
	for i, d := range declared {
		t.numbers[momentName{d.Type, d.Kind}] = i
		if t.declared[d.Type] == nil {
			t.declared[d.Type] = map[int]query.Moment{}
		}
		t.declared[d.Type][i] = d
	}
	return t
}

func (t *timeline) add(nodes ...*node) {
	t.moments = insert(t.moments, t.of(nodes), byTime)
}

func (t *timeline) remove(nodes ...*node) {
	t.moments = remove(t.moments, t.of(nodes), byTime)
}

// of are the moments that nodes have, one after the other in memory, as they are read.
func (t *timeline) of(nodes []*node) []*moment {
	var all []moment
	for _, n := range nodes {
		for number, d := range t.declared[n.typ] {
			if n.value(d.Date) != nil {
				var precision any = "DAY"
				if d.Precision != nil {
					precision = n.value(d.Precision)
				}
				all = append(all, moment{number, link{relationship: dates, to: n, values: []any{n.value(d.Date), precision, d.Kind}}})
			}
		}
	}
	slices.SortFunc(all, func(a, b moment) int { return byTime(&a, &b) })
	moments := make([]*moment, len(all))
	for i := range all {
		moments[i] = &all[i]
	}
	return moments
}

func byTime(a, b *moment) int {
	return cmp.Or(cmp.Compare(a.date(), b.date()), cmp.Compare(a.to.position, b.to.position), cmp.Compare(a.number, b.number))
}

func (m *moment) date() string { return m.values[query.MomentDate].(string) }

// alongTimeline is the way along the moments that are beyond a position of an order. Without an order by
// date, it is the whole timeline.
func (r *reader) alongTimeline(order []query.Key, beyond *query.Keyset, reverse bool) way {
	t := r.graph.timeline
	if !byDate(order) {
		return way{moments: t.moments}
	}
	descending := order[0].Descending
	w := way{moments: t.moments, backward: descending != reverse, ordered: true}
	if beyond != nil {
		w.moments = t.beyond(r.args[beyond.Values[0]].(string), beyond.Before != descending)
	}
	return w
}

// byDate reports whether an order of moments is first of all by their dates.
func byDate(order []query.Key) bool {
	if len(order) == 0 {
		return false
	}
	first, is := order[0].By.(*query.Value)
	return is && first.Of == query.Link && first.Property == query.MomentProperties[query.MomentDate]
}

// beyond are the moments of a date and of all days before, or after it.
func (t timeline) beyond(date string, before bool) []*moment {
	if before {
		return t.moments[:sort.Search(len(t.moments), func(i int) bool { return t.moments[i].date() > date })]
	}
	return t.moments[sort.Search(len(t.moments), func(i int) bool { return t.moments[i].date() >= date }):]
}

func (r *reader) moments(start *query.Moments, way way, in scope, visit func(member) bool) {
	asked := r.graph.timeline.asked(start)
	for i := range way.moments {
		m := way.moment(i)
		if !r.spend(1) {
			return
		}
		of := member{node: m.to, link: &m.link}
		if r.asks(asked[m.number], of) && way.has(m.to) && in.sees(&m.to.validity) && in.holds(&m.to.validity) && !visit(of) {
			return
		}
	}
}

// asks is whether a moment is asked for, of this node.
func (r *reader) asks(m *query.Moment, of member) bool {
	return m != nil && (m.Where == nil || r.holds(m.Where, of))
}

// asked are the moments that are asked for, by their numbers; nil for the others.
func (t timeline) asked(start *query.Moments) []*query.Moment {
	asked := make([]*query.Moment, len(t.numbers))
	for i, m := range start.Of {
		number, declared := t.numbers[momentName{m.Type, m.Kind}]
		if !declared {
			panic("embedded: a moment that the model does not declare")
		}
		asked[number] = &start.Of[i]
	}
	return asked
}
