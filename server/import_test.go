package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
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
