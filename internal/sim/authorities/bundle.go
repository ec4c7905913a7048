package authorities

import "crypto/x509"

// Bundle is the trust that an apply distributes: every CA listed when it began.
type Bundle struct {
	authorities []*Authority
	Roots, NATS *x509.CertPool
}

func newBundle(authorities []*Authority) *Bundle {
	b := &Bundle{Roots: x509.NewCertPool(), NATS: x509.NewCertPool()}
	for _, a := range authorities {
		b.authorities = append(b.authorities, a)
		b.Roots.AddCert(a.Cert)
		b.NATS.AddCert(a.NATS.Cert)
	}
	return b
}

// Has tells whether a is trusted.
func (b *Bundle) Has(a *Authority) bool {
	for _, trusted := range b.authorities {
		if trusted == a {
			return true
		}
	}
	return false
}

// GUIDs are those that are trusted.
func (b *Bundle) GUIDs() []string {
	guids := []string{}
	for _, a := range b.authorities {
		guids = append(guids, a.GUID)
	}
	return guids
}
