package rotation

import "fmt"

// setBack refuses a version from behind an activation that was undone since.
// Nobody knows what was deployed of that to and fro, so proof begins anew with
// the version that the next look makes; from the one handed over it would begin
// anew with every look, and each apply changes for it would be in vain.
func setBack(s State, from Version) *refusal {
	from, _ = from.unblocked()
	if s.Candidate == nil || from.Retiring != s.Version.Active || from.Active != s.Version.Candidate {
		return nil
	}
	return &refusal{ReasonSetBack, fmt.Sprintf(
		"the version handed over is of phase %s, and the activation of %s was undone since (Ops Manager is at %s)",
		from.Phase, from.Active, s.where()), nextCheck}
}
