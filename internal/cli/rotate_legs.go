package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// row is what became of a move.
type row struct {
	name  string
	state rotation.State
	took  time.Duration
	err   error
}

// titled is a move as its heading and as its row in the table say it.
func titled(m rotation.NextMove) (title, name string) {
	switch {
	case m.Kind == rotation.MoveWait:
		return "wait for the installation that runs", "wait"
	case m.Kind == rotation.MovePhase:
		return string(m.Phase) + ": " + m.Does, string(m.Phase)
	case m.Phase == rotation.Verify:
		return "apply changes: " + m.Does, "apply changes, verify"
	}
	return "apply changes " + m.Does, "apply changes"
}

// leg shows, makes and records a move, and writes the version after it.
func (w *rotateRun) leg(ctx context.Context, m rotation.NextMove) error {
	title, name := titled(m)
	w.console.Println()
	if m.Note != "" {
		w.console.Println(w.console.Warn("note:"), m.Note)
	}
	w.console.Println(w.console.Heading("▼ " + title))
	began := w.Now()
	err := w.act(ctx, m)
	version := w.view.Observed.Version
	w.from = &version
	if err == nil {
		err = w.keep()
	}
	w.rows = append(w.rows, row{name: name, state: version.State, took: w.Now().Sub(began), err: err})
	return w.stopped(err)
}

// act makes a move.
func (w *rotateRun) act(ctx context.Context, m rotation.NextMove) error {
	if m.Kind != rotation.MovePhase {
		if m.Phase == "" {
			w.console.Println(w.console.Warn("note:"), m.Why)
		}
		if err := w.apply(ctx, m); err != nil || m.Phase == "" {
			return err
		}
	}
	wanted := foundation.Request{Phase: m.Phase, From: &w.view.Observed.Version, Options: rotation.Options{Accept: w.accept, Ignore: w.flags.IgnoreInstallation}}
	if m.Phase == rotation.Generate {
		wanted.Custom, wanted.Options.Exclude, wanted.Options.Recreate = w.custom, w.exclude, w.flags.RecreateVMs
		wanted.Options.RequireFullApply = w.flags.RequireFullApply
	}
	runner := w.runner()
	runner.Applied = w.applied
	o, err := runner.Run(ctx, wanted)
	if err != nil {
		return w.interrupted(err, o.Sent)
	}
	w.view = o.View
	if o.Partly != nil {
		return o.Partly
	}
	return nil
}

// apply applies changes to all products if that still comes next when it is its
// turn: others may have applied, or staged something, while it was waited for.
func (w *rotateRun) apply(ctx context.Context, m rotation.NextMove) error {
	request := w.request
	request.LeaveStaged = true
	request.Needed = func(ctx context.Context) (apply.Need, error) {
		now, err := w.next(ctx)
		switch {
		case err != nil:
			return apply.Need{}, err
		case now.Kind == rotation.MoveRefuse && m.Kind == rotation.MoveApply:
			return apply.Need{}, w.refusal("rotate", now.Decision)
		case now.Kind == rotation.MoveApply && m.Kind == rotation.MoveApply && now.Phase == m.Phase && now.Again == m.Again:
			return apply.Need{Apply: true, Why: now.Why, Recreate: now.Recreate, ForceLatestVariables: now.ForceLatest, Others: now.Others}, nil
		}
		return apply.Need{Why: fmt.Sprintf("the rotation is at %s, which waits for no apply changes", w.view.Observed.State)}, nil
	}
	outcome, err := apply.Run(ctx, request, w.deps)
	outcome.Say(w.deps.Console)
	if outcome.Applied != nil {
		w.applied = *outcome.Applied
		w.leave(w.flags.To, w.applied)
	}
	return err
}

// stopped says where a run that has begun stopped, and how to go on.
func (w *rotateRun) stopped(err error) error {
	if err == nil || len(w.rows) == 0 {
		return err
	}
	last := w.rows[len(w.rows)-1]
	where := fmt.Sprintf("behind %q", last.name)
	if last.err != nil {
		where = fmt.Sprintf("at %q", last.name)
	}
	return errors.Join(err, fmt.Errorf("rotate stopped %s, in state %s; fix the cause, then run it again: it goes on from where Ops Manager is", where, last.state))
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
