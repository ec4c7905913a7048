package run

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/internal/sim/roster"
)

// simulator is opsman-sim fleet, a process of its own, so that its memory and
// CPU time can be told from ours.
type simulator struct {
	command *exec.Cmd
	members []roster.Member
	// started is how long it took to serve.
	started time.Duration
}

// open starts it and waits until it serves all foundations.
func open(ctx context.Context, o Options, folder string, log io.Writer) (*simulator, error) {
	list := filepath.Join(folder, "fleet.json")
	args := []string{"fleet", "--foundations", strconv.Itoa(o.Foundations), "--file", list}
	if o.Profile != "" {
		args = append(args, "--cpu-profile", o.Profile)
	}
	command := exec.CommandContext(ctx, filepath.Join(o.Binaries, "opsman-sim"), args...) //nolint:gosec // the simulator beside the binaries under test
	command.Stderr = log
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = patience
	ready, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the simulator: %w; run `make build bin/om-quick` first", err)
	}
	s := &simulator{command: command}
	if _, err := bufio.NewReader(ready).ReadString('\n'); err != nil {
		s.close()
		return nil, fmt.Errorf("the simulator ended before it served: see what it wrote above")
	}
	s.started = time.Since(began)
	if s.members, err = roster.Read(list); err != nil {
		s.close()
		return nil, err
	}
	// It has credentials in it, if only the simulator's.
	_ = os.Remove(list)
	return s, nil
}

// patience is how long it may take to end by itself.
const patience = 10 * time.Second

func (s *simulator) close() {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	hung := time.AfterFunc(patience, func() { _ = s.command.Process.Kill() })
	defer hung.Stop()
	_ = s.command.Wait()
}

func (s *simulator) usage() (process.Usage, error) {
	return process.UsageOf(s.command.Process.Pid)
}
