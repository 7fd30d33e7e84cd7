// Package bordergraph holds what the program is built with: the schema, the facts and the first question.
package bordergraph

import (
	"embed"
	"io/fs"
)

// Schema is the text of schema.graphqls: what exists in the graph.
//
//go:embed schema.graphqls
var Schema string

// FirstQuestion is the operation with which a newcomer starts.
//
//go:embed examples/first-question.graphql
var FirstQuestion string

//go:embed dataset/*.jsonl
var files embed.FS

// Dataset holds the files of the bundled facts.
func Dataset() fs.FS {
	dataset, err := fs.Sub(files, "dataset")
	if err != nil {
		panic(err) // the name is right
	}
	return dataset
}
