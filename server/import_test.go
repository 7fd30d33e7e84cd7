package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// said runs a command, which must fail or not, and answers what it printed.
func said(t *testing.T, dir string, fails bool, args ...string) string {
	t.Helper()
	out, err := command(dir, args...).CombinedOutput()
	if (err != nil) != fails {
		t.Fatalf("%v: %v %s", args, err, out)
	}
	return string(out)
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestABackupIsRestoredIntoAnEmptyStore(t *testing.T) {
	dir := t.TempDir()
	said(t, dir, false, "load", "--data", "one.db")
	said(t, dir, false, "export", "--output", "backup.jsonl", "--data", "one.db")
	said(t, dir, false, "import", "backup.jsonl", "--data", "other.db", "--comment", "restored", "--actor", "keeper")
	said(t, dir, false, "export", "--output", "again.jsonl", "--data", "other.db")
	if !bytes.Equal(read(t, dir, "backup.jsonl"), read(t, dir, "again.jsonl")) {
		t.Error("the backup of what was restored differs")
	}
	if again := said(t, dir, false, "import", "backup.jsonl", "--data", "other.db"); !strings.Contains(again, "nothing to write: 0 rows created, 0 changed, 4959 unchanged") {
		t.Errorf("a second time, it says %s", again)
	}
}

func TestTheFilesOfADatasetAreImportedInAnyOrder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"objects", "relations", "sources"} {
		write(t, dir, name+".jsonl", string(read(t, "../dataset", name+".jsonl")))
	}
	if got := said(t, dir, false, "import", "relations.jsonl", "objects.jsonl", "sources.jsonl"); !strings.Contains(got, "4956 rows created") {
		t.Errorf("it says %s", got)
	}
}

const (
	newTreaty = `{"id":"agr:new","type":"Agreement","names":[{"lang":"vi","text":"Hiệp định mới","kind":"MAIN"}],"properties":{"kind":"BORDER_TREATY"},"sources":["src:seed002"]}` + "\n" +
		`{"from":"agr:new","type":"INVOLVES_COUNTRY","to":"country:LA","sources":["src:seed002"]}` + "\n"
	badTreaty = `{"id":"agr:cn1999","type":"Agreement","properties":{"kind":"TREATY"}}` + "\n"
)

func TestAnImportIsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	said(t, dir, false, "load")
	write(t, dir, "rows.jsonl", newTreaty+badTreaty)
	got := said(t, dir, true, "import", "rows.jsonl")
	if !strings.Contains(got, `rows.jsonl:3: refused: agr:cn1999: properties.kind: "TREATY" does not fit`) || !strings.Contains(got, "nothing is written") {
		t.Errorf("it says %s", got)
	}
	got = said(t, dir, true, "import", "rows.jsonl", "--dry-run")
	if !strings.Contains(got, "rows.jsonl:1: created: agr:new\n") || !strings.Contains(got, "a dry run") {
		t.Errorf("dry, it says %s", got)
	}
	got = said(t, dir, true, "import", "rows.jsonl", "--partial")
	if !strings.Contains(got, "rows.jsonl:2: created: agr:new INVOLVES_COUNTRY country:LA\n") || !strings.Contains(got, "as change 2") {
		t.Errorf("partial, it says %s", got)
	}
}

func TestStandardInputIsImportedCompressedOrNot(t *testing.T) {
	dir := t.TempDir()
	said(t, dir, false, "load")
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	w.Write([]byte(newTreaty))
	w.Close()
	for _, c := range []struct{ input, says string }{{newTreaty, "2 rows created"}, {compressed.String(), "2 unchanged"}} {
		command := command(dir, "import", "-")
		command.Stdin = strings.NewReader(c.input)
		if got, err := command.CombinedOutput(); err != nil || !strings.Contains(string(got), c.says) {
			t.Errorf("%v: it says %s", err, got)
		}
	}
}

func TestWhatCannotBeReadIsNotImported(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "empty.jsonl", "")
	for name, want := range map[string]string{"none.jsonl": "none.jsonl: no such file", "empty.jsonl": "empty.jsonl: there is nothing in it"} {
		if got := said(t, dir, true, "import", name); !strings.Contains(got, want) {
			t.Errorf("it says %s", got)
		}
	}
}

func TestATableIsImportedAndItsColumnsAreShown(t *testing.T) {
	dir := t.TempDir()
	said(t, dir, false, "load")
	write(t, dir, "treaties.csv", "Mã;Tên;kind;countries;Nguồn;Từ ngày;ngày ký\nagr:new;Hiệp định mới;hiệp ước biên giới;country:LA;src:seed002;01/02/2020;2020-02\n")
	got := said(t, dir, false, "import", "treaties.csv", "--columns", "ngày ký=signedOn", "--dry-run")
	for _, want := range []string{"columns of treaties.csv: Agreement: Mã=id, Tên=name,", "ngày ký=signedOn", "treaties.csv:2: created: agr:new"} {
		if !strings.Contains(got, want) {
			t.Errorf("it says %s, want %s", got, want)
		}
	}
	if got := said(t, dir, true, "import", "treaties.csv"); !strings.Contains(got, "say which type is meant") {
		t.Errorf("without the column, it says %s", got)
	}
	if got := said(t, dir, true, "import", "treaties.csv", "--type", "Agreement"); !strings.Contains(got, `column 7, "ngày ký", is no field of Agreement`) {
		t.Errorf("of a type, it says %s", got)
	}
}

func TestACommaInAHeaderIsEscaped(t *testing.T) {
	dir := t.TempDir()
	said(t, dir, false, "load")
	write(t, dir, "gates.csv", "id,\"x,y\",a=b\ngate:taytrang,n,m\n")
	got := said(t, dir, false, "import", "gates.csv", "--type", "BorderGate", "--columns", `x\,y=,a=b=note`, "--dry-run")
	if !strings.Contains(got, "columns of gates.csv: BorderGate: id=id, x,y=(left out), a=b=note\n") {
		t.Errorf("it says %s", got)
	}
	if got := said(t, dir, true, "import", "gates.csv", "--columns", "note"); !strings.Contains(got, `"note" is no column; write HEADER=FIELD`) {
		t.Errorf("without a field, it says %s", got)
	}
}

// fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestACommandWhoseReportIsLostFailsAndSaysWhatItDid(t *testing.T) {
	dir := t.TempDir()
	loaded(t, dir)
	said(t, dir, false, "export", "--output", "backup.jsonl")
	write(t, dir, "cut.jsonl", string(read(t, dir, "backup.jsonl")[:1000]))
	write(t, dir, "note.csv", "id,note,sources\ngate:taytrang,Seen,src:seed002\n")
	for i, line := range []string{
		`{"id":"gate:taytrang","type":"BorderGate","note":"one","sources":["src:seed002"]}`,
		`{"id":"gate:taytrang","type":"BorderGate","note":"two","sources":["src:seed002"]}`,
	} {
		write(t, dir, fmt.Sprintf("note%d.jsonl", i+1), line)
	}
	for _, c := range []struct{ command, want string }{
		{"import note.csv --type BorderGate", "import: no space left"},
		{"import note1.jsonl --dry-run", "a dry run: 0 rows created, 1 changed, 0 unchanged, 0 refused, but the report is not whole: no space left"},
		{"import note1.jsonl --partial", "1 changed, 0 unchanged, 0 refused as change 2, but the report is not whole: no space left"},
		{"import note2.jsonl", "as change 3, but that could not be reported: no space left"},
		{"import note2.jsonl", "nothing to write: 0 rows created, 0 changed, 1 unchanged, 0 refused, but that could not be reported: no space left"},
		{"verify backup.jsonl", "is sound: 1181 objects and 3778 relations, a complete backup, verified, but that could not be reported: no space left"},
		{"verify cut.jsonl", "the report is not whole: no space left"},
		{"load", "dataset loaded, but that could not be reported: no space left"},
	} {
		arguments := strings.Fields(c.command)
		if len(arguments) > 1 {
			arguments[1] = filepath.Join(dir, arguments[1])
		}
		arguments = append(arguments, "--data", filepath.Join(dir, "bordergraph.db"))
		if err := run(t.Context(), arguments, fullDisk{}, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.command, err, c.want)
		}
	}
}

func TestTheTableOfThePageIsImportedAsThePageSays(t *testing.T) {
	dir := t.TempDir()
	said(t, dir, false, "load")
	page := string(read(t, "../docs", "import.md"))
	_, after, _ := strings.Cut(page, "    go run ./server import agreements.csv ")
	arguments, _, _ := strings.Cut(after, "\n")
	_, after, _ = strings.Cut(after, "```\n")
	table, _, _ := strings.Cut(after, "```")
	write(t, dir, "agreements.csv", table)
	got := said(t, dir, false, append([]string{"import", "agreements.csv"}, strings.Fields(arguments)...)...)
	if !strings.Contains(got, "agreements.csv:2: created: agr:new") {
		t.Errorf("it says %s", got)
	}
}
