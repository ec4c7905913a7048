package rotation

import "github.com/opsman-ca/opsman-ca/internal/evidence"

// After is what is known once a step's call was sent in the state before: the
// cursor for looking at the evidence read back. The anchor is the highest
// installation id read after the call, so an installation that somebody started
// meanwhile proves nothing. Where the CAs show that the call had no effect, the
// version from before holds.
func After(before State, step Step, e evidence.Evidence) *Version {
	v := before.Version
	v.Installation = highest(e)
	active, other := split(e)
	switch {
	case step == Generate && other != "" && active == before.Version.Active:
		return &Version{Phase: Generated, Active: active, Candidate: other, Installation: v.Installation}
	case step == Activate && active == before.Version.Candidate && other == before.Version.Active:
		return &Version{Phase: Activated, Active: active, Retiring: other, Installation: v.Installation, Trusted: before.Version.Installation}
	case step == Regenerate && active == before.Version.Active && other == before.Version.Retiring:
		v.Phase = Regenerated
		return &v
	case step == Delete && active == before.Version.Active && other == "":
		return &Version{Phase: Retired, Active: active, Removed: before.Version.Retiring, Installation: v.Installation}
	}
	return &before.Version
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
