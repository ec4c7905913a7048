// Package customca judges a root CA that an operator brings along, before it
// is handed to Ops Manager: whatever would fail later, in the middle of a
// rotation, is refused here.
package customca

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// CA is a root CA with its private key, checked.
type CA struct {
	CertificatePEM string
	PrivateKeyPEM  string
	Certificate    *x509.Certificate
}

// String keeps the key out of any output.
func (ca CA) String() string { return "custom CA " + ca.Certificate.Subject.String() }

// Format makes every verb of fmt, %#v among them, show String.
func (ca CA) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, ca.String()) }

// Check parses certificate and key and lists every reason why they cannot be a
// root CA of Ops Manager. Whether the CA is valid now is left to Valid, because
// only Ops Manager's clock counts. Sources: Ops Manager keys must be
// RSA (3.5 of the procedures); a CA without a subject key identifier is not
// told from its predecessor of the same subject by OpenSSL based clients.
func Check(certificatePEM, privateKeyPEM []byte) (CA, error) {
	certificate, certificateErr := parseCertificate(certificatePEM)
	key, keyErr := parseKey(privateKeyPEM)
	if err := errors.Join(certificateErr, keyErr); err != nil {
		return CA{}, err
	}
	var problems []error
	for _, check := range checks {
		problems = append(problems, check(certificate))
	}
	if key != nil {
		problems = append(problems, matches(certificate, key))
	}
	if err := errors.Join(problems...); err != nil {
		return CA{}, err
	}
	return CA{CertificatePEM: encoded(certificatePEM), PrivateKeyPEM: encoded(privateKeyPEM), Certificate: certificate}, nil
}

// encoded is a file's block as PEM is written, without the text around it, another
// system's line ends, or headers.
func encoded(text []byte) string {
	block, _ := pem.Decode(lines(text))
	return string(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}))
}

// lines is a text with line feeds at its lines' ends.
func lines(text []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
}

// another tells that more PEM follows, or is meant to.
func another(rest []byte) bool { return bytes.Contains(rest, []byte("-----BEGIN")) }

func parseCertificate(text []byte) (*x509.Certificate, error) {
	block, rest := pem.Decode(lines(text))
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, input.Wrong(setting.Certificate, "is an empty file: expected the root CA in PEM")
	case block == nil:
		return nil, input.Wrong(setting.Certificate, `is not PEM: expected one block that begins with "-----BEGIN CERTIFICATE-----"`)
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return nil, input.Wrong(setting.Certificate, "holds a private key: expected the root CA's certificate (are the two files swapped?)")
	case block.Type != "CERTIFICATE":
		return nil, input.Wrong(setting.Certificate, "holds a PEM block of another type: expected the root CA's CERTIFICATE")
	case another(rest):
		return nil, input.Wrong(setting.Certificate, "holds more than one PEM block: expected the root CA alone, without a chain")
	}
	// Of a parser's error nothing is repeated: it might quote what it read.
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, input.Wrong(setting.Certificate, "cannot be read: expected an undamaged X.509 certificate")
	}
	return certificate, nil
}

// parseKey never wraps a parser's error: it might quote what it read.
func parseKey(text []byte) (*rsa.PrivateKey, error) {
	block, rest := pem.Decode(lines(text))
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, input.Wrong(setting.PrivateKey, "is an empty file: expected the root CA's RSA key in PEM")
	case block == nil:
		return nil, input.Wrong(setting.PrivateKey, "is not PEM: expected the root CA's RSA key in PEM (PKCS #1 or PKCS #8)")
	case block.Type == "CERTIFICATE":
		return nil, input.Wrong(setting.PrivateKey, "holds a certificate: expected the root CA's RSA key (are the two files swapped?)")
	case strings.HasPrefix(block.Type, "EC "):
		return nil, input.Wrong(setting.PrivateKey, "is not an RSA key: Ops Manager takes no other kind")
	case another(rest):
		return nil, input.Wrong(setting.PrivateKey, "holds more than one PEM block: expected the root CA's RSA key alone")
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return nil, input.Wrong(setting.PrivateKey, "is encrypted: Ops Manager needs it in the clear, as openssl rsa -in key.pem -out clear.pem writes it")
	}
	switch block.Type {
	case "RSA PRIVATE KEY":
		if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
			return key, nil
		}
	case "PRIVATE KEY":
		if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			if rsaKey, ok := key.(*rsa.PrivateKey); ok {
				return rsaKey, nil
			}
			return nil, input.Wrong(setting.PrivateKey, "is not an RSA key: Ops Manager takes no other kind")
		}
	default:
		return nil, input.Wrong(setting.PrivateKey, "holds a PEM block of another type: expected an RSA key in PKCS #1 or PKCS #8")
	}
	return nil, input.Wrong(setting.PrivateKey, "cannot be read: expected an undamaged RSA key in PKCS #1 or PKCS #8")
}
