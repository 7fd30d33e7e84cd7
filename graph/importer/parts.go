package importer

import (
	"context"
	"errors"
	"fmt"

	"bordergraph/graph/change"
	"bordergraph/graph/query"
)

// inParts writes, in several changes, the rows that were found sound: sources and other objects, then
// relationships, all that lead from one object together. Each part is checked again, because others may write between.
func (im *Import) inParts(ctx context.Context, store query.Store, report *Report, c *checked) error {
	objects, links, err := c.apart()
	if err != nil {
		return err
	}
	of, written := len(objects)+len(links), 0
	for _, half := range []struct {
		rows       []ranked
		of         func(*Row) *Row
		incomplete bool
	}{{objects, objectOf, true}, {links, linksOf, false}} {
		for rows := range chunks(half.rows, im.Limits.Rows) {
			part, err := im.part(rows, half.of)
			if err != nil {
				return err
			}
			part.incomplete = half.incomplete
			refusals, err := part.write(ctx, store, report)
			if err != nil {
				return fmt.Errorf("after %d of %d rows were written (run it again to finish): %w", written, of, err)
			}
			if refusals != "" {
				return &query.Error{Code: change.Conflict, Message: fmt.Sprintf("%d of %d rows were written, then some were refused. If others changed the graph meanwhile, run it again; "+
					"else these are sound only together with rows that come later: give them first, in an import of %d objects and relationships at most\n%s", written, of, im.Limits.Whole, refusals)}
			}
			im.contents = nil
			written += len(rows)
			if im.Progress != nil {
				im.Progress(written, of)
			}
		}
	}
	return nil
}

// part is the import of some rows, or of something of each, as one change.
func (im *Import) part(rows []ranked, of func(*Row) *Row) (*Import, error) {
	part := *im
	part.Rows, part.Limits.Whole = newRows(), len(rows)
	for _, each := range rows {
		row, err := im.Rows.row(each.row)
		if err != nil {
			return nil, errors.Join(err, part.Rows.Close())
		}
		part.Rows.add(of(row))
	}
	return &part, nil
}

// write writes a part, unless it says why rows are refused.
func (im *Import) write(ctx context.Context, store query.Store, report *Report) (refusals string, err error) {
	err = im.update(ctx, store, report, func(c *checked) bool {
		return !im.Rows.anyRefused() && c.size() > 0
	})
	if err == nil && im.Rows.anyRefused() {
		refusals, err = im.Rows.refusals()
	}
	return refusals, errors.Join(err, im.Rows.Close())
}

// apart are the sound rows that give objects, and those that give relationships, in the order in which they were checked.
func (s *screen) apart() (objects, links []ranked, err error) {
	var sources, others []ranked
	for _, each := range s.order {
		row, err := s.Rows.row(each.row)
		if err != nil {
			return nil, nil, err
		}
		switch row.Type {
		case "": // it gives relationships only
		case "Source": // which facts cite
			sources = append(sources, each)
		default:
			others = append(others, each)
		}
		if row.Type == "" || len(row.Links) > 0 {
			links = append(links, each)
		}
	}
	return append(sources, others...), links, nil
}

// objectOf is what a row gives of an object.
func objectOf(row *Row) *Row {
	row.Links = nil
	return row
}

// linksOf is what a row gives of relationships.
func linksOf(row *Row) *Row {
	return &Row{File: row.File, Line: row.Line, ID: row.ID, Links: row.Links, form: row.form}
}

// chunks calls yield with the rows in parts of so many, or more where they are about one object.
func chunks(rows []ranked, size int) func(yield func([]ranked) bool) {
	return func(yield func([]ranked) bool) {
		for len(rows) > 0 {
			end := min(size, len(rows))
			for end < len(rows) && rows[end].rank == rows[end-1].rank {
				end++
			}
			if !yield(rows[:end]) {
				return
			}
			rows = rows[end:]
		}
	}
}
