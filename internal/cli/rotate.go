package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/customca"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

type rotateCommand struct {
	phaseFlags
	generating
	applyFlags
	Again bool `variable:"AGAIN" help:"Rotate although the active CA is less than a week old, as right behind a rotation."`
}

// rotateRun is one run of the whole procedure. The version in hand carries what
// Ops Manager does not show, from move to move.
type rotateRun struct {
	*app
	flags   *rotateCommand
	custom  *customca.CA
	exclude []string
	accept  []rotation.Reason
	request apply.Request
	deps    apply.Deps

	// from is the version in hand, nil as long as there is none.
	from   *rotation.Version
	course rotation.Course
	view   foundation.View
	// findings are those of preflight, for a dry run before a rotation.
	findings []rotation.Finding
	rows     []row
	// applied is the record of the last apply changes, of this run or of one before.
	applied evidence.Applied
}

// Run carries a rotation from wherever it is to its end, or begins one.
func (c *rotateCommand) Run(t *app) error {
	w := &rotateRun{app: t, flags: c, request: c.applyRequest(t.names), deps: t.applyDeps(c.Om)}
	var wrongFrom, wrongAccept, wrongCA, wrongExclude error
	w.from, w.applied, wrongFrom = handed(c.From, t.names)
	w.accept, wrongAccept = c.reasons(t.names)
	w.custom, wrongCA = c.custom(t)
	w.exclude, wrongExclude = excluded(c.Exclude, t.names)
	if err := errors.Join(wrongFrom, wrongAccept, wrongCA, wrongExclude, apply.Check(w.request, w.deps), c.check(t.names)); err != nil {
		return err
	}
	var accepted string
	if w.from, accepted = rotation.Accepting(w.from, w.accept); accepted != "" {
		t.console.Println(t.console.Warn("note:"), accepted)
	}
	err := w.run(t.ctx)
	w.conclude()
	return err
}

// enough is more than the moves of a rotation with all that may come between them.
const enough = 40

// run looks, asks what comes next and does it, until nothing does.
func (w *rotateRun) run(ctx context.Context) error {
	for range enough {
		m, err := w.next(ctx)
		switch {
		case err != nil:
			return w.stopped(w.unseen(err))
		case m.Kind == rotation.MoveDone:
			return w.done(m)
		case w.flags.DryRun:
			return w.dryRun(m)
		case m.Kind == rotation.MoveRefuse:
			return w.stopped(w.refusedMove(m))
		}
		if err := w.keep(); err != nil {
			return err
		}
		if err := w.leg(ctx, m); err != nil {
			return err
		}
		w.course = w.course.After(m)
	}
	return fmt.Errorf("the rotation made no progress past %s: another operator changes the CAs at the same time; find out who, then run rotate again", w.view.Observed.State)
}

// next looks, and says what comes next. Before a rotation begins, also where an apply
// changes comes before it, it asks for the prerequisites: nothing is begun that cannot
// end.
func (w *rotateRun) next(ctx context.Context) (rotation.NextMove, error) {
	view, err := foundation.WholeWithin(ctx, w.api, w.from, w.flags.ExpiresWithin.Within)
	if err != nil {
		return rotation.NextMove{}, err
	}
	w.view, _ = view.Recall(w.applied, w.from)
	if err := foundation.AutomaticDNS(ctx, w.api, &w.view); err != nil {
		return rotation.NextMove{}, err
	}
	m := rotation.Next(w.way())
	switch {
	case w.flags.DryRun && (m.Begins || m.Phase == rotation.Generate):
		if w.findings, err = w.app.findings(&w.view, w.from, w.way().Options); err != nil {
			return rotation.NextMove{}, err
		}
	case m.Begins:
		// Behind generate an apply changes has to follow, so its errands are looked at before.
		if err := apply.CheckErrands(w.deps.Errands, w.request); err != nil {
			return rotation.NextMove{}, err
		}
		if err := foundation.Prerequisites(ctx, w.api, w.from, w.way().Options, &w.view); err != nil {
			return rotation.NextMove{}, err
		}
	default:
		return m, nil
	}
	return rotation.Next(w.way()), nil
}

func (w *rotateRun) way() rotation.Way {
	return rotation.Way{
		Observed: w.view.Observed, Evidence: w.view.Evidence, From: w.from, Again: w.flags.Again, Course: w.course,
		Options: rotation.Options{Accept: w.accept, Within: w.flags.ExpiresWithin.Within, Ignore: w.flags.IgnoreInstallation, Exclude: w.exclude, Recreate: w.flags.RecreateVMs, RequireFullApply: w.flags.RequireFullApply},
	}
}

// unseen is a look that failed.
func (w *rotateRun) unseen(err error) error {
	if len(w.rows) > 0 && w.ctx.Err() != nil {
		return troubleshooting.WithCodes(errors.New("interrupted between two calls: nothing of this run is under way"), troubleshooting.Interrupted)
	}
	return w.interrupted(err, false)
}

// done ends where nothing comes next.
func (w *rotateRun) done(m rotation.NextMove) error {
	label := "nothing to do:"
	if len(w.rows) > 0 {
		label = "settled:"
	}
	if m.Again {
		m.Why += "; to rotate all the same, say so (" + w.names.Of(setting.Again) + ")"
	}
	w.console.Println(w.console.OK(label), m.Why)
	return w.keep()
}

// dryRun shows the way, and ends with the refusal that it would meet.
func (w *rotateRun) dryRun(m rotation.NextMove) error {
	errands, err := apply.PlanErrands(w.deps.Errands, w.request)
	if err != nil {
		return err
	}
	if err := w.write(PlanText(w.styles(w.Stdout), PlanOf(StatusOf(w.names, w.view, w.from, w.way().Options), errands.Planned, w.findings))); err != nil {
		return err
	}
	switch {
	case m.Kind == rotation.MoveRefuse:
		w.console.Println(w.console.Warn("dry run:"), "nothing was changed")
		return w.refusedMove(m)
	case m.Again:
		w.console.Println(w.console.Warn("note:"), m.Why)
		w.console.Println(w.console.Warn("dry run:"), "changes would be applied, and no rotation would begin; nothing was changed")
	default:
		w.console.Println(w.console.Warn("dry run:"), "nothing was changed")
	}
	return nil
}

// refusedMove is the refusal of a phase, or of the whole where it is of none.
func (w *rotateRun) refusedMove(m rotation.NextMove) error {
	if m.Phase == "" {
		return w.refusal("rotate", m.Decision)
	}
	return &foundation.RefusedError{Phase: m.Phase, Decision: m.Decision, Names: w.names}
}

// keep writes the version in hand where it is wanted.
func (w *rotateRun) keep() error {
	return w.flags.keep(w.app, w.view.Observed.Version, w.view.Evidence.CAs)
}
