package rotation

import (
	"fmt"
	"slices"
)

// setback is one way in which a rotation goes back, or ends before its time. Each
// has a cause that Ops Manager shows; a phase never goes back without one.
type setback struct {
	from []Phase
	to   Phase
	why  string
	seen func(State, Version) bool
}

// setbacks are all of them; an obstacle, which leads to Blocked and back, is none.
var setbacks = []setback{
	{[]Phase{Activated, Regenerated, Replaced}, Generated, "the activation was undone", undone},
	{[]Phase{Trusted}, Generated, "a product has no known deployment any more since the candidate appeared", ofSameCAs},
	{[]Phase{Replaced}, Regenerated, "a product has no known deployment any more since the active CA appeared", ofSameCAs},
	{[]Phase{Regenerated, Replaced}, Activated, "leaf certificates are deployed that the active CA did not sign", ofSameCAs},
	{[]Phase{Generated, Trusted}, Retired, "the candidate was deleted", candidateDeleted},
}

func undone(s State, from Version) bool {
	return s.Candidate != nil && from.Retiring == s.Version.Active && from.Active == s.Version.Candidate
}

func ofSameCAs(s State, from Version) bool {
	return from.Active == s.Version.Active && from.other() == s.Version.other()
}

func candidateDeleted(s State, from Version) bool {
	return s.Version.other() == "" && from.Active == s.Version.Active && from.Candidate == s.Version.Removed
}

// setbackOf is what set the rotation back since the version, "" for nothing.
func setbackOf(s State, from Version) string {
	i := slices.IndexFunc(setbacks, func(b setback) bool {
		return b.to == s.Phase && slices.Contains(b.from, from.Phase) && b.seen(s, from)
	})
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("set back from %s: %s", from.Phase, setbacks[i].why)
}

// setBack refuses a version from behind an activation that was undone since.
// Nobody knows what was deployed of that to and fro, so proof begins anew with
// the version that the next look makes; from the one handed over it would begin
// anew with every look, and each apply changes for it would be in vain.
func setBack(s State, from Version) *refusal {
	from, _ = from.unblocked()
	if !undone(s, from) {
		return nil
	}
	return &refusal{ReasonSetBack, fmt.Sprintf(
		"the version handed over is of phase %s, and the activation of %s was undone since (Ops Manager is at %s)",
		from.Phase, from.Active, s.where()), nextCheck}
}
