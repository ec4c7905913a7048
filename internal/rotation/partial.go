package rotation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// partials are the reasons of a call that Ops Manager carried out, and not for every
// certificate. It names those in its answer and nowhere else, so the version has to
// keep that they are: a phase that is run again finds nothing left to do. Regenerate
// is none of them; run again it renews them all.
var partials = map[Phase]Reason{
	Generate: ReasonPartialGeneration,
	Activate: ReasonPartialActivation,
	Delete:   ReasonPartialDeletion,
}

// partial tells whether the version is of such a call.
func (v *Version) partial() bool {
	return v != nil && v.State == Blocked && v.Was != "" && phaseOfPartial(v.Reason) != ""
}

func phaseOfPartial(r Reason) Phase {
	for phase, reason := range partials {
		if reason == r {
			return phase
		}
	}
	return ""
}

const mendPartial = "mend them (with maestro, or the vendor's support) before anything else is changed or deployed"

// Partly is what a phase has left that was carried out, and failed for some
// certificates: blocked, until that is accepted. False where the phase knows no such
// state, and is run again.
func Partly(phase Phase, reached Observation, e evidence.Evidence, failed []string) (Observation, bool) {
	reason, known := partials[phase]
	if !known || reached.State == Blocked {
		return reached, false
	}
	v := reached.Version
	v.Was, v.State, v.Reason, v.CAs = v.State, Blocked, reason, guids(e.CAs)
	return Observation{State: Blocked, Version: v, Reason: reason, Message: fmt.Sprintf(
		"%s was carried out only in part, it failed for %s; %s", phase, some(failed, ", "), mendPartial)}, true
}

// stillPartial keeps a version of such a call as long as the CAs are those of the
// version, or cannot be told: what other CAs there are then, somebody has made since.
func stillPartial(e evidence.Evidence, cursor *Version) (Observation, bool) {
	if !cursor.partial() {
		return Observation{}, false
	}
	besides := ""
	if o := findObstacle(e, cursor); o != nil {
		besides = "; besides, " + o.message
	} else if active, _ := split(e); guids(e.CAs) != cursor.CAs || active != cursor.Active {
		return Observation{}, false
	}
	return Observation{State: Blocked, Version: *cursor, Reason: cursor.Reason, Message: fmt.Sprintf(
		"%s was carried out only in part, and its own output names the certificates for which it failed; %s%s", phaseOfPartial(cursor.Reason), mendPartial, besides)}, true
}

// Accepting is the version to go on with, and what to say about that: the one from
// before the obstacle, where the operator takes it upon himself that a call was
// carried out in part.
func Accepting(from *Version, accept []Reason) (version *Version, note string) {
	if !from.partial() || !slices.Contains(accept, from.Reason) {
		return from, ""
	}
	v, _ := from.unblocked()
	// Somebody may have seen it before.
	v.Turn = strconv.Itoa(InstallationID(v.Turn) + 1)
	return &v, fmt.Sprintf("accepted %s: %s was carried out only in part", from.Reason, phaseOfPartial(from.Reason))
}

// PartialReasons are their reasons, for a sentence.
func PartialReasons() string {
	var codes []string
	for _, phase := range []Phase{Generate, Activate, Delete} {
		codes = append(codes, string(partials[phase]))
	}
	return strings.Join(codes, ", ")
}
