package customca

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// minimumBits is what today's TLS libraries accept of an RSA key.
const minimumBits = 2048

// minimumLife is what a CA must last so that the rotation to it, and away from
// it again, fits in.
const minimumLife = 180 * 24 * time.Hour

var checks = []func(*x509.Certificate) error{rsaKey, authority, selfSigned, keyIdentifier}

func rsaKey(c *x509.Certificate) error {
	key, ok := c.PublicKey.(*rsa.PublicKey)
	switch {
	case !ok:
		return input.Wrong(setting.Certificate, "has an %s key: expected RSA, Ops Manager takes no other kind", c.PublicKeyAlgorithm)
	case key.N.BitLen() < minimumBits:
		return input.Wrong(setting.Certificate, "has an RSA key of %d bits: expected %d or more", key.N.BitLen(), minimumBits)
	}
	return nil
}

func authority(c *x509.Certificate) error {
	var problems []error
	if !c.BasicConstraintsValid || !c.IsCA {
		problems = append(problems, input.Wrong(setting.Certificate, "is not a CA: expected the extension basicConstraints=critical,CA:TRUE"))
	}
	if c.KeyUsage&x509.KeyUsageCertSign == 0 {
		problems = append(problems, input.Wrong(setting.Certificate, "does not say that it may sign certificates: expected the extension keyUsage=keyCertSign,cRLSign"))
	}
	return errors.Join(problems...)
}

func selfSigned(c *x509.Certificate) error {
	err := c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
	if _, weak := errors.AsType[x509.InsecureAlgorithmError](err); weak {
		return input.Wrong(setting.Certificate, "is signed with %s: expected SHA256-RSA or better, today's TLS libraries take no other", c.SignatureAlgorithm)
	}
	if err != nil {
		return input.Wrong(setting.Certificate, "is not self-signed (issuer %s): expected a root CA, not an intermediate one", c.Issuer)
	}
	return nil
}

// Valid says why the CA cannot be used at the moment now.
func (ca CA) Valid(now time.Time) error {
	c := ca.Certificate
	switch {
	case now.Before(c.NotBefore):
		return input.Wrong(setting.Certificate, "is not valid before %s", c.NotBefore.UTC().Format(time.RFC3339))
	case !now.Before(c.NotAfter):
		return input.Wrong(setting.Certificate, "expired on %s", c.NotAfter.UTC().Format(time.RFC3339))
	case c.NotAfter.Sub(now) < minimumLife:
		return input.Wrong(setting.Certificate, "expires on %s: expected at least %d days of validity", c.NotAfter.UTC().Format(time.RFC3339), minimumLife/(24*time.Hour))
	}
	return nil
}

func keyIdentifier(c *x509.Certificate) error {
	if len(c.SubjectKeyId) == 0 {
		return input.Wrong(setting.Certificate, "has no subject key identifier: OpenSSL based clients cannot tell it from another CA of the same subject; make it with the extension subjectKeyIdentifier=hash")
	}
	return nil
}

func matches(c *x509.Certificate, key *rsa.PrivateKey) error {
	if public, ok := c.PublicKey.(*rsa.PublicKey); ok && !key.PublicKey.Equal(public) {
		return input.Wrong(setting.PrivateKey, "does not belong to certificate: their public keys differ")
	}
	return nil
}
