package rotation

import (
	"strconv"
)

// Version is what Concourse remembers of a state: a function of Ops Manager's
// state, made of strings only, and never the same map for two states of a
// foundation (a version seen before does not trigger). GUIDs are never used
// twice, installation ids only grow, and setbacks are counted, which is what
// makes that true. It holds no clock, no days left and no host name.
type Version struct {
	Phase  Phase  `json:"phase"`
	Active string `json:"active,omitempty"`
	// Candidate is set in generated and trusted, Retiring in activated,
	// regenerated and replaced.
	Candidate string `json:"candidate,omitempty"`
	Retiring  string `json:"retiring,omitempty"`
	// Installation is the highest installation id when a changing phase was
	// entered, or the id that completed the proof for trusted, replaced and
	// settled. A settled state whose rotation nobody watched has none.
	Installation string `json:"installation,omitempty"`
	// Trusted is the installation that completed the proof of trust, carried on
	// after the activation: created_on may be a bare date, and then nothing
	// else could tell later that trust came first.
	Trusted string `json:"trusted,omitempty"`
	// Removed is the GUID that left, in retired and settled.
	Removed string `json:"removed,omitempty"`
	// Turn counts the setbacks of the rotation: an activation undone, an
	// obstacle that came and went. Without it the version after a setback would
	// be one that was seen before.
	Turn string `json:"turn,omitempty"`
	// Reason, CAs and Was are set in blocked only: why, the GUIDs listed, and
	// the phase before it, whose other fields are kept so that nothing is
	// forgotten when the obstacle is gone.
	Reason Reason `json:"reason,omitempty"`
	CAs    string `json:"cas,omitempty"`
	Was    Phase  `json:"was,omitempty"`
}

// anchor is Installation as a number; 0 when there is none.
func (v Version) anchor() int { return number(v.Installation) }

// other is the inactive CA of a version of two CAs.
func (v Version) other() string {
	if v.Candidate != "" {
		return v.Candidate
	}
	return v.Retiring
}

// unblocked is the version as it was before the obstacle, false when there was
// none known.
func (v Version) unblocked() (Version, bool) {
	if v.Phase != Blocked {
		return v, true
	}
	if v.Was == "" {
		return Version{}, false
	}
	v.Phase, v.Was, v.Reason, v.CAs = v.Was, "", "", ""
	return v, true
}

// lists tells whether the CA was there when the version was made.
func (v Version) lists(guid string) bool { return guid == v.Active || guid == v.other() }

// samePair tells whether the version speaks of these two CAs, whichever of them
// was active.
func (v Version) samePair(one, two string) bool {
	return v.other() != "" &&
		(v.Active == one && v.other() == two || v.Active == two && v.other() == one)
}

// number reads an installation id; what is no number is 0, "nothing known".
func number(id string) int {
	n, err := strconv.Atoi(id)
	if err != nil {
		return 0
	}
	return n
}
