package importer

import (
	"context"
	"errors"

	"bordergraph/graph/query"
)

// checked is what the rows that are sound would change.
type checked struct {
	*screen
	change *query.Change // nil if it was not made at once
	// nodes, by their ids, and so many links are changed, by the rows in by: as far as Limits.Whole goes.
	nodes map[string]bool
	links int
	by    []ranked
}

// size is how many objects and relationships are changed, as far as Limits.Whole goes.
func (c *checked) size() int { return len(c.nodes) + c.links }

// check holds all rows against one another and against what is stored. A row that is refused may have been what
// another needs, so it goes on until no more are.
func (im *Import) check(ctx context.Context, tx query.Tx) (*checked, error) {
	im.Rows.reset()
	s := newScreen(im)
	for {
		if err := s.pass(ctx, tx); err != nil {
			return nil, err
		}
		if s.refused {
			continue
		}
		c, err := s.requests(ctx, tx)
		if err != nil || !s.refused {
			return c, err
		}
	}
}

// requests makes the requests of all rows, of some objects each if they are many, and refuses the rows that are at fault.
func (s *screen) requests(ctx context.Context, tx query.Tx) (*checked, error) {
	c := &checked{screen: s, nodes: map[string]bool{}}
	size := s.Limits.Rows
	if len(s.order) <= s.Limits.Whole {
		size = s.Limits.Whole
	}
	shapes := newShapes(s.API)
	var refused []refusal
	for rows := range chunks(s.order, size) {
		r, err := s.request(shapes, rows)
		if err != nil {
			return nil, err
		}
		reads := tx
		if len(rows) < len(s.order) {
			r.Stored = tx
			reads = &beside{tx, r, rows[0].rank, rows[len(rows)-1].rank}
		}
		made, problems, err := r.make(ctx, reads)
		if err != nil {
			return nil, err
		}
		refused = append(refused, problems...)
		if made != nil {
			r.tell(made)
			c.add(made, rows)
		}
	}
	for _, p := range refused {
		s.refused = true
		s.Rows.refuse(p.number, p.fault)
	}
	return c, nil
}

// add adds what some rows change.
func (c *checked) add(made *query.Change, rows []ranked) {
	if c.size() > c.Limits.Whole {
		return
	}
	if len(rows) == len(c.order) {
		c.change = made
	}
	changed := map[int]bool{} // by the ranks of objects
	change := func(id string) {
		if rank, is := c.rankOf(id); is {
			changed[rank] = true
		}
	}
	for _, n := range made.Nodes {
		c.nodes[n.Record().ID()] = true
		change(n.Record().ID())
	}
	for _, l := range made.Links {
		c.links++
		change(l.Record().From)
		change(l.Record().To)
	}
	for _, each := range rows {
		if changed[each.rank] {
			c.by = append(c.by, each)
		}
	}
}

// whole is the change that all rows make together.
func (c *checked) whole(ctx context.Context, tx query.Tx) (*query.Change, error) {
	if c.change != nil {
		return c.change, nil
	}
	changing, err := c.part(c.by, func(row *Row) *Row { return row })
	if err != nil {
		return nil, err
	}
	defer changing.Rows.Close()
	made, err := changing.check(ctx, tx)
	if err == nil && changing.Rows.anyRefused() {
		refusals, _ := changing.Rows.refusals()
		err = errors.New("rows that were found sound are refused among fewer:\n" + refusals)
	}
	if err != nil {
		return nil, err
	}
	return made.change, nil
}
