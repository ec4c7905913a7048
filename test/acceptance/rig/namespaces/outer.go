// Package namespaces keeps everything that the rig runs in mount, network,
// process and control group namespaces of its own: nothing outside sees it, and
// nothing of it survives the rig.
package namespaces

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/process"
)

// Run starts a command under init, the first process of new namespaces, with
// this process's terminal, and gives its exit status. The kernel ends all of
// them when this process ends, however it does. The caller's goroutine has to be
// locked to the main thread: it is that thread's end that the kernel looks for.
func Run(ctx context.Context, program string, command, environ []string) (int, error) {
	cmd := exec.Command(program, command...) //nolint:gosec,noctx // our own init; ctx is handled below, gently
	cmd.Env = environ
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr //nolint:forbidigo // the terminal is handed through
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	// Ctrl-C goes to the command; this process waits for what it does about it.
	interrupts := make(chan os.Signal, 8)
	signal.Notify(interrupts, syscall.SIGINT, syscall.SIGQUIT)
	defer signal.Stop(interrupts)
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("cannot make namespaces: %w. The rig needs to be root, with CAP_SYS_ADMIN", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Signal(syscall.SIGTERM) })
	defer stop()
	err := cmd.Wait()
	status, ran := process.Status(err)
	if !ran {
		return 0, fmt.Errorf("cannot run %s: %w", program, err)
	}
	return status, nil
}
