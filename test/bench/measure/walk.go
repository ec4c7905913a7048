package measure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/bench/process"
	"github.com/opsman-ca/opsman-ca/test/bench/stage"
)

// walk takes a foundation through a rotation as a pipeline does, with the real
// check, in and out.
type walk struct {
	bench *Bench
	at    *stage.Foundation
	// version is the newest one known.
	version version
}

func (b *Bench) walk(ctx context.Context, shape stage.Shape) (*walk, error) {
	shape.Small = shape.Small || b.Small
	f, err := b.Stage.Open(shape)
	if err != nil {
		return nil, err
	}
	w := &walk{bench: b, at: f}
	err = w.check(ctx)
	return w, err
}

// close ends the foundation.
func (w *walk) close(err error) error { return errors.Join(err, w.at.Close()) }

// check takes the newest version.
func (w *walk) check(ctx context.Context) error {
	p, err := w.bench.check(w.at, false, w.version)
	if err != nil {
		return err
	}
	var versions []version
	if err := w.run(ctx, p, &versions); err != nil {
		return err
	}
	if len(versions) == 0 {
		return errors.New("check answers no version")
	}
	w.version = versions[len(versions)-1]
	return nil
}

// put runs a phase.
func (w *walk) put(ctx context.Context, phase string) error {
	folder, err := os.MkdirTemp(w.bench.Launcher.Scratch, "build-")
	if err != nil {
		return fmt.Errorf("make a build's folder: %w", err)
	}
	get, err := w.bench.resource("in", request{Source: w.at.Source(false), Version: w.version}, filepath.Join(folder, "ca"))
	if err != nil {
		return err
	}
	put, err := w.bench.resource("out", request{Source: w.at.Source(false), Params: map[string]string{"phase": phase, "from": "ca"}}, folder)
	if err != nil {
		return err
	}
	var got, done struct {
		Version version `json:"version"`
	}
	if err := errors.Join(w.run(ctx, get, &got), w.run(ctx, put, &done)); err != nil {
		return err
	}
	w.version = done.Version
	return nil
}

// apply deploys everything.
func (w *walk) apply(context.Context) error {
	return w.at.Operator(sim.Action{Do: "apply", Wait: true})
}

func (w *walk) run(ctx context.Context, p process.Program, answer any) error {
	usage, err := w.bench.Launcher.Run(ctx, p)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(usage.Stdout), answer); err != nil {
		return fmt.Errorf("the answer of %s: %w", filepath.Base(p.Path), err)
	}
	return nil
}

// candidate is check in the state where the walk is.
func (w *walk) candidate(name string) (candidate, error) {
	p, err := w.bench.check(w.at, false, w.version)
	return candidate{name: "check/" + name, program: p, at: w.at}, err
}

// proven takes the newest version, and lets verify make it where a check does not:
// without certificates v1 it promotes nothing.
func (w *walk) proven(ctx context.Context, state string) error {
	if err := w.check(ctx); err != nil {
		return err
	}
	if w.version["state"] == state {
		return nil
	}
	return w.put(ctx, "verify")
}

// expect fails when the foundation is not in this state.
func (w *walk) expect(state string) error {
	if w.version["state"] != state {
		return fmt.Errorf("the foundation should be %s and is %v", state, w.version)
	}
	return nil
}
