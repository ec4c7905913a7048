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

	// SetBack says what set the rotation back since the cursor, "" for nothing.
	SetBack string

	Active    *evidence.CA
	Candidate *evidence.CA
	Retiring  *evidence.CA

	// Trust is the proof that the newest CA is trusted everywhere; it matters
	// until the leaf certificates are regenerated.
	Trust Proof
	// Strays are leaves, known from certificates v1, that a candidate signed which
	// not every product trusts: somebody had activated it, and went back.
	Strays []evidence.Certificate
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
	m, known := moveFrom(s.Phase)
	return known && m.step == Verify
}

// Untrusted tells that somebody activated a CA that not every product trusts.
// No apply changes must come now: it would deploy certificates of that CA, the
// director's own first, to products that turn them down.
func (s State) Untrusted() bool { return s.Phase == Activated && !s.Trust.Complete() }
