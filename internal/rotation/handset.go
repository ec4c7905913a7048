package rotation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// A certificate that an operator set by hand in CredHub on Ops Manager 2.6 or older has no
// flag that it was not generated, and no flag counts as generated (facts of the
// vendor's procedure, "manually set certificates"): Ops Manager calls it not
// configurable and has it renewed with the rest. For a leaf whose CA is the company's
// that cannot be; a CA gets a successor of CredHub's own making, with a key that no client
// outside trusts.

// orphanLeaves are leaf certificates in CredHub that a rotation is to renew, and that no
// CA which Ops Manager lists has signed. Certificates v1 alone nests what they sign.
func orphanLeaves(e evidence.Evidence) []evidence.Certificate {
	if e.Certificates.Source != evidence.SourceV1 || LeavesCredHub(e.Products) {
		return nil
	}
	return inCredHub(e, func(c evidence.Certificate) bool { return !c.IsCA && len(c.SignedBy) == 0 })
}

// inCredHub are those certificates in CredHub that a rotation renews.
func inCredHub(e evidence.Evidence, which func(evidence.Certificate) bool) []evidence.Certificate {
	var all []evidence.Certificate
	for _, c := range e.Certificates.List {
		if c.Location == CredHub && Rotates(c) && !c.AutoRotated && which(c) {
			all = append(all, c)
		}
	}
	return all
}

// strangers are those that may have been set by hand, by the text of their issuer: CAs
// of an organization that is no vendor's and, where certificates v0 does not tell who
// signed what, leaves of an issuer that no listed CA has. Of an intermediate CA it shows
// whose it is and not its own name, so those of the vendor's are known by that.
func strangers(e evidence.Evidence) (cas, leaves []evidence.Certificate) {
	if LeavesCredHub(e.Products) {
		return nil, nil
	}
	cas = inCredHub(e, func(c evidence.Certificate) bool { return c.IsCA && !ofVendorText(c.Issuer) })
	if e.Certificates.Source != evidence.SourceV0 {
		return cas, nil
	}
	issuers := map[string]bool{"": true}
	for _, c := range e.Certificates.List {
		if c.IsCA {
			issuers[c.Issuer] = true
		}
	}
	leaves = inCredHub(e, func(c evidence.Certificate) bool {
		return !c.IsCA && !issuers[c.Issuer] && !strings.Contains(c.Issuer, "/CN=Diego Instance Identity Intermediate CA")
	})
	return cas, leaves
}

// ofVendorText tells an issuer ("/C=US/O=Pivotal") that names no organization, or one of
// those that CredHub and the vendor's tiles write.
func ofVendorText(issuer string) bool {
	_, organization, named := strings.Cut(issuer, "/O=")
	organization, _, _ = strings.Cut(organization, "/")
	return !named || strings.EqualFold(organization, "Cloud Foundry") || ofVendor(organization)
}

const (
	setAgain     = "have who set them set the same values again with credhub set, which then flags them as supplied, so that a rotation leaves them alone"
	handSetLater = "regenerate would fail for them after activate, when there is no way back, or put certificates of another CA in their place"
)

// noneSetByHand refuses for what regenerate could not renew. It is a judgement: a
// certificate may have signed itself.
func noneSetByHand(q Question) *refusal {
	leaves := orphanLeaves(q.Evidence)
	if len(leaves) == 0 {
		return nil
	}
	return &refusal{ReasonHandSet, fmt.Sprintf("certificates in CredHub count as generated, and no CA that Ops Manager lists has signed them, as where they were set by hand on Ops Manager 2.6 or older: %s; %s", issued(leaves), handSetLater),
		setAgain + ", then rerun this step"}
}

// issued lists certificates with who issued them.
func issued(certificates []evidence.Certificate) string {
	var all []string
	for _, c := range certificates {
		all = append(all, c.Name+" (issuer "+c.Issuer+")")
	}
	slices.Sort(all)
	return some(slices.Compact(all), ", ")
}

func handSetRow(q Question) []Finding {
	const name = "certificates set by hand"
	const next = "look at their flag (maestro topology, or certificates/maestro_topology.yml in a support bundle, writes an empty \"generated:\" for one set by hand on 2.6 or older); where it is empty, " + setAgain + " (a CA is named in exclude_from_rotation then)"
	if q.Evidence.Certificates.Source == evidence.SourceUnknown {
		return one(name, unlistedNote(ReasonHandSet, "whether there are any"))
	}
	instead := passes(ReasonHandSet, "each in CredHub that a rotation renews is signed by a CA that Ops Manager lists, and none names a foreign organization")
	cas, leaves := strangers(q.Evidence)
	cas = slices.DeleteFunc(cas, func(c evidence.Certificate) bool { return slices.Contains(q.Options.Exclude, c.Name) })
	var note *Finding
	switch {
	case len(leaves) > 0:
		f := noted(ReasonHandSet, next, "by the text of their issuer no listed CA has signed these, and this Ops Manager does not tell more; where they were set by hand on 2.6 or older, %s: %s", handSetLater, issued(append(leaves, cas...)))
		note = &f
	case len(cas) > 0:
		f := noted(ReasonHandSet, next, "CAs in CredHub are of an organization of their own; where one was set by hand on 2.6 or older, generate makes it a successor that no client outside trusts: %s", issued(cas))
		note = &f
	case q.Evidence.Certificates.Source == evidence.SourceV0:
		instead.Message = "by the text of their issuers there are none in CredHub, and this Ops Manager does not tell more"
	}
	switch r := noneSetByHand(q); {
	case note == nil:
		return refused(name, q.Options, instead, r)
	case r == nil:
		return one(name, *note)
	default:
		return append(refused(name, q.Options, instead, r), one(name, *note)...)
	}
}
