// Command hand answers the operations of the benchmark the plain way: a handler each, with Cypher
// written by hand, a record per row, structs, encoding/json. It is what bordergraph is measured against.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	driver, err := neo4j.NewDriverWithContext(os.Getenv("NEO4J_URI"), neo4j.BasicAuth(os.Getenv("NEO4J_USERNAME"), os.Getenv("NEO4J_PASSWORD"), ""))
	if err != nil {
		log.Fatal(err)
	}
	defer driver.Close(context.Background())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("ready on http://%s\n", listener.Addr())
	server := &http.Server{Handler: (&graph{driver}).routes(), ReadHeaderTimeout: time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		log.Fatal(err)
	}
}

type graph struct{ driver neo4j.DriverWithContext }

// parameters are what a request may say; all have the same scope.
type parameters struct{ After *position }

type position struct{ Name, ID string }

const (
	today     = "2026-01-15"
	clearance = 0
)

func (g *graph) routes() http.Handler {
	mux := http.NewServeMux()
	for path, handle := range map[string]func(context.Context, parameters) (any, error){
		"/point": g.point, "/list": g.list, "/nested": g.nested, "/page": g.page, "/some-none": g.someNone,
		"/roots": g.roots, "/deep": g.deep, "/list-nested": g.listNested,
	} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			var p parameters
			if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			data, err := handle(r.Context(), p)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
		})
	}
	return mux
}

// read answers the records of a statement, which may use $date and $clearance besides its own parameters.
func (g *graph) read(ctx context.Context, text string, values map[string]any) ([]*neo4j.Record, error) {
	values["date"], values["clearance"] = today, clearance
	session := g.driver.NewSession(ctx, neo4j.SessionConfig{AccessMode: neo4j.AccessModeRead, FetchSize: neo4j.FetchAll})
	defer session.Close(ctx)
	result, err := session.Run(ctx, text, values)
	if err != nil {
		return nil, err
	}
	return result.Collect(ctx)
}
