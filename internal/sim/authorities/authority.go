package authorities

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/known"
)

// Authority is a root CA with the NATS CA that Ops Manager pairs with it.
type Authority struct {
	GUID      string
	Issuer    string
	Created   time.Time
	Expires   time.Time
	Active    bool
	Generated bool

	Cert *x509.Certificate
	Key  *rsa.PrivateKey
	NATS NATS
	// Like is the certificate of a real foundation that it stands for.
	Like *known.Certificate
}

// NATS signs the credentials of the director's NATS and of the agents.
type NATS struct {
	// Like is the one of a real foundation that it stands for.
	Like   *known.Certificate
	Cert   *x509.Certificate
	key    *rsa.PrivateKey
	Server *Late
	Agent  *Late
}

// Names that NATS certificates are made for.
const (
	NATSServerName = "nats.bosh-internal"
	NATSAgentName  = "agent.bosh-internal"
)

// OwnSubject is the subject of the operator's own root CA: a company's, with letters and
// attributes that no generated CA has.
var OwnSubject = pkix.Name{
	Country: []string{"DE"}, Organization: []string{"Example Corp"}, OrganizationalUnit: []string{"Büro"}, CommonName: "Example Corp Root CA",
	ExtraNames: []pkix.AttributeTypeAndValue{{Type: directory, Value: "example"}, {Type: directory, Value: "com"}},
}

// GeneratedSubject is the subject of every generated CA: old and new cannot be
// told apart by it.
var GeneratedSubject = pkix.Name{Country: []string{"US"}, Organization: []string{"Pivotal"}}

// ListedName is its subject as the certificates endpoint writes issuers.
func (a *Authority) ListedName() string {
	if a.Like != nil {
		return a.Like.Issuer
	}
	return OpenSSLText(a.Cert.Subject)
}

func shortIssuer(cert *x509.Certificate) string {
	switch {
	case cert.Subject.CommonName != "":
		return cert.Subject.CommonName
	case len(cert.Subject.Organization) > 0:
		return cert.Subject.Organization[0]
	}
	return cert.Subject.String()
}

// Expired tells whether it, or its NATS CA, has expired.
func (a *Authority) Expired(now time.Time) bool {
	return now.After(a.Expires) || now.After(a.NATS.Cert.NotAfter)
}
