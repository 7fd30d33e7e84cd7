package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"bordergraph/graph"
	"bordergraph/graph/query"

	"github.com/alecthomas/kong"
)

// An operation may take so long, and so may each page of an export; when the server ends, requests in
// flight may take longer to finish.
const (
	operationTimeout = 10 * time.Second
	exportTimeout    = 10 * time.Minute
	drainTimeout     = 20 * time.Second
)

// writeTimeout is how long a client may take for an answer, or for one piece of an export.
const writeTimeout = 30 * time.Second

// program is what the command line asks for.
type program struct {
	settings
	Serve  serve         `cmd:"" default:"withargs" help:"Answer GraphQL over HTTP; what is done without a command."`
	Load   load          `cmd:"" help:"Replace the graph by the bundled dataset, then end."`
	Import importCommand `cmd:"" help:"Write into the graph what files say: a backup, or rows to create and update, then end."`
	Export exportCommand `cmd:"" help:"Write the graph, or the objects that an operation answers, as a backup or in a shape that other programs read, then end."`
	Verify verifyCommand `cmd:"" help:"Check a file that export wrote in the format dataset, then end."`
}

// run is the whole program; it ends when the context does.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var p program
	parser, err := kong.New(&p,
		kong.Name("bordergraph"),
		kong.Description("Answers questions about border diplomacy: who is twinned with whom, where, since when, and who says so."),
		kong.Writers(stdout, stderr),
		kong.Vars{"formats": strings.Join(formatNames(), ","), "clearances": strings.Join(query.Clearances, ",")},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&p.settings, &console{stdout, stderr, slog.New(slog.NewTextHandler(stderr, nil)), time.Now()}),
	)
	if err != nil {
		return err
	}
	if err := refuseUnknown(os.Environ(), variables(parser)); err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return err
	}
	if err := p.complete(); err != nil {
		return err
	}
	return command.Run()
}

// variables are the environment twins of the flags.
func variables(parser *kong.Kong) []string {
	var names []string
	for _, flag := range parser.Model.Flags {
		names = append(names, flag.Envs...)
	}
	return names
}

// console is where a command reports: lines for whoever started it, and the log.
type console struct {
	out     io.Writer
	err     io.Writer
	log     *slog.Logger
	started time.Time
}

// done says what was done and how long it took since the start. So does the error, if that cannot be written.
func (c *console) done(what string) error {
	_, err := fmt.Fprintf(c.out, "bordergraph: %s in %s\n", what, time.Since(c.started).Round(time.Millisecond))
	if err != nil {
		return fmt.Errorf("%s, but that could not be reported: %w", what, err)
	}
	return nil
}

// load is the command that replaces the graph.
type load struct{}

// Run implements the command.
func (load) Run(ctx context.Context, s *settings, c *console) error {
	g, err := open(ctx, s, true)
	if err != nil {
		return err
	}
	if err := errors.Join(g.load(ctx), g.store.Close()); err != nil {
		return err
	}
	return c.done("dataset loaded")
}

// serve is the command that answers over HTTP.
type serve struct{}

// Run implements the command.
func (serve) Run(ctx context.Context, s *settings, c *console) error {
	// The port comes first: if it is taken, the store is left alone.
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.Listen, cause(err))
	}
	defer listener.Close()
	g, err := open(ctx, s, false)
	if err != nil {
		return err
	}
	return errors.Join(g.serve(ctx, listener, s, c), g.store.Close())
}

func (o *opened) serve(ctx context.Context, listener net.Listener, s *settings, c *console) error {
	if err := o.prepare(ctx, c); err != nil {
		return err
	}
	ready := &readiness{store: o.store}
	options := graph.Options{Version: version(), Kind: o.kind, Address: s.PublicURL + "/graphql"}
	site := &site{
		schema:      graph.New(o.api, o.store, options),
		exports:     graph.NewExports(o.api, pagewise{o.store}, options),
		api:         o.api.SDL,
		ready:       ready,
		origins:     s.CORSOrigins,
		actorHeader: s.ActorHeader,
		timeout:     operationTimeout,
		connections: newConnections(maxConnections),
		log:         c.log,
	}
	handler, err := site.handler()
	if err != nil {
		return err
	}
	if err := c.done("ready on http://" + listener.Addr().String()); err != nil {
		c.log.Warn(err.Error())
	}
	return answerOn(ctx, listener, handler, ready, site.connections)
}

// answerOn serves until the context ends, then lets requests in flight finish and ends connections that stay open.
func answerOn(ctx context.Context, listener net.Listener, handler http.Handler, ready *readiness, open *connections) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ready.drain()
	open.end()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := errors.Join(server.Shutdown(ctx), open.wait(ctx)); err != nil {
		return errors.Join(fmt.Errorf("requests still in flight were cut: %w", err), server.Close())
	}
	return nil
}

// cause is the innermost error, which says it in the fewest words.
func cause(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}
