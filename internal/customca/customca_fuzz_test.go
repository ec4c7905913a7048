package customca_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/customca"
)

// fuzzCA is a CA that is accepted.
func fuzzCA(f *testing.F) (certificate, key []byte) {
	f.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Our \x1b[2JRoot\n"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(4, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, SubjectKeyId: []byte{1, 2, 3, 4},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		f.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
}

// FuzzCheck: a root CA of the operator's own.
func FuzzCheck(f *testing.F) {
	certificate, key := fuzzCA(f)
	f.Add(certificate, key)
	f.Add(key, certificate)
	f.Add(certificate, certificate)
	f.Add(append(bytes.Clone(certificate), key...), key)
	f.Add(certificate, append(bytes.Clone(key), "geheim"...))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"), []byte("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte(""), []byte("-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: geheim\n\nMAA=\n-----END RSA PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, certificate, key []byte) {
		ca, err := customca.Check(certificate, key)
		if err != nil {
			text := err.Error()
			for line := range strings.Lines(string(key)) {
				if line = strings.TrimSpace(line); len(line) > 40 && !strings.HasPrefix(line, "-----") && strings.Contains(text, line) {
					t.Fatalf("the key shows in %q", text)
				}
			}
			if len(text) > 64<<10 {
				t.Fatalf("%d bytes are too many to read", len(text))
			}
			return
		}
		if strings.Contains(ca.String(), "PRIVATE KEY") || ca.Certificate == nil {
			t.Fatalf("%v", ca)
		}
		again, err := customca.Check([]byte(ca.CertificatePEM), []byte(ca.PrivateKeyPEM))
		if err != nil || !again.Certificate.Equal(ca.Certificate) {
			t.Fatalf("accepted, and refused when read again: %v", err)
		}
		if strings.Count(ca.CertificatePEM, "-----BEGIN") != 1 || strings.Contains(ca.CertificatePEM, "PRIVATE KEY") {
			t.Fatalf("the certificate holds more than itself: %q", ca.CertificatePEM)
		}
	})
}
