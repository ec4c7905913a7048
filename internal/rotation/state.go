package rotation

import "github.com/opsman-ca/opsman-ca/internal/evidence"

// State is what the evidence amounts to.
type State struct {
	Phase Phase
	// Version is the state as Concourse keeps it.
	Version Version
	// Reason and Message say why a state is blocked.
	Reason  Reason
	Message string

	Active    *evidence.CA
	Candidate *evidence.CA
	Retiring  *evidence.CA

	// Trust is the proof that the newest CA is trusted everywhere; it matters
	// until the leaf certificates are regenerated.
	Trust Proof
	// Deployed is the proof that Regenerated or Retired waits for.
	Deployed Proof
}

// Awaited is the proof that the next step of the state needs, nil when it needs
// none.
func (s State) Awaited() *Proof {
	switch s.Phase {
	case Generated, Trusted, Activated:
		return &s.Trust
	case Regenerated, Replaced, Retired:
		return &s.Deployed
	}
	return nil
}

// NeedsApply tells whether an apply changes of all products is what comes next.
func (s State) NeedsApply() bool {
	switch s.Phase {
	case Generated, Regenerated, Retired:
		return true
	case Activated:
		return !s.Trust.Complete()
	}
	return false
}
