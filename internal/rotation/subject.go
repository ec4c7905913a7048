package rotation

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// short are the attribute names that OpenSSL, and so the certificates endpoint,
// writes; others appear by their number.
var short = map[string]string{
	"2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.10": "O", "2.5.4.11": "OU",
	"1.2.840.113549.1.9.1": "emailAddress",
}

// opensslSubject is the subject of a PEM certificate as the certificates
// endpoint writes an issuer: "/C=US/O=Pivotal".
func opensslSubject(certPEM string) (string, error) {
	block, _ := pem.Decode([]byte(certPEM))
	if block == nil {
		return "", errors.New("no PEM block in cert_pem")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", fmt.Errorf("reading cert_pem: %w", err)
	}
	var subject strings.Builder
	for _, name := range certificate.Subject.Names {
		fmt.Fprintf(&subject, "/%s=%v", attribute(name.Type), name.Value)
	}
	return subject.String(), nil
}

func attribute(oid asn1.ObjectIdentifier) string {
	if name, known := short[oid.String()]; known {
		return name
	}
	return oid.String()
}
