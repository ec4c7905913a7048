package rotation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Leg is one stretch of the way of a rotation: a phase, or an apply changes with
// the proof after it.
type Leg struct {
	// Name is a phase, or "apply" for an apply changes of all products.
	Name string `json:"name"`
	// To is the state that the leg ends in.
	To   State  `json:"to"`
	Does string `json:"does"`
	// Status is done, next or later.
	Status string `json:"status"`
}

// Apply is the name of a leg that is an apply changes.
const Apply = "apply"

// Ahead is the way of the rotation, with what is done, what is next and what
// comes later.
func Ahead(s Observation) []Leg {
	legs := make([]Leg, len(moves))
	position := s.State.rank()
	for i, m := range moves {
		legs[i] = Leg{Name: string(m.phase), To: m.to, Does: m.does, Status: "later"}
		if m.phase == Verify {
			legs[i].Name = Apply
		}
		switch {
		case m.from.rank() < position:
			legs[i].Status = "done"
		case m.from == s.State:
			legs[i].Status = "next"
		}
	}
	if s.Untrusted() {
		// The way leads back to before the activation.
		legs[1].Status, legs[2].Status, legs[position].Status = "later", "later", "later"
	}
	return legs
}

// NextPhase is the changing phase that comes next, whatever apply changes has to
// come before it; false where none can.
func NextPhase(s Observation) (Phase, bool) {
	m, known := moveFrom(s.State)
	for known && m.phase == Verify {
		m, known = moveFrom(m.to)
	}
	return m.phase, known
}

// mended are the refusals of a phase that an apply changes answers.
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
	o := &Opening{Why: d.Message, Staged: Staged(q.Evidence, q.Observed)}
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
	return Decision{Verdict: Go, Reason: ReasonReady, Message: "an apply changes comes first: " + o.Why, Next: next(q.Observed), Notes: d.Notes}, o
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
	r := pending(Staged(q.Evidence, q.Observed))
	if r == nil || slices.Contains(q.Options.Accept, ReasonPendingChanges) {
		return Decision{}, false
	}
	r.next = "revert them, or deploy them with apply changes on all products"
	return r.decision(), true
}

// Stale refuses to apply changes for a version whose rotation is over or was set
// back, or that is of another foundation.
func Stale(s Observation, from Version) (Decision, bool) {
	if r := setBack(s, from); r != nil {
		return r.decision(), true
	}
	r := relate(s, from, Verify)
	if r == nil || r.reason != ReasonFinishedRotation && r.reason != ReasonForeignVersion {
		return Decision{}, false
	}
	return r.decision(), true
}

// lately is for how long a rotation is taken for the one that was asked for. It
// is longer than the longest apply changes and a weekend behind it, and shorter
// than any pause between two rotations.
const lately = 7 * 24 * time.Hour

// EndedLately tells whether the active CA is less than a week old by Ops Manager's
// clock and no rotation is under way, and says so in half a sentence. Whoever asks
// for a whole rotation then asks most likely for the one that has ended: a run
// that was interrupted in the last apply changes is told from none by nothing
// else. A bare date counts from the end of its day. What expires soon makes no
// difference: what the rotation of this week has not replaced, another one would
// not replace either, and a CA that lives less than that has a week to wait at
// most.
func EndedLately(q Question) (message string, young bool) {
	active, at := q.Observed.Active, q.Evidence.At
	if q.Observed.State != Settled || at.IsZero() || active.CreatedOn.IsZero() || at.Sub(active.CreatedOn.Latest()) >= lately {
		return "", false
	}
	message = fmt.Sprintf("the active CA %s was created less than a week ago (%s, %s): an earlier rotation has ended, or the foundation is that new",
		active.GUID, active.CreatedOn, ago(at.Sub(active.CreatedOn.Time), active.CreatedOn.DateOnly))
	if within := q.Options.Within; within != nil {
		message += fmt.Sprintf("; something that a rotation replaces expires within %s all the same", within)
	}
	return message, true
}

// ago is an age in words, in days where a bare date does not tell more.
func ago(age time.Duration, days bool) string {
	const day = 24 * time.Hour
	switch {
	case days && age < day:
		return "today"
	case days || age >= 2*day:
		return fmt.Sprintf("%d days ago", age/day)
	case age >= 2*time.Hour:
		return fmt.Sprintf("%d hours ago", age/time.Hour)
	}
	return fmt.Sprintf("%d minutes ago", max(age, 0)/time.Minute)
}

// After is what is known once a phase's call was sent in the state before: the
// cursor for looking at the evidence read back. The anchor is the highest
// installation id read after the call, so an installation that somebody started
// meanwhile proves nothing. Where the CAs show that the call had no effect, the
// version from before holds.
func After(before Observation, phase Phase, e evidence.Evidence) *Version {
	was := before.Version
	active, other := split(e)
	v := was
	switch {
	case phase == Generate && other != "" && active == was.Active:
		v = Version{State: Generated, Active: active, Candidate: other}
	case phase == Activate && active == was.Candidate && other == was.Active:
		v = Version{State: Activated, Active: active, Retiring: other, Trusted: was.Installation}
	case phase == Regenerate && active == was.Active && other == was.Retiring:
		v.State = Regenerated
	case phase == Delete && active == was.Active && other == "":
		v = Version{State: Retired, Active: active, Removed: was.Retiring}
	default:
		return &was
	}
	v.Installation = highest(e)
	v = v.following(&was)
	return &v
}

// split is the active CA and the other one, empty where there is none or more
// than one.
func split(e evidence.Evidence) (active, other string) {
	if len(e.CAs) > 2 {
		return "", ""
	}
	for _, ca := range e.CAs {
		if ca.Active {
			active = ca.GUID
		} else {
			other = ca.GUID
		}
	}
	return active, other
}

// applies is how many complete deployments a rotation makes after its CA
// appears: to trust it, to replace the leaves, and to remove the former CA.
const applies = 3

// ClosingApply tells whether the last apply changes of the active CA's rotation
// may be outstanding, for whoever finds one CA and knows nothing else: the API
// does not show that a deleted CA is still trusted. That may be so when the CA
// is younger than the oldest installation known, hence came by a rotation, and
// fewer complete deployments are known since than a rotation makes, one after
// the other, or when the last attempt to deploy a product failed. The message is one sentence. The history has to reach back to the
// CA: see SinceActive.
func ClosingApply(e evidence.Evidence) (message string, outstanding bool) {
	i := slices.IndexFunc(e.CAs, func(ca evidence.CA) bool { return ca.Active })
	if len(e.CAs) != 1 || i < 0 {
		return "", false
	}
	active := e.CAs[i]
	if !cameByRotation(e.History, active) {
		return "", false
	}
	known, h := 0, horizon{created: active.CreatedOn}
	for known <= applies {
		p := prove(e, h, productsAlone)
		if p.Installation == 0 {
			break
		}
		known++
		// Ops Manager runs one at a time: a higher id started after that one ended.
		h = anchoredAt(p.Installation)
	}
	if broken := unhealthy(e); known == applies && len(broken) > 0 {
		// One of those counted may be somebody else's, and this one ours.
		return fmt.Sprintf("the last apply changes of its rotation may be outstanding: the last deployment did not succeed everywhere: %s", strings.Join(broken, ", ")), true
	}
	if known >= applies {
		return "", false
	}
	return fmt.Sprintf("the last apply changes of its rotation may be outstanding: since CA %s appeared (%s), %d complete deployments of all products are known, and a rotation makes %d",
		active.GUID, active.CreatedOn, known, applies), true
}

// cameByRotation tells whether an installation is known that is older than the
// CA: the first CA of a foundation is older than all of them.
func cameByRotation(h evidence.History, ca evidence.CA) bool {
	return slices.ContainsFunc(h.List, func(i evidence.Installation) bool {
		return !i.StartedAt.IsZero() && !ca.CreatedOn.IsZero() && i.StartedAt.Before(ca.CreatedOn.Latest())
	})
}

// SinceActive tells gathering when to stop reading the history for
// ClosingApply: at the first installation that is older than the active CA.
func SinceActive(cas []evidence.CA) func(evidence.Installation) bool {
	return func(i evidence.Installation) bool {
		return slices.ContainsFunc(cas, func(ca evidence.CA) bool {
			return ca.Active && !i.StartedAt.IsZero() && !ca.CreatedOn.IsZero() && i.StartedAt.Before(ca.CreatedOn.Time)
		})
	}
}
