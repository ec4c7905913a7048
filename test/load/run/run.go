// Package run checks a whole simulated fleet again and again, a process a check
// as Concourse does, and in turn with that lists its CAs with om.
package run

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/opsman-ca/opsman-ca/test/built"
	"github.com/opsman-ca/opsman-ca/test/load/tally"
)

// Options of a load test.
type Options struct {
	// Binaries is the folder with check, opsman-sim and om-quick.
	Binaries string
	// Foundations in the fleet, Workers that start processes at the same time.
	Foundations, Workers int
	// Span is how long each of the two commands is run, Rounds how many times
	// each foundation is checked at least.
	Span   time.Duration
	Rounds int
	// Profile is a file for the simulator's CPU profile, empty for none.
	Profile string
}

// length of a slice: short enough that both commands get the same of whatever
// else the machine does, long enough that its ends do not matter.
const length = 5 * time.Second

// Run starts the simulator, has every foundation checked once as Concourse does
// it first, and then measures check and om by turns. The log gets a line for
// each slice.
func Run(ctx context.Context, o Options, log io.Writer) (Result, error) {
	folder, err := os.MkdirTemp("", "opsman-ca-load-")
	if err != nil {
		return Result{}, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	sim, err := open(ctx, o, folder, log)
	if err != nil {
		return Result{}, err
	}
	defer sim.close()

	first := &side{Side: tally.Side{Name: "first check"}, make: firstCheck, goal: o.Foundations}
	checks := &side{Side: tally.Side{Name: "check"}, make: steadyCheck, goal: o.Rounds * o.Foundations}
	oms := &side{Side: tally.Side{Name: "om certificate-authorities"}, make: list, goal: o.Rounds * o.Foundations}
	for _, s := range []*side{first, checks, oms} {
		s.prepare(o.Binaries, sim.members)
	}
	for !first.done(0) {
		if err := first.slice(ctx, o.Workers, 0, time.Hour, sim); err != nil {
			return Result{}, stopped(err)
		}
	}
	fmt.Fprintln(log, first.Says())
	r := Result{Options: o, Started: sim.started, Check: &checks.Side, Om: &oms.Side, First: &first.Side}
	if err := r.sample(sim); err != nil {
		return Result{}, err
	}
	for !checks.done(o.Span) || !oms.done(o.Span) {
		for _, s := range []*side{checks, oms} {
			if s.done(o.Span) {
				continue
			}
			if err := s.slice(ctx, o.Workers, o.Span-s.Total().Took, length, sim); err != nil {
				return Result{}, stopped(err)
			}
			if err := r.sample(sim); err != nil {
				return Result{}, err
			}
			fmt.Fprintf(log, "%s; simulator %d MiB\n", s.Says(), r.Resident[len(r.Resident)-1]/1024)
		}
	}
	err = r.own()
	return r, err
}

func stopped(err error) error { return fmt.Errorf("the load test did not come to its end: %w", err) }

// Missing is what has to be built first, nil when it is all there.
func (o Options) Missing() error {
	return built.Missing(o.Binaries, "check", "opsman-sim", "om-quick")
}
