package rotation

import (
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Renewal is what is known of leaf certificates that were regenerated outside a
// rotation. Ops Manager keeps no trace of it, and no version has it: the active
// CA stays the same.
type Renewal struct {
	// Active is the CA that signed them.
	Active string `json:"active"`
	// Installation is the highest installation id right after the call: every
	// higher one carries the new certificates.
	Installation int `json:"installation"`
	// At is Ops Manager's clock before the call.
	At time.Time `json:"regenerated_at"`
}

// Of tells whether a renewal says anything of the state: its CA is the active one,
// and no rotation is under way, which renews the leaves itself. A nil one says
// nothing.
func (r *Renewal) Of(s State) bool {
	return r != nil && s.Phase == Settled && s.Version.Active == r.Active
}

// Undeployed are regenerated leaf certificates that wait for an apply changes.
type Undeployed struct {
	// Why says so in half a sentence, with what is missing.
	Why   string
	Proof Proof
	// Others are changes of somebody else that the apply changes would deploy.
	Others []string
}

// Waits tells whether the renewal has not reached every product, or not every
// deployment where Ops Manager lists those.
func (r *Renewal) Waits(e evidence.Evidence, s State) (Undeployed, bool) {
	if !r.Of(s) {
		return Undeployed{}, false
	}
	p := prove(e, anchoredAt(r.Installation), anyKind)
	if p.Complete() {
		return Undeployed{}, false
	}
	when := ""
	if !r.At.IsZero() {
		when = " on " + r.At.UTC().Format(time.RFC3339)
	}
	return Undeployed{
		Why:    fmt.Sprintf("the leaf certificates that were regenerated%s wait for an apply changes: %s", when, p.sentence()),
		Proof:  p,
		Others: stagedBefore(e, p),
	}, true
}

// Next says what comes next.
func (Undeployed) Next() string {
	return "run apply changes on all products (from this version, with the upgrade-all-service-instances errands), then verify"
}

// ofLeaves tells whether to verify is to verify a renewal: there is no rotation,
// and a renewal was handed over.
func (q Question) ofLeaves() bool {
	return q.Step == Verify && !q.Options.IfRotating && q.Renewed.Of(q.State)
}
