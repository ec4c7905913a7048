package rotation

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// MaestroChecks tells whether Ops Manager's calls are checked by CredHub Maestro. why
// says where they are not, or why nothing tells where known is false.
func MaestroChecks(e evidence.Evidence) (on, known bool, why string) {
	version, readable := readOpsManager(e.OpsManager)
	switch {
	case !e.Products.Asked:
		return false, false, "the deployed products were not asked for"
	case WithTKGI(e.Products):
		return false, true, "TKGI is installed"
	case len(oldTAS(e.Products)) > 0:
		return false, true, some(oldTAS(e.Products), ", ") + " is older than they support"
	case !readable:
		return false, false, fmt.Sprintf("the version of Ops Manager cannot be read (%s)", written(e))
	case version.before(maestroSince):
		return false, true, "Ops Manager " + e.OpsManager + " has none"
	}
	return true, true, ""
}

// WayBack says whether a rotation that has not activated its candidate can be undone,
// and with which commands. false where the question does not arise: from the activation
// on, the way is forward.
func WayBack(e evidence.Evidence, s Observation) (Finding, bool) {
	const name = "way back after generate"
	guid := "GUID-OF-THE-CANDIDATE"
	switch {
	case s.State.atRest():
	case s.State.hasCandidate():
		guid = cmp.Or(s.Version.Candidate, guid)
	default:
		return Finding{}, false
	}
	on, known, why := MaestroChecks(e)
	var f Finding
	switch undo := []string{"om delete-certificate-authority --id " + guid, "om apply-changes"}; {
	case !known:
		f = unknown(ReasonWayBack, "take it that there is none", "whether there is one is unknown: %s", why)
	case on:
		f = noted(ReasonWayBack, "to stop is to leave it as it is: nothing breaks while both CAs are trusted; go on with the rotation, or ask Ops Manager's support",
			"there is none: CredHub Maestro's checks are on, and refuse to delete a candidate (\"transitional certificate authority is the latest version\")")
	default:
		f = noted(ReasonWayBack, strings.Join(undo, " && "), "until activate, deleting the candidate is the way back, as CredHub Maestro's checks are off (%s)", why)
	}
	f.Name = name
	return f, true
}

func wayBackRow(q Question) []Finding {
	s := q.Observed
	if s.State == "" {
		s.State = Settled
	}
	f, _ := WayBack(q.Evidence, s)
	return []Finding{f}
}
