package sim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // RFC 5280 key identifiers are SHA-1; nothing is secured by it
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// authority is a root CA with the NATS CA that Ops Manager pairs with it.
type authority struct {
	guid      string
	issuer    string
	created   time.Time
	expires   time.Time
	active    bool
	generated bool

	cert *x509.Certificate
	key  *rsa.PrivateKey
	nats natsAuthority
	// known is the certificate of a real foundation that it stands for.
	known *KnownCertificate
}

// natsAuthority signs the credentials of the director's NATS and of the agents.
type natsAuthority struct {
	// known is the one of a real foundation that it stands for.
	known  *KnownCertificate
	cert   *x509.Certificate
	key    *rsa.PrivateKey
	server *lateCertificate
	agent  *lateCertificate
}

// Names that NATS certificates are made for.
const (
	natsServerName = "nats.bosh-internal"
	natsAgentName  = "agent.bosh-internal"
)

// GeneratedSubject is the subject of every generated CA: old and new cannot be
// told apart by it.
var GeneratedSubject = pkix.Name{Country: []string{"US"}, Organization: []string{"Pivotal"}}

// newAuthority generates a root CA.
func (f *Foundation) newAuthority(from time.Time) (*authority, error) {
	key, err := f.caKey()
	if err != nil {
		return nil, err
	}
	cert, err := selfSigned(GeneratedSubject, key, from, f.opts.CAValidity)
	if err != nil {
		return nil, err
	}
	a := &authority{
		guid: NewGUID(), issuer: "Pivotal", generated: true, cert: cert, key: key,
		created: from, expires: cert.NotAfter,
	}
	return a, f.pairNATS(a, from)
}

// customAuthority is a root CA that the operator supplies. Its date may be its
// certificate's NotBefore, long before the upload: two public outputs show the
// two dates exactly four years apart (facts §8).
func (f *Foundation) customAuthority(cert *x509.Certificate, key *rsa.PrivateKey, from time.Time) (*authority, error) {
	a := &authority{
		guid: NewGUID(), issuer: shortIssuer(cert), cert: cert, key: key,
		created: from, expires: cert.NotAfter,
	}
	if f.opts.CreatedOnNotBefore {
		a.created = cert.NotBefore
	}
	return a, f.pairNATS(a, from)
}

// listedName is its subject as the certificates endpoint writes issuers.
func (a *authority) listedName() string {
	if a.known != nil {
		return a.known.Issuer
	}
	return OpenSSLText(a.cert.Subject)
}

func (f *Foundation) pairNATS(a *authority, from time.Time) error {
	key, err := f.natsKeys.get(len(f.authorities) % leafKeys)
	if err != nil {
		return err
	}
	// The NATS CA has a subject of its own per generation: its key comes from the
	// small pool, and only the subject then tells two of them apart.
	subject := pkix.Name{Country: []string{"US"}, Organization: []string{"Pivotal"}, CommonName: "default.nats-ca.bosh-internal." + a.guid}
	validity := f.opts.CAValidity
	if k := a.nats.known; k != nil {
		subject, from, validity = OpenSSLName(k.Issuer), k.From, k.Until.Sub(k.From)
	}
	if a.nats.cert, err = selfSigned(subject, key, from, validity); err != nil {
		return err
	}
	a.nats.key = key
	if a.nats.server, err = f.natsLeaf(a, natsServerName); err != nil {
		return err
	}
	a.nats.agent, err = f.natsLeaf(a, natsAgentName)
	return err
}

// natsLeaf lives as long as its CA: the real ones are short-lived, and every
// agent gets a new one by itself.
func (f *Foundation) natsLeaf(a *authority, name string) (*lateCertificate, error) {
	return f.signLeaf(signRequest{
		by: a.nats.cert, with: a.nats.key, commonName: name, names: []string{name},
		from: a.nats.cert.NotBefore, validity: a.nats.cert.NotAfter.Sub(a.nats.cert.NotBefore),
	})
}

func selfSigned(subject pkix.Name, key *rsa.PrivateKey, from time.Time, validity time.Duration) (*x509.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: subject,
		NotBefore: from, NotAfter: from.Add(validity),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage:     x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
		SubjectKeyId: keyID(&key.PublicKey),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("sign a CA certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

func keyID(key *rsa.PublicKey) []byte {
	sum := sha1.Sum(x509.MarshalPKCS1PublicKey(key)) //nolint:gosec // see the import
	return sum[:]
}

func serial() *big.Int { return new(big.Int).SetBytes(randomBytes(16)) }

func shortIssuer(cert *x509.Certificate) string {
	switch {
	case cert.Subject.CommonName != "":
		return cert.Subject.CommonName
	case len(cert.Subject.Organization) > 0:
		return cert.Subject.Organization[0]
	}
	return cert.Subject.String()
}

func certPEM(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}

func (a *authority) expired(now time.Time) bool {
	return now.After(a.expires) || now.After(a.nats.cert.NotAfter)
}

// bundle is the trust that an apply distributes: every CA listed when it began.
type bundle struct {
	authorities []*authority
	roots, nats *x509.CertPool
}

func newBundle(authorities []*authority) *bundle {
	b := &bundle{roots: x509.NewCertPool(), nats: x509.NewCertPool()}
	for _, a := range authorities {
		b.authorities = append(b.authorities, a)
		b.roots.AddCert(a.cert)
		b.nats.AddCert(a.nats.cert)
	}
	return b
}

func (b *bundle) has(a *authority) bool {
	for _, trusted := range b.authorities {
		if trusted == a {
			return true
		}
	}
	return false
}

func (b *bundle) guids() []string {
	guids := []string{}
	for _, a := range b.authorities {
		guids = append(guids, a.guid)
	}
	return guids
}
