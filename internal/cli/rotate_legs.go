package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// leg is one stretch of the procedure, with what became of it.
type leg struct {
	title, name string
	run         func(context.Context) error

	state rotation.State
	took  time.Duration
	err   error
}

// legs goes from state to state until the rotation is settled. Every leg ends in
// another state or fails, and there are no more states than these.
func (w *rotateRun) legs(ctx context.Context) error {
	if w.view.Observed.State == rotation.Settled {
		if err := w.begin(ctx); err != nil {
			return err
		}
	}
	for range rotation.States() {
		before := w.view.Observed.State
		if before == rotation.Settled {
			w.console.Println(w.console.OK("settled:"), "the rotation is complete, active CA", w.view.Observed.Version.Active)
			return nil
		}
		if err := w.leg(ctx, w.next()); err != nil {
			return err
		}
		if w.view.Observed.State == before {
			break
		}
	}
	return fmt.Errorf("the rotation made no progress past %s: another operator changes the CAs at the same time; find out who, then run rotate again", w.view.Observed.State)
}

// next is the leg that the state waits for.
func (w *rotateRun) next() leg {
	ahead := rotation.Ahead(w.view.Observed)
	i := slices.IndexFunc(ahead, func(l rotation.Leg) bool { return l.Status == "next" })
	if i < 0 {
		return leg{title: "verify", name: "verify", run: func(ctx context.Context) error { return w.phase(ctx, rotation.Verify) }}
	}
	l := ahead[i]
	if l.Name != rotation.Apply {
		return leg{title: l.Name + ": " + l.Does, name: l.Name, run: func(ctx context.Context) error { return w.phaseMending(ctx, rotation.Phase(l.Name)) }}
	}
	return leg{title: "apply changes: " + l.Does, name: "apply changes, verify", run: w.applyAndVerify}
}

func (w *rotateRun) applyAndVerify(ctx context.Context) error {
	if err := w.apply(ctx, w.outstanding("")); err != nil {
		return err
	}
	return w.phase(ctx, rotation.Verify)
}

// begin generates, behind an apply changes where one has to come first, and
// behind the installation that runs.
func (w *rotateRun) begin(ctx context.Context) error {
	d, opening := rotation.Open(w.question())
	if d.Verdict == rotation.Refuse && d.Reason == rotation.ReasonInstallationRunning {
		if err := w.leg(ctx, leg{title: "wait for the installation that runs", name: "wait", run: w.wait}); err != nil {
			return err
		}
		d, opening = rotation.Open(w.question())
	}
	switch {
	case d.Verdict == rotation.Refuse && opening != nil:
		return refusal("rotate", d)
	case d.Verdict == rotation.Refuse:
		return &foundation.RefusedError{Phase: rotation.Generate, Decision: d}
	case opening != nil:
		first := leg{title: "apply changes before the rotation", name: "apply changes", run: func(ctx context.Context) error { return w.apply(ctx, w.outstanding(opening.Why)) }}
		if err := w.leg(ctx, first); err != nil {
			return err
		}
	}
	return w.leg(ctx, w.next())
}

// wait lets the installation of somebody end, and looks again.
func (w *rotateRun) wait(ctx context.Context) error {
	if err := w.apply(ctx, w.outstanding("")); err != nil {
		return err
	}
	version := w.view.Observed.Version
	view, err := foundation.Whole(ctx, w.api, &version)
	if err != nil {
		return err
	}
	w.view = view
	return nil
}

// phaseMending runs a phase, once more after an apply changes where that is what
// it was refused for: an earlier run may have stopped at a failed one. What is
// staged is not deployed for that: see outstanding.
func (w *rotateRun) phaseMending(ctx context.Context, s rotation.Phase) error {
	err := w.phase(ctx, s)
	refused, ok := errors.AsType[*foundation.RefusedError](err)
	if !ok {
		return err
	}
	why := refused.Decision.Message
	switch {
	case refused.Decision.Reason == rotation.ReasonInstallationRunning:
		why = ""
	case refused.Decision.Reason == rotation.ReasonPendingChanges, !rotation.Mends(refused.Decision.Reason):
		return err
	}
	w.console.Println(w.console.Warn("note:"), refused.Error())
	if err := w.apply(ctx, w.outstanding(why)); err != nil {
		return err
	}
	return w.phase(ctx, s)
}

// leg shows, runs and records a leg, and writes the version after it.
func (w *rotateRun) leg(ctx context.Context, l leg) error {
	w.console.Println()
	w.console.Println(w.console.Heading("▼ " + l.title))
	began := w.Now()
	l.err = l.run(ctx)
	if l.err == nil {
		l.err = w.keep()
	}
	l.state, l.took = w.view.Observed.State, w.Now().Sub(began)
	w.rows = append(w.rows, l)
	if l.err != nil {
		return errors.Join(l.err, fmt.Errorf("rotate stopped at %q, in state %s; when the cause is mended, run it again: it goes on from where Ops Manager is", l.name, l.state))
	}
	return nil
}

// conclude is the table of the legs that ran.
func (w *rotateRun) conclude() {
	if len(w.rows) == 0 {
		return
	}
	var rows [][]string
	for _, l := range w.rows {
		state := w.console.OK(string(l.state))
		if l.err != nil {
			state = w.console.Error("stopped in " + string(l.state))
		}
		rows = append(rows, []string{l.name, state, console.Elapsed(l.took)})
	}
	w.console.Println()
	w.console.Println(terminal.Table(w.console.Styles, []string{"leg", "state", "took"}, rows))
}
