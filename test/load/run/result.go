package run

import (
	"os"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/test/load/tally"
)

// Result is what a load test found.
type Result struct {
	Options
	// Started is how long the simulator took until it served all foundations.
	Started time.Duration
	// First are the checks that find out where each foundation stands; they are
	// judged, and in no figure. Check and Om ran by turns.
	First, Check, Om *tally.Side
	// Resident is the simulator's resident set in KiB: ahead of the first slice,
	// and after each.
	Resident []int64
	// Own is the load test's own largest resident set in KiB: no process that it
	// started reads smaller.
	Own int64
}

// Wrong is how many checks answered anything but what they should.
func (r Result) Wrong() int { return r.First.Wrong + r.Check.Wrong }

// Examples are the first of the wrong answers of any command.
func (r Result) Examples() []string {
	return slices.Concat(r.First.Examples, r.Check.Examples, r.Om.Examples)
}

// Ratio is how many checks there were for each om.
func (r Result) Ratio() float64 {
	if om := r.Om.Total().Rate(); om > 0 {
		return r.Check.Total().Rate() / om
	}
	return 0
}

// Memory is the simulator's resident set in KiB at the start, in the middle and
// at the end.
func (r Result) Memory() (start, middle, end int64) {
	n := len(r.Resident)
	return r.Resident[0], r.Resident[n/2], r.Resident[n-1]
}

func (r *Result) sample(s *simulator) error {
	usage, err := s.usage()
	if err != nil {
		return err
	}
	r.Resident = append(r.Resident, usage.Resident)
	return nil
}

func (r *Result) own() error {
	usage, err := process.UsageOf(os.Getpid())
	r.Own = usage.Peak
	return err
}
