package rig

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Process is one that is to run.
type Process struct {
	// Name of a binary of the project, or the path of another one.
	Name  string
	Args  []string
	Stdin []byte
	// Environ besides PATH and HOME.
	Environ []string
}

// Ended is how a process ended. Code is -1 for one that was killed.
type Ended struct {
	Code           int
	Stdout, Stderr string
}

// OK tells that it succeeded.
func (e Ended) OK() bool { return e.Code == 0 }

// Sentence is the last error that it wrote, or its last line.
func (e Ended) Sentence() string {
	lines := strings.Split(strings.TrimSpace(e.Stderr), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.HasPrefix(lines[i], "error: ") {
			return lines[i]
		}
	}
	return lines[len(lines)-1]
}

// limit is after how long a process counts as hung. The longest wait of any of
// them is a tenth of it.
const limit = 4 * time.Minute

// Run starts a process in the build's folder and waits for its end. It has no
// proxy, no colour, and none of the machine's certificates.
func (r *Rig) Run(ctx context.Context, p Process) Ended {
	path := p.Name
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.binaries, p.Name)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	command := exec.CommandContext(ctx, path, p.Args...) //nolint:gosec // the binaries under test
	command.Dir = r.Folder
	command.Env = append([]string{
		"PATH=" + r.Path("bin") + ":" + os.Getenv("PATH"), "HOME=" + r.Folder, "NO_COLOR=1", "SSL_CERT_FILE=/dev/null", "SSL_CERT_DIR=/dev/null",
	}, p.Environ...)
	command.Stdin = bytes.NewReader(p.Stdin)
	var stdout, stderr output
	command.Stdout, command.Stderr = &stdout, &stderr
	// A child that outlives it holds the pipes.
	command.WaitDelay = 200 * time.Millisecond
	shown := filepath.Base(p.Name) + " " + strings.Join(p.Args, " ")
	if err := command.Start(); err != nil {
		return Ended{Code: 127, Stderr: err.Error()}
	}
	r.target(victim{process: command.Process})
	_ = command.Wait()
	r.target(victim{})
	ended := Ended{Code: command.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}
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

// output may still be written to by a child when its process has ended.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write keeps it all.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
