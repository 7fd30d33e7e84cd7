package dataset

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"bordergraph/graph/derive"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

func bundledModel(t *testing.T) *query.Model {
	t.Helper()
	schema, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	api, err := derive.New(string(schema), "")
	if err != nil {
		t.Fatal(err)
	}
	return api.Model
}

func TestBundledDatasetFitsTheBundledSchema(t *testing.T) {
	model, files := bundledModel(t), os.DirFS("../../dataset")
	change, err := Read(model, files)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(change.Nodes); got != 908+273 {
		t.Errorf("%d nodes, want 908 objects and 273 sources", got)
	}
	if got := len(change.Links); got != 3775+3 {
		t.Errorf("%d relationships, want 3,775 relations and 3 copies of sources", got)
	}
	fingerprint, err := Fingerprint(files)
	if err != nil {
		t.Fatal(err)
	}
	if !change.Replace || *change.Contents != (query.Contents{Dataset: fingerprint, Schema: model.Fingerprint}) {
		t.Errorf("replace %t, contents %+v", change.Replace, change.Contents)
	}
}

func TestBundledDatesStandForTheirPeriods(t *testing.T) {
	change, err := Read(bundledModel(t), os.DirFS("../../dataset"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range change.Nodes {
		made := n.Record()
		for _, p := range record.CheckDates(made.Type.Properties, len(query.NodeProperties), made.Values) {
			t.Errorf("%s: %s: %s", made.ID(), p.Field, p.Message)
		}
	}
}

const (
	vietnam  = `{"id":"country:VN","type":"Country","names":[{"lang":"vi","text":"Việt Nam","kind":"MAIN"}],"properties":{"role":"HOME"},"validFrom":null,"confidence":"HIGH","sources":["src:a"]}`
	sonla    = `{"id":"prov:sonla","type":"Province","names":[{"lang":"vi","text":"Sơn La","kind":"MAIN"}],"properties":{},"marking":"SECRET","sources":["src:a"]}`
	placed   = `{"from":"prov:sonla","type":"IN_COUNTRY","to":"country:VN","evidence":"DERIVED","confidence":"HIGH","sources":["src:a"],"properties":{}}`
	original = `{"id":"src:a","title":"Kết nghĩa","publisher":"Báo Biên phòng","language":"vi","url":null,"publishedOn":"2019-01-01","publishedOnPrecision":"YEAR","copyOf":null,"kind":"PRESS"}`
	copied   = `{"id":"src:b","title":"Copy","publisher":"Blog","language":"en","url":"https://example.org","publishedOn":null,"publishedOnPrecision":null,"copyOf":"src:a","kind":"OTHER","note":"Shortened."}`
)

func smallModel() *query.Model {
	country := &query.Type{Name: "Country", Dated: true, Properties: []*query.Property{
		{Name: "role", Kind: query.Enum, Values: []string{"HOME", "NEIGHBOUR"}, Required: true}}}
	province := &query.Type{Name: "Province", Dated: true, Properties: []*query.Property{{Name: "markers", Kind: query.Int}}}
	source := &query.Type{Name: "Source", Properties: []*query.Property{
		{Name: "title", Kind: query.String, Required: true},
		{Name: "publisher", Kind: query.String, Required: true},
		{Name: "language", Kind: query.String, Required: true},
		{Name: "url", Kind: query.String},
		{Name: "publishedOn", Kind: query.Date},
		{Name: "publishedOnPrecision", Kind: query.Enum, Values: []string{"DAY", "MONTH", "YEAR", "UNKNOWN"}},
		{Name: "kind", Kind: query.Enum, Values: []string{"PRESS", "OTHER"}, Required: true},
	}}
	one := func(t *query.Type) []*query.Type { return []*query.Type{t} }
	return query.NewModel("small", []*query.Type{country, province, source}, []*query.Relationship{
		{Name: "IN_COUNTRY", From: one(province), To: one(country), ToOne: true, Required: true},
		{Name: "COPY_OF", From: one(source), To: one(source), ToOne: true},
	})
}

func files(objects, relations, sources []string) fs.FS {
	file := func(lines []string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.Join(append(lines, ""), "\n"))}
	}
	return fstest.MapFS{objectsFile: file(objects), relationsFile: file(relations), sourcesFile: file(sources)}
}

func TestSourcesAreNodesNamedByTheirTitle(t *testing.T) {
	change, err := Read(smallModel(), files(nil, nil, []string{original, copied}))
	if err != nil {
		t.Fatal(err)
	}
	a, b := change.Nodes[0].After, change.Nodes[1].After
	for name, want := range map[string]any{"id": "src:a", "name": "Kết nghĩa", "title": "Kết nghĩa", "publisher": "Báo Biên phòng",
		"language": "vi", "url": nil, "publishedOn": "2019-01-01", "publishedOnPrecision": "YEAR", "kind": "PRESS", "marking": int64(0)} {
		if got := a.Values[a.Type.Property(name).Index]; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if got := b.Values[query.NodeNote]; got != "Shortened." {
		t.Errorf("note is %v", got)
	}
	if l := change.Links[0].After; l.Relationship.Name != "COPY_OF" || l.From != "src:b" || l.To != "src:a" {
		t.Errorf("link %s from %s to %s, want COPY_OF from src:b to src:a", l.Relationship.Name, l.From, l.To)
	}
}

func TestObjectsAndRelationsCarryTheirFacts(t *testing.T) {
	change, err := Read(smallModel(), files([]string{vietnam, sonla}, []string{placed}, []string{original}))
	if err != nil {
		t.Fatal(err)
	}
	province, link := change.Nodes[2].After, change.Links[0].After
	if got := province.Values[query.NodeFacts+query.FactMarking]; got != int64(query.Secret) {
		t.Errorf("marking is %v, want SECRET", got)
	}
	if got := link.Values[query.LinkFacts+query.FactSources].([]any); got[0] != "src:a" {
		t.Errorf("sources of the relation are %v", got)
	}
	if got := link.Values[query.LinkFacts+query.FactEvidence]; got != "DERIVED" {
		t.Errorf("evidence is %v", got)
	}
}

func TestBadLinesAreNamedWithFileAndLine(t *testing.T) {
	objects, relations, sources := []string{vietnam, sonla}, []string{placed}, []string{original}
	with := func(lines []string, line string) []string { return append(lines[:len(lines):len(lines)], line) }
	laos := strings.ReplaceAll(vietnam, "country:VN", "country:LA")
	for name, c := range map[string]struct {
		files fs.FS
		want  string
	}{
		"no JSON":                  {files(with(objects, `{"id":`), relations, sources), `objects.jsonl:3: the object is not complete`},
		"two objects":              {files(with(objects, laos+laos), relations, sources), `objects.jsonl:3: there is more than one object in the line`},
		"empty line":               {files(with(objects, ``), relations, sources), `objects.jsonl:3: the object is not complete`},
		"unknown key":              {files(with(objects, strings.Replace(laos, `"names"`, `"colour":1,"names"`, 1)), relations, sources), `objects.jsonl:3: there is no key "colour"`},
		"key in another case":      {files(with(objects, strings.Replace(laos, `"type"`, `"Type"`, 1)), relations, sources), `objects.jsonl:3: there is no key "Type"`},
		"key of another line":      {files(with(objects, strings.Replace(laos, `"names"`, `"lang":"vi","names"`, 1)), relations, sources), `objects.jsonl:3: there is no key "lang" here`},
		"doubled key":              {files(with(objects, strings.Replace(laos, `"names"`, `"id":"x","names"`, 1)), relations, sources), `objects.jsonl:3: the key "id" stands twice`},
		"doubled property":         {files(with(objects, strings.Replace(laos, `"role":"HOME"`, `"role":"HOME","role":"HOME"`, 1)), relations, sources), `objects.jsonl:3: the key "role" stands twice`},
		"number for a text":        {files(with(objects, strings.Replace(laos, `"HIGH"`, `1`, 1)), relations, sources), `objects.jsonl:3: confidence: a number does not fit here`},
		"doubled object":           {files(with(objects, vietnam), relations, sources), `objects.jsonl:3: country:VN: id: is the id of objects.jsonl:1 already`},
		"source among the objects": {files(with(objects, `{"id":"src:x","type":"Source"}`), relations, sources), `objects.jsonl:3: src:x: type: sources are written in sources.jsonl`},
		"bad value":                {files(with(objects, strings.Replace(laos, "HOME", "FRIEND", 1)), relations, sources), `objects.jsonl:3: country:LA: role: "FRIEND" does not fit; write one of HOME, NEIGHBOUR`},
		"unknown source":           {files(with(objects, strings.Replace(laos, "src:a", "src:z", 1)), relations, sources), `objects.jsonl:3: country:LA: sources: there is no source "src:z" in sources.jsonl`},
		"citing what is no source": {files(objects, []string{strings.Replace(placed, "src:a", "country:VN", 1)}, sources), `relations.jsonl:1: prov:sonla IN_COUNTRY country:VN: sources: there is no source "country:VN"`},
		"dangling end":             {files(objects, []string{strings.Replace(placed, "country:VN", "country:XX", 1)}, sources), `relations.jsonl:1: prov:sonla IN_COUNTRY country:XX: to: there is no node "country:XX"`},
		"doubled relation":         {files(objects, []string{placed, placed}, sources), `relations.jsonl:2: prov:sonla IN_COUNTRY country:VN: from: is the same relation as relations.jsonl:1`},
		"two on one day":           {files(with(objects, laos), with(relations, strings.Replace(placed, "country:VN", "country:LA", 1)), sources), `relations.jsonl: prov:sonla IN_COUNTRY country:LA: validFrom: it also leads to "country:VN"`},
		"former id of itself":      {files(with(objects, strings.Replace(laos, `"names"`, `"formerIds":["country:LA"],"names"`, 1)), relations, sources), `objects.jsonl:3: country:LA: formerIds: "country:LA" is the id of the node`},
		"former id that is one":    {files(with(objects, strings.Replace(laos, `"names"`, `"formerIds":["src:a"],"names"`, 1)), relations, sources), `objects.jsonl:3: country:LA: formerIds: "src:a" stands in sources.jsonl:1 already`},
		"copy of nothing":          {files(nil, nil, []string{copied}), `sources.jsonl:1: src:b COPY_OF src:a: to: there is no node "src:a"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(smallModel(), c.files)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one problem: %s", err, c.want)
			}
		})
	}
}

func TestAllBadLinesAreNamedAtOnce(t *testing.T) {
	_, err := Read(smallModel(), files([]string{`{`, `{"a":1}`}, []string{placed}, []string{original}))
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("got %v, want two bad objects and two dangling ends", err)
	}
}

func TestFingerprintChangesWithAnyFile(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range []fs.FS{
		files(nil, nil, nil), files([]string{""}, nil, nil), files(nil, []string{""}, nil), files(nil, nil, []string{""}),
	} {
		sum, err := Fingerprint(f)
		if err != nil {
			t.Fatal(err)
		}
		seen[sum] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d fingerprints of 4 datasets", len(seen))
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	if _, err := Read(smallModel(), fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), objectsFile) {
		t.Errorf("got %v, want the name of the missing file", err)
	}
}
