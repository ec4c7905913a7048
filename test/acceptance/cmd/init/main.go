// Command init is the first process of the rig's pid namespace, and of every
// container. With a command it runs that, hands signals on, reaps what is
// orphaned, and ends with the command's exit status; without one it waits for a
// signal to end.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 64)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGCHLD)
	if len(os.Args) == 1 {
		wait(signals)
		return
	}
	child, err := os.StartProcess(os.Args[1], os.Args[1:], &os.ProcAttr{Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}}) //nolint:gosec // to run a command is what it is for
	if err != nil {
		fmt.Fprintln(os.Stderr, "init:", err)
		os.Exit(127)
	}
	for s := range signals {
		if s == syscall.SIGCHLD {
			if status, ended := reap(child.Pid); ended {
				os.Exit(status)
			}
			continue
		}
		// Ctrl-C reaches the command by itself: they share a terminal.
		if s != syscall.SIGINT && s != syscall.SIGQUIT {
			_ = child.Signal(s)
		}
	}
}

// wait ends with the first signal that is not a child's end.
func wait(signals <-chan os.Signal) {
	for s := range signals {
		if s != syscall.SIGCHLD {
			return
		}
		reap(0)
	}
}

// reap collects all that has ended, and tells whether the process of interest
// is among it.
func reap(interest int) (status int, ended bool) {
	for {
		var ws syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &ws, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if pid <= 0 || err != nil {
			return status, ended
		}
		if pid == interest {
			status, ended = ws.ExitStatus(), true
			if ws.Signaled() {
				status = 128 + int(ws.Signal())
			}
		}
	}
}
