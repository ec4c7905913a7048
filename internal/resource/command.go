package resource

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os/signal"
	"slices"
	"syscall"

	"github.com/opsman-ca/opsman-ca/internal/buildinfo"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/process"
	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// Environment is what a command touches of its process.
type Environment = process.Environment

// Command is check, in or out.
type Command struct {
	name string
	// folder says what the one argument is, empty for none.
	folder string
	run    func(context.Context, *job) (any, error)
	// interrupted says how to go on after SIGTERM.
	interrupted string
}

// resume says how to go on after SIGTERM; sent tells that a call that changes
// something was sent.
func (c Command) resume(sent bool) string {
	if sent {
		return "Ops Manager may or may not have carried out the call that was under way; rerun the same step: it looks first, and does nothing twice"
	}
	return c.interrupted
}

// Check looks for new versions.
func Check() Command {
	return Command{
		name: "check", run: func(ctx context.Context, j *job) (any, error) { return j.mode.check(ctx, j) },
		interrupted: "nothing was changed; the next check starts anew",
	}
}

// In is the get, which lists certificates by way of lister.
func In(lister Lister) Command {
	return Command{
		name: "in", folder: "destination", run: func(ctx context.Context, j *job) (any, error) {
			j.lister = lister
			return j.mode.in(ctx, j)
		},
		interrupted: "nothing was changed in Ops Manager; rerun the step",
	}
}

// Out is the put.
func Out() Command {
	return Command{
		name: "out", folder: "sources", run: func(ctx context.Context, j *job) (any, error) { return out(ctx, j) },
		interrupted: "nothing was changed in Ops Manager; rerun the step",
	}
}

// job is one run of a command.
type job struct {
	Environment
	console *console.Console
	request request
	// sent tells that a call that changes something was sent.
	sent bool
	// client is for the source, unless it is among the problems.
	client *opsman.Client
	// unrotated are the source's unrotated_certificates.
	unrotated []string
	// names are what the pipeline calls the keys.
	names setting.Names
	// mode is what the resource's versions are about.
	mode mode
	// problems are those of the request so far, to be told with those of its parts.
	problems []error
	// lister is there in a get.
	lister Lister
}

// Run runs a command and returns the exit code of its process: 0, or 1 with the
// reason on standard error. Standard output gets the answer or nothing.
func Run(c Command, e Environment) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return run(ctx, c, e)
}

func run(ctx context.Context, c Command, e Environment) int {
	if slices.ContainsFunc(e.Args, about) {
		fmt.Fprintf(e.Stdout, "%s: the %s of a Concourse resource type, which Concourse runs; it reads its request as JSON from standard input, and writes the answer to standard output\n", buildinfo.String("opsman-ca "+c.name), c.name)
		return 0
	}
	j := &job{Environment: process.WithClock(e), console: console.New(e.Stderr, console.Options{Color: console.ColorAlways, Environ: e.Environ})}
	j.console.Println(j.console.Muted(buildinfo.String("opsman-ca " + c.name)))
	err := c.execute(ctx, j)
	if err == nil {
		return 0
	}
	if ctx.Err() != nil {
		j.console.Println(j.console.Error("interrupted:"), c.resume(j.sent))
		j.console.Println(j.console.Muted(troubleshooting.Links([]troubleshooting.Code{troubleshooting.Interrupted})))
		return 1
	}
	troubleshooting.Show(j.console, err)
	return 1
}

// about tells that a person, not Concourse, asks what the program is.
func about(argument string) bool {
	return slices.Contains([]string{"--help", "-help", "-h", "--version", "-version", "-v"}, argument)
}

func (c Command) execute(ctx context.Context, j *job) error {
	switch {
	case c.folder != "" && len(j.Args) != 1:
		return fmt.Errorf("expected one argument, the %s folder, and got %d; for example %s /tmp/build < request.json", c.folder, len(j.Args), c.name)
	case c.folder == "" && len(j.Args) > 0:
		return fmt.Errorf("expected no argument, and got %d; for example %s < request.json", len(j.Args), c.name)
	}
	var err error
	if j.request, err = read(ctx, j.Stdin); err != nil {
		return err
	}
	j.open()
	answer, err := c.run(ctx, j)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(j.Stdout).Encode(answer); err != nil {
		return fmt.Errorf("cannot write the answer to standard output: %w", err)
	}
	return nil
}

// open decodes the source, chooses the mode, and makes the client, which sends
// nothing yet; all their problems are named. From here on nothing is written with a
// secret in it.
func (j *job) open() {
	s, problems := readSource(j.request.Source)
	j.problems = append(append(j.problems, j.request.problems...), problems...)
	j.names = s.named
	var confused error
	if j.mode, confused = s.mode(j.problems); confused != nil {
		j.problems = append(j.problems, confused)
	}
	handler := slog.NewTextHandler(j.console, &slog.HandlerOptions{Level: slog.Level(s.LogLevel)})
	client, err := opsman.New(s.config(), opsman.WithLogger(slog.New(handler)), opsman.WithUserAgent(buildinfo.String("opsman-ca")), opsman.WithNames(j.names))
	if err != nil {
		j.problems = append(j.problems, input.Beside(err, j.problems, s.place())...)
		return
	}
	if err := foundation.CheckNames(s.Unrotated); err != nil {
		j.problems = append(j.problems, fmt.Errorf("source.unrotated_certificates %w", err))
	}
	j.client, j.unrotated = client, s.Unrotated
	j.console.SetFilter(j.redact)
}

// redact is a text without secrets, and with the links to the guide.
func (j *job) redact(text string) string { return troubleshooting.Sparing(j.client.Redact)(text) }

// reader asks Ops Manager for everything but what the source says is not rotated.
func (j *job) reader() foundation.Reader { return foundation.Without(j.client, j.unrotated) }
