// Package process starts programs as suites and the simulator need them: with an input
// and an environment of their own. It says how each ended and what it took.
package process

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// Program is one to run, without a shell.
type Program struct {
	Path string
	Args []string
	// Dir is the folder that it runs in, this process's own when empty.
	Dir   string
	Stdin []byte
	// Environ is all of its environment: nothing of this process's own is added.
	Environ []string
	// Log gets its standard error as it comes. It is kept in any case.
	Log io.Writer
	// Linger is how long its output is waited for when it has ended and a child of it
	// holds the pipes; 0 stands for as long as the child does.
	Linger time.Duration
}

// Environ is an environment in which nothing of this machine's own settings is: no
// proxy, no login, no colours.
func Environ(home string, more ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "NO_COLOR=1"}, more...)
}

// NoRoots are for an environment without the machine's own CA certificates.
func NoRoots() []string { return []string{"SSL_CERT_FILE=/dev/null", "SSL_CERT_DIR=/dev/null"} }

// In is the program of that name in a folder. A path that is absolute stays.
func (p Program) In(folder string) Program {
	if !filepath.IsAbs(p.Path) {
		p.Path = filepath.Join(folder, p.Path)
	}
	return p
}

// With is the program with these variables ahead of its own.
func (p Program) With(environ []string) Program {
	p.Environ = slices.Concat(environ, p.Environ)
	return p
}

// Command is how os/exec runs it. It is killed when ctx ends.
func (p Program) Command(ctx context.Context) *exec.Cmd {
	command := exec.CommandContext(ctx, p.Path, p.Args...) //nolint:gosec // the caller's own programs
	command.Dir, command.Stdin, command.WaitDelay = p.Dir, bytes.NewReader(p.Stdin), p.Linger
	command.Env = append([]string{}, p.Environ...)
	return command
}

// Running is a program that was started.
type Running struct {
	*os.Process
	command        *exec.Cmd
	stdout, stderr bytes.Buffer
	started        time.Time
}

// Start starts it. Wait has to be called.
func (p Program) Start(ctx context.Context) (*Running, error) {
	r := &Running{command: p.Command(ctx)}
	r.command.Stdout, r.command.Stderr = &r.stdout, &r.stderr
	if p.Log != nil {
		r.command.Stderr = io.MultiWriter(&r.stderr, p.Log)
	}
	r.started = time.Now()
	if err := r.command.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(p.Path), err)
	}
	r.Process = r.command.Process
	return r, nil
}

// Wait waits for its end.
func (r *Running) Wait() Ended {
	_ = r.command.Wait()
	ended := Ended{Started: r.started, Wall: time.Since(r.started), Stdout: r.stdout.String(), Stderr: r.stderr.String()}
	ended.took(r.command.ProcessState)
	return ended
}

// Run starts it and waits for its end. The error is that it could not be started.
func (p Program) Run(ctx context.Context) (Ended, error) {
	r, err := p.Start(ctx)
	if err != nil {
		return Ended{}, err
	}
	return r.Wait(), nil
}
