package importer

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"bordergraph/graph/query"
)

// inParts writes, in several changes, the rows that were found sound: sources and other objects, then
// relationships, all that lead from one object together. Each part is checked again, because others may write between.
func (im *Import) inParts(ctx context.Context, store query.Store, report *Report) error {
	objects, links := im.apart()
	parts := append(chunks(objects, im.Limits.Rows), chunks(links, im.Limits.Rows)...)
	written := 0
	for _, rows := range parts {
		part := *im
		part.Rows, part.incomplete = rows, rows[0].Type != ""
		refused := false
		err := part.update(ctx, store, report, func(made *query.Change) bool {
			refused = slices.ContainsFunc(rows, func(row *Row) bool { return row.Outcome == Refused })
			return !refused && len(made.Nodes)+len(made.Links) > 0
		})
		if err != nil {
			return fmt.Errorf("after %d of %d rows were written (run it again to finish): %w", written, len(objects)+len(links), err)
		}
		if refused {
			return &query.Error{Code: "CONFLICT", Message: fmt.Sprintf("the graph was changed meanwhile: %d of %d rows were written, then one was refused; run it again\n%s", written, len(objects)+len(links), refusals(rows))}
		}
		im.contents = nil
		written += len(rows)
		if im.Progress != nil {
			im.Progress(written, len(objects)+len(links))
		}
	}
	return nil
}

// apart are the sound rows as rows that give objects, and rows that give relationships.
func (im *Import) apart() (objects, links []*Row) {
	for _, row := range im.Rows {
		if row.Outcome == Refused {
			continue
		}
		if row.Type != "" {
			object := *row
			object.Links = nil
			objects = append(objects, &object)
		}
		if len(row.Links) > 0 {
			links = append(links, &Row{File: row.File, Line: row.Line, ID: row.ID, Links: row.Links, form: row.form})
		}
	}
	slices.SortStableFunc(objects, func(a, b *Row) int { return cmp.Compare(order(a), order(b)) })
	slices.SortStableFunc(links, func(a, b *Row) int { return cmp.Compare(a.ID, b.ID) })
	return objects, links
}

// order is 0 for sources, which facts cite.
func order(row *Row) int {
	if row.Type == "Source" {
		return 0
	}
	return 1
}

// chunks are the rows in parts of so many, or more where they are of one object.
func chunks(rows []*Row, size int) [][]*Row {
	var parts [][]*Row
	for len(rows) > 0 {
		end := min(size, len(rows))
		for end < len(rows) && rows[end].ID == rows[end-1].ID {
			end++
		}
		parts, rows = append(parts, rows[:end]), rows[end:]
	}
	return parts
}

// refusals are what is wrong with the rows that are refused.
func refusals(rows []*Row) string {
	text := ""
	for _, row := range rows {
		if row.Outcome == Refused {
			text += row.String()
		}
	}
	return text
}
