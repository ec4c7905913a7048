package rotation

import "github.com/opsman-ca/opsman-ca/internal/evidence"

// After is what is known once a step's call was sent in the state before: the
// cursor for looking at the evidence read back. The anchor is the highest
// installation id read after the call, so an installation that somebody started
// meanwhile proves nothing. Where the CAs show that the call had no effect, the
// version from before holds.
func After(before State, step Step, e evidence.Evidence) *Version {
	was := before.Version
	active, other := split(e)
	v := was
	switch {
	case step == Generate && other != "" && active == was.Active:
		v = Version{Phase: Generated, Active: active, Candidate: other}
	case step == Activate && active == was.Candidate && other == was.Active:
		v = Version{Phase: Activated, Active: active, Retiring: other, Trusted: was.Installation}
	case step == Regenerate && active == was.Active && other == was.Retiring:
		v.Phase = Regenerated
	case step == Delete && active == was.Active && other == "":
		v = Version{Phase: Retired, Active: active, Removed: was.Retiring}
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
