package rotation

import (
	"cmp"
	"fmt"
	"slices"
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

// former is what is known of the trust in the CA that was active before: whether it may
// be the active one again. What does not trust it is cut off by that as by the other.
type former struct {
	trusted bool
	// why says what speaks against it, or that it is unknown.
	why string
}

// trustInFormer asks certificates v1, which names what does not run the CA. Where it
// does not tell, a version that has seen the CA signing does, or leaf certificates in
// CredHub that are older than the active CA: they were made while the former one
// signed, and a snapshot of Ops Manager does not bring them back. returned tells that
// the CA was gone once, and is listed again.
func trustInFormer(e evidence.Evidence, s Observation, known Version, returned bool) former {
	guid := s.Retiring.GUID
	if tellsInstances(e, guid) {
		var late []string
		deployed, told := false, false
		for _, c := range e.Certificates.List {
			switch {
			case c.IsCA && isRow(c, guid):
				late = append(late, c.OutdatedDeployments...)
				deployed = deployed || len(c.Deployments) > 0
			case c.IsCA && isRow(c, s.Active.GUID):
				told = told || len(c.Deployments) > 0
			case slices.ContainsFunc(c.SignedBy, func(name string) bool { return isRow(evidence.Certificate{Name: name}, guid) }):
				deployed = deployed || len(c.Deployments) > 0 && len(c.OutdatedDeployments) == 0
			}
		}
		slices.Sort(late)
		switch late = slices.Compact(late); {
		case len(late) > 0:
			return former{why: "certificates v1 shows that it is not trusted by " + some(late, ", ")}
		case deployed:
			return former{trusted: true}
		case told:
			return former{why: "certificates v1 shows deployments of the active one, and none that has the former one or a certificate below it"}
		}
	}
	if returned {
		return former{why: "it was deleted once and is listed again, as after the restore of a snapshot, and nothing shows that what is deployed still trusts it"}
	}
	seen := known.State.hasCandidate() && known.Active == guid || known.State.hasRetiring() && known.Retiring == guid && (known.Since != "" || known.Trusted != "")
	inCredHub := slices.ContainsFunc(oldLeaves(e, s.Active.CreatedOn.Time), func(c evidence.Certificate) bool { return c.Location == CredHub })
	if seen || inCredHub && !undated(e, *s.Active) {
		return former{trusted: true}
	}
	return former{why: "Ops Manager does not show whether what is deployed trusts it, and no version has seen it active"}
}

// wayBack is how to undo an activation that came too early. It names the former CA only
// where that is known to be trusted: one that has expired, or that nothing trusts,
// breaks as much as the one that was activated.
func wayBack(s Observation) string {
	if s.Expired {
		return fmt.Sprintf("do not apply changes now, and ask Ops Manager's support for the recovery procedure: the former CA %s has expired, so there is no way back to it", s.Retiring.GUID)
	}
	if !s.former.trusted {
		return fmt.Sprintf("do not apply changes now, activate no other CA, and ask Ops Manager's support with this message: whether the former CA %s can be the active one again is not known (%s)", s.Retiring.GUID, s.former.why)
	}
	return fmt.Sprintf("do not apply changes now; make CA %[1]s the active one again (om activate-certificate-authority --id %[1]s), "+
		"regenerate the leaves under it (om regenerate-certificates), apply changes on all products, verify, and activate %[2]s after that; where Ops Manager's safety checks refuse the way back, ask its support before anything is deployed", s.Retiring.GUID, s.Active.GUID)
}
