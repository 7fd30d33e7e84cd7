package dataset

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// document is the small graph as one document.
func document(t *testing.T) string {
	t.Helper()
	return documentOf(t, files([]string{vietnam, sonla}, []string{placed}, []string{original, copied}))
}

func TestADocumentIsVerified(t *testing.T) {
	said, problems, err := Verify(smallModel(), strings.NewReader(document(t)))
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if !said.Complete || said.Objects != 4 || said.Relations != 2 {
		t.Errorf("got %+v", said)
	}
}

func TestACompressedDocumentIsVerified(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	fmt.Fprint(w, document(t))
	w.Close()
	if _, problems, err := Verify(smallModel(), bytes.NewReader(b.Bytes())); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
	if _, _, err := Verify(smallModel(), bytes.NewReader(b.Bytes()[:b.Len()-4])); err == nil {
		t.Error("a compressed document that is cut off is verified")
	}
}

func TestADocumentThatIsCutOffAnywhereIsRefused(t *testing.T) {
	whole := document(t)
	for length := range len(whole) {
		if _, problems, err := Verify(smallModel(), strings.NewReader(whole[:length])); err == nil && len(problems) == 0 {
			t.Errorf("cut off after %d of %d bytes, it is verified", length, len(whole))
		}
	}
}

func TestADocumentThatWasChangedAnywhereIsRefused(t *testing.T) {
	whole := document(t)
	for i := range len(whole) {
		changed := []byte(whole)
		changed[i] ^= 1
		if _, problems, err := Verify(smallModel(), bytes.NewReader(changed)); err == nil && len(problems) == 0 {
			t.Errorf("with another byte at %d, it is verified", i)
		}
	}
}

func TestARecordForgesNoLinesOfTheReport(t *testing.T) {
	forging := strings.Replace(document(t), `"id":"prov:sonla"`, `"id":"x\n9: y"`, 1)
	_, problems, err := Verify(smallModel(), strings.NewReader(forging))
	if err != nil || len(problems) == 0 {
		t.Fatal(problems, err)
	}
	for _, p := range problems {
		if strings.Contains(p.Error(), "\n") {
			t.Errorf("got two lines: %s", p)
		}
	}
}

func TestAllThatIsWrongWithADocumentIsToldWithItsLine(t *testing.T) {
	whole := document(t)
	lines := strings.SplitAfter(whole, "\n")
	for name, c := range map[string]struct{ document, want string }{
		"nothing":                  {"", "0: there is nothing in it"},
		"no export":                {strings.Join(lines[1:], ""), `1: this is no export: its first line does not begin with {"dataset":`},
		"more after the end":       {whole + lines[1], "9: there is more after the last line"},
		"another value":            {strings.Replace(whole, "HOME", "FRIEND", 1), `2: country:VN: role: "FRIEND" does not fit`},
		"no JSON":                  {strings.Replace(whole, `{"id":"prov`, `"id":"prov`, 1), "3: a line holds one JSON object"},
		"unknown source":           {strings.Replace(whole, `"sources":["src:a"]`, `"sources":["src:z"]`, 1), `2: sources: there is no source "src:z"`},
		"citing what is no source": {strings.Replace(whole, `"sources":["src:a"]`, `"sources":["prov:sonla"]`, 1), `2: sources: there is no source "prov:sonla"`},
		"dangling end":             {strings.Replace(whole, `"to":"country:VN"`, `"to":"country:XX"`, 1), `6: prov:sonla IN_COUNTRY country:XX: to: there is no node "country:XX"`},
		"an object twice":          {strings.Replace(whole, lines[1], lines[1]+lines[1], 1), "3: country:VN: id: is the id of line 2 already"},
		"a relation twice":         {strings.Replace(whole, lines[5], lines[5]+lines[5], 1), "7: prov:sonla IN_COUNTRY country:VN: from: is the same relation as in line 6"},
		"out of order":             {strings.Replace(whole, lines[1]+lines[2], lines[2]+lines[1], 1), "3: country:VN: id: stands in the wrong place"},
		"an object too late":       {strings.Replace(whole, lines[4]+lines[5], lines[5]+lines[4], 1), "6: src:b: id: stands in the wrong place"},
		"not to one":               {strings.Replace(whole, lines[5], lines[5]+strings.Replace(lines[5], `"evidence"`, `"validFrom":"2000-01-01","validFromPrecision":"DAY","evidence"`, 1), 1), `7: prov:sonla IN_COUNTRY country:VN: validFrom: it also leads to "country:VN"`},
		"without what is required": {strings.Replace(whole, lines[5], "", 1), "3: prov:sonla: IN_COUNTRY: is missing; every Province has one"},
		"a former id that is one":  {strings.Replace(whole, `"names"`, `"formerIds":["prov:sonla"],"names"`, 1), `2: formerIds: "prov:sonla" stands in line 3 already`},
		"a former id of two":       {strings.ReplaceAll(whole, `"names"`, `"formerIds":["x"],"names"`), `3: formerIds: "x" stands in line 2 already`},
		"changed":                  {strings.Replace(whole, "Sơn", "Son", 1), "8: the checksum is not that of the lines before"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems, err := Verify(smallModel(), strings.NewReader(c.document))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range problems {
				if strings.HasPrefix(p.Error(), c.want) {
					return
				}
			}
			t.Errorf("got %v, want %s", problems, c.want)
		})
	}
}

func TestAPartMayLeaveOutWhatIsRequired(t *testing.T) {
	var b bytes.Buffer
	d := NewDocument(&b, About{Certainty: "POSSIBLE", Clearance: "PUBLIC"})
	n, problems := record.NewNode(smallModel(), record.Node{ID: "prov:sonla", Type: "Province", Names: []record.Name{{Lang: "vi", Text: "Sơn La", Kind: "MAIN"}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d.Node(&n)
	d.End()
	if _, problems, err := Verify(smallModel(), &b); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

func TestALineOfAnotherEncodingIsRefused(t *testing.T) {
	if _, err := ParseLine([]byte("{\"id\":\"a\xff\"}")); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("got %v", err)
	}
}

func documentOf(t *testing.T, dataset fs.FS) string {
	t.Helper()
	change, err := Read(smallModel(), dataset)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	d := NewDocument(&b, About{Complete: true, Certainty: "ANY", Clearance: query.Clearances[query.Secret]})
	slices.SortFunc(change.Nodes, func(a, b query.NodeChange) int { return strings.Compare(a.After.ID(), b.After.ID()) })
	slices.SortFunc(change.Links, func(a, b query.LinkChange) int { return strings.Compare(a.After.From, b.After.From) })
	for _, n := range change.Nodes {
		d.Node(n.After)
	}
	for _, l := range change.Links {
		d.Link(l.After)
	}
	d.End()
	return b.String()
}
