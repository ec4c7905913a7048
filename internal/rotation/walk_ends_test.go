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
	sound := !s.accepted && !s.undone && !s.unseen && !s.givenUp && r.safe() && (len(r.cas) == 1 || r.activeTrusted())
	for range 24 {
		if r.running() {
			r.finish(everything)
		}
		e := r.evidence(plainly)
		state := r.observe(e, &r.cursor)
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
			if r.tkgi && r.clusters(state, e) {
				continue
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

// clusters ends a proof that lacks TKGI's clusters alone: they are upgraded, by the
// tile's errand at first, and accepted where Ops Manager does not show it even so.
func (r *ending) clusters(state rotation.Observation, e evidence.Evidence) bool {
	q := rotation.Question{Phase: rotation.Verify, From: r.cursor, Observed: state, Evidence: e}
	if rotation.Decide(q).Reason != rotation.ReasonClusters {
		return false
	}
	q.Options.Accept = []rotation.Reason{rotation.ReasonClusters}
	if d := rotation.Decide(q); !r.clustersWait() && d.Version != nil {
		r.tried, r.cursor = append(r.tried, "accept clusters-not-upgraded"), *d.Version
		return true
	}
	return r.advised(rotation.ReasonClusters, state)
}

func (r *ending) does(what string) {
	r.tried = append(r.tried, what)
	if what == "apply" {
		e := r.evidence(plainly)
		r.apply(r.mayRecreate(r.ours(), r.observe(e, &r.cursor), e, r.cursor))
		r.applied = r.id(len(r.installations) - 1)
	}
}

// clean is what settled promises of a rotation that was watched to its end, and of
// leaf certificates alone: those say nothing of a candidate that came and went unseen.
func (r *ending) clean() bool {
	for n, d := range r.deployments {
		// That a cluster trusts a CA that is gone shows nowhere, and breaks nothing.
		trusts := d.trust == r.listed() || r.ofLeaves || n == theInstances && r.tkgi && d.trust&r.listed() == r.listed()
		if !trusts || d.leaf != r.activeCA() {
			return false
		}
	}
	return len(r.cas) == 1 && r.safe()
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
	case rotation.ReasonClusters:
		r.does("upgrade the clusters by the tile's errand")
		r.apply(everything)
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
