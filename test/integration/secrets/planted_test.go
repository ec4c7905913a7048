package secrets_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// What is planted. Each secret has all that quoting trips over; the words within
// (geheim…, rest…) are looked for by themselves as well.
const (
	password     = `geheim7f3a"p'\%41&<w>` + "\n" + `rest9c2e+/=`
	clientSecret = `geheim20b7"c'\%25;s rest61aa`
	passphrase   = `geheimE2a9"q\n%7Drest03bd`
)

// theirKey is a private key that is not ours: a server puts it into answers.
var theirKey = sync.OnceValue(func() string {
	GinkgoHelper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	Expect(err).NotTo(HaveOccurred())
	return privatePEM(key)
})

// customCA is a root CA with its key.
var customCA = sync.OnceValues(func() (certificate, key string) {
	GinkgoHelper()
	made, err := rsa.GenerateKey(rand.Reader, 2048)
	Expect(err).NotTo(HaveOccurred())
	t := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Our Root"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(4, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1, 2, 3, 4},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, made.Public(), made)
	Expect(err).NotTo(HaveOccurred())
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), privatePEM(made)
})

func privatePEM(key *rsa.PrivateKey) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// word is a distinctive part of a secret, and long enough to be nothing else.
var word = regexp.MustCompile(`(geheim|rest)[A-Za-z0-9]{4}`)

// forms are the ways in which a secret may be written.
func forms(secret string) []string {
	plain, _ := json.Marshal(secret)
	var html strings.Builder
	encoder := json.NewEncoder(&html)
	encoder.SetEscapeHTML(false)
	Expect(encoder.Encode(secret)).To(Succeed())
	all := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), inside(string(plain)), inside(strings.TrimSpace(html.String())), inside(fmt.Sprintf("%q", secret)),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)), base64.RawStdEncoding.EncodeToString([]byte(secret)),
	}
	all = append(all, word.FindAllString(secret, -1)...)
	if strings.Contains(secret, "PRIVATE KEY") {
		for line := range strings.Lines(secret) {
			if line = strings.TrimSpace(line); len(line) > 40 {
				all = append(all, line)
			}
		}
	}
	return all
}

func inside(quoted string) string { return strings.TrimSuffix(strings.TrimPrefix(quoted, `"`), `"`) }

// keyBlock is the beginning of any private key in PEM.
var keyBlock = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY`)

// leaks are the secrets that a text has, each with what is around it.
func leaks(text string, secrets []string) []string {
	var found []string
	add := func(what string, at int) {
		found = append(found, fmt.Sprintf("%q in …%s…", what, text[max(0, at-80):min(len(text), at+len(what)+20)]))
	}
	for _, secret := range secrets {
		for _, form := range forms(secret) {
			if at := strings.Index(text, form); at >= 0 {
				add(form, at)
			}
		}
	}
	if at := keyBlock.FindStringIndex(text); at != nil {
		add(text[at[0]:at[1]], at[0])
	}
	return found
}
