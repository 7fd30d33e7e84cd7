package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// About is what the first line of a document says of it.
type About struct {
	// Complete is whether it holds all that was stored, over all time and whatever its marking: a backup.
	Complete bool `json:"complete"`
	// Date, Certainty and Clearance are those for which it was made; Date is empty for any time.
	Date      string `json:"date,omitempty"`
	Certainty string `json:"certainty"`
	Clearance string `json:"clearance"`
	// Truncated is whether a list was cut by its limit, so that there are more objects than these.
	Truncated bool `json:"truncated"`
}

// trailer is what the last line says: without it a document is cut off. The sum is that of all lines before.
type trailer struct {
	Objects   int    `json:"objects"`
	Relations int    `json:"relations"`
	SHA256    string `json:"sha256"`
}

// How the first and the last line of a document begin, which no line of a dataset does.
const (
	firstLine = `{"dataset":`
	lastLine  = `{"end":`
)

// Document writes a part of a graph as one file of the dataset's format: what it is about, the objects
// as in objects.jsonl, sources among them, the relations as in relations.jsonl, and a checksum.
type Document struct {
	out     *bytes.Buffer
	encoder *json.Encoder
	sum     hash.Hash
	trailer
}

// NewDocument begins a document in a buffer, which may be emptied between two calls.
func NewDocument(out *bytes.Buffer, about About) *Document {
	d := &Document{out: out, encoder: json.NewEncoder(out), sum: sha256.New()}
	d.encoder.SetEscapeHTML(false)
	d.line(struct {
		About About `json:"dataset"`
	}{about})
	return d
}

// Node writes an object. They are given in the order of their ids.
func (d *Document) Node(r *query.NodeRecord) {
	n := record.NodeOf(r)
	d.Objects++
	d.line(objectLine{ID: n.ID, Type: n.Type, Names: n.Names, Properties: n.Properties, Note: n.Note, FormerIDs: n.FormerIDs, validity: written(n.Facts)})
}

// Link writes a relation. They are given after all objects, in the order of what they lead from and their ids.
func (d *Document) Link(r *query.LinkRecord) {
	l := record.LinkOf(r)
	d.Relations++
	d.line(relationLine{From: l.From, Type: l.Type, To: l.To, Evidence: l.Evidence, Properties: l.Properties, validity: written(l.Facts)})
}

// End writes the last line.
func (d *Document) End() {
	d.SHA256 = hex.EncodeToString(d.sum.Sum(nil))
	d.line(struct {
		Trailer trailer `json:"end"`
	}{d.trailer})
}

// line writes one line, and adds it to the sum.
func (d *Document) line(v any) {
	before := d.out.Len()
	if err := d.encoder.Encode(v); err != nil {
		panic(err) // records hold only what JSON can say
	}
	d.sum.Write(d.out.Bytes()[before:])
}

// written leaves out the marking of what is public, as files do.
func written(x record.Facts) validity {
	if x.Marking == query.Clearances[query.Public] {
		x.Marking = ""
	}
	return validity(x)
}
