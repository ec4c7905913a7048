// Package cli is the command opsman-ca: the phases of a rotation, one by one or
// all in one run, and what is known of them, for people and for tasks.
package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/opsman-ca/opsman-ca/internal/buildinfo"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/omenv"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/process"
	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// Environment is what the command touches of its process.
type Environment = process.Environment

// commands is the whole command line.
type commands struct {
	omenv.Flags `group:"Flags of every command:"`

	Color    console.Color `group:"Flags of every command:" enum:"auto,always,never" default:"auto" variable:"OPSMAN_CA_COLOR" help:"Colour the output: auto, always or never; NO_COLOR wins."`
	LogLevel input.Level   `group:"Flags of every command:" default:"info" variable:"OPSMAN_CA_LOG_LEVEL" placeholder:"LEVEL" help:"How much is logged: debug, info, warn or error."`

	Unrotated []string `group:"Flags of every command:" sep:"," variable:"OPSMAN_CA_UNROTATED" example:"/p-bosh/*/ipsec*,/cf/router_tls" placeholder:"NAME" help:"Certificates that Ops Manager is known not to rotate here; * stands for anything."`

	Status     statusCommand       `cmd:"" help:"Show which state the rotation is in, why, what comes next, and what stands in the way."`
	Plan       planCommand         `cmd:"" help:"Show the whole rotation ahead, and change nothing."`
	Report     reportCommand       `cmd:"" help:"List every CA and certificate: when it expires, and who has to act."`
	Metrics    metricsCommand      `cmd:"" help:"Write when certificates expire and where the rotation stands as Prometheus metrics."`
	Serve      serveMetricsCommand `cmd:"" name:"serve-metrics" help:"Serve the same metrics over HTTP, until it is told to end."`
	Preflight  preflightCommand    `cmd:"" help:"Say whether a rotation may begin: list all that the vendor requires before one, and fail where one must not."`
	Notice     noticeCommand       `cmd:"" help:"Write what a notification says after a job failed: why its phase is refused, and what to do."`
	Apply      applyCommand        `cmd:"" name:"apply-changes" help:"Apply changes to all products with om, and see it through to the end."`
	Generate   generateCommand     `cmd:"" help:"Make a new, inactive root CA, or hand over your own: the candidate."`
	Activate   activateCommand     `cmd:"" help:"Make the candidate the active CA, once every product trusts it."`
	Regenerate regenerateCommand   `cmd:"" help:"Renew the leaf certificates with the active CA."`
	Delete     deleteCommand       `cmd:"" help:"Delete the retiring CA, once nothing needs it any more."`
	Verify     verifyCommand       `cmd:"" help:"Fail unless the last apply changes is proven to have reached every product."`
	Rotate     rotateCommand       `cmd:"" help:"Run the whole procedure, applies and all; run again, it goes on where it stopped."`
	Gate       gateCommand         `cmd:"" help:"Fail while a maintenance window is closed that a job of a pipeline is to wait for."`
	Om         omCommand           `cmd:"" help:"Run om with this target and login, whatever form they were given in."`
	Version    versionCommand      `cmd:"" help:"Print the version."`

	PrintVersion versionFlag `group:"Flags of every command:" name:"version" short:"v" help:"Print the version and exit."`
}

// versionCommand says what the flag says: people type one or the other.
type versionCommand struct{}

// BeforeApply prints the version: it takes no Ops Manager.
func (versionCommand) BeforeApply(app *kong.Kong) error { return versionFlag(true).BeforeApply(app) }

type versionFlag bool

// BeforeApply prints the version instead of running a command.
func (versionFlag) BeforeApply(app *kong.Kong) error {
	fmt.Fprintln(app.Stdout, buildinfo.String("opsman-ca"))
	app.Exit(0)
	return nil
}

// tool is what the commands work with.
type app struct {
	Environment
	ctx     context.Context // kong hands its commands values, not contexts
	console *console.Console
	color   console.Color
	config  opsman.Config
	client  *opsman.Client
	// api is the client as evidence is gathered with it.
	api foundation.Reader
	// unrotated are the names with which api was made.
	unrotated []string
	// names are what flags are called, as they were given.
	names setting.Names
	// whole tells that target and login come as one map.
	whole bool
}

// Main runs the command line and returns the exit code: 0, 1 for a failure, 2
// for a command line that cannot be understood.
func Main(ctx context.Context, e Environment) int {
	var line commands
	left := -1 // the code with which kong wants to leave early, after --help
	given := newVariables(e.Environ)
	parser, err := kong.New(&line, append(mappers(),
		kong.Name("opsman-ca"),
		kong.Description("Rotates the root CA of Ops Manager, and proves every phase."),
		kong.Writers(e.Stdout, e.Stderr),
		kong.Resolvers(given),
		kong.ValueFormatter(helpWithVariable),
		kong.Exit(func(code int) { left = code }),
	)...)
	if err != nil {
		fmt.Fprintln(e.Stderr, "error:", err)
		return 2
	}
	given.learn(parser.Model.Node)
	showExamples(parser.Model.Children)
	parsed, err := parser.Parse(e.Args)
	if left >= 0 {
		return left
	}
	if err := errors.Join(append(given.problems, err)...); err != nil {
		for _, problem := range input.Problems(err) {
			fmt.Fprintf(e.Stderr, "error: %s%s\n", problem, secretFlag(problem.Error()))
		}
		fmt.Fprintln(e.Stderr, "Run opsman-ca --help for the commands.")
		return 2
	}
	given.onLine(parsed)
	t := &app{Environment: process.WithClock(e), ctx: ctx, names: given.name, whole: given.whole(), color: line.Color, console: console.New(e.Stderr, console.Options{Color: line.Color, Environ: e.Environ, Terminal: terminal.Colored})}
	t.console.Println(t.console.Muted(buildinfo.String("opsman-ca")))
	if _, alone := command(parsed).(*gateCommand); alone { // it asks no Ops Manager
		return t.report(parsed.Run(t))
	}
	if err = t.connect(line); err != nil {
		return t.report(errors.Join(err, problemsOf(parsed, t.names)))
	}
	err = parsed.Run(t)
	return t.report(err)
}

// secretFlag says where a secret goes that om takes as a flag and this command
// does not.
func secretFlag(refused string) string {
	for _, name := range []string{"password", "client-secret", "decryption-passphrase"} {
		if strings.HasPrefix(refused, "unknown flag --"+name) {
			variable := "OM_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
			return ": secrets are not taken from arguments, which everybody can read; set " + variable + " instead"
		}
	}
	return ""
}

// connect makes the client, which sends nothing yet.
func (t *app) connect(line commands) error {
	var unread error
	if t.config, unread = omenv.Config(line.Flags, t.Environ); unread != nil && !t.whole {
		return input.Named(unread, t.names)
	}
	handler := slog.NewTextHandler(t.console, &slog.HandlerOptions{Level: slog.Level(line.LogLevel)})
	client, err := opsman.New(t.config, opsman.WithLogger(slog.New(handler)), opsman.WithUserAgent(buildinfo.String("opsman-ca")), opsman.WithNames(t.names))
	if t.whole {
		known := input.Problems(unread)
		err = errors.Join(append(known, input.Beside(err, known, omenv.Whole)...)...)
	} else if err != nil {
		err = errors.Join(err, where(t.names))
	}
	if err != nil {
		return err
	}
	t.client = client
	t.console.SetFilter(t.redact)
	if err := foundation.CheckNames(line.Unrotated); err != nil {
		return fmt.Errorf("%s %w", t.names.Of(setting.Unrotated), err)
	}
	t.unrotated = line.Unrotated
	t.api = foundation.Without(t.client, line.Unrotated)
	return nil
}

// redact is a text without secrets, and with the links to the guide.
func (t *app) redact(text string) string { return troubleshooting.Sparing(t.client.Redact)(text) }

// where says where all of it can be given.
func where(names setting.Names) error {
	return fmt.Errorf("target and credentials come from flags (--target, --username, --client-id), "+
		"from OM_TARGET, OM_USERNAME, OM_PASSWORD, OM_CLIENT_ID, OM_CLIENT_SECRET and OM_CA_CERT, from om's env.yml (%s), or all from OPSMAN, one map in JSON", names.Of(setting.Env))
}

// report shows an error, and is the exit code for it.
func (t *app) report(err error) int {
	if err == nil {
		return 0
	}
	troubleshooting.Show(t.console, err)
	return 1
}

// checked is a command that can tell what its flags get wrong without Ops
// Manager: a user who has to mend the credentials hears of the rest as well.
type checked interface {
	problems(names setting.Names) error
}

func problemsOf(parsed *kong.Context, names setting.Names) error {
	if c, ok := command(parsed).(checked); ok {
		return c.problems(names)
	}
	return nil
}

// command is the one that is to run, nil where none is known.
func command(parsed *kong.Context) any {
	selected := parsed.Selected()
	if selected == nil || !selected.Target.CanAddr() {
		return nil
	}
	return selected.Target.Addr().Interface()
}

func (c *statusCommand) problems(names setting.Names) error { return wrongFrom(c.From, names) }
func (c *planCommand) problems(names setting.Names) error {
	return errors.Join(wrongFrom(c.From, names), c.readiness.problems(names))
}
func (c *preflightCommand) problems(names setting.Names) error {
	return errors.Join(wrongFrom(c.From, names), c.readiness.problems(names))
}
func (c *applyCommand) problems(names setting.Names) error { return wrongFrom(c.From, names) }

func (f phaseFlags) problems(names setting.Names) error {
	_, wrong := f.reasons(names)
	return errors.Join(wrongFrom(f.From, names), wrong)
}

func (g generating) problems(names setting.Names) error {
	_, wrongCA := g.read(names)
	_, wrongExclude := excluded(g.Exclude, names)
	return errors.Join(wrongCA, wrongExclude)
}

func (c *generateCommand) problems(names setting.Names) error {
	return errors.Join(c.phaseFlags.problems(names), c.generating.problems(names))
}

func (c *rotateCommand) problems(names setting.Names) error {
	return errors.Join(c.phaseFlags.problems(names), c.generating.problems(names))
}

func wrongFrom(folder string, names setting.Names) error {
	_, _, err := handed(folder, names)
	return err
}
