package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestABackupIsVerified(t *testing.T) {
	dir := t.TempDir()
	loaded(t, dir)
	if said, err := command(dir, "export", "--output", "backup.jsonl").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	said, err := command(dir, "verify", "backup.jsonl").CombinedOutput()
	if err != nil || !strings.Contains(string(said), "backup.jsonl is sound: 1181 objects and 3778 relations, a complete backup") {
		t.Errorf("%v: it said %s", err, said)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "backup.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "cut.jsonl", string(whole[:len(whole)/2]))
	said, err = command(dir, "verify", "cut.jsonl").CombinedOutput()
	if err == nil || !strings.Contains(string(said), "the export is cut off") || !strings.Contains(string(said), "cut.jsonl is not sound") {
		t.Errorf("%v: it said %s", err, said)
	}
}

func TestWhatIsExportedOverAllTimeIsPublicUnlessMoreIsAskedFor(t *testing.T) {
	dir := t.TempDir()
	loaded(t, dir)
	said(t, dir, false, "export", "--any", "--output", "public.jsonl")
	if first, _, _ := strings.Cut(string(read(t, dir, "public.jsonl")), "\n"); !strings.Contains(first, `"complete":false`) || !strings.Contains(first, `"PUBLIC"`) {
		t.Errorf("it begins with %s", first)
	}
}

func TestABackupToStandardOutputIsThatInAFile(t *testing.T) {
	dir := t.TempDir()
	loaded(t, dir)
	said(t, dir, false, "export", "--output", "backup.jsonl")
	written, err := command(dir, "export").Output()
	if err != nil || string(written) != string(read(t, dir, "backup.jsonl")) {
		t.Errorf("%v: %d bytes", err, len(written))
	}
}

func TestAPartIsVerifiedWithTheSourcesThatItCites(t *testing.T) {
	dir := t.TempDir()
	loaded(t, dir)
	write(t, dir, "posts.graphql", `{ borderPosts(first: 3) { nodes { province { id } } } }`)
	if said, err := command(dir, "export", "--output", "part.jsonl", "--operation", "posts.graphql", "--date", "2026-01-15").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	said, err := command(dir, "verify", "part.jsonl").CombinedOutput()
	if err != nil || !strings.Contains(string(said), "a part, POSSIBLE on 2026-01-15, marked up to PUBLIC") {
		t.Errorf("%v: it said %s", err, said)
	}
}

func TestWhatIsNotThereIsNotVerified(t *testing.T) {
	said, err := command(t.TempDir(), "verify", "none.jsonl").CombinedOutput()
	if err == nil || !strings.Contains(string(said), "none.jsonl: no such file") {
		t.Errorf("%v: it said %s", err, said)
	}
}

func TestASignalEndsReadingWhileNothingComes(t *testing.T) {
	for _, args := range [][]string{{"verify", "-"}, {"import", "-"}} {
		c := command(t.TempDir(), args...)
		var said strings.Builder
		c.Stderr = &said
		file, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(20*time.Second, func() { c.Process.Kill() })
		// It reads as soon as it has taken what is more than a pipe holds.
		if _, err := io.WriteString(file, strings.Repeat(" ", 1<<20)); err != nil {
			t.Fatal(err)
		}
		c.Process.Signal(syscall.SIGTERM)
		err = c.Wait()
		if kill.Stop(); err == nil || !strings.Contains(said.String(), "terminated signal received") {
			t.Errorf("%v: it ended with %v and said %s", args, err, &said)
		}
	}
}
