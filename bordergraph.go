// Package bordergraph holds what the program is built with: the schema, the facts and the examples.
package bordergraph

import (
	"cmp"
	"embed"
	"io/fs"
	"slices"
)

// Schema is the text of schema.graphqls: what exists in the graph.
//
//go:embed schema.graphqls
var Schema string

//go:embed dataset/*.jsonl examples/*.graphql
var files embed.FS

// Examples are the operations of examples/, the first question first.
func Examples() []string {
	names, err := fs.Glob(files, "examples/*.graphql")
	if err != nil {
		panic(err) // the pattern is right
	}
	first := func(name string) int {
		if name == "examples/first-question.graphql" {
			return 0
		}
		return 1
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(first(a)-first(b), cmp.Compare(a, b)) })
	operations := make([]string, len(names))
	for i, name := range names {
		operation, err := files.ReadFile(name)
		if err != nil {
			panic(err) // it was found
		}
		operations[i] = string(operation)
	}
	return operations
}

// Dataset holds the files of the bundled facts.
func Dataset() fs.FS {
	dataset, err := fs.Sub(files, "dataset")
	if err != nil {
		panic(err) // the name is right
	}
	return dataset
}
