package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"bordergraph/graph"
	"bordergraph/graph/dataset"
	"bordergraph/graph/derive"
	"bordergraph/graph/export"
	"bordergraph/graph/importer"
	"bordergraph/graph/query"
	"bordergraph/graph/record"
)

// RunImports runs every case of testdata/imports, as RunChanges does, on imports: the files of the
// first are 1.rows.jsonl and so on, with 1.settings.json where needed; wanted are 1.report and 1.log. A report
// is the same where the rows about each object are held against the graph by themselves.
func RunImports(t *testing.T, open Open) {
	folders, err := os.ReadDir(testdata("imports"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(testdata("imports"), folder.Name(), "*.txtar"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no cases: %v", err)
		}
		api, change := read(t, folder.Name())
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
				c := &changing{t, NewWorldOf(t, api, change, open)}
				c.runImports(file)
			})
		}
	}
}

func (c *changing) runImports(file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		c.Fatal(err)
	}
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("%d.", i)
		var files []txtar.File
		for _, f := range archive.Files {
			name, of := strings.CutPrefix(f.Name, prefix)
			if of && !slices.Contains([]string{settingsSection, "report", "log"}, name) {
				files = append(files, txtar.File{Name: name, Data: f.Data})
			}
		}
		if files == nil {
			break
		}
		report, log := c.importFiles(files, section(archive, prefix+settingsSection))
		if *update {
			insert(archive, prefix+"report", report)
			insert(archive, prefix+"log", log)
			continue
		}
		compare(c.T, prefix+"report", section(archive, prefix+"report"), report)
		compare(c.T, prefix+"log", section(archive, prefix+"log"), log)
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			c.Fatal(err)
		}
	}
}

// importSettings are those of one import.
type importSettings struct {
	Partial, DryRun bool
	Clearance       string
	Limits          importer.Limits
	importer.Tables
}

func (c *changing) importFiles(files []txtar.File, settings []byte) (report, log []byte) {
	asked := importSettings{Clearance: "SECRET"}
	if settings != nil {
		if err := json.Unmarshal(settings, &asked); err != nil {
			c.Fatal(err)
		}
	}
	reader := importer.NewReader(c.API, asked.Tables)
	for _, f := range files {
		if err := reader.Read(f.Name, bytes.NewReader(f.Data)); err != nil {
			return []byte(err.Error() + "\n"), nil
		}
	}
	im := &importer.Import{
		API: c.API, Rows: reader.Rows, Limits: asked.Limits, Partial: asked.Partial, DryRun: asked.DryRun,
		Clearance: query.Clearance(slices.Index(query.Clearances, asked.Clearance)), At: time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC), Actor: "tester", Comment: "a case",
	}
	oneByOne := *im
	oneByOne.DryRun, oneByOne.Limits = true, importer.Limits{Whole: 1, Rows: 1}
	rehearsed := reportOf(c.T, c.World, &oneByOne)
	before := c.log()
	outcomes := reportOf(c.T, c.World, im)
	compare(c.T, "of one object at once, the report", []byte(outcomes), []byte(rehearsed))
	var b bytes.Buffer
	for _, columns := range reader.Maps {
		b.WriteString(columns + "\n")
	}
	b.WriteString(outcomes)
	return b.Bytes(), c.describe(c.log()[len(before):])
}

// Backups restores, in either of two stores, what the other was backed up to, and backs that up again.
func Backups(t *testing.T, one, other Open) {
	for _, of := range []string{"bundled", "fixture"} {
		for name, stores := range map[string][2]Open{"there": {one, other}, "back": {other, one}} {
			t.Run(of+" "+name, func(t *testing.T) {
				w := NewWorld(t, of, stores[0])
				want := backup(t, w)
				restored := NewWorldOver(w.API, stores[1](t, w.API.Model))
				restore(t, restored, want)
				if got := backup(t, restored); !bytes.Equal(got, want) {
					t.Errorf("the backups differ at\n%s\nwant\n%s", difference(got, want), difference(want, got))
				}
			})
		}
	}
}

// FuzzBackups restores, in one store, what another was backed up to, of random graphs.
func FuzzBackups(t *testing.T, rounds int, openA, openB Open) {
	eachRound(t, rounds, func(t *testing.T, r random, api *derive.API) {
		graph := r.graph(t, api.Model)
		r.complete(t, api.Model, &graph)
		want := backup(t, NewWorldOf(t, api, replaceBy(graph), openA))
		if _, problems, err := dataset.Verify(api.Model, bytes.NewReader(want)); err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		restored := NewWorldOver(api, openB(t, api.Model))
		restore(t, restored, want)
		if got := backup(t, restored); !bytes.Equal(got, want) {
			t.Errorf("the backups differ at\n%s\nwant\n%s", difference(got, want), difference(want, got))
		}
	})
}

// complete gives nodes the relationships that they must have.
func (r random) complete(t *testing.T, model *query.Model, graph *query.Records) {
	for _, relationship := range model.Relationships {
		if !relationship.Required {
			continue
		}
		has := map[string]bool{}
		for _, l := range graph.Links {
			has[l.From] = has[l.From] || l.Relationship == relationship
		}
		for _, n := range graph.Nodes {
			if !slices.Contains(relationship.From, n.Type) || has[n.ID()] {
				continue
			}
			to := r.end(relationship.To, graph.Nodes)
			link, problems := record.NewLink(model, record.Link{From: n.ID(), Type: relationship.Name, To: to.ID()}, n.Type, to.Type)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			graph.Links = append(graph.Links, link)
		}
	}
}

// InterruptedRestores interrupts the restoring of a backup, in parts, after each of them, and finishes it
// by doing it again.
func InterruptedRestores(t *testing.T, open Open) {
	w := NewWorld(t, "fixture", open)
	want := backup(t, w)
	for lasting := 1; ; lasting++ {
		restored := NewWorldOver(w.API, open(t, w.API.Model))
		whole := restored.Store
		restored.Store = &interrupted{whole, lasting}
		_, err := restoring(t, restored, want)
		restored.Store = whole
		if lasting > 1 { // the first update only looks
			if contents, err := whole.Contents(t.Context()); err != nil || contents == nil {
				t.Fatalf("after %d updates, the store says that it is empty: %v", lasting, err)
			}
		}
		if _, err := restoring(t, restored, want); err != nil {
			t.Fatalf("after %d updates, it is not finished: %v", lasting, err)
		}
		if got := backup(t, restored); !bytes.Equal(got, want) {
			t.Fatalf("after %d updates, the backups differ at\n%s\nwant\n%s", lasting, difference(got, want), difference(want, got))
		}
		if err == nil {
			if lasting < 4 {
				t.Errorf("it took %d updates", lasting)
			}
			return
		}
	}
}

// ChainsOfRefusals imports rows each of which needs the one after it, of which the last is refused: that takes
// no more reading than a few rows do.
func ChainsOfRefusals(t *testing.T, open Open) {
	w := NewWorld(t, "fixture", open)
	const length = 100
	rows := "id,name,number,sees,sources\n"
	for i := range length {
		rows += fmt.Sprintf("post:%d,Đồn,7,post:%d,src:gazette\n", i, i+1)
	}
	rows += fmt.Sprintf("post:%d,Đồn,many,,src:gazette\n", length)
	reader := importer.NewReader(w.API, importer.Tables{Type: "Post"})
	if err := reader.Read("rows", strings.NewReader(rows)); err != nil {
		t.Fatal(err)
	}
	store := &readsCounted{Store: w.Store}
	im := &importer.Import{API: w.API, Rows: reader.Rows, Partial: true, Clearance: query.Secret, At: time.Now()}
	done, err := im.Run(t.Context(), store)
	if err != nil || done.Counts[importer.Refused] != length+1 {
		t.Errorf("%+v, %v; want that all are refused", done, err)
	}
	if store.reads > 10 {
		t.Errorf("it read %d times", store.reads)
	}
}

// readsCounted is a store that counts how often records are read in its transactions.
type readsCounted struct {
	query.Store
	reads int
}

func (c *readsCounted) Update(ctx context.Context, f func(query.Tx) error) error {
	return c.Store.Update(ctx, func(tx query.Tx) error { return f(&readsCountedTx{tx, c}) })
}

type readsCountedTx struct {
	query.Tx
	store *readsCounted
}

func (c *readsCountedTx) Records(ctx context.Context, nodes []string, links []query.At) (query.Records, error) {
	c.store.reads++
	return c.Tx.Records(ctx, nodes, links)
}

// LaterRestores imports a backup again into the store that was restored from it: as long as nothing was
// changed there, nothing is changed; later the backup is held against the rules as any other rows are.
func LaterRestores(t *testing.T, open Open) {
	const changed = `{"from":"post:binh","type":"FLIES","to":"emblem:crane","sources":["src:gazette"]}`
	w := NewWorld(t, "fixture", open)
	first := backup(t, w)
	restored := NewWorldOver(w.API, open(t, w.API.Model))
	restore(t, restored, first)
	if done, err := restoring(t, restored, first); err != nil || done.Last != 0 || done.Counts[importer.Refused] > 0 {
		t.Errorf("at once: %+v, %v; want that nothing is refused or written", done, err)
	}
	if done, err := restoring(t, restored, []byte(changed)); err != nil || done.Counts[importer.Changed] != 1 {
		t.Fatalf("the change: %+v, %v", done, err)
	}
	if done, err := restoring(t, restored, first); err != nil || done.Last != 0 || done.Counts[importer.Refused] == 0 {
		t.Errorf("later: %+v, %v; want refusals, and that nothing is written", done, err)
	}
}

var errInterrupted = errors.New("interrupted")

// interrupted is a store that lasts for so many updates.
type interrupted struct {
	query.Store
	lasting int
}

func (i *interrupted) Update(ctx context.Context, f func(query.Tx) error) error {
	if i.lasting--; i.lasting < 0 {
		return errInterrupted
	}
	return i.Store.Update(ctx, f)
}

// restoring restores a backup in parts of some 30 rows.
func restoring(t *testing.T, w *World, backup []byte) (*importer.Report, error) {
	t.Helper()
	reader := importer.NewReader(w.API, importer.Tables{})
	if err := reader.Read("backup", bytes.NewReader(backup)); err != nil {
		t.Fatal(err)
	}
	im := &importer.Import{
		API: w.API, Rows: reader.Rows, Backup: reader.Backup, Fingerprint: reader.Fingerprint(), Clearance: query.Secret, At: time.Now(),
		Limits: importer.Limits{Whole: 1, Rows: 30},
	}
	return im.Run(t.Context(), w.Store)
}

func backup(t *testing.T, w *World) []byte {
	t.Helper()
	ctx := graph.WithClearance(t.Context(), query.Secret)
	extract, err := graph.NewExports(w.API, w.Store, graph.Options{}).Select(ctx, graph.Selection{Any: true})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	format := export.Formats[slices.IndexFunc(export.Formats, func(f *export.Format) bool { return f.Name == "dataset" })]
	if err := extract.Write(ctx, format.NewWriter(&b, extract.Graph)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func restore(t *testing.T, w *World, backup []byte) {
	t.Helper()
	reader := importer.NewReader(w.API, importer.Tables{})
	if err := reader.Read("backup", bytes.NewReader(backup)); err != nil {
		t.Fatal(err)
	}
	im := &importer.Import{API: w.API, Rows: reader.Rows, Backup: reader.Backup, Fingerprint: reader.Fingerprint(), Clearance: query.Secret, At: time.Now()}
	done, err := im.Run(t.Context(), w.Store)
	if err != nil {
		t.Fatal(err)
	}
	if done.Counts[importer.Created] != im.Rows.Len() {
		t.Errorf("of %d rows are created %+v", im.Rows.Len(), done.Counts)
	}
	contents, err := w.Store.Contents(t.Context())
	if err != nil || contents == nil || contents.Dataset != reader.Fingerprint() {
		t.Errorf("the store says that it was made from %+v, %v", contents, err)
	}
}
