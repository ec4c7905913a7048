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
)

// run is the program, without its process.
func run(ctx context.Context, self string, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if o.tools == "" {
		o.tools = filepath.Dir(self)
	}
	scratch, err := os.MkdirTemp("", "opsman-ca-bench-")
	if err != nil {
		return fmt.Errorf("make a folder for the runs: %w", err)
	}
	defer os.RemoveAll(scratch) //nolint:errcheck // it is a temporary folder
	launcher := process.Launcher{Path: filepath.Join(o.tools, "launch"), Scratch: scratch}

	nothing, err := launcher.Run(ctx, process.Program{Path: "/bin/true"})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Each program is started by a small one, as Linux counts the starter's memory into the peak: /bin/true has %d KiB, and nothing can have less.\n", nothing.Peak)

	b := measure.Bench{
		Options:  measure.Options{Bin: o.bin, Floor: filepath.Join(o.tools, "floor"), Runs: o.runs, History: o.history, Certificates: o.certificates, Small: o.small, Only: o.parts(), Progress: stderr},
		Launcher: launcher,
	}
	groups, err := b.All(ctx)
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
