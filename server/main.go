// Command server answers GraphQL over HTTP on a graph of border diplomacy. It wires the layers
// together and holds no graph logic.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bordergraph:", err)
		os.Exit(1)
	}
}
