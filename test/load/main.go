// Command load checks a simulated fleet of foundations as Concourse would, a
// process a check, by turns with om; it says how many a second there were, and
// fails when a target is missed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/opsman-ca/opsman-ca/test/load/run"
	"github.com/opsman-ca/opsman-ca/test/load/text"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := load(ctx, os.Stdout, os.Stderr, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// load writes the lines of benchstat to stdout, and all else to stderr.
func load(ctx context.Context, stdout, stderr io.Writer, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	result, err := run.Run(ctx, o, stderr)
	if err != nil {
		return err
	}
	text.Tables(stderr, result)
	text.Benchmark(stdout, result)
	if missed := text.Missed(text.Targets(result)); len(missed) > 0 {
		return errors.New("a target is missed: " + strings.Join(missed, "; "))
	}
	return nil
}

func parse(args []string) (run.Options, error) {
	var o run.Options
	var seconds float64
	var bin string
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.StringVar(&bin, "bin", "bin", "folder with the built binaries and om-quick")
	flags.IntVar(&o.Foundations, "foundations", 1000, "how many foundations the simulator serves")
	flags.IntVar(&o.Workers, "workers", 2*runtime.NumCPU(), "how many processes run at the same time")
	flags.Float64Var(&seconds, "seconds", 60, "how long each of check and om is run, by turns")
	flags.IntVar(&o.Rounds, "rounds", 1, "how many times each foundation is checked at least")
	flags.StringVar(&o.Profile, "simulator-cpu-profile", "", "file for the simulator's CPU profile")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.Foundations < 1 || o.Workers < 1 || o.Rounds < 1 || seconds < 0 {
		return o, errors.New("-foundations, -workers and -rounds: expected 1 or more, and -seconds 0 or more, for example -foundations 1000 -workers 4 -rounds 1 -seconds 60")
	}
	o.Span = time.Duration(seconds * float64(time.Second))
	var err error
	if o.Binaries, err = filepath.Abs(bin); err != nil {
		return o, fmt.Errorf("-bin: %w", err)
	}
	return o, o.Missing()
}
