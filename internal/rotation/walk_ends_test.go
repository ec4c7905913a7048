package rotation_test

import (
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// ends repeats the procedure, and does what refusals tell the operator, until the
// rotation is settled.
func (k *walk) ends(s *situation) {
	id := s.key()
	id.left, id.stale = 0, rotation.Version{}
	if _, known := k.settles[id]; known {
		return
	}
	k.settles[id] = struct{}{}
	// Nothing of the installations is shared: see world.clone.
	r := ending{world: s.clone(), cursor: *s.cursor}
	if trouble := r.run(s); trouble != "" {
		k.fail(s, "%s, after %v", trouble, r.tried)
	}
}

type ending struct {
	world
	cursor rotation.Version
	tried  []string
	// ofLeaves: what ended last is a renewal of leaves.
	ofLeaves bool
}

// run says what keeps the rotation from settling, "" for nothing. Blocked is an
// end as well: it needs a person.
func (r *ending) run(s *situation) string {
	sound := !s.accepted && !s.undone && !s.unseen && r.safe() && (len(r.cas) == 1 || r.activeTrusted())
	for range 24 {
		if r.running() {
			r.finish(everything)
		}
		e := r.evidence(plainly)
		state := rotation.Observe(e, &r.cursor)
		r.cursor = state.Version
		switch state.State {
		case rotation.Blocked:
			return ""
		case rotation.Settled:
			if len(r.tried) > 0 && sound && !r.clean() {
				return "settled, and that is not true"
			}
			return ""
		}
		if d, refused := rotation.ApplyRefusal(state); refused {
			r.advised(d.Reason, state)
			continue
		}
		if state.NeedsApply() {
			if d, refused := rotation.Interferes(rotation.Question{Observed: state, Evidence: e}); refused {
				r.advised(d.Reason, state)
			}
			r.does("apply")
			continue
		}
		if state.State == rotation.Renewed {
			if trouble := r.verifies(state, e); trouble != "" {
				return trouble
			}
			continue
		}
		phase, _ := rotation.NextPhase(state)
		d := rotation.Decide(rotation.Question{Phase: phase, From: r.cursor, Observed: state, Evidence: e})
		r.tried = append(r.tried, fmt.Sprintf("%s: %s", phase, d.Reason))
		if d.Verdict == rotation.Go {
			r.cursor = r.act(phase, state)
		} else if !r.advised(d.Reason, state) {
			return fmt.Sprintf("stuck at %s (%s)", state.State, d.Message)
		}
	}
	return "never settled"
}

// verifies ends a renewal of leaves, or says what keeps it from ending.
func (r *ending) verifies(state rotation.Observation, e evidence.Evidence) string {
	d := rotation.Decide(rotation.Question{Phase: rotation.Verify, From: r.cursor, Observed: state, Evidence: e})
	r.tried = append(r.tried, fmt.Sprintf("verify: %s", d.Reason))
	switch {
	case d.Verdict == rotation.Done:
		r.cursor, r.ofLeaves = *d.Version, true
	case d.Reason == rotation.ReasonOldLeaves:
		r.does("regenerate again")
		r.cursor = r.renew(state)
	case !r.advised(d.Reason, state):
		return fmt.Sprintf("stuck at %s (%s)", state.State, d.Message)
	}
	return ""
}

func (r *ending) does(what string) {
	r.tried = append(r.tried, what)
	if what == "apply" {
		r.apply(everything)
		r.applied = len(r.installations)
	}
}

// clean is what settled promises of a rotation that was watched to its end, and of
// leaf certificates alone: those say nothing of a candidate that came and went unseen.
func (r *ending) clean() bool {
	return len(r.cas) == 1 && r.safe() &&
		!r.anyVMs(func(d modelVMs) bool { return d.trust != r.listed() && !r.ofLeaves || d.leaf != r.activeCA() })
}

// advised does what the refusal tells the operator to do.
func (r *ending) advised(reason rotation.Reason, state rotation.Observation) bool {
	switch reason {
	case rotation.ReasonUntrusted, rotation.ReasonTrustUnknown:
		r.does("activate the former CA again, and regenerate under it")
		r.activate(numberOf(state.Retiring.GUID))
		r.regenerate()
	case rotation.ReasonStrayLeaves:
		r.does("regenerate under the active CA")
		r.regenerate()
	case rotation.ReasonInstallationFailed, rotation.ReasonOutdated, rotation.ReasonUpgraded:
		r.does("apply")
	case rotation.ReasonPendingChanges:
		r.does("revert what is staged")
		r.staged = nothing
	case rotation.ReasonConfigurable:
		r.does("replace the configurable leaf")
		r.configured = none
		r.does("apply")
	case rotation.ReasonLeavesOnRetiring:
		r.does("replace the excluded leaf")
		r.excluded = none
		r.does("apply")
	case rotation.ReasonCandidateExpiresSoon:
		r.does("delete the candidate")
		r.remove(numberOf(state.Candidate.GUID))
	default:
		return false
	}
	return true
}
