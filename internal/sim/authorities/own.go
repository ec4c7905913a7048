package authorities

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"time"
)

// ReadOwn checks what an operator supplies as a root CA. problems is empty
// when it can be used.
func ReadOwn(certificate, privateKey string, now time.Time) (cert *x509.Certificate, key *rsa.PrivateKey, problems []string) {
	if block, _ := pem.Decode([]byte(certificate)); block != nil {
		cert, _ = x509.ParseCertificate(block.Bytes)
	}
	key, kind := readRSAKey(privateKey)
	switch {
	case cert == nil:
		problems = append(problems, "Certificate is not a valid PEM certificate")
	case !cert.IsCA:
		problems = append(problems, "Certificate must be a certificate authority")
	case now.After(cert.NotAfter):
		problems = append(problems, "Certificate has expired")
	}
	if key == nil {
		return cert, nil, append(problems, kind)
	}
	if cert == nil {
		return nil, key, problems
	}
	if public, ok := cert.PublicKey.(*rsa.PublicKey); !ok || !public.Equal(&key.PublicKey) {
		problems = append(problems, "Certificate and private key do not match")
	}
	return cert, key, problems
}

// readRSAKey gives the key, or the reason why there is none.
func readRSAKey(text string) (*rsa.PrivateKey, string) {
	const invalid, notRSA = "Private key is not a valid PEM key", "Private key must be RSA"
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, invalid
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, ""
	}
	if _, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return nil, notRSA
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, invalid
	}
	if key, ok := parsed.(*rsa.PrivateKey); ok {
		return key, ""
	}
	return nil, notRSA
}
