package rig

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// limit is after how long a process counts as hung. The longest wait of any of
// them is a tenth of it.
const limit = 4 * time.Minute

// Run starts a program in the build's folder, by its path or as one of the project's
// by its name, and waits for its end. It has no proxy, no colour, and none of the
// machine's certificates.
func (r *Rig) Run(ctx context.Context, p process.Program) process.Ended {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	environ := append(process.Environ(r.Folder, process.NoRoots()...), "PATH="+r.Path("bin")+":"+os.Getenv("PATH"))
	// A child that outlives it holds the pipes.
	p.Dir, p.Linger = r.Folder, 200*time.Millisecond
	shown := filepath.Base(p.Path) + " " + strings.Join(p.Args, " ")
	running, err := p.In(r.binaries).With(environ).Start(ctx)
	if err != nil {
		return process.Ended{Code: 127, Stderr: err.Error()}
	}
	r.target(victim{process: running.Process})
	ended := running.Wait()
	r.target(victim{})
	r.started()
	if ctx.Err() != nil {
		r.mu.Lock()
		r.hung = append(r.hung, shown)
		r.mu.Unlock()
	}
	r.inspect(ended)
	r.Note("$ %s → %d", shown, ended.Code)
	for line := range strings.Lines(strings.TrimSpace(ended.Stderr)) {
		r.Note("    %s", strings.TrimRight(line, "\n"))
	}
	return ended
}

func (r *Rig) started() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs++
}
