// Package dataset reads facts from the files in which people keep them: objects.jsonl,
// relations.jsonl and sources.jsonl, one record a line.
package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

const (
	objectsFile   = "objects.jsonl"
	relationsFile = "relations.jsonl"
	sourcesFile   = "sources.jsonl"
)

// Read makes of the three files the change that replaces a graph by what they hold. Sources become
// nodes of the type Source. If anything is wrong, the error names all of it, a problem a line, each
// with its file and line.
func Read(model *query.Model, fsys fs.FS) (*query.Change, error) {
	fingerprint, err := Fingerprint(fsys)
	if err != nil {
		return nil, err
	}
	r := &reader{model: model, types: map[string]*query.Type{}, first: map[string]string{}}
	for _, file := range []struct {
		name string
		read func(where string, line []byte)
	}{
		{sourcesFile, r.source}, {objectsFile, r.object}, {relationsFile, r.relation},
	} {
		if err := eachLine(fsys, file.name, file.read); err != nil {
			return nil, err
		}
	}
	r.join()
	r.checkFormerIDs()
	r.checkCitations()
	for _, p := range record.CheckToOne(r.links) {
		r.problems = append(r.problems, fmt.Errorf("%s: %w", relationsFile, p))
	}
	if len(r.problems) > 0 {
		return nil, errors.Join(r.problems...)
	}
	return &query.Change{
		Replace:  true,
		Nodes:    query.AddNodes(r.nodes),
		Links:    query.AddLinks(r.links),
		Contents: &query.Contents{Dataset: fingerprint, Schema: model.Fingerprint},
	}, nil
}

// Fingerprint changes whenever one of the three files does.
func Fingerprint(fsys fs.FS) (string, error) {
	sum := sha256.New()
	for _, name := range []string{objectsFile, relationsFile, sourcesFile} {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return "", fmt.Errorf("read dataset: %w", err)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func eachLine(fsys fs.FS, name string, read func(where string, line []byte)) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("read dataset: %w", err)
	}
	number := 0
	for line := range bytes.Lines(data) {
		number++
		read(fmt.Sprintf("%s:%d", name, number), line)
	}
	return nil
}

// reader gathers what the files hold, and all that is wrong with it.
type reader struct {
	model     *query.Model
	types     map[string]*query.Type // of the nodes, by id
	first     map[string]string      // where an id was first read
	nodes     []query.NodeRecord
	links     []query.LinkRecord
	pending   []pendingLink
	citations []citation
	former    []formerID
	problems  []error
}

// pendingLink is a relation that waits until all nodes are read.
type pendingLink struct {
	where string
	link  record.Link
}

type citation struct {
	where, by string
	sources   []string
}

// formerID is one of a node.
type formerID struct{ where, of, id string }

func (r *reader) problem(where string, err error) {
	r.problems = append(r.problems, fmt.Errorf("%s: %w", where, err))
}

func (r *reader) source(where string, line []byte) {
	var s sourceLine
	if err := decode(line, &s); err != nil {
		r.problem(where, err)
		return
	}
	r.node(where, s.node())
	if s.CopyOf != "" {
		r.pending = append(r.pending, pendingLink{where, record.Link{From: s.ID, Type: "COPY_OF", To: s.CopyOf}})
	}
}

func (r *reader) object(where string, line []byte) {
	var o objectLine
	if err := decode(line, &o); err != nil {
		r.problem(where, err)
		return
	}
	if o.Type == sourceType {
		r.problem(where, record.Problem{Record: o.ID, Field: "type", Message: "sources are written in " + sourcesFile})
		return
	}
	r.cite(where, o.ID, o.Sources)
	r.node(where, o.node())
}

func (r *reader) relation(where string, line []byte) {
	var l relationLine
	if err := decode(line, &l); err != nil {
		r.problem(where, err)
		return
	}
	r.cite(where, l.From+" "+l.Type+" "+l.To, l.Sources)
	r.pending = append(r.pending, pendingLink{where, l.link()})
}

func (r *reader) cite(where, by string, sources []string) {
	r.citations = append(r.citations, citation{where, by, sources})
}

func (r *reader) node(where string, n record.Node) {
	made, problems := record.NewNode(r.model, n)
	for _, p := range problems {
		r.problem(where, p)
	}
	if at, doubled := r.first[n.ID]; doubled {
		r.problem(where, record.Problem{Record: n.ID, Field: "id", Message: "is the id of " + at + " already; give each node an id of its own"})
		return
	}
	r.first[n.ID] = where
	r.types[n.ID] = r.model.Type(n.Type)
	r.nodes = append(r.nodes, made)
	for _, id := range n.FormerIDs {
		if id != n.ID { // which is told already
			r.former = append(r.former, formerID{where, n.ID, id})
		}
	}
}

// checkFormerIDs: a former id is no node's id, and stands for one node.
func (r *reader) checkFormerIDs() {
	for _, f := range r.former {
		if at, taken := r.first[f.id]; taken {
			r.problem(f.where, record.Problem{Record: f.of, Field: "formerIds", Message: fmt.Sprintf("%q stands in %s already; leave one out", f.id, at)})
			continue
		}
		r.first[f.id] = f.where
	}
}

// join makes the relationships, now that the types of their ends are known.
func (r *reader) join() {
	for _, p := range r.pending {
		from, to := r.end(p, "from", p.link.From), r.end(p, "to", p.link.To)
		if from == nil || to == nil {
			continue
		}
		made, problems := record.NewLink(r.model, p.link, from, to)
		for _, problem := range problems {
			r.problem(p.where, problem)
		}
		if len(problems) == 0 {
			r.link(p, made)
		}
	}
}

func (r *reader) link(p pendingLink, made query.LinkRecord) {
	id := made.Values[query.LinkID].(string)
	if at, doubled := r.first[id]; doubled {
		r.problem(p.where, record.Problem{Record: linkName(p.link), Field: "from",
			Message: "is the same relation as " + at + "; two are told apart by from, type, to, validFrom or title"})
		return
	}
	r.first[id] = p.where
	r.links = append(r.links, made)
}

// end is the type of one end; nil, and a problem unless the node itself has one, if there is none.
func (r *reader) end(p pendingLink, field, id string) *query.Type {
	if _, read := r.first[id]; !read {
		r.problem(p.where, record.Problem{Record: linkName(p.link), Field: field, Message: fmt.Sprintf("there is no node %q", id)})
	}
	return r.types[id]
}

func (r *reader) checkCitations() {
	for _, c := range r.citations {
		for _, id := range c.sources {
			if t := r.types[id]; t == nil || t.Name != sourceType {
				r.problem(c.where, record.Problem{Record: c.by, Field: "sources", Message: fmt.Sprintf("there is no source %q in %s", id, sourcesFile)})
			}
		}
	}
}

func linkName(l record.Link) string { return l.From + " " + l.Type + " " + l.To }
