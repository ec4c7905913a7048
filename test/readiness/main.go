// Command readiness plays the matrix of foundations as they may be, versions of Ops
// Manager and procedures, with the built binaries and the real om, and writes what came
// of it as a table. It fails when a promise is broken.
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
	"github.com/opsman-ca/opsman-ca/test/readiness/play"
	"github.com/opsman-ca/opsman-ca/test/readiness/run"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := readiness(ctx, os.Stderr, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// options of the command line.
type options struct {
	cells    []play.Cell
	workers  int
	binaries string
	out      string
	verbose  bool
}

func readiness(ctx context.Context, w io.Writer, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	began, broken, results := time.Now(), 0, []play.Result{}
	err = run.Many(ctx, o.cells, o.binaries, o.workers, func(r play.Result) {
		results = append(results, r)
		if len(r.Faults) > 0 {
			broken++
		}
		switch {
		case o.verbose:
			fmt.Fprintln(w, r.Journals())
			fallthrough
		case len(r.Faults) > 0:
			fmt.Fprintln(w, r.Tell())
		case len(results)%every == 0:
			fmt.Fprintf(w, "%d of %d cells, %d broken promises, %s\n", len(results), len(o.cells), broken, time.Since(began).Round(time.Second))
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d cells, %d with a broken promise, %s\n", len(results), broken, time.Since(began).Round(time.Second))
	if o.out != "" {
		if err := os.WriteFile(o.out, []byte(run.Table(results)), 0o644); err != nil { //nolint:gosec // a page of the documentation
			return fmt.Errorf("write the table: %w", err)
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d of %d cells broke a promise; each tells how to play it again alone", broken, len(results))
	}
	return nil
}

// every is after how many cells progress is shown.
const every = 25

func parse(args []string) (options, error) {
	var o options
	var matrix run.Matrix
	var shaped, versions, procedures, bin string
	var pairwise bool
	list := flag.NewFlagSet("readiness", flag.ContinueOnError)
	list.StringVar(&shaped, "shapes", "", "names with commas between, several in one foundation with plus signs; default: all, each alone")
	list.StringVar(&versions, "versions", "", "versions of Ops Manager with commas between; default: all")
	list.StringVar(&procedures, "procedures", "", "rotate, puts, leaf-only with commas between; default: all")
	list.BoolVar(&pairwise, "pairwise", false, "few cells with several shapes each, that have every pair of two shapes, of a shape and a version or procedure")
	list.IntVar(&o.workers, "workers", 4, "how many cells at a time")
	list.StringVar(&o.out, "out", "", "file for the table, Markdown")
	list.StringVar(&bin, "bin", "bin", "folder with the built binaries and om-quick")
	list.BoolVar(&o.verbose, "v", false, "tell every cell line by line")
	if err := list.Parse(args); err != nil {
		return o, err
	}
	var err error
	if matrix.Shapes, err = run.ParseShapes(shaped); err != nil {
		return o, fmt.Errorf("-shapes: %w", err)
	}
	if matrix.Versions, err = shapes.ParseVersions(versions); err != nil {
		return o, fmt.Errorf("-versions: %w", err)
	}
	if procedures == "" {
		matrix.Procedures = play.Procedures()
	} else {
		for name := range strings.SplitSeq(procedures, ",") {
			p, err := play.ParseProcedure(name)
			if err != nil {
				return o, fmt.Errorf("-procedures: %w", err)
			}
			matrix.Procedures = append(matrix.Procedures, p)
		}
	}
	o.cells = matrix.Cells()
	if pairwise {
		o.cells = matrix.Pairwise()
	}
	o.binaries, err = built.Folder(bin, "check", "in", "out", "opsman-ca", "om-quick")
	return o, err
}
