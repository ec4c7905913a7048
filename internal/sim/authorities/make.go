package authorities

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/identifiers"
	"github.com/opsman-ca/opsman-ca/internal/sim/known"
)

// Generate generates a root CA.
func (s *Store) Generate(from time.Time) (*Authority, error) {
	key, err := s.caKey()
	if err != nil {
		return nil, err
	}
	cert, err := selfSigned(GeneratedSubject, key, from, s.Validity)
	if err != nil {
		return nil, err
	}
	a := &Authority{
		GUID: identifiers.GUID(), Issuer: "Pivotal", Generated: true, Cert: cert, Key: key,
		Created: from, Expires: cert.NotAfter,
	}
	return a, s.pairNATS(a, from)
}

// Own is a root CA that the operator supplies. Its date may be its
// certificate's NotBefore, long before the upload: two public outputs show the
// two dates exactly four years apart (facts §8).
func (s *Store) Own(cert *x509.Certificate, key *rsa.PrivateKey, from time.Time) (*Authority, error) {
	a := &Authority{
		GUID: identifiers.GUID(), Issuer: shortIssuer(cert), Cert: cert, Key: key,
		Created: from, Expires: cert.NotAfter,
	}
	if s.CreatedOnNotBefore {
		a.Created = cert.NotBefore
	}
	return a, s.pairNATS(a, from)
}

// OwnFirst is a root CA of the operator's own, with a key that the simulator makes.
func (s *Store) OwnFirst(from time.Time) (*Authority, error) {
	key, err := s.caKey()
	if err != nil {
		return nil, err
	}
	cert, err := selfSigned(OwnSubject, key, from, s.Validity)
	if err != nil {
		return nil, err
	}
	return s.Own(cert, key, from)
}

// Resembling is a root CA with the name, subject and dates of a real one,
// and a key of its own.
func (s *Store) Resembling(k known.Authority) (*Authority, error) {
	key, err := s.caKey()
	if err != nil {
		return nil, err
	}
	cert, err := selfSigned(k.Subject, key, k.From, k.Until.Sub(k.From))
	if err != nil {
		return nil, err
	}
	a := &Authority{GUID: k.GUID, Issuer: k.Issuer, Generated: !k.Custom, Active: true, Cert: cert, Key: key, Created: k.CreatedOn, Expires: k.ExpiresOn}
	if k.Listed.Name != "" {
		a.Like = &k.Listed
	}
	if k.NATS.Name != "" {
		a.NATS.Like = &k.NATS
	}
	return a, s.pairNATS(a, a.Created)
}

func (s *Store) pairNATS(a *Authority, from time.Time) error {
	key, err := s.natsKeys.get(len(s.all) % leafKeys)
	if err != nil {
		return err
	}
	// The NATS CA has a subject of its own per generation: its key comes from the
	// small pool, and only the subject then tells two of them apart.
	subject := pkix.Name{Country: []string{"US"}, Organization: []string{"Pivotal"}, CommonName: "default.nats-ca.bosh-internal." + a.GUID}
	validity := s.Validity
	if k := a.NATS.Like; k != nil {
		subject, from, validity = OpenSSLName(k.Issuer), k.From, k.Until.Sub(k.From)
	}
	if a.NATS.Cert, err = selfSigned(subject, key, from, validity); err != nil {
		return err
	}
	a.NATS.key = key
	if a.NATS.Server, err = s.natsLeaf(a, NATSServerName); err != nil {
		return err
	}
	a.NATS.Agent, err = s.natsLeaf(a, NATSAgentName)
	return err
}

// natsLeaf lives as long as its CA: the real ones are short-lived, and every
// agent gets a new one by itsels.
func (s *Store) natsLeaf(a *Authority, name string) (*Late, error) {
	return s.Sign(SignRequest{
		By: a.NATS.Cert, With: a.NATS.key, CommonName: name, Names: []string{name},
		From: a.NATS.Cert.NotBefore, Validity: a.NATS.Cert.NotAfter.Sub(a.NATS.Cert.NotBefore),
	})
}

func (s *Store) caKey() (*rsa.PrivateKey, error) {
	n := s.caCount
	s.caCount++
	key, err := s.caKeys.get(n)
	s.caKeys.ahead(n + 1)
	return key, err
}
