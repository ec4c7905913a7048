package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/customca"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

type rotateCommand struct {
	phaseFlags
	generating
	applyFlags
	Again bool `variable:"AGAIN" help:"Rotate although the active CA is less than a week old, as right behind a rotation."`
}

// whole is one run of the whole procedure. The version in hand carries what
// Ops Manager does not show, from leg to leg.
type rotateRun struct {
	*app
	flags   *rotateCommand
	custom  *customca.CA
	accept  []rotation.Reason
	request apply.Request
	deps    apply.Deps

	from    *rotation.Version
	renewed *rotation.Renewal

	view foundation.View
	rows []leg
}

// Run carries a rotation from wherever it is to its end, or begins one.
func (c *rotateCommand) Run(t *app) error {
	w := &rotateRun{app: t, flags: c, request: c.applyRequest(), deps: t.applyDeps(c.Om)}
	var problems [5]error
	w.from, w.renewed, problems[0] = start(c.From)
	w.accept, problems[1] = c.reasons()
	w.custom, problems[2] = c.custom(t)
	problems[3] = apply.Check(w.request, w.deps)
	problems[4] = c.check()
	if err := errors.Join(problems[:]...); err != nil {
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

// run looks, says whether there is anything to do, and does it.
func (w *rotateRun) run(ctx context.Context) error {
	var err error
	if w.view, err = foundation.WholeWithin(ctx, w.api, w.from, w.flags.ExpiresWithin.Within); err != nil {
		return w.interrupted(err, false)
	}
	handed := w.view.Observed.Version
	if w.from != nil {
		handed = *w.from
	}
	if d, may := rotation.Resume(w.view.Observed, handed); !may {
		return fmt.Errorf("rotate refused (%s): %s; %s", d.Reason, d.Message, d.Next)
	}
	if w.view.Observed.State == rotation.Settled {
		if w.from != nil && w.from.State != rotation.Settled && w.from.State != rotation.Blocked {
			return w.nothing("the rotation of the version handed over is finished")
		}
		if w.from == nil {
			if why, outstanding, err := w.closing(ctx); err != nil || outstanding {
				return w.close(ctx, why, err)
			}
		}
		if d := rotation.Decide(w.question()); d.Verdict == rotation.NotDue {
			return w.nothing(d.Message)
		}
		if why, young := rotation.EndedLately(w.question()); young && !w.flags.Again {
			return w.nothing(why + "; to rotate all the same, say so (AGAIN: true, --again)")
		}
	}
	if w.flags.DryRun {
		return w.dryRun()
	}
	if err := w.keep(); err != nil {
		return err
	}
	if err := w.legs(ctx); err != nil {
		return err
	}
	_, err = w.another(ctx)
	return err
}

// another begins the rotation that is due, where the one that has ended here was begun
// before it was; that one answers no --expires-within.
func (w *rotateRun) another(ctx context.Context) (began bool, err error) {
	if w.flags.ExpiresWithin.Within == nil {
		return false, nil
	}
	version := w.view.Observed.Version
	if w.view, err = foundation.WholeWithin(ctx, w.api, &version, w.flags.ExpiresWithin.Within); err != nil {
		return false, w.interrupted(err, false)
	}
	d, due := rotation.StillDue(w.question())
	switch {
	case !due:
		return false, nil
	case d.Verdict == rotation.Refuse && !rotation.Mends(d.Reason) && d.Reason != rotation.ReasonInstallationRunning:
		return false, &foundation.RefusedError{Phase: rotation.Generate, Decision: d}
	}
	w.console.Println(w.console.Warn("note:"), "the rotation before has ended, and another is due within", w.flags.ExpiresWithin.Within.String())
	return true, w.legs(ctx)
}

// nothing ends without having changed anything.
func (w *rotateRun) nothing(why string) error {
	w.console.Println(w.console.OK("nothing to do:"), why)
	return w.keep()
}

// keep writes the version in hand where it is wanted.
func (w *rotateRun) keep() error {
	return w.flags.keep(w.app, w.view.Observed.Version, w.view.Evidence.CAs, w.renewed)
}

// question is what generate would be asked now.
func (w *rotateRun) question() rotation.Question {
	return rotation.Question{
		Phase: rotation.Generate, From: w.view.Observed.Version, Observed: w.view.Observed, Evidence: w.view.Evidence,
		Options: rotation.Options{Accept: w.accept, Within: w.flags.ExpiresWithin.Within},
	}
}

// dryRun shows the way, and what the first leg would be told.
func (w *rotateRun) dryRun() error {
	errands, err := apply.PlanErrands(w.deps.Errands, w.request)
	if err != nil {
		return err
	}
	if err := w.write(PlanText(w.styles(w.Stdout), planOf(w.view, w.from, w.renewed, errands.Planned, w.accept))); err != nil {
		return err
	}
	w.console.Println(w.console.Warn("dry run:"), "nothing was changed")
	return w.stopsAtStaged()
}

// stopsAtStaged is the refusal that the next apply changes of the rotation, or the
// one before it, meets because of somebody's staged changes.
func (w *rotateRun) stopsAtStaged() error {
	if d, opening := rotation.Open(w.question()); w.view.Observed.State == rotation.Settled {
		if opening != nil && d.Verdict == rotation.Refuse {
			return refusal("rotate", d)
		}
		return nil
	}
	if d, refused := rotation.Interferes(w.question()); refused && w.view.Observed.NeedsApply() {
		return refusal("rotate", d)
	}
	return nil
}

// closing says whether an earlier rotation's last apply changes may be
// outstanding, which only the history can tell.
func (w *rotateRun) closing(ctx context.Context) (why string, outstanding bool, err error) {
	e := w.view.Evidence
	if e.History, err = w.client.Installations(ctx, rotation.SinceActive(e.CAs)); err != nil {
		return "", false, fmt.Errorf("cannot ask Ops Manager for its installations: %w", err)
	}
	why, outstanding = rotation.ClosingApply(e)
	return why, outstanding, nil
}

// close ends the rotation of an earlier run, and begins none.
func (w *rotateRun) close(ctx context.Context, why string, err error) error {
	if err != nil {
		return w.interrupted(err, false)
	}
	w.console.Println(w.console.Warn("note:"), why)
	if w.flags.DryRun {
		begins := "no rotation would begin"
		if _, due := rotation.StillDue(w.question()); due {
			begins = "the rotation that is due would begin behind that"
		}
		w.console.Println(w.console.Warn("dry run:"), "changes would be applied, and "+begins+"; nothing was changed")
		return w.stopsAtStaged()
	}
	err = w.leg(ctx, leg{title: "apply changes: end the rotation before this one", name: "apply changes", run: func(ctx context.Context) error {
		return w.apply(ctx, w.stillClosing)
	}})
	if err != nil {
		return err
	}
	began, err := w.another(ctx)
	if err == nil && !began {
		w.console.Println(w.console.OK("settled:"), "no new rotation was begun; to begin one, run it again (within a week with AGAIN: true, --again)")
	}
	return err
}

// stillClosing looks again: the installation that was waited for may have been
// the last one.
func (w *rotateRun) stillClosing(ctx context.Context) (apply.Need, error) {
	why, outstanding, err := w.closing(ctx)
	if err != nil || !outstanding {
		return apply.Need{Why: "the rotation before this one has ended"}, err
	}
	return w.outstanding(why)(ctx)
}

// phase runs one phase from the version in hand.
func (w *rotateRun) phase(ctx context.Context, s rotation.Phase) error {
	wanted := foundation.Request{Phase: s, From: &w.view.Observed.Version, Options: rotation.Options{Accept: w.accept}}
	if s == rotation.Generate {
		wanted.Custom, wanted.CustomAt = w.custom, "--"
	}
	o, err := w.runner().Run(ctx, wanted)
	if err != nil {
		return w.interrupted(err, o.Sent)
	}
	w.view = o.View
	if o.Partly != nil {
		return errors.Join(w.keep(), o.Partly)
	}
	return nil
}

// outstanding says whether an apply changes is needed, by the rotation or for
// what why says, and refuses one that would deploy somebody's changes. It looks
// again each time, for they may be staged while an installation is waited for.
func (w *rotateRun) outstanding(why string) func(context.Context) (apply.Need, error) {
	version := w.view.Observed.Version
	return func(ctx context.Context) (apply.Need, error) {
		view, err := foundation.Whole(ctx, w.api, &version)
		if err != nil {
			return apply.Need{}, err
		}
		need, err := needed(view, &version)
		if err == nil && !need.Apply && why != "" {
			need = apply.Need{Apply: true, Why: why, Others: rotation.Staged(view.Evidence, view.Observed)}
		}
		if err != nil || !need.Apply {
			return need, err
		}
		q := rotation.Question{Observed: view.Observed, Evidence: view.Evidence, Options: rotation.Options{Accept: w.accept}}
		if d, refused := rotation.Interferes(q); refused {
			return apply.Need{}, refusal("rotate", d)
		}
		return need, nil
	}
}

// apply applies changes to all products, if needed says so.
func (w *rotateRun) apply(ctx context.Context, needed func(context.Context) (apply.Need, error)) error {
	request := w.request
	request.Needed, request.LeaveStaged = needed, true
	outcome, err := apply.Run(ctx, request, w.deps)
	outcome.Say(w.deps.Console)
	return err
}
