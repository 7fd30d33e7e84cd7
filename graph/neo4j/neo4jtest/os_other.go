//go:build !linux

package neo4jtest

import "os/exec"

// startWithParent starts a process that Run ends; if this one is killed, it stays.
func startWithParent(command *exec.Cmd, ended chan<- struct{}) error {
	if err := command.Start(); err != nil {
		return err
	}
	go func() {
		command.Wait()
		close(ended)
	}()
	return nil
}

// lock does nothing: two processes that assemble at once each do so for themselves.
func lock(string) (unlock func() error, err error) {
	return func() error { return nil }, nil
}
