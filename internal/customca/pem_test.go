package customca_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// keys are made once: they take their time.
var keys = sync.OnceValue(func() (k struct {
	rsa, other, small *rsa.PrivateKey
	ec                *ecdsa.PrivateKey
}) {
	GinkgoHelper()
	var err error
	for key, bits := range map[**rsa.PrivateKey]int{&k.rsa: 2048, &k.other: 2048, &k.small: 1024} {
		*key, err = rsa.GenerateKey(rand.Reader, bits)
		Expect(err).NotTo(HaveOccurred())
	}
	k.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	return k
})

// now is the moment at which the certificates are judged.
var now = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

// template is a root CA that is as it should be.
func template() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{Organization: []string{"Example"}, CommonName: "Root"},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(4, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		SubjectKeyId: []byte{1, 2, 3, 4},
	}
}

// signed is a self-signed certificate, in PEM.
func signed(t *x509.Certificate, key crypto.Signer) string { return issued(t, t, key, key) }

func issued(t, parent *x509.Certificate, key, parentKey crypto.Signer) string {
	GinkgoHelper()
	der, err := x509.CreateCertificate(rand.Reader, t, parent, key.Public(), parentKey)
	Expect(err).NotTo(HaveOccurred())
	return block("CERTIFICATE", der)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func pkcs1(key *rsa.PrivateKey) string {
	return block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
}

func pkcs8(key any) string {
	GinkgoHelper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	Expect(err).NotTo(HaveOccurred())
	return block("PRIVATE KEY", der)
}

func sec1(key *ecdsa.PrivateKey) string {
	GinkgoHelper()
	der, err := x509.MarshalECPrivateKey(key)
	Expect(err).NotTo(HaveOccurred())
	return block("EC PRIVATE KEY", der)
}
