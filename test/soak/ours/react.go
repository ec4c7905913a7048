package ours

import (
	"context"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// idleWithin is how long an operator waits for an installation to end.
const idleWithin = 10 * time.Second

// react does what an operator does about a failure before the job runs again:
// what the sentence of a refusal says, and nothing else. The second result tells
// that there is nothing left to do.
func (d *driver) react(ctx context.Context, f steps.Failure) (judge.Said, bool) {
	if f.Reason == d.reason {
		d.inARow++
	} else {
		d.reason, d.inARow = f.Reason, 1
	}
	said := judge.Said{Reason: f.Reason, Sentence: f.Sentence}
	d.Note("%s failed: %s", f.Step, f.Reason)
	if d.inARow >= mostFailures {
		return said, true
	}
	if d.answer(f) {
		return said, false
	}
	switch rotation.Reason(f.Reason) {
	case rotation.ReasonTooManyCAs, rotation.ReasonNoneActive, rotation.ReasonSeveralActive, rotation.ReasonNoCAs, rotation.ReasonEqualCreation, rotation.ReasonExpiredCA,
		rotation.ReasonPartialGeneration, rotation.ReasonPartialActivation, rotation.ReasonPartialDeletion, rotation.ReasonUndatedCA:
		return said, true
	case rotation.ReasonTrustUnknown:
		// "find out from logs or old builds whether …; if one did, apply changes with
		// accept trust-unknown; if none did, make the other one active again"
		if !d.Dump().TrustsActive() {
			return said, !d.goBack(ctx)
		}
		d.proveAnew(ctx)
	case rotation.ReasonInstallationRunning:
		d.idle(ctx)
	case rotation.ReasonInstallationFailed, rotation.ReasonOutdated, rotation.ReasonUpgraded, rotation.ReasonNotReached, rotation.ReasonNotRecreated:
		// "run apply changes on all products, then rerun this step"
		d.prepare(ctx)
	case rotation.ReasonCandidateGone:
		// "apply changes, run verify to see it settled, and generate again"
		d.prepare(ctx)
		d.verify(ctx)
	case rotation.ReasonPendingChanges:
		// "apply or revert them first"
		d.idle(ctx)
		if d.choices.IntN(2) == 0 {
			d.click(ctx, sim.Action{Do: "revert"})
		} else {
			d.click(ctx, sim.Action{Do: "apply", Wait: true})
		}
	case rotation.ReasonUntrusted:
		return said, !d.goBack(ctx)
	case judge.SafetyViolation:
		if strings.Contains(f.Said, "apply changes to every product") {
			d.prepare(ctx)
		}
	case rotation.ReasonForeignVersion, rotation.ReasonFinishedRotation, rotation.ReasonSetBack:
		// "start from the newest one": a check finds it, and a task without a
		// version goes by Ops Manager.
		_ = d.builds.Empty()
	case rotation.ReasonStrayLeaves:
		// "regenerate them under the active CA first, then apply changes"
		return said, !d.click(ctx, sim.Action{Do: "regenerate", Checks: true})
	}
	return said, false
}

// proveAnew applies changes where the operator knows that every product trusts the
// active CA: the task rotate does it itself.
func (d *driver) proveAnew(ctx context.Context) {
	accept := string(rotation.ReasonTrustUnknown)
	switch {
	case d.Schedule.Whole:
		d.accept = accept
	case d.builds.Kept():
		d.builds.Applied(ctx, "--accept", accept, "--from", concourse.Folder)
	default:
		d.builds.Applied(ctx, "--accept", accept)
	}
}

// goBack follows the advice about a CA that was activated too early: make the
// other one active again, regenerate, apply changes. It is false where Ops
// Manager's safety checks refuse that: then its support is to be asked.
func (d *driver) goBack(ctx context.Context) bool {
	d.idle(ctx)
	for _, ca := range d.Dump().CAs {
		if !ca.Active {
			return d.click(ctx, sim.Action{Do: "activate", GUID: ca.GUID, Checks: true}) &&
				d.click(ctx, sim.Action{Do: "regenerate", Checks: true}) && d.prepare(ctx).Code != 2
		}
	}
	return false
}

// click does something in the UI, with Ops Manager's safety checks; false when
// it is refused.
func (d *driver) click(ctx context.Context, a sim.Action) bool {
	ctx, cancel := context.WithTimeout(ctx, idleWithin)
	defer cancel()
	err := d.OperatorContext(ctx, a)
	d.Note("operator: %s: %v", a.Do, err)
	return err == nil
}

// idle waits until no installation runs.
func (d *driver) idle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, idleWithin)
	defer cancel()
	_ = d.WaitIdle(ctx)
}
