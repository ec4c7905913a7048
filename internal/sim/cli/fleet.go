package cli

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/buildinfo"
	"github.com/opsman-ca/opsman-ca/internal/sim/fleet"
	"github.com/opsman-ca/opsman-ca/internal/sim/roster"
)

// fleetCommand is opsman-sim fleet.
type fleetCommand struct {
	Foundations int    `default:"1000" help:"How many foundations, each on a free port of 127.0.0.1."`
	File        string `required:"" placeholder:"PATH" help:"Write the list of them there once they listen, as JSON: address, CA certificate, credentials, state, and the versions that a check answers."`
	CPUProfile  string `name:"cpu-profile" placeholder:"PATH" help:"Write there where the CPU time went, for go tool pprof."`
}

// garbage is after how many percent of new memory the collector runs. Most of a
// fleet's memory is there from the beginning to the end: at Go's 100 it would
// double before the first collection, and look like a leak.
const garbage = 25

// Run serves until ctx ends. The path of the list goes to stdout once everything
// listens.
func (c fleetCommand) Run(ctx context.Context, out streams) error {
	if c.Foundations < 1 {
		return fmt.Errorf("--foundations is %d: expected 1 or more, for example --foundations 1000", c.Foundations)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	began := time.Now()
	f, err := fleet.Serve(ctx, c.Foundations)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := roster.Write(c.File, f.Members); err != nil {
		return err
	}
	stop, err := profile(c.CPUProfile)
	if err != nil {
		return err
	}
	defer stop()
	fmt.Fprintln(out.stderr, buildinfo.String("opsman-sim"))
	fmt.Fprintf(out.stderr, "%d foundations are simulated after %s; %s lists them.\nCtrl-C ends it; nothing is kept.\n", c.Foundations, time.Since(began).Round(time.Millisecond), c.File)
	fmt.Fprintln(out.stdout, c.File)
	<-ctx.Done()
	return nil
}

// profile writes a CPU profile until stop.
func profile(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	file, err := os.Create(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, fmt.Errorf("--cpu-profile: %w", err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("--cpu-profile: %w", err)
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close()
	}, nil
}
