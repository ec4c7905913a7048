package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/test/bench/figures"
	"github.com/opsman-ca/opsman-ca/test/bench/measure"
	"github.com/opsman-ca/opsman-ca/test/bench/process"
	"github.com/opsman-ca/opsman-ca/test/bench/stage"
)

// foundations is the argument that makes this program the process of the simulated
// foundations.
const foundations = "foundations"

// run is the program, without its process.
func run(ctx context.Context, self string, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) == 1 && args[0] == foundations {
		return stage.Serve(ctx, stdin, stdout)
	}
	o, err := parse(args)
	if err != nil {
		return err
	}
	if o.launcher == "" {
		o.launcher = filepath.Join(filepath.Dir(self), "launch")
	}
	scratch, err := os.MkdirTemp("", "opsman-ca-bench-")
	if err != nil {
		return fmt.Errorf("make a folder for the runs: %w", err)
	}
	defer os.RemoveAll(scratch) //nolint:errcheck // it is a temporary folder
	launcher := process.Launcher{Path: o.launcher, Scratch: scratch}

	nothing, err := launcher.Run(ctx, process.Program{Path: "/bin/true"})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Each program is started by a small one, as Linux counts the starter's memory into the peak: /bin/true has %d KiB, and nothing can have less.\n", nothing.Peak)

	groups, err := all(ctx, o, self, launcher, stderr)
	if err != nil {
		return err
	}
	if err := write(o.lines, groups); err != nil {
		return err
	}
	figures.Tables(stdout, groups)
	if err := figures.Sizes(stdout, o.bin); err != nil {
		return err
	}
	figures.Judge(stdout, figures.Targets(groups, o.history, o.certificates))
	return nil
}

func all(ctx context.Context, o options, self string, launcher process.Launcher, stderr io.Writer) (groups []measure.Group, err error) {
	simulators, err := stage.Start(ctx, stderr, self, foundations)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, simulators.Close()) }()
	b := measure.Bench{
		Options:  measure.Options{Bin: o.bin, Runs: o.runs, History: o.history, Certificates: o.certificates, Small: o.small, Only: o.parts(), Progress: stderr},
		Launcher: launcher, Stage: simulators,
	}
	return b.All(ctx)
}

func write(path string, groups []measure.Group) error {
	if path == "" {
		return nil
	}
	file, err := os.Create(path) //nolint:gosec // the file that was asked for
	if err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	return errors.Join(figures.Lines(file, groups), file.Close())
}
