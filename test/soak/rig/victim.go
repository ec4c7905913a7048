package rig

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// victim is what runs as the procedure's step: a process, or a call that this
// program makes in the place of one.
type victim struct {
	process *os.Process
	cancel  context.CancelFunc
}

func (r *Rig) target(v victim) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.victim = v
}

// Call runs do as the procedure's step; what kills a step ends its context.
func (r *Rig) Call(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.target(victim{cancel: cancel})
	defer r.target(victim{})
	r.started()
	return do(ctx)
}

// hit sends the event's signal.
func (r *Rig) hit(e schedule.Event) {
	signal := syscall.SIGKILL
	if e.Kind == schedule.Terminate {
		signal = syscall.SIGTERM
	}
	if e.Victim != schedule.Om {
		r.mu.Lock()
		v := r.victim
		r.mu.Unlock()
		if v.process != nil {
			_ = v.process.Signal(signal)
		}
		if v.cancel != nil {
			v.cancel()
		}
	}
	if e.Victim != schedule.Step {
		oms := r.oms()
		if len(oms) > 0 {
			_ = oms[len(oms)-1].Signal(signal)
		}
	}
}

// oms are the processes of om that are left.
func (r *Rig) oms() []*os.Process {
	content, err := os.ReadFile(r.Path("om.pids"))
	if err != nil {
		return nil
	}
	var found []*os.Process
	for _, id := range strings.Fields(string(content)) {
		number, err := strconv.Atoi(id)
		if err != nil {
			continue
		}
		// Another process may have its id by now.
		if exe, err := os.Readlink(filepath.Join(string(filepath.Separator), "proc", id, "exe")); err != nil || exe != r.realOm() {
			continue
		}
		if p, err := os.FindProcess(number); err == nil {
			found = append(found, p)
		}
	}
	return found
}

func (r *Rig) killOms() {
	for _, p := range r.oms() {
		_ = p.Kill()
	}
}
