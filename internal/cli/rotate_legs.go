package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/step"
)

// leg is one stretch of the procedure, with what became of it.
type leg struct {
	title, name string
	run         func(context.Context) error

	phase rotation.Phase
	took  time.Duration
	err   error
}

// legs goes from phase to phase until the rotation is settled. Every leg ends in
// another phase or fails, and there are no more phases than these.
func (w *whole) legs(ctx context.Context) error {
	if w.view.State.Phase == rotation.Settled {
		if err := w.begin(ctx); err != nil {
			return err
		}
	}
	for range rotation.Phases() {
		before := w.view.State.Phase
		if before == rotation.Settled {
			w.console.Println(w.console.OK("settled:"), "the rotation is complete, active CA", w.view.State.Version.Active)
			return nil
		}
		if err := w.leg(ctx, w.next()); err != nil {
			return err
		}
		if w.view.State.Phase == before {
			break
		}
	}
	return fmt.Errorf("the rotation does not get on from phase %s: somebody else changes the CAs at the same time; find out who, then run rotate again", w.view.State.Phase)
}

// next is the leg that the phase waits for.
func (w *whole) next() leg {
	ahead := rotation.Ahead(w.view.State)
	i := slices.IndexFunc(ahead, func(l rotation.Leg) bool { return l.Status == "next" })
	if i < 0 {
		return leg{title: "verify", name: "verify", run: func(ctx context.Context) error { return w.step(ctx, rotation.Verify) }}
	}
	l := ahead[i]
	if l.Name != rotation.Apply {
		return leg{title: l.Name + ": " + l.Does, name: l.Name, run: func(ctx context.Context) error { return w.stepMending(ctx, rotation.Step(l.Name)) }}
	}
	return leg{title: "apply changes: " + l.Does, name: "apply changes, verify", run: w.applyAndVerify}
}

func (w *whole) applyAndVerify(ctx context.Context) error {
	version := w.view.State.Version
	err := w.apply(ctx, func(ctx context.Context) (apply.Need, error) { return w.need(ctx, &version) })
	if err != nil {
		return err
	}
	return w.step(ctx, rotation.Verify)
}

// mended are the refusals of a step that an apply changes answers, or that
// waiting for the installation of somebody else does.
var mended = []rotation.Reason{
	rotation.ReasonPendingChanges, rotation.ReasonUpgraded, rotation.ReasonInstallationFailed,
	rotation.ReasonOutdated, rotation.ReasonInstallationRunning,
}

// begin generates, after an apply changes where one is pending.
func (w *whole) begin(ctx context.Context) error {
	d := w.generateDecision()
	switch {
	case d.Verdict != rotation.Refuse:
	case !slices.Contains(mended, d.Reason):
		return &step.RefusedError{Step: rotation.Generate, Decision: d}
	default:
		opening := leg{title: "apply changes before the rotation", name: "apply changes", run: func(ctx context.Context) error { return w.mend(ctx, d) }}
		if err := w.leg(ctx, opening); err != nil {
			return err
		}
	}
	return w.leg(ctx, w.next())
}

// stepMending runs a step, once more after an apply changes where that is what
// it was refused for: an earlier run may have stopped at a failed one.
func (w *whole) stepMending(ctx context.Context, s rotation.Step) error {
	err := w.step(ctx, s)
	refused, ok := errors.AsType[*step.RefusedError](err)
	if !ok || !slices.Contains(mended, refused.Decision.Reason) {
		return err
	}
	w.console.Println(w.console.Warn("note:"), refused.Error())
	if err := w.mend(ctx, refused.Decision); err != nil {
		return err
	}
	return w.step(ctx, s)
}

// mend applies changes for a refused step, or waits for an installation that
// runs.
func (w *whole) mend(ctx context.Context, refused rotation.Decision) error {
	version := w.view.State.Version
	return w.apply(ctx, func(ctx context.Context) (apply.Need, error) {
		if need, err := w.need(ctx, &version); err != nil || need.Apply {
			return need, err
		}
		return apply.Need{Apply: refused.Reason != rotation.ReasonInstallationRunning, Why: refused.Message}, nil
	})
}

// leg shows, runs and records a leg, and writes the version after it.
func (w *whole) leg(ctx context.Context, l leg) error {
	w.console.Println()
	w.console.Println(w.console.Heading("▼ " + l.title))
	began := w.Now()
	l.err = l.run(ctx)
	if l.err == nil {
		l.err = w.keep()
	}
	l.phase, l.took = w.view.State.Phase, w.Now().Sub(began)
	w.rows = append(w.rows, l)
	if l.err != nil {
		return errors.Join(l.err, fmt.Errorf("rotate stopped at %q, in phase %s; when the cause is mended, run it again: it goes on from where Ops Manager is", l.name, l.phase))
	}
	return nil
}

// conclude is the table of the legs that ran.
func (w *whole) conclude() {
	if len(w.rows) == 0 {
		return
	}
	var rows [][]string
	for _, l := range w.rows {
		phase := w.console.OK(string(l.phase))
		if l.err != nil {
			phase = w.console.Error("stopped in " + string(l.phase))
		}
		rows = append(rows, []string{l.name, phase, console.Elapsed(l.took)})
	}
	w.console.Println()
	w.console.Println(w.console.Table([]string{"leg", "phase", "took"}, rows))
}
