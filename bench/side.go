package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// side is one of the commands that are compared.
type side struct {
	name    string
	path    string
	args    []string
	input   []byte
	environ []string

	wall, cpu []time.Duration
	// peak resident set in KiB, of all runs.
	peak     int64
	requests int
}

// run starts the command once; what it took counts if keep says so.
func (s *side) run(ctx context.Context, keep bool) error {
	command := exec.CommandContext(ctx, s.path, s.args...) //nolint:gosec // the binaries under measurement
	command.Stdin = bytes.NewReader(s.input)
	command.Env = append(os.Environ(), s.environ...)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	started := time.Now()
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", s.name, err, output.String())
	}
	if !keep {
		return nil
	}
	s.wall = append(s.wall, time.Since(started))
	s.cpu = append(s.cpu, command.ProcessState.UserTime()+command.ProcessState.SystemTime())
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.peak = max(s.peak, usage.Maxrss)
	}
	return nil
}
