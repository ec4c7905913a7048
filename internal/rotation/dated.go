package rotation

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// vendors are the organizations in the subject of a CA that Ops Manager generates,
// which has no common name.
var vendors = []string{"pivotal", "vmware", "broadcom", "tanzu"}

// own tells whether an operator supplied the CA: its row among the certificates says
// so (configurable), or its subject, or its short issuer, is not Ops Manager's.
func own(e evidence.Evidence, ca evidence.CA) bool {
	supplied := slices.ContainsFunc(e.Certificates.List, func(c evidence.Certificate) bool {
		return c.IsCA && c.Configurable && strings.HasSuffix(c.Name, "root_ca."+ca.GUID)
	})
	if certificate := parsed(ca); certificate != nil {
		return supplied || certificate.Subject.CommonName != "" || !slices.ContainsFunc(certificate.Subject.Organization, ofVendor)
	}
	return supplied || ca.Issuer != "" && !ofVendor(ca.Issuer)
}

func ofVendor(name string) bool {
	return slices.ContainsFunc(vendors, func(vendor string) bool { return strings.Contains(strings.ToLower(name), vendor) })
}

// undated tells whether created_on may not be when the CA was added: of an
// operator's own it may be the certificate's NotBefore (public outputs have it four
// years before expires_on, to the second). The CA was added then or later.
func undated(e evidence.Evidence, ca evidence.CA) bool {
	if !own(e, ca) {
		return false
	}
	certificate := parsed(ca)
	if certificate == nil || ca.CreatedOn.IsZero() {
		return true
	}
	if ca.CreatedOn.DateOnly {
		return ca.CreatedOn.Time.Format(time.DateOnly) == certificate.NotBefore.UTC().Format(time.DateOnly)
	}
	return ca.CreatedOn.Time.Truncate(time.Second).Equal(certificate.NotBefore.UTC())
}

func parsed(ca evidence.CA) *x509.Certificate {
	block, _ := pem.Decode([]byte(ca.CertPEM))
	if block == nil {
		return nil
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return certificate
}

// later orders two CAs by when they were added, as far as their dates tell: 1 where
// the first is surely the later one, -1 where the second is, 0 where it is unknown.
// An undated one was added at its date or later.
func later(e evidence.Evidence, one, other evidence.CA) int {
	order := one.CreatedOn.Order(other.CreatedOn)
	switch {
	case order > 0 && undated(e, other), order < 0 && undated(e, one):
		return 0
	}
	return order
}
