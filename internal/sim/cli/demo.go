package cli

import (
	"context"
	"os"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/sim/demo"
)

// demoCommand is opsman-sim demo.
type demoCommand struct {
	Bin   string        `default:"bin" type:"path" help:"Folder with the built binaries: check, in, out, opsman-ca, om-quick."`
	Color console.Color `enum:"auto,always,never" default:"auto" env:"OPSMAN_CA_COLOR" help:"Colour the output: auto, always or never; NO_COLOR wins."`

	Verbose bool `short:"v" help:"Show all that the programs say, and not a line for each job."`
}

// Run shows a whole rotation, and the mistake that it prevents. The story is what the
// command is asked for, so it goes to stdout: to a pager or a file as well.
func (d demoCommand) Run(ctx context.Context, out streams) error {
	return demo.Run(ctx, demo.Options{
		Bin: d.Bin, Environ: os.Environ(),
		Console: onto(out.stdout, d.Color), Verbose: d.Verbose,
	})
}
