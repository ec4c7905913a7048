package sim_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

func parseCert(text string) *x509.Certificate {
	GinkgoHelper()
	block, _ := pem.Decode([]byte(text))
	Expect(block).NotTo(BeNil())
	cert, err := x509.ParseCertificate(block.Bytes)
	Expect(err).NotTo(HaveOccurred())
	return cert
}

func rsaKey() *rsa.PrivateKey {
	GinkgoHelper()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	Expect(err).NotTo(HaveOccurred())
	return key
}

// custom makes a certificate and its key as PEM.
func custom(key crypto.Signer, isCA bool, until time.Time) (string, string) {
	GinkgoHelper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Example Root"}, NotBefore: until.AddDate(-5, 0, 0), NotAfter: until,
		IsCA: isCA, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	Expect(err).NotTo(HaveOccurred())
	private, err := x509.MarshalPKCS8PrivateKey(key)
	Expect(err).NotTo(HaveOccurred())
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

var _ = Describe("root CAs", func() {
	It("share their subject and differ in key identifier; a generated one is inactive", func() {
		om := loggedIn(sim.Options{})
		om.generate()
		list := om.authorities()
		Expect(list).To(HaveLen(2))
		first, second := parseCert(text(list[0]["cert_pem"])), parseCert(text(list[1]["cert_pem"]))
		Expect(first.Subject.String()).To(Equal(second.Subject.String()))
		Expect(bytes.Equal(first.SubjectKeyId, second.SubjectKeyId)).To(BeFalse())
		Expect(first.CheckSignatureFrom(first)).To(Succeed())
		Expect(list[0]["active"]).To(BeTrue())
		Expect(list[1]["active"]).To(BeFalse())
		Expect(list[1]["issuer"]).To(Equal("Pivotal"))
		Expect(list[1]["guid"]).To(MatchRegexp(`^[0-9a-f]{20}$`))
		nats := parseCert(text(list[1]["nats_cert_pem"]))
		Expect(nats.IsCA).To(BeTrue())
	})

	DescribeTable("dates and fields by version and option", func(o sim.Options, date string, nats bool) {
		om := loggedIn(o)
		ca := om.authorities()[0]
		Expect(ca["created_on"]).To(MatchRegexp(date))
		Expect(ca["expires_on"]).To(MatchRegexp(date))
		_, has := ca["nats_cert_pem"]
		Expect(has).To(Equal(nats))
	},
		Entry("2.10", sim.Options{Version: "2.10.60-build.1"}, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`, false),
		Entry("3.0", sim.Options{Version: "3.0.25-build.1261"}, `T`, false),
		Entry("3.1 with bare dates", sim.Options{DateOnly: true}, `^\d{4}-\d\d-\d\d$`, true),
	)

	DescribeTable("refuse", func(method, path string, status int, message string) {
		om := loggedIn(sim.Options{})
		if path == "active" {
			path = cas + "/" + text(om.authorities()[0]["guid"])
		}
		a := om.call(method, path, nil)
		Expect(a.status).To(Equal(status))
		Expect(a.body["errors"]).To(ConsistOf(message))
	},
		Entry("to activate an unknown one", "POST", activatePath("nothere"), http.StatusNotFound, "Certificate with specified guid not found"),
		Entry("to delete an unknown one", "DELETE", cas+"/nothere", http.StatusNotFound, "Certificate with specified guid not found"),
		Entry("to delete the active one", "DELETE", "active", http.StatusUnprocessableEntity, "Active certificates cannot be deleted"),
	)

	Describe("of the operator's own", func() {
		var key *rsa.PrivateKey
		later := time.Now().AddDate(3, 0, 0)
		BeforeEach(func() {
			var err error
			key, err = rsa.GenerateKey(rand.Reader, 1024)
			Expect(err).NotTo(HaveOccurred())
		})

		It("are taken, inactive, and carry a rotation", func() {
			om := loggedIn(sim.Options{})
			cert, private := custom(key, true, later)
			a := om.mustPost(cas, map[string]any{"cert_pem": cert, "private_key_pem": private})
			Expect(a.body["active"]).To(BeFalse())
			Expect(a.body["issuer"]).To(Equal("Example Root"))
			Expect(om.apply()).To(Succeed())
			om.mustPost(activatePath(text(a.body["guid"])), nil)
			om.mustPost(cas+"/active/regenerate", nil)
			Expect(om.apply()).To(Succeed())
			Expect(om.Broken()).To(BeEmpty())
		})

		It("are refused with every reason", func() {
			om := loggedIn(sim.Options{})
			other, err := rsa.GenerateKey(rand.Reader, 1024)
			Expect(err).NotTo(HaveOccurred())
			elliptic256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			Expect(err).NotTo(HaveOccurred())
			good, private := custom(key, true, later)
			_, otherPrivate := custom(other, true, later)
			leaf, _ := custom(key, false, later)
			old, _ := custom(key, true, time.Now().Add(-time.Hour))
			ecCert, ecKey := custom(elliptic256, true, later)
			for _, c := range []struct{ cert, key, want string }{
				{"nonsense", private, "not a valid PEM certificate"},
				{good, "nonsense", "not a valid PEM key"},
				{good, otherPrivate, "do not match"},
				{leaf, private, "must be a certificate authority"},
				{old, private, "has expired"},
				{ecCert, ecKey, "must be RSA"},
			} {
				a := om.call("POST", cas, map[string]any{"cert_pem": c.cert, "private_key_pem": c.key})
				Expect(a.status).To(Equal(http.StatusUnprocessableEntity))
				Expect(a.body["errors"]).To(ContainElement(ContainSubstring(c.want)))
			}
			Expect(om.authorities()).To(HaveLen(1))
		})
	})

	It("that have expired fail every apply at the director", func() {
		om := loggedIn(sim.Options{})
		om.Advance(100 * 24 * time.Hour)
		om.login()
		Expect(om.apply()).To(MatchError(ContainSubstring("x509: certificate has expired or is not yet valid")))
		Expect(om.get("/api/v0/deployed/certificates").body["certificates"]).To(BeEmpty())
	})
})
