package chaos

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"bordergraph/graph/query"
)

// Where the disk is full, changes are refused and nothing else; once there is room again, all goes on.
func TestAFullDiskRefusesChangesAndLosesNone(t *testing.T) {
	t.Run("a file system that is full", func(t *testing.T) {
		dir := t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=48m"); errors.Is(err, syscall.EPERM) {
			t.Log("a file system may not be mounted here: the same is shown by a limit alone")
			return
		} else if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
		filler := filepath.Join(dir, "filler")
		runsFull(t, "full file system", dir, func(*process) { fillUp(t, filler) }, func(*process) { _ = os.Remove(filler) })
	})
	t.Run("a file that may not grow", func(t *testing.T) {
		limit := func(to string) func(*process) {
			return func(p *process) {
				command := exec.Command("prlimit", fmt.Sprintf("--pid=%d", p.Process.Pid), "--fsize="+to+":unlimited")
				if out, err := command.CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
		}
		runsFull(t, "file that may not grow", t.TempDir(), limit("65536"), limit("unlimited"))
	})
}

// fillUp writes a file until there is no more room.
func fillUp(t *testing.T, path string) {
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func runsFull(t *testing.T, what, dir string, fill, free func(*process)) {
	s, found := inFolder(dir), newFindings()
	p := s.start(t)
	ws, f := newWriters(t, p), follow(t, p)
	writeSome(t, ws, p)

	fill(p)
	ws.refused(t, p, query.Unavailable, "the disk does not take the change")
	ws.compareAnswers(t, p, found)
	p.kill()
	ws.replay(t, s, found)

	p = s.start(t)
	f.server.Store(p)
	fill(p)
	ws.refused(t, p, query.Unavailable, "the disk does not take the change")
	free(p)
	ws.settle(t, p)
	writeSome(t, ws, p)
	ws.compareAnswers(t, p, found)
	ws.compareTold(t, p, f, found)
	p.kill()
	ws.replay(t, s, found)
	found.judge(t)
	ws.report(t, what, 2, found)
}

// A commit is two waits for the disk: for what is changed, then for what makes it count.
func TestADiskThatFailsToConfirmIsNotTrusted(t *testing.T) {
	t.Run("while it holds nothing yet", func(t *testing.T) {
		s, found := onFile(t), newFindings()
		p := s.start(t)
		ws, f := newWriters(t, p), follow(t, p)
		succeedAgain := failSync(t, p, "1+")
		ws.refused(t, p, query.Unavailable, "nothing was written")
		ws.compareAnswers(t, p, found)
		succeedAgain()
		ws.settle(t, p)
		writeSome(t, ws, p)
		ws.compareTold(t, p, f, found)
		p.kill()
		ws.replay(t, s, found)
		found.judge(t)
		ws.report(t, "disk that fails to confirm what is changed", 1, found)
	})
	t.Run("while it may hold the change", func(t *testing.T) {
		s, found := onFile(t), newFindings()
		p := s.start(t)
		ws, f := newWriters(t, p), follow(t, p)
		failSync(t, p, "2+2")
		ws.refused(t, p, query.Uncertain, "may have been made")
		ws.refused(t, p, query.Unavailable, "before the store is opened again")
		ws.compareAnswers(t, p, found)
		p.kill()
		ws.replay(t, s, found)
		p = s.start(t)
		f.server.Store(p)
		ws.settle(t, p)
		writeSome(t, ws, p)
		ws.compareAnswers(t, p, found)
		ws.compareTold(t, p, f, found)
		p.kill()
		ws.replay(t, s, found)
		found.judge(t)
		ws.report(t, "disk that fails to confirm that it counts", 1, found)
	})
}

// failSync lets waits for the disk fail, those that strace names by their number, until it is told to stop. It
// counts from now on, for each thread by itself.
func failSync(t *testing.T, p *process, which string) (stop func()) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("there is no strace, which lets calls of the system fail")
	} else if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(strace, "-f", "-o", os.DevNull, "-p", strconv.Itoa(p.Process.Pid),
		"-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when="+which)
	says, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	}
	t.Cleanup(stop)
	if line, err := bufio.NewReader(says).ReadString('\n'); err != nil || !strings.Contains(line, "attached") {
		t.Fatalf("strace: %s, %v", line, err)
	}
	return stop
}

func writeSome(t *testing.T, ws *writers, p *process) {
	t.Helper()
	stop := ws.write(t, p)
	ws.await(t, 40)
	stop()
	ws.settle(t, p)
}

// refused lets one writer write until a request is refused with a code and a message.
func (ws *writers) refused(t *testing.T, p *process, code, message string) {
	t.Helper()
	w := ws.all[0]
	for range 2000 {
		w.uncertain = true
		answer, err := p.ask(w.client, record, w.variables(w.acknowledged+1))
		switch {
		case err != nil:
			t.Fatal(err)
		case len(answer.Errors) == 0:
			w.acknowledged++
			w.uncertain = false
			ws.acknowledged.Add(1)
		case answer.Errors[0].Extensions.Code == code && strings.Contains(answer.Errors[0].Message, message):
			return
		case !answer.passing():
			t.Fatalf("refused with %v", answer.Errors)
		}
	}
	t.Fatal("nothing was refused so")
}
