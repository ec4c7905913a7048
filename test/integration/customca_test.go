package integration_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// customKey is made once: it takes a while.
var customKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 3072) })

// customCA writes a root CA of the operator's own below the build's folder, and
// gives the params of the put with it, and its certificate.
func customCA(folder, name string) (files params, certificate string) {
	GinkgoHelper()
	key, err := customKey()
	Expect(err).NotTo(HaveOccurred())
	id := sha256.Sum256(x509.MarshalPKCS1PublicKey(&key.PublicKey))
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{Organization: []string{"Example"}, CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(4, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: id[:20],
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	Expect(err).NotTo(HaveOccurred())
	certificate = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	Expect(os.MkdirAll(filepath.Join(folder, "custom-ca"), 0o700)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(folder, "custom-ca", "cert.pem"), []byte(certificate), 0o600)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(folder, "custom-ca", "key.pem"), private, 0o600)).To(Succeed())
	return params{"certificate": "custom-ca/cert.pem", "private_key": "custom-ca/key.pem"}, certificate
}
