package authorities

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // RFC 5280 key identifiers are SHA-1; nothing is secured by it
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/identifiers"
)

// SignRequest is a leaf certificate to sign.
type SignRequest struct {
	By         *x509.Certificate
	With       *rsa.PrivateKey
	CommonName string
	Names      []string
	From       time.Time
	Validity   time.Duration
}

// Sign makes a leaf certificate, at once or, with LateLeaves, when it is
// first shown.
func (s *Store) Sign(r SignRequest) (*Late, error) {
	s.leafCount++
	key, err := s.leafKeys.get(s.leafCount % leafKeys)
	if err != nil {
		return nil, err
	}
	late := &Late{
		From: r.From.UTC().Truncate(time.Second), Until: r.From.Add(r.Validity).UTC().Truncate(time.Second),
		sign: func() (tls.Certificate, error) { return r.sign(key) },
	}
	if !s.LateLeaves {
		if _, err := late.Made(); err != nil {
			return nil, err
		}
	}
	return late, nil
}

func (s SignRequest) sign(key *rsa.PrivateKey) (tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: Serial(), Subject: pkix.Name{CommonName: s.CommonName}, DNSNames: s.Names,
		NotBefore: s.From, NotAfter: s.From.Add(s.Validity),
		KeyUsage:       x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:    []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		AuthorityKeyId: s.By.SubjectKeyId,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, s.By, &key.PublicKey, s.With)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("sign a leaf certificate for %s: %w", s.CommonName, err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read the leaf certificate of %s back: %w", s.CommonName, err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: parsed}, nil
}

func selfSigned(subject pkix.Name, key *rsa.PrivateKey, from time.Time, validity time.Duration) (*x509.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: Serial(), Subject: subject,
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

// Serial is a random serial number.
func Serial() *big.Int { return new(big.Int).SetBytes(identifiers.Random(16)) }

// PEM is the certificate as text.
func PEM(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}
