package stages

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/machine"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/process"
)

// grace is how long the command has after it was asked to end.
const grace = 10 * time.Second

// serve starts the servers, runs the command, and gives its exit status. When
// this stage ends, the kernel ends the servers.
func serve(ctx context.Context, s Settings) (int, error) {
	// Ctrl-C is for the command.
	interrupts := make(chan os.Signal, 8)
	signal.Notify(interrupts, syscall.SIGINT, syscall.SIGQUIT)
	report := os.Stderr //nolint:forbidigo // this is a stage of main
	started := time.Now()
	m, err := machine.Start(ctx, machine.Options{
		Layout: s.Layout, ResourceImage: s.ResourceImage, TaskImage: s.TaskImage, SimImage: s.SimImage, Hurried: s.Hurried, Report: report, InGroups: inGroups(s.Program),
	})
	if err != nil {
		return 1, err
	}
	if err := m.Control(ctx); err != nil {
		return 1, err
	}
	fmt.Fprintf(report, "rig: Concourse runs after %.1f s\n", time.Since(started).Seconds())
	return run(ctx, s.Command, append(cleaned(), m.Environment().Export()...))
}

func run(ctx context.Context, args, env []string) (int, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)              //nolint:gosec // the user's own command
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr //nolint:forbidigo // this is a stage of main
	cmd.Env = env
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = grace
	err := cmd.Run()
	status, ran := process.Status(err)
	if !ran {
		return 127, fmt.Errorf("cannot run the command: %w", err)
	}
	return status, nil
}

// cleaned is the environment without what the stages tell one another.
func cleaned() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, stageVariable+"=") || strings.HasPrefix(v, settingsVariable+"=")
	})
}
