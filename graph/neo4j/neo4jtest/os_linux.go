package neo4jtest

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// startWithParent starts a process that ends when this one does, even if this one is killed. The
// signal comes when the thread that started the process ends, so that thread is kept.
func startWithParent(command *exec.Cmd, ended chan<- struct{}) error {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			command.Wait()
			close(ended)
		}
	}()
	return <-started
}

// lock waits for a lock that all processes share.
func lock(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return f.Close, nil
}
