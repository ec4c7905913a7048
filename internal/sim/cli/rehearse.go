package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/view"
)

// rehearseCommand is opsman-sim rehearse.
type rehearseCommand struct {
	shapeFlags

	OpsmanCA string   `name:"opsman-ca" default:"opsman-ca" placeholder:"PATH" help:"The opsman-ca to rotate with (${default})."`
	Rotate   []string `arg:"" optional:"" placeholder:"FLAG" help:"After --: flags of opsman-ca rotate, for example -- --om bin/om --recreate-vms."`
}

// ofTheRealOne are variables that would send opsman-ca elsewhere.
var ofTheRealOne = map[string]bool{"OPSMAN": true, "ENV_FILE": true, "FROM": true, "TO": true}

// Run serves a simulated foundation to the real opsman-ca and om, and counts
// what broke.
func (r rehearseCommand) Run(ctx context.Context, out streams) error {
	o, notes, err := r.shape()
	if err := errors.Join(err, apart(r.Rotate)); err != nil {
		return err
	}
	o.Username, o.Password = "admin", "admin"
	f, err := r.foundation(ctx, o)
	if err != nil {
		return err
	}
	server, err := sim.ServeOn(ctx, f, "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer server.Close()
	c := onto(out.stderr, r.Color)
	summary(c, notes)
	before := f.Dump()
	c.Println(fmt.Sprintf("A simulated Ops Manager %s with %d VMs; nothing real is touched.", before.Version, len(before.VMs)))

	login := concourse.Login{Target: server.URL, Username: o.Username, Password: o.Password, CACert: server.CAPEM}
	environment := slices.Concat(elsewhere(os.Environ()), login.Environ())
	for _, args := range [][]string{{"plan"}, r.rotation()} {
		c.Println()
		c.Println(c.Heading("▼ opsman-ca " + strings.Join(args, " ")))
		if err := r.run(ctx, environment, out, args); err != nil {
			err = fmt.Errorf("opsman-ca %s: %w", args[0], err)
			if args[0] == "plan" {
				return err
			}
			return errors.Join(err, conclude(c, f))
		}
		if err := ours(f); err != nil {
			return err // after the plan, so before anything is changed
		}
	}
	c.Println()
	return conclude(c, f)
}

// rotation is how it is rotated. A verifier of the reference foundation warns,
// as on many real ones, whose pipelines ignore it.
func (r rehearseCommand) rotation() []string {
	args := []string{"rotate", "--again"}
	if r.Reference && !slices.Contains(r.Rotate, ignoreWarnings) {
		args = append(args, ignoreWarnings)
	}
	return append(args, r.Rotate...)
}

const ignoreWarnings = "--ignore-warnings"

// elsewhere is the environment without what points to a real Ops Manager.
func elsewhere(environ []string) []string {
	var kept []string
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "OM_") && !ofTheRealOne[name] {
			kept = append(kept, variable)
		}
	}
	return kept
}

func (r rehearseCommand) run(ctx context.Context, environment []string, out streams, args []string) error {
	command := exec.CommandContext(ctx, r.OpsmanCA, args...) //nolint:gosec // the user names it
	command.Env, command.Stdout, command.Stderr = environment, out.stdout, out.stderr
	// It hands an interrupt on to om, and leaves in order.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	const patience = 10 * time.Second
	command.WaitDelay = patience
	return command.Run()
}

// conclude shows what the foundation came to; a broken handshake is an error.
func conclude(c *console.Console, f *sim.Foundation) error {
	state := f.Dump()
	view.Authorities(c, state)
	if len(state.Broken) == 0 {
		c.Println(c.OK(view.Handshakes(state) + "."))
		return nil
	}
	const shown = 5
	view.Broken(c, state, shown)
	return fmt.Errorf("%s: this would be an outage", view.Handshakes(state))
}
