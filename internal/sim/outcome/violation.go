package outcome

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

// Findings collects violations in the order in which they are found.
type Findings []Violation

// Add adds names to a violation.
func (v *Findings) Add(violation string, names ...string) {
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
