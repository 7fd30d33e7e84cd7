package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"bordergraph"
	"bordergraph/graph"
	"bordergraph/graph/dataset"
)

// verifyCommand is the command that checks an export.
type verifyCommand struct {
	File string `arg:"" help:"What export wrote, compressed with gzip or not; - for standard input."`
}

// Help implements kong.HelpProvider.
func (verifyCommand) Help() string {
	return "Checks that the file is whole and as it was written (checksum), that each record fits the schema of this program, that what relations lead to and the sources of all facts are in it, " +
		"and that relationships are as many as the schema wants. All that is wrong is told with its line. It needs no store."
}

// Run implements the command.
func (v verifyCommand) Run(ctx context.Context, c *console) error {
	file, _, err := input(ctx, v.File)
	if err != nil {
		return err
	}
	defer file.Close()
	api, err := graph.Read(bordergraph.Schema)
	if err != nil {
		return err
	}
	said, problems, err := dataset.Verify(api.Model, file)
	unwritten := v.report(problems, c.out)
	switch {
	case err != nil:
		return errors.Join(fmt.Errorf("%s cannot be read: %w", v.File, err), unwritten)
	case len(problems) > 0:
		return errors.Join(fmt.Errorf("%s is not sound: %d problems", v.File, len(problems)), unwritten)
	}
	return c.done(fmt.Sprintf("%s is sound: %d objects and %d relations, %s, verified", v.File, said.Objects, said.Relations, extentOf(said.About)))
}

func (v verifyCommand) report(problems []dataset.Problem, out io.Writer) error {
	for _, p := range problems {
		if _, err := fmt.Fprintf(out, "%s:%s\n", v.File, p); err != nil {
			return fmt.Errorf("the report is not whole: %w", err)
		}
	}
	return nil
}

// extentOf says in words how much a document holds.
func extentOf(a dataset.About) string {
	switch {
	case a.Complete:
		return "a complete backup"
	case a.Date == "":
		return "a part, over all time, marked up to " + a.Clearance
	}
	return fmt.Sprintf("a part, %s on %s, marked up to %s", a.Certainty, a.Date, a.Clearance)
}

// input opens a file to be read until the context ends, also while nothing comes; - is standard input. The size
// is 0 if it is not known.
func input(ctx context.Context, name string) (content io.ReadCloser, size int64, err error) {
	file := os.Stdin
	if name != "-" {
		file, err = os.Open(name)
	}
	var wrong *os.PathError
	if errors.As(err, &wrong) {
		return nil, 0, fmt.Errorf("%s: %w", name, wrong.Err)
	}
	if err != nil {
		return nil, 0, err
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	content, to := io.Pipe()
	stop := context.AfterFunc(ctx, func() { to.CloseWithError(context.Cause(ctx)) })
	go func() {
		defer file.Close()
		defer stop()
		_, err := io.Copy(to, file)
		to.CloseWithError(err)
	}()
	return content, size, nil
}
