package resource

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/buildinfo"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// Environment is what a command touches of its process.
type Environment struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Args are the arguments behind the command's name.
	Args []string
	// Environ is the environment, as os.Environ gives it.
	Environ []string
	// Sleep waits, or returns early with the context's error; nil is a real wait.
	Sleep func(context.Context, time.Duration) error
}

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
		return "Ops Manager may or may not have carried out the call that was under way; run the same step again: it looks first, and does nothing twice"
	}
	return c.interrupted
}

// Check looks for new versions.
func Check() Command {
	return Command{name: "check", run: check, interrupted: "nothing was changed; the next check starts anew"}
}

// In is the get.
func In() Command {
	return Command{name: "in", folder: "destination", run: in, interrupted: "nothing was changed in Ops Manager; run the step again"}
}

// Out is the put.
func Out() Command {
	return Command{name: "out", folder: "sources", run: out,
		interrupted: "nothing was changed in Ops Manager; run the step again"}
}

// job is one run of a command.
type job struct {
	Environment
	console *console.Console
	request request
	// sent tells that a call that changes something was sent.
	sent bool
	// unrotated are the source's unrotated_certificates.
	unrotated []string
	// kind is what the resource's versions are about, within the span of its key.
	kind   kind
	within rotation.Within
}

// Main runs the command that a program of this name is, "/opt/resource/check", and
// returns the exit code of its process: 0, or 1 with the reason on standard error.
// Standard output gets the answer or nothing.
func Main(program string, e Environment) int {
	name := filepath.Base(program)
	for _, c := range []Command{Check(), In(), Out()} {
		if c.name == name {
			return Run(c, e)
		}
	}
	fmt.Fprintf(e.Stderr, "error: %s is the check, the in and the out of a Concourse resource type, by the name that it is started as: "+
		"expected one of these and not %q; start it over a link of such a name, for example /opt/resource/check\n", buildinfo.String("opsman-ca"), name)
	return 1
}

// Run is Main for a command in hand.
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
	if e.Sleep == nil {
		e.Sleep = wait
	}
	j := &job{Environment: e, console: console.New(e.Stderr, console.Options{Color: console.ColorAlways, Environ: e.Environ})}
	j.console.Println(j.console.Muted(buildinfo.String("opsman-ca " + c.name)))
	err := c.execute(ctx, j)
	if err == nil {
		return 0
	}
	if ctx.Err() != nil {
		j.console.Println(j.console.Error("interrupted:"), c.resume(j.sent))
		return 1
	}
	for _, problem := range input.Problems(err) {
		j.console.Println(j.console.Error("error:"), problem.Error())
	}
	if links := troubleshooting.Links(troubleshooting.Of(err)); links != "" {
		j.console.Println(j.console.Muted(links))
	}
	return 1
}

// about tells that somebody, not Concourse, asks what the program is.
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
	answer, err := c.run(ctx, j)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(j.Stdout).Encode(answer); err != nil {
		return fmt.Errorf("cannot write the answer to standard output: %w", err)
	}
	return nil
}

// client decodes the source and makes the client for it, which sends nothing
// yet; both name all their problems. From here on nothing is written with a
// secret in it.
func (j *job) client() (*opsman.Client, []error) {
	var s Source
	all := append([]error{}, j.request.problems...)
	all = append(all, input.Decode(j.request.Source, "source", &s)...)
	var confused error
	if j.kind, j.within, confused = s.kind(all); confused != nil {
		all = append(all, confused)
	}
	handler := slog.NewTextHandler(j.console, &slog.HandlerOptions{Level: slog.Level(s.LogLevel)})
	client, err := opsman.New(s.config(), opsman.WithLogger(slog.New(handler)), opsman.WithUserAgent(buildinfo.String("opsman-ca")))
	if err != nil {
		return nil, append(all, s.problems(err, all)...)
	}
	if err := foundation.CheckNames(s.Unrotated); err != nil {
		all = append(all, fmt.Errorf("source.unrotated_certificates %w", err))
	}
	j.unrotated = s.Unrotated
	j.console.Through(client.Redact)
	return client, all
}

// wait is a sleep that a signal ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // the caller says what was waited for
	case <-timer.C:
		return nil
	}
}
