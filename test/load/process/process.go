// Package process runs one command from start to end, and says what it took.
package process

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"syscall"
	"time"
)

// Command is a program to run, without a shell.
type Command struct {
	Path    string
	Args    []string
	Stdin   []byte
	Environ []string
}

// Ended is how it went.
type Ended struct {
	// Code is the exit code, -1 for one that was killed.
	Code           int
	Stdout, Stderr string
	// Wall is from before the start to the end, CPU is user and system time of the
	// process alone.
	Wall, CPU time.Duration
	// Peak is the largest resident set in KiB. Linux lets a process inherit its
	// parent's, so nothing smaller than the parent is ever read.
	Peak int64
}

// limit is after how long a process counts as hung.
const limit = time.Minute

// Run starts it and waits for its end. The error is that it could not be started,
// or that ctx ended.
func Run(ctx context.Context, c Command) (Ended, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	command := exec.CommandContext(limited, c.Path, c.Args...) //nolint:gosec // the binaries under test
	command.Env, command.Stdin = c.Environ, bytes.NewReader(c.Stdin)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	began := time.Now()
	err := command.Run()
	wall := time.Since(began)
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) || ctx.Err() != nil {
		return Ended{}, errors.Join(err, ctx.Err())
	}
	state := command.ProcessState
	ended := Ended{
		Code: state.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String(),
		Wall: wall, CPU: state.UserTime() + state.SystemTime(),
	}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		ended.Peak = usage.Maxrss
	}
	return ended, nil
}
