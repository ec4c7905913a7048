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
}

// Run shows a whole rotation, and the mistake that it prevents.
func (d demoCommand) Run(ctx context.Context, out streams) error {
	return demo.Run(ctx, demo.Options{
		Bin: d.Bin, Environ: os.Environ(),
		Console: onto(out.stderr, d.Color),
	})
}
