package service

import (
	"context"
	"errors"
	"fmt"

	"bordergraph/graph/importer"
	"bordergraph/graph/query"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// maxRows is how many rows one mutation imports.
const maxRows = 5000

// Mutation implements ResolverRoot.
func (s *Service) Mutation() MutationResolver { return s }

// Import implements MutationResolver.
func (s *Service) Import(ctx context.Context, rows string, of *string, columns []string, dryRun, partial bool, comment *string) (*ImportReport, error) {
	fields, err := importer.ColumnsOf(columns)
	if err != nil {
		return nil, refused("%s.", err)
	}
	reader := importer.NewReader(s.API, importer.Tables{Type: value(of), Columns: fields})
	defer reader.Rows.Close()
	var ours *query.Error
	if err := reader.ReadText("rows", rows); errors.As(err, &ours) {
		return nil, err
	} else if err != nil {
		return nil, refused("%s", err)
	}
	if reader.Rows.Len() > maxRows {
		return nil, refused("There are %d rows; one import has %d at most. Send several, objects before what leads to them.", reader.Rows.Len(), maxRows)
	}
	im := &importer.Import{
		API: s.API, Rows: reader.Rows, Fingerprint: reader.Fingerprint(), DryRun: dryRun, Partial: partial,
		Clearance: s.Clearance(ctx), At: s.Now(), Actor: s.Actor(ctx), Comment: value(comment),
	}
	done, err := im.Run(ctx, s.Store)
	if err != nil {
		return nil, err
	}
	return reportOf(reader, done)
}

func refused(format string, args ...any) error {
	return &gqlerror.Error{Message: fmt.Sprintf(format, args...), Extensions: map[string]any{"code": "BAD_INPUT"}}
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

var outcomes = map[importer.Outcome]ImportOutcome{
	importer.Unchanged: ImportOutcomeUnchanged, importer.Created: ImportOutcomeCreated,
	importer.Changed: ImportOutcomeChanged, importer.Refused: ImportOutcomeRefused,
}

func reportOf(reader *importer.Reader, done *importer.Report) (*ImportReport, error) {
	report := &ImportReport{Columns: append([]string{}, reader.Maps...), Rows: []ImportedRow{}}
	if done.Last > 0 {
		sequence := int(done.Last)
		report.Change = &sequence
	}
	err := reader.Rows.Each(func(row *importer.Row) error {
		told := ImportedRow{Line: row.Line, Name: row.Name(), Outcome: outcomes[row.Outcome], Problems: []string{}}
		if row.Outcome == importer.Refused {
			for _, f := range row.Faults {
				told.Problems = append(told.Problems, row.Place(f)+": "+f.Message)
			}
		}
		report.Rows = append(report.Rows, told)
		return nil
	})
	return report, err
}
