// Package tally adds up what the processes of a load test took.
package tally

import (
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// Slice is a stretch of time in which one command was run, again and again, on
// all workers.
type Slice struct {
	// Runs is how many processes ended, Took how long the stretch was.
	Runs int
	Took time.Duration
	// CPU of these processes, and of the simulator in the meantime.
	CPU, Simulator time.Duration
}

// Rate is processes a second.
func (s Slice) Rate() float64 {
	if s.Took <= 0 {
		return 0
	}
	return float64(s.Runs) / s.Took.Seconds()
}

// Each is a time by process.
func (s Slice) Each(d time.Duration) time.Duration {
	if s.Runs == 0 {
		return 0
	}
	return d / time.Duration(s.Runs)
}

// Side is all that one command did.
type Side struct {
	Name   string
	Slices []Slice
	// Peak is the largest resident set of any process, KiB.
	Peak int64
	// Wrong is how many answers were not the expected ones, Examples the first of
	// them.
	Wrong    int
	Examples []string

	walls []time.Duration
}

// examples is how many wrong answers are shown.
const examples = 5

// Add counts a process; a wrong answer is said in problem.
func (s *Side) Add(e process.Ended, problem string) {
	s.walls = append(s.walls, e.Wall)
	s.Peak = max(s.Peak, e.Peak)
	s.Fault(problem)
}

// Fault counts a wrong answer, if it is one.
func (s *Side) Fault(problem string) {
	if problem == "" {
		return
	}
	s.Wrong++
	if len(s.Examples) < examples {
		s.Examples = append(s.Examples, problem)
	}
}

// Total is all slices together.
func (s *Side) Total() Slice {
	var t Slice
	for _, slice := range s.Slices {
		t.Runs += slice.Runs
		t.Took += slice.Took
		t.CPU += slice.CPU
		t.Simulator += slice.Simulator
	}
	return t
}

// Percentile is the wall time that p of 100 processes did not exceed, by the
// nearest rank; 0 when there was none.
func (s *Side) Percentile(p int) time.Duration {
	if len(s.walls) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s.walls))
	return sorted[max((len(sorted)*p+99)/100, 1)-1]
}

// Says is the side in a line, for a log.
func (s *Side) Says() string {
	t := s.Total()
	return fmt.Sprintf("%s: %d in %s, %.0f a second, %d wrong", s.Name, t.Runs, t.Took.Round(time.Millisecond), t.Rate(), s.Wrong)
}
