package rotation

import (
	"fmt"
	"slices"
	"strings"
)

// mended are the refusals of a step that an apply changes answers.
var mended = []Reason{ReasonPendingChanges, ReasonUpgraded, ReasonInstallationFailed, ReasonOutdated}

// Mends tells whether an apply changes of all products answers the refusal.
func Mends(r Reason) bool { return slices.Contains(mended, r) }

// Opening is an apply changes that has to come before a rotation begins.
type Opening struct {
	// Why is half a sentence.
	Why string
	// Staged are somebody's changes that it would deploy as well.
	Staged []string
}

// Open says whether a whole rotation may begin with the question's Generate, and
// whether an apply changes has to come before it (nil for none). What is staged
// is deployed for nobody who has not accepted it, whatever the apply changes is
// for; when it is accepted, it is deployed before the CA changes, not with it.
func Open(q Question) (Decision, *Opening) {
	accepted := slices.Contains(q.Options.Accept, ReasonPendingChanges)
	q.Options.Accept = slices.DeleteFunc(slices.Clone(q.Options.Accept), func(r Reason) bool { return r == ReasonPendingChanges })
	d := Decide(q)
	if d.Verdict != Refuse || !Mends(d.Reason) {
		return d, nil
	}
	o := &Opening{Why: d.Message, Staged: Staged(q.Evidence, q.State)}
	if len(o.Staged) > 0 && !accepted {
		if d.Reason == ReasonPendingChanges {
			return d, o
		}
		refused := pending(o.Staged).decision()
		refused.Message += "; one has to come first, for " + d.Message
		return refused, o
	}
	if d.Reason == ReasonPendingChanges {
		o.Why = "accepted pending-changes: " + d.Message
	}
	return Decision{Verdict: Go, Reason: ReasonReady, Message: "an apply changes comes first: " + o.Why, Next: next(q.State), Notes: d.Notes}, o
}

// Does says what the apply changes is for, and what it deploys.
func (o Opening) Does() string {
	if len(o.Staged) == 0 {
		return o.Why
	}
	return fmt.Sprintf("before the rotation, deploys what is staged: %s (only with accept pending-changes)", strings.Join(o.Staged, ", "))
}

// Interferes refuses an apply changes of a rotation that would deploy somebody's
// changes which nobody has accepted.
func Interferes(q Question) (Decision, bool) {
	r := pending(Staged(q.Evidence, q.State))
	if r == nil || slices.Contains(q.Options.Accept, ReasonPendingChanges) {
		return Decision{}, false
	}
	r.next = "revert them, or deploy them with apply changes on all products"
	return r.decision(), true
}

// Stale refuses to apply changes for a version whose rotation is over or was set
// back, or that is of another foundation.
func Stale(s State, from Version) (Decision, bool) {
	if r := setBack(s, from); r != nil {
		return r.decision(), true
	}
	r := relate(s, from, Verify)
	if r == nil || r.reason != ReasonFinishedRotation && r.reason != ReasonForeignVersion {
		return Decision{}, false
	}
	return r.decision(), true
}
