package rotation

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// former is what is known of the trust in the CA that was active before: whether it may
// be the active one again. What does not trust it is cut off by that as by the other.
type former struct {
	trusted bool
	// why says what speaks against it, or that nobody knows.
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
