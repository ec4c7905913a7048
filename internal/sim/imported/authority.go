package imported

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
)

// authorityRow is a CA of GET /api/v0/certificate_authorities, and of om
// certificate-authorities --format json.
type authorityRow struct {
	GUID      string `json:"guid"`
	Issuer    string `json:"issuer"`
	CreatedOn string `json:"created_on"`
	ExpiresOn string `json:"expires_on"`
	Active    bool   `json:"active"`
	CertPEM   string `json:"cert_pem"`
}

// rootCA is the active CA as it is listed.
type rootCA struct {
	sim.KnownAuthority
	// certain: the certificate itself told dates and subject.
	certain, dateOnly bool
}

// authority is the active root CA; nil when the list is not there.
func (r *reader) authority() *rootCA {
	rows, err := decode[authorityRow](r, authoritiesFile, "certificate_authorities")
	if err != nil {
		return nil
	}
	var active *rootCA
	seen := map[string]bool{}
	for i, row := range rows {
		ca, err := r.readAuthority(row)
		if err != nil {
			r.wrong("%s, CA %d: %w", authoritiesFile, i+1, err)
			continue
		}
		switch {
		case seen[row.GUID]:
			r.wrong("%s has the CA %s twice", authoritiesFile, row.GUID)
		case !row.Active:
			r.note("root CA "+row.GUID, "nothing: it is inactive", "the rehearsal begins with one CA, although a rotation is under way")
		case active != nil:
			r.wrong("%s has two active CAs, %s and %s: Ops Manager has one", authoritiesFile, active.GUID, row.GUID)
		default:
			active = ca
		}
		seen[row.GUID] = true
	}
	if active == nil && len(r.problems) == 0 {
		r.wrong("%s has no active CA: expected one with \"active\": true", authoritiesFile)
	}
	return active
}

func (r *reader) readAuthority(row authorityRow) (*rootCA, error) {
	if row.GUID == "" {
		return nil, errors.New(`it has no guid: expected for example "guid":"f7bc18f34f2a7a9403c3"`)
	}
	created, dateOnly, err := date("created_on", row.CreatedOn)
	if err != nil {
		return nil, err
	}
	expires, _, err := date("expires_on", row.ExpiresOn)
	if err != nil {
		return nil, err
	}
	ca := &rootCA{dateOnly: dateOnly, KnownAuthority: sim.KnownAuthority{
		GUID: row.GUID, Issuer: row.Issuer, CreatedOn: created, ExpiresOn: expires, From: created, Until: expires,
		Subject: authorities.GeneratedSubject,
	}}
	if cert := parse(row.CertPEM); cert != nil {
		ca.certain, ca.Subject = true, cert.Subject
		ca.From, ca.Until = cert.NotBefore, cert.NotAfter
	}
	if !expires.After(created) {
		return nil, fmt.Errorf("it expires on %s, before it was created on %s", row.ExpiresOn, row.CreatedOn)
	}
	if created.After(r.Now.Add(24 * time.Hour)) {
		return nil, fmt.Errorf("it was created on %s, which is to come", row.CreatedOn)
	}
	return ca, nil
}

// parse is the certificate of a PEM, nil when there is none that can be read.
func parse(text string) *x509.Certificate {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return cert
}

// date reads both forms that Ops Manager writes.
func date(key, text string) (at time.Time, dateOnly bool, err error) {
	const first = 1970
	if at, err = time.Parse(time.RFC3339, text); err == nil && at.UTC().Year() >= first {
		return at.UTC(), false, nil
	}
	if at, err = time.Parse(time.DateOnly, text); err == nil && at.Year() >= first {
		return at, true, nil
	}
	return at, false, fmt.Errorf("%s is %q: expected for example 2026-01-09T21:07:37Z", key, text)
}

// rootName is how the certificates list the root CA.
func rootName(guid string) string { return ".properties.root_ca." + guid }

// fromCertificates is the newest root CA of the certificates, or else one that
// is made up: 60 days before its end.
func (r *reader) fromCertificates(all []*certificate) *rootCA {
	var newest *certificate
	for _, k := range all {
		if strings.HasPrefix(k.Name, rootName("")) && (newest == nil || k.From.After(newest.From)) {
			newest = k
		}
	}
	ca := &rootCA{KnownAuthority: sim.KnownAuthority{Issuer: "Pivotal", Subject: authorities.GeneratedSubject}}
	if newest != nil {
		ca.GUID, ca.From, ca.Until = strings.TrimPrefix(newest.Name, rootName("")), newest.From, newest.Until
		r.note(authoritiesFile, "nothing: it is not there", "the root CA of the certificates")
	} else {
		const life, left = 4 * 365 * 24 * time.Hour, 60 * 24 * time.Hour
		ca.GUID, ca.Until = sim.NewGUID(), r.Now.Add(left).Truncate(time.Second)
		ca.From = ca.Until.Add(-life)
		r.note(authoritiesFile, "nothing: it is not there", "a generated root CA with 60 days left")
	}
	ca.CreatedOn, ca.ExpiresOn = ca.From, ca.Until
	return ca
}

// complete takes from the list of certificates what the list of CAs does not
// say, and gives what is left of it.
func (c *rootCA) complete(all []*certificate) (rest []*certificate) {
	for _, k := range all {
		switch {
		case k.Name == rootName(c.GUID):
			c.Custom, c.Listed = k.Configurable, k.KnownCertificate
			if !c.certain {
				c.From, c.Until, c.Subject = k.From, k.Until, authorities.OpenSSLName(k.Issuer)
			}
		case strings.HasPrefix(k.Name, rootName("")):
			// Of a CA that was left out.
		case k.IsCA && k.Location != "credhub" && strings.Contains(strings.ToLower(k.Name+k.Issuer), "nats"):
			if c.NATS.Name == "" || k.From.After(c.NATS.From) && !strings.Contains(c.NATS.Name, c.GUID) || strings.Contains(k.Name, c.GUID) {
				c.NATS = k.KnownCertificate
			}
		default:
			rest = append(rest, k)
		}
	}
	return rest
}
