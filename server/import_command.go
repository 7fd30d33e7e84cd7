package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/embedded"
	"bordergraph/graph/importer"
	"bordergraph/graph/query"
)

// importCommand is the command that writes what files say into the graph.
type importCommand struct {
	Files   []string `arg:"" name:"file" help:"Files to import, all as one change; - for standard input."`
	DryRun  bool     `help:"Write nothing; report of each row whether it would be created, changed, unchanged or refused, and why."`
	Partial bool     `help:"Write the rows that are sound although others are refused, and say which went in."`
	Comment string   `help:"Why, for the log of changes."`
	Actor   string   `help:"In whose name, for the log of changes. Default: anonymous."`
	Type    string   `placeholder:"TYPE" help:"Of tables: the type of the objects, such as BorderPost, or of the relationships, such as IN_SECTOR, that their rows give. Default: the only one that has all columns."`
	Columns []string `placeholder:"HEADER=FIELD" help:"Of tables: the fields that columns give, by their headers; HEADER= leaves one out. A comma in a header is written \\,. Default: guessed, and shown."`
	Sheet   string   `placeholder:"NAME" help:"Of workbooks: the sheet that is meant, where several hold something."`
}

// Help implements kong.HelpProvider.
func (importCommand) Help() string {
	return "Creates and updates objects by id, and relationships: what a row gives is set, what it leaves out stays, null clears. A relationship is given whole.\n\n" +
		"Files hold JSON Lines: what export writes, or the lines of dataset/; or a table with a header, as CSV (separated by commas, semicolons or tabs; UTF-8 or UTF-16) or XLSX, " +
		"of objects of one type or relationships of one kind. Headers are names of fields, or what they are called in Vietnamese or English. An empty cell of an object changes nothing, one of a relationship clears; a formula is never computed: a cell of a workbook that holds one is refused, in CSV it is text. " +
		"What a file is, gzip included, is recognised by its content.\n\n" +
		"All rows of all files are checked as mutations are, and written in one transaction: all, or nothing if one is refused. " +
		"What changes more than 100,000 objects and relationships is checked as a whole, then written in several changes, objects first. " +
		"What many rows say is held in a temporary file meanwhile. " +
		"An import that was interrupted is finished by running it again: it writes what is not there yet. A store with nothing in it becomes what the files hold: so a backup is restored.\n\n" +
		"The command fails if a row is refused."
}

// Run implements the command.
func (i *importCommand) Run(ctx context.Context, s *settings, c *console) error {
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		return err
	}
	columns, err := importer.ColumnsOf(i.Columns)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	rows := importer.NewReader(api, importer.Tables{Type: i.Type, Columns: columns, Sheet: i.Sheet})
	defer rows.Rows.Close()
	if err := errors.Join(i.read(ctx, rows, c), showColumns(rows, c.out)); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if i.DryRun && s.absent() {
		s.Data = embedded.Memory // a file would be made
	}
	g, err := open(ctx, s, false)
	if err != nil {
		return err
	}
	return errors.Join(i.run(ctx, g, rows, c), g.store.Close())
}

// showColumns says what the columns of each table were taken for.
func showColumns(rows *importer.Reader, out io.Writer) error {
	for _, columns := range rows.Maps {
		if _, err := fmt.Fprintf(out, "bordergraph: columns of %s\n", columns); err != nil {
			return err
		}
	}
	return nil
}

// read reads all files.
func (i *importCommand) read(ctx context.Context, rows *importer.Reader, c *console) error {
	for _, name := range i.Files {
		file, size, err := input(ctx, name)
		if err != nil {
			return err
		}
		p := &readProgress{Reader: file, terminal: terminal(c.err), rows: rows.Rows.Len, size: size, begun: time.Now()}
		err = rows.Read(name, p)
		p.end()
		file.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (i *importCommand) run(ctx context.Context, g *opened, rows *importer.Reader, c *console) error {
	im := &importer.Import{
		API: g.api, Rows: rows.Rows, Fingerprint: rows.Fingerprint(), Backup: rows.Backup, Partial: i.Partial, DryRun: i.DryRun,
		Clearance: query.Secret, At: time.Now(), Actor: i.Actor, Comment: i.Comment,
	}
	if im.Actor == "" {
		im.Actor = graph.Anonymous
	}
	if t := terminal(c.err); t != nil {
		fmt.Fprintf(t, "bordergraph: %d rows are checked and written", im.Rows.Len())
		begun := time.Now()
		im.Progress = func(written, of int) {
			fmt.Fprintf(t, "\rbordergraph: %srows written, %.0f a second\033[K", bar(int64(written), int64(of)), float64(written)/time.Since(begun).Seconds())
		}
	}
	collectOften()
	report, err := im.Run(ctx, g.store)
	if t := terminal(c.err); t != nil {
		fmt.Fprint(t, "\r\033[K")
	}
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if err := i.report(im.Rows, c.out); err != nil {
		return fmt.Errorf("import: %s, but the report is not whole: %w", i.summary(report), err)
	}
	return i.done(report, c)
}

// report says of the rows that matter what became of them: all in a dry run, those written in a partial one, those refused always.
func (i *importCommand) report(rows *importer.Rows, out io.Writer) error {
	return rows.Each(func(row *importer.Row) error {
		if row.Outcome == importer.Refused || i.DryRun || i.Partial && row.Outcome != importer.Unchanged {
			_, err := fmt.Fprint(out, row)
			return err
		}
		return nil
	})
}

// done says what was done in all.
func (i *importCommand) done(report *importer.Report, c *console) error {
	refused := report.Counts[importer.Refused]
	if refused > 0 && !i.DryRun && !i.Partial {
		return fmt.Errorf("import: %s", i.summary(report))
	}
	err := c.done(i.summary(report))
	if refused > 0 {
		err = errors.Join(err, fmt.Errorf("import: %d rows are refused", refused))
	}
	return err
}

// summary is what was done in all.
func (i *importCommand) summary(report *importer.Report) string {
	refused := report.Counts[importer.Refused]
	counts := fmt.Sprintf("%d rows created, %d changed, %d unchanged, %d refused",
		report.Counts[importer.Created], report.Counts[importer.Changed], report.Counts[importer.Unchanged], refused)
	switch {
	case i.DryRun:
		return "nothing written, a dry run: " + counts
	case refused > 0 && !i.Partial:
		return fmt.Sprintf("nothing is written, because %d of the rows are refused", refused)
	case report.Last == 0:
		return "nothing to write: " + counts
	case report.Last > report.First:
		return fmt.Sprintf("%s as changes %d to %d", counts, report.First, report.Last)
	}
	return fmt.Sprintf("%s as change %d", counts, report.Last)
}

// readProgress shows on a terminal how much of a file has been read, and how fast.
type readProgress struct {
	io.Reader
	terminal io.Writer // nil if nobody looks
	rows     func() int
	size     int64 // 0 if it is not known
	read     int64
	begun    time.Time
	shown    time.Time
}

// Read implements io.Reader.
func (p *readProgress) Read(piece []byte) (int, error) {
	n, err := p.Reader.Read(piece)
	p.read += int64(n)
	if p.terminal != nil && time.Since(p.shown) > 100*time.Millisecond {
		p.shown = time.Now()
		p.show()
	}
	return n, err
}

// barWidth is how many characters stand for the whole.
const barWidth = 30

func (p *readProgress) show() {
	rate := float64(p.rows()) / time.Since(p.begun).Seconds()
	fmt.Fprintf(p.terminal, "\rbordergraph: %s%d rows read, %.0f a second\033[K", bar(p.read, p.size), p.rows(), rate)
}

// bar shows how much is done of what is known to be to do.
func bar(done, of int64) string {
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("[%-*s] %3d%% ", barWidth, strings.Repeat("#", int(barWidth*done/of)), 100*done/of)
}

// end clears the line.
func (p *readProgress) end() {
	if p.terminal != nil {
		fmt.Fprint(p.terminal, "\r\033[K")
	}
}
