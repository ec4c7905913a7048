package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/imported"
)

// Where nothing else is asked for.
const (
	defaultVersion  = "3.1.2-build.5"
	defaultDaysLeft = 60
)

// shapeFlags are what the foundation is like.
type shapeFlags struct {
	Import string         `type:"existingdir" placeholder:"DIR" help:"Folder with what om printed of a real foundation to resemble; opsman-sim import --commands tells how to make it."`
	VMs    map[string]int `name:"vms" mapsep:"," env:"OPSMAN_SIM_VMS" placeholder:"TYPE=N,..." help:"With --import: how many VMs products have, for example cf=40,p.mysql=2; om does not print it."`

	Version  string        `help:"Version of Ops Manager, for example 2.10.60-build.1; default: the imported one, else 3.1.2-build.5."`
	Tiles    string        `import:"decides" placeholder:"PATH" help:"YAML or JSON file with the tiles; default: TAS and two service tiles."`
	TKGI     bool          `name:"tkgi" import:"decides" help:"Add a TKGI tile, which switches the safety checks off."`
	NoChecks bool          `name:"no-safety-checks" help:"Switch the safety checks off."`
	DaysLeft *int          `name:"days-left" import:"decides" placeholder:"60" help:"Days that the root CA has left; --days-left=-3 for one that expired three days ago."`
	VMDelay  time.Duration `name:"vm-delay" default:"20ms" env:"OPSMAN_SIM_VM_DELAY" help:"How long the roll of one VM takes."`

	Color console.Color `enum:"auto,always,never" default:"auto" env:"OPSMAN_CA_COLOR" help:"Colour the output: auto, always or never; NO_COLOR wins."`

	OldStemcells     bool `name:"old-stemcells" help:"Tiles are on a stemcell with which VMs take new NATS certificates only when recreated."`
	ConfigurableLeaf bool `name:"configurable-leaf" import:"decides" help:"The router has an operator's certificate signed by the root CA."`
	CustomerCA       bool `name:"customer-ca" import:"decides" help:"CredHub holds a customer-provided CA."`
	AutoRotateDNS    bool `name:"auto-rotate-dns" import:"decides" help:"BOSH DNS rotates by itself and needs force_latest_variables."`

	situationFlags
	prerequisiteFlags
}

// shape is the foundation that the flags ask for, and what the import has to
// tell.
func (s shapeFlags) shape() (sim.Options, []imported.Note, error) {
	o, notes, err := s.base()
	if err != nil {
		return o, nil, err
	}
	putNamed(&o, s)
	o.Version, o.FreshKeys = cmp.Or(o.Version, defaultVersion), true
	s.situationFlags.put(&o)
	if err := s.prerequisiteFlags.put(&o); err != nil {
		return o, nil, err
	}
	if s.NoChecks {
		off := false
		o.SafetyChecks = &off
	}
	return o, notes, nil
}

// foundation is the simulator in the situation that the flags ask for.
func (s shapeFlags) foundation(ctx context.Context, o sim.Options) (*sim.Foundation, error) {
	f, err := sim.New(o)
	if err != nil {
		return nil, err
	}
	for _, a := range s.actions() {
		if err := f.OperatorContext(ctx, a); err != nil {
			f.Close()
			return nil, err
		}
	}
	return f, nil
}

func (s shapeFlags) base() (sim.Options, []imported.Note, error) {
	if s.Import != "" {
		return s.imported()
	}
	if s.Reference {
		return s.reference()
	}
	if len(s.VMs) > 0 {
		return sim.Options{}, nil, errors.New("--vms goes with --import: the file of --tiles has the VMs of its tiles")
	}
	tiles, err := readTiles(s.Tiles)
	if err != nil {
		return sim.Options{}, nil, err
	}
	if s.TKGI {
		tiles = append(tiles, sim.TKGITile(0))
	}
	daysLeft := defaultDaysLeft
	if s.DaysLeft != nil {
		daysLeft = *s.DaysLeft
	}
	return sim.Options{
		Tiles:      tiles,
		CAValidity: caValidity, CAAge: caValidity - time.Duration(daysLeft)*24*time.Hour,
	}, nil, nil
}

// imported is a foundation like a real one. What shapes it otherwise is refused.
func (s shapeFlags) imported() (sim.Options, []imported.Note, error) {
	shaping := decidedByImport(s)
	if len(shaping) > 0 {
		return sim.Options{}, nil, fmt.Errorf("%s with --import: the imported files decide that, leave one of the two out", strings.Join(shaping, ", "))
	}
	f, err := imported.Read(s.Import, imported.Settings{VMs: s.VMs, Now: time.Now()})
	return f.Options, f.Notes, err
}

// reference is the reference foundation, whose tiles and dates are given.
func (s shapeFlags) reference() (sim.Options, []imported.Note, error) {
	if s.Tiles != "" || s.DaysLeft != nil || len(s.VMs) > 0 {
		return sim.Options{}, nil, errors.New("--tiles, --days-left and --vms with --reference: the reference foundation decides that, leave one of the two out")
	}
	o := sim.ReferenceFoundation()
	if s.TKGI {
		o.Tiles = append(o.Tiles, sim.TKGITile(0))
	}
	return o, nil, nil
}

// onto is a console on w, in the colours asked for.
func onto(w io.Writer, color console.Color) *console.Console {
	return console.New(w, console.Options{Color: color, Environ: os.Environ(), Terminal: terminal.Colored})
}

// summary prints what was taken over from a real foundation, and what was not.
func summary(c *console.Console, notes []imported.Note) {
	if len(notes) == 0 {
		return
	}
	rows := make([][]string, 0, len(notes))
	for _, n := range notes {
		rows = append(rows, []string{n.What, n.Taken, cmp.Or(n.Assumed, "—")})
	}
	c.Println(terminal.Table(c.Styles, []string{"imported", "taken over", "assumed"}, rows))
	c.Println(c.Muted("Not simulated: how long deployments take, errands other than upgrade-all and recreate-all, staged changes, the history of installations."))
}
