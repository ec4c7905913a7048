package process

import (
	"errors"
	"os/exec"
	"syscall"
)

// Status is the exit status of a command that ran, by what waiting for it gave: a
// shell's 128 and the signal's number where one killed it. It is false for an
// error of another kind.
func Status(err error) (status int, ran bool) {
	if err == nil {
		return 0, true
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, false
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), true
	}
	return exit.ExitCode(), true
}
