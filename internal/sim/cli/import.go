package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/imported"
)

// importCommand is opsman-sim import DIR.
type importCommand struct {
	Dir      string         `arg:"" optional:"" type:"existingdir" help:"Folder with the files that the commands below wrote."`
	VMs      map[string]int `name:"vms" mapsep:"," env:"OPSMAN_SIM_VMS" placeholder:"TYPE=N,..." help:"How many VMs products have, for example cf=40,p.mysql=2."`
	Color    console.Color  `enum:"auto,always,never" default:"auto" env:"OPSMAN_CA_COLOR" help:"Colour the output: auto, always or never; NO_COLOR wins."`
	Commands bool           `help:"Print the commands alone, as a shell script for the folder to fill."`
}

// Help is what --help says besides the flags.
func (importCommand) Help() string {
	return "In an empty folder, with om and its variables (OM_TARGET, OM_USERNAME, …) for the real foundation:\n\n    " + strings.ReplaceAll(strings.TrimSpace(imported.Commands()), "\n", "\n    ") +
		"\n\nThey only read, and nothing in the files is secret. Then `opsman-sim import DIR` shows what is taken over and what is assumed, and `opsman-sim serve --import DIR` simulates it."
}

// Run reads the folder and says what would be simulated.
func (i importCommand) Run(out streams) error {
	if i.Commands {
		_, err := fmt.Fprint(out.stdout, imported.Commands())
		return err
	}
	if i.Dir == "" {
		return errors.New("import needs the folder to read: opsman-sim import --help tells how to make it")
	}
	f, err := imported.Read(i.Dir, imported.Settings{VMs: i.VMs, Now: time.Now()})
	if err != nil {
		return err
	}
	foundation, err := sim.New(f.Options)
	if err != nil {
		return err
	}
	defer foundation.Close()
	summary(onto(out.stderr, i.Color), f.Notes)
	fmt.Fprintf(out.stderr, "It can be simulated, with %d VMs: opsman-sim serve --import %s\n", len(foundation.Dump().VMs), i.Dir)
	return nil
}
