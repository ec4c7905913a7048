package rig

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Files of the operator's own CA, as Platform Automation names them.
var (
	CertificateFile = filepath.Join("certs", "certificate.pem")
	PrivateKeyFile  = filepath.Join("certs", "privatekey.pem")
)

// customKey is made once: it takes a while.
var customKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// writeCustomCA leaves a root CA of the operator's own in the build's folder.
func (r *Rig) writeCustomCA() error {
	key, err := customKey()
	if err != nil {
		return fmt.Errorf("make the CA's key: %w", err)
	}
	id := sha256.Sum256(x509.MarshalPKCS1PublicKey(&key.PublicKey))
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{Organization: []string{"Example"}, CommonName: "Example Platform CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(4, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: id[:20],
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return fmt.Errorf("sign the CA: %w", err)
	}
	if err := os.MkdirAll(r.Path("certs"), 0o700); err != nil {
		return fmt.Errorf("make the CA's folder: %w", err)
	}
	if err := r.write(CertificateFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return err
	}
	return r.write(PrivateKeyFile, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}), 0o600)
}
