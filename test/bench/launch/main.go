// Command launch starts a program and writes what it took to file descriptor 3,
// as six numbers: the moment just before the start (nanoseconds of Unix time), wall
// time, user and system CPU time (nanoseconds), peak resident set (KiB), exit code.
//
// It is a program of its own because Linux counts into the peak of a process the
// memory of the one that started it, up to the exec: it has to be small.
package main

import (
	"os"
	"strconv"
	"syscall"
	"time"
)

func main() {
	if err := launch(os.NewFile(3, "figures"), os.Args[1:]); err != nil {
		_, _ = os.Stderr.WriteString("launch: " + err.Error() + "\n")
		os.Exit(1)
	}
}

func launch(figures *os.File, command []string) error {
	if len(command) == 0 || figures == nil {
		return syscall.EINVAL
	}
	files := []*os.File{os.Stdin, os.Stdout, os.Stderr}
	syscall.CloseOnExec(3)
	started := time.Now()
	process, err := os.StartProcess(command[0], command, &os.ProcAttr{Files: files, Env: os.Environ()}) //nolint:gosec // starting what it is told to is all that it does
	if err != nil {
		return err
	}
	state, err := process.Wait()
	wall := time.Since(started)
	if err != nil {
		return err
	}
	peak := int64(0)
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		peak = usage.Maxrss
	}
	line := ""
	for _, n := range []int64{
		started.UnixNano(), int64(wall), int64(state.UserTime()), int64(state.SystemTime()), peak, int64(state.ExitCode()),
	} {
		line += strconv.FormatInt(n, 10) + " "
	}
	_, err = figures.WriteString(line + "\n")
	return err
}
