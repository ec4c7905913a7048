package sim

import "time"

// TileCertificate is a configurable certificate of a tile that no VM presents to
// another: the operator pasted it, or had it made with the "Generate" button,
// which signs it with the active root CA (facts §3.19, §4.5).
type TileCertificate struct {
	// Name is the property reference.
	Name string
	// Generated: signed by the root CA. What no rotation changes, such as a SAML
	// signing certificate, stays signed by a CA that is deleted later; no client
	// verifies its chain.
	Generated bool
	// Issuer of one that is not Generated; IsCA for a trusted one.
	Issuer string
	IsCA   bool
	// Age and Left are how old it is and how long it lasts, negative for one that
	// has expired; the defaults are half and the rest of two years.
	Age, Left time.Duration
	// Procedure is the name of the rotation procedure.
	Procedure string
}

const (
	ownAge  = 365 * day
	ownLeft = 365 * day
)

func (t TileCertificate) dates(now time.Time) (from, until time.Time) {
	age, left := t.Age, t.Left
	if age == 0 {
		age = ownAge
	}
	if left == 0 {
		left = ownLeft
	}
	return now.Add(-age).Truncate(time.Second), now.Add(left).Truncate(time.Second)
}

// addOwnCertificates lays out the tile's configurable certificates.
func (f *Foundation) addOwnCertificates(p *product) {
	for i := range p.tile.Certificates {
		t := &p.tile.Certificates[i]
		if t.Generated {
			f.records = append(f.records, &leafRecord{
				name: t.Name, product: p, deployments: []*deployment{p.main}, job: "generated", configurable: true, own: t,
			})
			continue
		}
		from, until := t.dates(f.clock.now())
		f.listed = append(f.listed, certificate{
			name: t.Name, location: "ops_manager", propertyType: "rsa_cert_credentials", productGUID: p.guid, issuer: t.Issuer,
			from: from, until: until, isCA: t.IsCA, configurable: true, deployments: []string{p.guid}, outdated: []string{}, procedure: t.Procedure,
		})
	}
}
