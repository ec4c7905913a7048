package main

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/test/bench/measure"
	"github.com/opsman-ca/opsman-ca/test/built"
)

// options of the command line.
type options struct {
	bin, tools, lines, only     string
	runs, history, certificates int
	small                       bool
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.bin, "bin", "bin", "folder with the built binaries and om-quick")
	flags.StringVar(&o.tools, "tools", "", "folder with the built programs test/bench/launch and test/bench/floor; default: that of this program")
	flags.StringVar(&o.lines, "out", "", "file for the runs in Go's benchmark format; default: none")
	flags.IntVar(&o.runs, "runs", 60, "how often each program is run")
	flags.IntVar(&o.history, "history", 10_000, "installations of a long history, more than 10")
	flags.IntVar(&o.certificates, "certificates", 20_000, "certificates of the largest report, 4 or more")
	flags.BoolVar(&o.small, "small", false, "take foundations of 4 VMs instead of 39")
	flags.StringVar(&o.only, "only", "", "parts to measure, with commas between: "+strings.Join(measure.Parts(), ", ")+"; default: all")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("expected flags alone, and got %q", flags.Args())
	}
	if o.runs < 1 || o.history <= 10 || o.certificates < 4 {
		return o, errors.New("-runs has to be 1 or more, -history more than 10, and -certificates 4 or more")
	}
	for _, name := range o.parts() {
		if !slices.Contains(measure.Parts(), name) {
			return o, fmt.Errorf("-only: %q is not known: expected some of %s", name, strings.Join(measure.Parts(), ", "))
		}
	}
	var err error
	if o.bin, err = filepath.Abs(o.bin); err != nil {
		return o, fmt.Errorf("-bin: %w", err)
	}
	return o, built.Missing(o.bin, "check", "in", "out", "opsman-ca", "om-quick")
}

// parts that are asked for, none for all.
func (o options) parts() []string {
	if o.only == "" {
		return nil
	}
	return strings.Split(o.only, ",")
}
