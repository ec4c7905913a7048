package process

import (
	"os"
	"strings"
	"syscall"
	"time"
)

// Ended is how a program ended, and what it took.
type Ended struct {
	// Code is the exit code, -1 for a program that was killed; Status says the same in
	// words.
	Code           int
	Status         string
	Stdout, Stderr string

	// Started is the moment just before the start, Wall from then to the end. CPU is user
	// and system time of the process alone.
	Started   time.Time
	Wall, CPU time.Duration
	// Peak is the largest resident set in KiB. Linux lets a process inherit its
	// parent's, so nothing smaller than the parent is ever read.
	Peak int64
}

func (e *Ended) took(state *os.ProcessState) {
	e.Code, e.Status, e.CPU = state.ExitCode(), state.String(), state.UserTime()+state.SystemTime()
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		e.Peak = usage.Maxrss
	}
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
