// Package cli is the command line of opsman-sim.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/opsman-ca/opsman-ca/internal/buildinfo"
)

// commands are what opsman-sim can do.
type commands struct {
	Serve    serveCommand    `cmd:"" help:"Serve a simulated foundation over HTTPS until interrupted."`
	Fleet    fleetCommand    `cmd:"" help:"Serve many simulated foundations from one process, in all states of a rotation."`
	Import   importCommand   `cmd:"" help:"Read what om prints of a real foundation, and say what of it can be simulated."`
	Rehearse rehearseCommand `cmd:"" help:"Rotate a simulated foundation with the real opsman-ca and om, and count what broke."`
	Dump     dumpCommand     `cmd:"" help:"Print the state of a simulated foundation as JSON."`
	Demo     demoCommand     `cmd:"" help:"Show a whole rotation by the real binaries, and the mistake that a runbook allows."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// versionCommand is opsman-sim version, and opsman-sim --version. Behind a command,
// --version is which Ops Manager is simulated.
type versionCommand struct{}

// Run prints which build this is.
func (versionCommand) Run(out streams) error {
	_, err := fmt.Fprintln(out.stdout, buildinfo.String("opsman-sim"))
	return err
}

// streams are where a command reads and writes.
type streams struct{ stdout, stderr io.Writer }

// errParsed ends parsing after --help.
var errParsed = errors.New("help was printed")

// Run parses args and carries the command out. What people read beside goes
// to stderr, what is asked for to stdout.
func Run(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) error {
	var c commands
	exited := false
	parser, err := kong.New(&c,
		kong.Name("opsman-sim"),
		kong.Description("A simulated Ops Manager with real root CAs and VMs that shake hands over real TLS."),
		kong.Writers(stdout, stderr), kong.Exit(func(int) { exited = true }),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return fmt.Errorf("opsman-sim: %w", err)
	}
	if slices.Equal(args, []string{"--version"}) {
		args = []string{"version"}
	}
	chosen, err := parse(parser, args, &exited)
	if errors.Is(err, errParsed) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opsman-sim: %w", err)
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	if err := chosen.Run(streams{stdout, stderr}); err != nil {
		return fmt.Errorf("opsman-sim: %w", err)
	}
	return nil
}

// parse keeps --help from ending the process.
func parse(parser *kong.Kong, args []string, exited *bool) (*kong.Context, error) {
	chosen, err := parser.Parse(args)
	if *exited {
		return nil, errParsed
	}
	return chosen, err
}
