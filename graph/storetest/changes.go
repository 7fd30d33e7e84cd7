package storetest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"bordergraph/graph/query"
)

// RunChanges runs every case of testdata/changes on a store that holds the graph of the case's folder,
// which is its first change. Such a case is several questions, one after another: 1.graphql with, where needed,
// 1.variables.json and 1.settings.json, then what is wanted: 1.json, the answer, and 1.log, what the
// log has gained. What answers with errors must have left the store as it was.
func RunChanges(t *testing.T, open Open) {
	folders, err := os.ReadDir(testdata("changes"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(testdata("changes"), folder.Name(), "*.txtar"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no cases: %v", err)
		}
		t.Run(folder.Name(), func(t *testing.T) {
			api, change := read(t, folder.Name())
			change.At = time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
					c := &changing{t, NewWorldOf(t, api, change, open)}
					c.run(file)
				})
			}
		})
	}
}

// changing is a case while it is run.
type changing struct {
	*testing.T
	*World
}

func (c *changing) run(file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		c.Fatal(err)
	}
	for i := 1; ; i++ {
		name := func(section string) string { return fmt.Sprintf("%d.%s", i, section) }
		operation := section(archive, name("graphql"))
		if operation == nil {
			break
		}
		part := &txtar.Archive{Files: []txtar.File{{Name: operationSection, Data: operation}}}
		for _, s := range []string{variablesSection, settingsSection} {
			if data := section(archive, name(s)); data != nil {
				part.Files = append(part.Files, txtar.File{Name: s, Data: data})
			}
		}
		answer, log := c.step(part)
		if *update {
			insert(archive, name("log"), log)
			insert(archive, name("json"), answer)
			continue
		}
		compare(c.T, name("json"), section(archive, name("json")), answer)
		compare(c.T, name("log"), section(archive, name("log")), log)
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			c.Fatal(err)
		}
	}
}

// insert sets a section; a new one comes after those of its number.
func insert(archive *txtar.Archive, name string, data []byte) {
	number, _, _ := strings.Cut(name, ".")
	last := len(archive.Files)
	for i, f := range archive.Files {
		if f.Name == name {
			archive.Files[i].Data = data
			return
		}
		if strings.HasPrefix(f.Name, number+".") {
			last = i + 1
		}
	}
	archive.Files = slices.Insert(archive.Files, last, txtar.File{Name: name, Data: data})
}

// step asks one question, and answers what the log has gained, too.
func (c *changing) step(part *txtar.Archive) (answer, log []byte) {
	question, err := questionOf(part)
	if err != nil {
		c.Fatal(err)
	}
	before, graph := c.log(), c.everything()
	if answer, err = c.Ask(c.Context(), question); err != nil {
		c.Fatal(err)
	}
	gained := c.log()[len(before):]
	if bytes.Contains(answer, []byte(`"errors"`)) && (len(gained) > 0 || !reflect.DeepEqual(c.everything(), graph)) {
		c.Errorf("what was refused has changed the store:\n%s", answer)
	}
	return answer, c.describe(gained)
}

func (c *changing) log() []query.Entry {
	entries, err := c.Store.Changes(c.Context(), 0, 1000)
	if err != nil {
		c.Fatal(err)
	}
	return entries
}

// everything is the graph as it is stored: all of which the log ever said something.
func (c *changing) everything() query.Records {
	named := query.Records{}
	for _, e := range c.log() {
		for _, n := range e.Nodes {
			named.Nodes = append(named.Nodes, *n.Record())
		}
	}
	return stored(c.T, c.Store, named)
}

// RunConflicts judges that of two updates of one object, made at the same time from one version of it, one
// wins and the other is told of the conflict.
func RunConflicts(t *testing.T, open Open) {
	api, change := read(t, "fixture")
	store := NewWorldOf(t, api, change, open).Store
	for version := int64(1); version <= 10; version++ {
		var group sync.WaitGroup
		answers := make([][]byte, 2)
		for i := range answers {
			group.Go(func() {
				var err error
				answers[i], err = NewWorldOver(api, store).Ask(t.Context(), Question{Today: "2026-01-15",
					Operation: fmt.Sprintf(`mutation { savePosts(objects: [{id: "post:anh", expectedVersion: %d, number: %d}]) { number } }`, version, 2*version+int64(i))})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		won := slices.IndexFunc(answers, func(answer []byte) bool { return !bytes.Contains(answer, []byte(`"errors"`)) })
		if won < 0 {
			t.Fatalf("neither won: %s", answers)
		}
		refused := fmt.Sprintf(`"message": "\"post:anh\" has version %d, not %d: it was changed meanwhile; read it again."`, version+1, version)
		if lost := answers[1-won]; !bytes.Contains(lost, []byte(`"code": "CONFLICT"`)) || !bytes.Contains(lost, []byte(refused)) {
			t.Errorf("the other was answered %s", lost)
		}
		entries, err := store.Changes(t.Context(), version, 10)
		if err != nil || len(entries) != 1 {
			t.Fatalf("after version %d there are %d changes, %v", version, len(entries), err)
		}
		after := entries[0].Nodes[0].After
		if got := after.Values[after.Type.Property("number").Index]; got != 2*version+int64(won) {
			t.Errorf("%d won, and %v was written", won, got)
		}
	}
}

// describe is a line for each thing that entries changed: + for new, - for gone, ~ for changed with
// the properties that did.
func (c *changing) describe(entries []query.Entry) []byte {
	var b bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&b, "%d %s %s %q\n", e.Sequence, e.At.Format("2006-01-02"), e.Actor, e.Comment)
		for _, n := range e.Nodes {
			before, after := n.Values()
			r := n.Record()
			describeOne(&b, r.ID(), r.Type.Properties, before, after)
		}
		for _, l := range e.Links {
			before, after := l.Values()
			r := l.Record()
			describeOne(&b, r.From+" "+r.Relationship.Name+" "+r.To, r.Relationship.Properties, before, after)
		}
	}
	return b.Bytes()
}

func describeOne(b *bytes.Buffer, name string, properties []*query.Property, before, after []any) {
	switch {
	case before == nil:
		fmt.Fprintf(b, "+ %s\n", name)
	case after == nil:
		fmt.Fprintf(b, "- %s\n", name)
	default:
		fmt.Fprintf(b, "~ %s:", name)
		for i, p := range properties {
			if !reflect.DeepEqual(before[i], after[i]) {
				fmt.Fprintf(b, " %s %v -> %v;", p.Name, before[i], after[i])
			}
		}
		b.WriteString("\n")
	}
}
