// Package process starts servers, each with a log of its own.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Spec is a server to start.
type Spec struct {
	Name string
	Args []string
	// Env is added to this process's own.
	Env []string
	Dir string
	// User runs it; nil is this process's own.
	User *syscall.Credential
}

// Process is one that was started.
type Process struct {
	Name string
	Log  string

	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Start starts it in a process group of its own, so that a Ctrl-C in the
// terminal is not its concern. What it says is added to NAME.log in the folder.
func Start(s Spec, logs string) (*Process, error) {
	p := &Process{Name: s.Name, Log: filepath.Join(logs, s.Name+".log"), done: make(chan struct{})}
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644) //nolint:gosec // a log for people
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	defer log.Close()                              //nolint:errcheck // the process has it
	p.cmd = exec.Command(s.Args[0], s.Args[1:]...) //nolint:gosec,noctx // servers of the rig's own; they end with its namespaces
	p.cmd.Dir, p.cmd.Env = s.Dir, append(os.Environ(), s.Env...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.User}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Kill ends the process at once, and waits for that.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Stop asks the process to end, and kills it when ctx is done before it has.
func (p *Process) Stop(ctx context.Context) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-ctx.Done():
		p.Kill()
	}
}

// poll is how often a server is asked whether it is ready.
const poll = 50 * time.Millisecond

// Ready waits until the probe succeeds. It fails when the process ends, or ctx
// does, before that, with the end of the log.
func (p *Process) Ready(ctx context.Context, probe func(context.Context) error) error {
	for {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended instead of getting ready: %w\n%s", p.Name, p.reason(), p.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s does not get ready: %w; its log ends:\n%s", p.Name, err, p.tail())
		case <-time.After(poll):
		}
	}
}

func (p *Process) reason() error {
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// tail is the end of the log.
func (p *Process) tail() string {
	const lines = 15
	text, err := os.ReadFile(p.Log)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
