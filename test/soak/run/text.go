package run

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Repeat is the command that plays the rotation alone again.
func (r Result) Repeat() string {
	more := ""
	if r.ExactDates {
		more = " -exact-dates"
	}
	return fmt.Sprintf("go run ./test/soak -procedure %s%s -seed %d -rotations 1 -v", r.Procedure, more, r.Schedule.Seed)
}

// Line is the result in a line.
func (r Result) Line() string {
	end := "settled"
	switch {
	case r.Said.Success && !r.Verdict.Settled:
		end = "says it is settled, and is not: " + strings.Join(r.Verdict.Unsettled, ", ")
	case !r.Said.Success:
		end = "stopped: " + r.Said.Reason + ": " + r.Said.Sentence
	}
	return fmt.Sprintf("seed %d: %s (%d handshakes, %d broken, of these %d by another's click alone; %d processes, %.1fs)",
		r.Schedule.Seed, end, r.Verdict.Good+r.Verdict.Broken, r.Verdict.Broken, sum(r.Verdict.Excused), r.Processes, r.Took.Seconds())
}

// Tell writes all that is known of a rotation.
func (r Result) Tell(w io.Writer) {
	fmt.Fprintln(w, r.Schedule)
	for _, line := range r.Journal {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintln(w, r.Line())
	for _, f := range append(r.Verdict.ByUs, r.Verdict.Improper...) {
		fmt.Fprintln(w, "FOUND:", f)
	}
	for _, f := range r.Faults {
		fmt.Fprintln(w, "FAULT:", f)
	}
	for _, l := range r.Leaks {
		fmt.Fprintln(w, "LEAK:", l)
	}
	fmt.Fprintln(w, "repeat it with:", r.Repeat())
}

// Tell writes the sums.
func (t *Tally) Tell(w io.Writer, wall time.Duration) {
	fmt.Fprintf(w, "rotations %d, processes %d, wall %s\n", t.Rotations, t.Processes, wall.Round(time.Second))
	fmt.Fprintf(w, "handshakes %d, broken %d\n", t.Good+t.Broken, t.Broken)
	fmt.Fprintf(w, "foundations broken by the procedure %d, by another operator's click alone %d, improper calls in %d\n", t.BrokenByUs, t.BrokenByOthers, t.Improper)
	for _, c := range most(t.Excused) {
		fmt.Fprintf(w, "  by another operator's click alone %5d: %s\n", c.count, c.name)
	}
	fmt.Fprintf(w, "settled %d, stopped with a reason %d, success claimed and not settled %d\n", t.Settled, sum(t.Stopped), t.HalfRotated)
	for _, c := range most(t.Stopped) {
		fmt.Fprintf(w, "  stopped %5d  %s\n", c.count, c.name)
	}
	for _, c := range most(t.Blind) {
		fmt.Fprintf(w, "  of the task rotate without a version %5d: %s\n", c.count, c.name)
	}
	fmt.Fprintf(w, "events that struck %d\n", sum(t.Struck))
	for _, c := range most(t.Struck) {
		fmt.Fprintf(w, "  %5d  %s\n", c.count, c.name)
	}
}
