package inputs_test

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

// material are the keys that custom CAs are made of; they are made once, since
// that takes its time.
type material struct {
	rsa, other, small *rsa.PrivateKey
	ec                *ecdsa.PrivateKey
}

var keys = sync.OnceValue(func() (m material) {
	GinkgoHelper()
	var err error
	for key, bits := range map[**rsa.PrivateKey]int{&m.rsa: 2048, &m.other: 2048, &m.small: 1024} {
		*key, err = rsa.GenerateKey(rand.Reader, bits)
		Expect(err).NotTo(HaveOccurred())
	}
	m.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	return m
})

// rootCA is one that is as it should be.
func rootCA() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{Organization: []string{"Example"}, CommonName: "Root"},
		NotBefore: time.Now().AddDate(0, -1, 0), NotAfter: time.Now().AddDate(4, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1, 2, 3, 4},
	}
}

func issued(t, parent *x509.Certificate, key, parentKey crypto.Signer) string {
	GinkgoHelper()
	der, err := x509.CreateCertificate(rand.Reader, t, parent, key.Public(), parentKey)
	Expect(err).NotTo(HaveOccurred())
	return block("CERTIFICATE", der)
}

// signed is a self-signed certificate after a change of its template.
func signed(key crypto.Signer, change func(*x509.Certificate)) string {
	GinkgoHelper()
	t := rootCA()
	change(t)
	return issued(t, t, key, key)
}

func unchanged(*x509.Certificate) {}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func private(key any) string {
	GinkgoHelper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	Expect(err).NotTo(HaveOccurred())
	return block("PRIVATE KEY", der)
}
