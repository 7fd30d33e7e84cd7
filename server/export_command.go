package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bordergraph/graph"
	"bordergraph/graph/derive"
	"bordergraph/graph/export"
	"bordergraph/graph/query"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// exportCommand is the command that writes a part of the graph to a file.
type exportCommand struct {
	Format        string `default:"dataset" enum:"${formats}" help:"One of ${enum}. The default is what import reads; of the whole graph, it is a backup with all that is stored, over all time."`
	Output        string `default:"-" short:"o" placeholder:"FILE" help:"File to write. Default: standard output."`
	Operation     string `placeholder:"FILE" help:"File with a GraphQL operation: the objects that it answers are exported, and the relationships between them. Default: the whole graph."`
	OperationName string `placeholder:"NAME" help:"Which operation is meant where the file has several."`
	Variables     string `placeholder:"JSON" help:"Variables of the operation, as a JSON object."`
	Date          string `placeholder:"DATE" help:"The day that is asked about, yyyy-mm-dd. Default: today in Viet Nam."`
	Certainty     string `placeholder:"CERTAINTY" help:"CERTAIN for what is surely in force, POSSIBLE (the default) for what nothing speaks against."`
	Any           bool   `help:"Export what was in force at any time."`
	Clearance     string `enum:",${clearances}" default:"" placeholder:"MARKING" help:"Export what is marked up to this: one of ${clearances}. Default: PUBLIC; SECRET for a backup."`
}

// datasetFormat is the format of backups.
const datasetFormat = "dataset"

// isBackup is whether all that is stored is meant: what is not said otherwise is then left out of nothing.
func (e *exportCommand) isBackup() bool {
	return e.Format == datasetFormat && e.Operation == "" && e.Date == "" && e.Certainty == "" && !e.Any && e.Clearance == ""
}

// Run implements the command.
func (e *exportCommand) Run(ctx context.Context, s *settings, c *console) error {
	selection, err := e.selection()
	if err != nil {
		return err
	}
	document := c.out
	c = &console{out: c.err, err: c.err, log: c.log, started: c.started} // standard output may be the document's
	g, err := openHeld(ctx, s, c)
	if err != nil {
		return err
	}
	return errors.Join(e.export(ctx, g, selection, document, c), g.store.Close())
}

// selection reads what is to be exported.
func (e *exportCommand) selection() (*graph.Selection, error) {
	s := &graph.Selection{OperationName: e.OperationName, Date: e.Date, Certainty: e.Certainty, Any: e.Any || e.isBackup()}
	if e.Operation == "" {
		if e.OperationName != "" || e.Variables != "" {
			return nil, errors.New("--operation-name and --variables belong to an operation: give its file with --operation")
		}
		return s, nil
	}
	text, err := os.ReadFile(e.Operation)
	if err != nil {
		return nil, fmt.Errorf("read the operation: %w", err)
	}
	if s.Query = string(text); strings.TrimSpace(s.Query) == "" {
		return nil, fmt.Errorf("read the operation: %s is empty", e.Operation)
	}
	if e.Variables != "" && keepNumbers([]byte(e.Variables), &s.Variables) != nil {
		return nil, errors.New("--variables must be a JSON object")
	}
	return s, nil
}

func (e *exportCommand) export(ctx context.Context, g *opened, selection *graph.Selection, document io.Writer, c *console) error {
	ctx = graph.WithClearance(ctx, e.clearance())
	if e.Format != datasetFormat {
		return e.write(ctx, g.api, g.store, selection, document, c)
	}
	backup := func(w io.Writer) error { return e.backup(ctx, g, selection, w, c) }
	if e.Output == "-" {
		return spooled(document, backup)
	}
	return backup(document)
}

// backup writes while nobody else does.
func (e *exportCommand) backup(ctx context.Context, g *opened, selection *graph.Selection, document io.Writer, c *console) error {
	begun := false
	return g.store.Update(ctx, func(tx query.Tx) error {
		if begun {
			return errors.New("export: the connection to the store was lost; run it again")
		}
		begun = true
		return e.write(ctx, g.api, reading{g.store, tx}, selection, document, c)
	})
}

// spooled writes into a file first, so that whoever is slow to read does not keep others from writing.
func spooled(to io.Writer, write func(io.Writer) error) error {
	file, err := os.CreateTemp("", "bordergraph-export-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := write(file); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(to, file)
	return err
}

// clearance is up to which marking is exported.
func (e *exportCommand) clearance() query.Clearance {
	switch {
	case e.isBackup():
		return query.Secret
	case e.Clearance == "":
		return query.Public
	}
	return query.Clearance(slices.Index(query.Clearances, e.Clearance))
}

// reading is a store as it is in a transaction.
type reading struct {
	query.Store
	tx query.Tx
}

// Select implements query.Store.
func (r reading) Select(ctx context.Context, q *query.Query) (query.Row, error) {
	return r.tx.Select(ctx, q)
}

func (e *exportCommand) write(ctx context.Context, api *derive.API, store query.Store, selection *graph.Selection, document io.Writer, c *console) error {
	extract, err := graph.NewExports(api, store, graph.Options{}).Select(ctx, *selection)
	if err != nil {
		return inLines(err)
	}
	var writer *export.Writer
	err = writeFile(e.Output, document, func(w io.Writer) error {
		p := &progress{Writer: w, terminal: terminal(c.err)}
		defer p.end()
		writer = formatNamed(e.Format).NewWriter(p, extract.Graph)
		p.of = writer
		return extract.Write(ctx, writer)
	})
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if extract.Graph.Truncated {
		fmt.Fprintln(c.err, "bordergraph: warning: the export is truncated: a list of the operation has more members than it asks for")
	}
	return c.done(fmt.Sprintf("%d nodes and %d links exported", writer.Nodes, writer.Links))
}

// inLines writes the problems of an operation, a line each.
func inLines(err error) error {
	var refused gqlerror.List
	if !errors.As(err, &refused) {
		return fmt.Errorf("export: %w", err)
	}
	lines := make([]error, len(refused))
	for i, problem := range refused {
		lines[i] = problem
	}
	return fmt.Errorf("the operation cannot be exported:\n%w", errors.Join(lines...))
}

// writeFile writes a file that appears only when it is whole, and stays also if the power fails then.
func writeFile(path string, stdout io.Writer, write func(io.Writer) error) error {
	if path == "-" {
		return write(stdout)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file; use - for standard output", path)
	}
	part, err := os.OpenFile(path+"."+rand.Text()+".part", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // nothing is there once it was renamed
	err = write(part)
	if err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err != nil {
		return err
	}
	if err := os.Rename(part.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// progress shows on a terminal how much has been written.
type progress struct {
	io.Writer
	terminal io.Writer // nil if nobody looks
	of       *export.Writer
}

// Write implements io.Writer.
func (p *progress) Write(piece []byte) (int, error) {
	if p.terminal != nil {
		fmt.Fprintf(p.terminal, "\rbordergraph: %d nodes, %d links", p.of.Nodes, p.of.Links)
	}
	return p.Writer.Write(piece)
}

// end clears the line.
func (p *progress) end() {
	if p.terminal != nil {
		fmt.Fprint(p.terminal, "\r\033[K")
	}
}

// terminal is the writer if it is a terminal, else nil.
func terminal(w io.Writer) io.Writer {
	file, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return w
}
