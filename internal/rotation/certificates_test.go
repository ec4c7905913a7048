package rotation_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

func selfSigned(subject pkix.Name) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: subject, IsCA: true, BasicConstraintsValid: true, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	Expect(err).NotTo(HaveOccurred())
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

var _ = Describe("configurable certificates by issuer (certificates v0)", func() {
	asked := func(caPEM, issuer, from string) rotation.Decision {
		c := leaf(".cf.tls", from)
		c.Configurable, c.Issuer = true, issuer
		st := ready(rotation.Delete)
		f := st.f.v0(c)
		for i := range f.e.CAs {
			f.e.CAs[i].CertPEM = caPEM // old and new CA have one subject
		}
		return decide(rotation.Delete, st.from, f)
	}

	It("match the retiring CA by its subject as OpenSSL writes it", func() {
		pivotal := selfSigned(pkix.Name{Country: []string{"US"}, Organization: []string{"Pivotal"}})
		Expect(asked(pivotal, "/C=US/O=Pivotal", "2025-01-01T00:00:00Z").Reason).To(Equal(rotation.ReasonConfigurable))
		Expect(asked(pivotal, "/C=US/O=Corp", "2025-01-01T00:00:00Z").Verdict).To(Equal(rotation.Go))
		Expect(asked(pivotal, "/C=US/O=Pivotal", "2026-03-05T00:00:00Z").Verdict).To(Equal(rotation.Go), "younger than the new CA")

		full := selfSigned(pkix.Name{Country: []string{"DE"}, Province: []string{"BE"}, Locality: []string{"Berlin"}, Organization: []string{"Corp"}, OrganizationalUnit: []string{"IT"}, CommonName: "Root"})
		Expect(asked(full, "/C=DE/ST=BE/L=Berlin/O=Corp/OU=IT/CN=Root", "2025-01-01T00:00:00Z").Reason).To(Equal(rotation.ReasonConfigurable))
	})

	It("are all suspected when the CA cannot be read", func() {
		for _, broken := range []string{"", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
			Expect(asked(broken, "/CN=anything", "2025-01-01T00:00:00Z").Reason).To(Equal(rotation.ReasonConfigurable))
		}
	})

	It("lists the first few of many", func() {
		var many []evidence.Certificate
		for _, name := range []string{".g", ".a", ".b", ".c", ".d", ".e", ".f", ".a"} {
			c := leaf(name, "2025-01-01T00:00:00Z", guidA)
			c.Configurable = true
			many = append(many, c)
		}
		st := ready(rotation.Delete)
		Expect(decide(rotation.Delete, st.from, st.f.v1(many...)).Message).To(ContainSubstring(": .a, .b, .c, .d, .e and 2 more;"))
	})
})
