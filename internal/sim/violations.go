package sim

import "slices"

// The literal violations of Maestro's safety checks.
const (
	ManySigning           = "there is more than one signing version of a certificate authority"
	HasTransitional       = "certificate authorities can not have a transitional version"
	ChildNotLatest        = "active child certificate version is not the latest non-transitional version or more than one active version exists"
	LatestNotTransitional = "certificate authorities latest version is not transitional"
	SigningTransitional   = "signing version has to be transitional if there is a transitional certificate authority"
	ChildDoesNotTrust     = "active child certificate does not trust the certificate authority that will regenerate it"
	NoSigning             = "certificate authorities must have a non-transitional version"
	ChildSignedByOther    = "active child certificate is signed by a certificate authority that is not the latest version"
	ChildSignedByOld      = "active child certificate version is signed by a certificate authority that is not the latest version"
	VersionNotLatest      = "active certificate version is not the latest non transitional version"
	LatestTransitional    = "transitional certificate authority is the latest version"
	LatestNotSigning      = "latest certificate authority versions with active children are not signing"
)

// Violation is a safety violation as the API writes it.
type Violation struct {
	Violation        string   `json:"violation"`
	CertificateNames []string `json:"certificate_names"`
}

// findings collects violations in the order in which they are found.
type findings []Violation

func (v *findings) add(violation string, names ...string) {
	i := slices.IndexFunc(*v, func(f Violation) bool { return f.Violation == violation })
	if i < 0 {
		*v = append(*v, Violation{Violation: violation, CertificateNames: []string{}})
		i = len(*v) - 1
	}
	for _, n := range names {
		if !slices.Contains((*v)[i].CertificateNames, n) {
			(*v)[i].CertificateNames = append((*v)[i].CertificateNames, n)
		}
	}
}

// checked are the CAs that a rotation call touches.
func (f *Foundation) checked() []*credhubCA {
	var all []*credhubCA
	for _, c := range f.credhub {
		if !f.excluded(c) {
			all = append(all, c)
		}
	}
	return all
}

// checkGenerate are the rules before a new CA version.
func (f *Foundation) checkGenerate() findings {
	var found findings
	for _, c := range f.checked() {
		if c.hasTransitional() {
			found.add(HasTransitional, c.path)
		}
		for _, l := range c.leaves {
			for _, d := range l.laggards() {
				switch {
				case d.serviceInstance && !c.hasTransitional() && d.runs[l].signer != c.latest():
					found.add(LatestNotSigning, c.path)
				default:
					found.add(ChildNotLatest, l.path)
				}
			}
		}
		f.checkSigners(c, &found)
	}
	return found
}

// checkActivate are the rules before the new version signs.
func (f *Foundation) checkActivate() findings {
	var found findings
	for _, c := range f.checked() {
		if !c.latest().transitional {
			found.add(LatestNotTransitional, c.path)
		}
		for _, l := range c.leaves {
			for _, d := range l.deployments {
				if d.runs[l] != l.newest() || !slices.Contains(d.trusts[c], c.latest()) {
					found.add(ChildNotLatest, l.path)
				}
			}
		}
		f.checkSigners(c, &found)
	}
	return found
}

// checkRegenerate are the rules before new leaves.
func (f *Foundation) checkRegenerate() findings {
	var found findings
	for _, c := range f.checked() {
		signing := c.signing()
		if signing == nil {
			found.add(NoSigning, c.path)
			continue
		}
		if c.latest().transitional {
			found.add(SigningTransitional, c.path)
		}
		for _, l := range c.leaves {
			for _, d := range l.deployments {
				if !slices.Contains(d.trusts[c], signing) {
					found.add(ChildDoesNotTrust, l.path)
				}
				if signer := d.runs[l].signer; signer != signing && !signer.transitional {
					found.add(ChildSignedByOther, l.path)
				}
			}
		}
		f.checkSigners(c, &found)
	}
	return found
}

// checkDelete are the rules before old versions lose their trust.
func (f *Foundation) checkDelete() findings {
	var found findings
	for _, c := range f.checked() {
		if c.latest().transitional {
			found.add(LatestTransitional, c.path)
			continue
		}
		for _, l := range c.leaves {
			if l.newest().signer != c.latest() {
				found.add(ChildSignedByOld, l.path)
			}
			if len(l.laggards()) > 0 {
				found.add(VersionNotLatest, l.path)
			}
		}
		f.checkSigners(c, &found)
	}
	return found
}

// checkSigners finds running leaves of one CA that different versions of it
// signed. Service instances left behind by an earlier rotation have a violation
// of their own.
func (f *Foundation) checkSigners(c *credhubCA, found *findings) {
	signers := map[*caVersion]bool{}
	for _, l := range c.leaves {
		for _, d := range l.deployments {
			if !d.serviceInstance {
				signers[d.runs[l].signer] = true
			}
		}
	}
	if len(signers) > 1 {
		found.add(ManySigning, c.path)
	}
}
