package measure

import (
	"context"
	"fmt"
	"os"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/test/bench/process"
	"github.com/opsman-ca/opsman-ca/test/bench/stage"
)

// walk takes a foundation through a rotation as a pipeline does, with the real
// check, in and out.
type walk struct {
	bench  *Bench
	at     *stage.Foundation
	builds concourse.Pipeline
}

func (b *Bench) walk(ctx context.Context, shape stage.Shape) (*walk, error) {
	shape.Small = shape.Small || b.Small
	f, err := stage.Open(ctx, shape)
	if err != nil {
		return nil, err
	}
	w := &walk{bench: b, at: f, builds: concourse.Pipeline{
		Source: f.Login(false).Source(),
		Run: func(ctx context.Context, p process.Program) (process.Usage, error) {
			return b.Launcher.Run(ctx, p.In(b.Bin))
		},
	}}
	_, err = w.builds.Check(ctx)
	return w, err
}

// close ends the foundation.
func (w *walk) close(err error) error {
	w.at.Close()
	return err
}

// put runs a phase in a new build.
func (w *walk) put(ctx context.Context, phase string) (err error) {
	if w.builds.Build, err = os.MkdirTemp(w.bench.Launcher.Scratch, "build-"); err != nil {
		return fmt.Errorf("make a build's folder: %w", err)
	}
	if _, err := w.builds.Get(ctx); err != nil {
		return err
	}
	_, err = w.builds.Put(ctx, phase, nil)
	return err
}

// apply deploys everything.
func (w *walk) apply(ctx context.Context) error {
	return w.at.OperatorContext(ctx, sim.Action{Do: "apply", Wait: true})
}

// candidate is check in the state where the walk is.
func (w *walk) candidate(name string) candidate {
	return candidate{name: "check/" + name, program: w.bench.check(w.at, false, w.builds.Version), at: w.at}
}

// proven takes the newest version, and lets verify make it where a check does not:
// without certificates v1 it promotes nothing.
func (w *walk) proven(ctx context.Context, state string) error {
	if _, err := w.builds.Check(ctx); err != nil {
		return err
	}
	if w.builds.Version["state"] == state {
		return nil
	}
	return w.put(ctx, "verify")
}

// expect fails when the foundation is not in this state.
func (w *walk) expect(state string) error {
	if w.builds.Version["state"] != state {
		return fmt.Errorf("the foundation should be %s and is %v", state, w.builds.Version)
	}
	return nil
}
