// Package demo shows a whole rotation on simulated foundations, carried out by
// the very binaries that Concourse runs, and the mistake that a runbook allows.
package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Options say what to show.
type Options struct {
	// Bin is the folder with check, in, out, opsman-ca and om-quick.
	Bin     string
	Console *console.Console
	Environ []string
	// Verbose shows all that the programs say. Without it each job has a line, and what
	// was said in one that fails is shown all the same.
	Verbose bool
}

// vmDelay is how long the roll of one VM takes: long enough to be watched, and
// short enough for the whole demo to fit into a coffee break's first sip.
const vmDelay = 15 * time.Millisecond

// Run shows both acts. It fails when anything does not go as it should.
func Run(ctx context.Context, o Options) error {
	started := time.Now()
	work, err := os.MkdirTemp("", "opsman-ca-demo-")
	if err != nil {
		return fmt.Errorf("cannot make a folder to work in: %w", err)
	}
	defer os.RemoveAll(work) //nolint:errcheck // a folder below the temporary one

	c := o.Console
	c.Println(c.Heading("━━ 1. A whole rotation, by the binaries that Concourse runs ━━"))
	if err := act(ctx, o, sim.Options{VMDelay: vmDelay, FreshKeys: true}, work, func(s *stage) error { return s.rotate(ctx) }); err != nil {
		return fmt.Errorf("the rotation did not go as it should: %w", err)
	}
	c.Println()
	c.Println(c.Heading("━━ 2. The runbook's mistake: activate without the apply changes before it ━━"))
	unguarded := sim.Options{VMDelay: vmDelay, FreshKeys: true, Tiles: append(sim.DefaultTiles(), sim.Tile{
		Identifier: sim.TKGI, Label: "Tanzu Kubernetes Grid Integrated Edition", Version: "1.19.0",
		Jobs: []sim.Job{{Name: "pivotal-container-service", Instances: 1}},
	})}
	if err := act(ctx, o, unguarded, work, func(s *stage) error { return s.mistake(ctx) }); err != nil {
		return fmt.Errorf("the mistake did not go as it should: %w", err)
	}
	c.Println()
	c.Println(c.OK("demo complete"), "in", console.Elapsed(time.Since(started))+more(o.Verbose))
	return nil
}

// more says how to see what was left out.
func more(verbose bool) string {
	if verbose {
		return ""
	}
	return "; all that the programs said: make demo DEMO_FLAGS=-v"
}

// act serves a fresh foundation and plays on it.
func act(ctx context.Context, o Options, shape sim.Options, work string, play func(*stage) error) error {
	foundation, err := sim.New(shape)
	if err != nil {
		return err
	}
	server, err := sim.ServeOn(ctx, foundation, "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer server.Close()
	folder, err := os.MkdirTemp(work, "act-")
	if err != nil {
		return fmt.Errorf("cannot make a folder to work in: %w", err)
	}
	s := &stage{Options: o, foundation: foundation, server: server, folder: folder, old: foundation.Dump().Active()}
	if s.builds, err = s.pipeline(); err != nil {
		return err
	}
	s.introduce()
	return play(s)
}

// errExpected is what should have been refused.
var errExpected = errors.New("it was not refused")
