// Command soak rotates the CA of many simulated foundations under random, seeded
// schedules of faults, kills and clicks, with the built binaries and the real om,
// and judges each by the simulator's records. It fails when a promise is broken.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/test/built"
	"github.com/opsman-ca/opsman-ca/test/soak/run"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := soak(ctx, os.Stderr, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// options of the command line.
type options struct {
	run.Request
	procedures []run.Procedure
	verbose    bool
}

func soak(ctx context.Context, w io.Writer, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	tallies := map[run.Procedure]*run.Tally{}
	for _, p := range o.procedures {
		tallies[p] = &run.Tally{}
		o.Procedure = p
		if err := play(ctx, w, o, tallies[p]); err != nil {
			return err
		}
	}
	if len(o.procedures) > 1 {
		run.Table(w, tallies)
	}
	if t := tallies[run.Ours]; t != nil && len(t.Failed) > 0 {
		return fmt.Errorf("%d of %d rotations broke a promise", len(t.Failed), t.Rotations)
	}
	return nil
}

// every is after how many rotations progress is shown.
const every = 50

func play(ctx context.Context, w io.Writer, o options, t *run.Tally) error {
	began := time.Now()
	err := run.Many(ctx, o.Request, func(r run.Result) {
		t.Add(r)
		switch {
		case o.verbose || len(r.Faults) > 0:
			r.Tell(w)
		case o.Procedure == run.Ours && (r.Verdict.Broken > 0 || r.Verdict.Blind != ""):
			fmt.Fprintf(w, "%s\n  %s\n", r.Line(), r.Repeat())
		case t.Rotations%every == 0:
			fmt.Fprintf(w, "%s: %d of %d rotations, %d failed, %s\n", o.Procedure, t.Rotations, o.Rotations, len(t.Failed), time.Since(began).Round(time.Second))
		}
	})
	fmt.Fprintf(w, "\n%s, seeds from %d\n", o.Procedure, o.Seed)
	t.Tell(w, time.Since(began))
	return err
}

func parse(args []string) (options, error) {
	var o options
	var procedures, bin string
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.StringVar(&procedures, "procedure", string(run.Ours), "what rotates: ours, runbook, platform-automation, or several with commas between, for a table")
	flags.Uint64Var(&o.Seed, "seed", 1, "seed of the first rotation; each one after it has the next one")
	flags.IntVar(&o.Rotations, "rotations", 1000, "how many rotations")
	flags.IntVar(&o.Workers, "workers", 12, "how many at a time")
	flags.BoolVar(&o.ExactDates, "exact-dates", false, "leave out foundations whose CAs have bare dates, with which om activates nothing")
	flags.StringVar(&bin, "bin", "bin", "folder with the built binaries and om-quick")
	flags.BoolVar(&o.verbose, "v", false, "tell every rotation line by line")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	for name := range strings.SplitSeq(procedures, ",") {
		p, err := run.Parse(name)
		if err != nil {
			return o, err
		}
		o.procedures = append(o.procedures, p)
	}
	var err error
	o.Binaries, err = built.Folder(bin, "check", "in", "out", "opsman-ca", "om-quick")
	return o, err
}
