package scenarios_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/url"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

var _ = Describe("a pipeline that everybody may look into", func() {
	It("shows no visitor the password during a scheduled rotation, nor after a failed login", func() {
		password, wrong := planted(), planted()
		f := brisk(func(o *sim.Options) { o.Password = password })
		before := f.CA()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), public)
		p.Expose()

		p.Fire()
		p.Chain(line...)
		f.ExpectRotated(before)
		p.Run("activate").Fails("finished-rotation")
		seen := p.Seen()
		expectVisible(seen, "/events", "the rotation is at generated and has reached 0 of 4 products")
		// The get of watch, which comes behind the put, has written its own metadata there.
		expectVisible(seen, "/versions", `"state":"settled"`)
		expectVisible(seen, "/plan", "apply-changes")
		expectHidden(seen, password)

		By("another password, which is wrong; to Concourse it is another resource, without a past")
		p.Set(concourse.Value("opsman.password", wrong))
		p.Run("prepare").Fails("bad credentials")
		p.Check("ca").Fails("bad credentials")
		expectHidden(p.Seen(), password, wrong)
	})

	It("shows no visitor the client's secret, the passphrase, or the key of a root CA of one's own", func() {
		secret, wrong, passphrase := "planted-"+rand.Text(), "planted-"+rand.Text(), planted()
		certificate, key := ownCA()
		f := brisk(func(o *sim.Options) { o.ClientID, o.ClientSecret, o.Passphrase = "rotator", secret, passphrase })
		opsman := f.Opsman()
		opsman["client_id"], opsman["client_secret"], opsman["passphrase"] = "rotator", secret, passphrase
		p := ci.SetPipeline("manual-rotation", concourse.Opsman(opsman), from("secrets.yml"),
			concourse.Value("wrong", wrong), concourse.Value("certificate", certificate), concourse.Value("private_key", key))
		p.Expose()

		Expect(f.Operator(sim.Action{Do: "lock"})).To(Succeed())
		p.Run("dry-run").Succeeds()
		p.Run("key-as-path").Fails("holds PEM: expected the path of a file with it")
		p.Run("refused").Fails("delete refused")
		p.Run("generate").Succeeds()
		Expect(carriedOut(f)).To(Equal([]string{"create"}))
		p.Run("refused").Fails("delete refused (too-early)")
		Expect(f.Operator(sim.Action{Do: "lock"})).To(Succeed())
		p.Run("apply-changes").Succeeds()
		p.Run("stranger").Fails("bad credentials")
		p.Run("stranger-put").Fails("bad credentials")

		seen := p.Seen()
		expectVisible(seen, "/events", "delete refused (too-early)")
		expectHidden(seen, append([]string{secret, wrong, passphrase}, lines(key)...)...)
	})
})

// planted is a secret with everything in it that has to be escaped somewhere.
func planted() string { return `planted "` + rand.Text() + `" & \` + rand.Text() }

// public lets everybody see the builds and versions of a pipeline that is exposed.
func public(s *concourse.Setting) {
	s.Text = strings.ReplaceAll(s.Text, "  serial_groups: [rotation]", "  public: true\n  serial_groups: [rotation]")
	s.Text = strings.ReplaceAll(s.Text, "\n  icon: ", "\n  public: true\n  icon: ")
}

// lines are the lines of a PEM between its first and its last.
func lines(text string) []string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return all[1 : len(all)-1]
}

// ownCA is a root CA with its key.
func ownCA() (certificate, key string) {
	GinkgoHelper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	Expect(err).NotTo(HaveOccurred())
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Our own root"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(4, 0, 0), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	Expect(err).NotTo(HaveOccurred())
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	Expect(err).NotTo(HaveOccurred())
	encode := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return encode("CERTIFICATE", der), encode("PRIVATE KEY", secret)
}

// expectVisible fails unless a visitor sees the text at one of those paths.
func expectVisible(seen map[string]string, path, text string) {
	GinkgoHelper()
	var there []string
	for at, content := range seen {
		if strings.HasPrefix(at, "/api/") && strings.HasSuffix(at, path) {
			there = append(there, content)
		}
	}
	Expect(there).To(ContainElement(ContainSubstring(text)), "what a visitor sees at %s", path)
}

// expectHidden fails when one of the texts has a secret in it, as it is or as it is
// written in JSON, in a URL or in base64, or any private key.
func expectHidden(seen map[string]string, secrets ...string) {
	GinkgoHelper()
	for where, text := range seen {
		Expect(text).NotTo(ContainSubstring("PRIVATE KEY"), where)
		for _, secret := range secrets {
			for _, form := range forms(secret) {
				Expect(strings.Contains(text, form)).To(BeFalse(), "%s has the secret %s:\n%s", where, form, text)
			}
		}
	}
}

func forms(secret string) []string {
	GinkgoHelper()
	quoted, err := json.Marshal(secret)
	Expect(err).NotTo(HaveOccurred())
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	Expect(encoder.Encode(secret)).To(Succeed())
	return []string{
		secret, strings.Trim(string(quoted), `"`), strings.Trim(strings.TrimSpace(plain.String()), `"`),
		url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)),
	}
}
