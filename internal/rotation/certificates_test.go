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

	It("match a company's own CA, whatever its subject is made of", func() {
		attribute := func(value string, oid ...int) pkix.AttributeTypeAndValue {
			return pkix.AttributeTypeAndValue{Type: oid, Value: value}
		}
		directory := selfSigned(pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{
			attribute("com", 0, 9, 2342, 19200300, 100, 1, 25), attribute("corp", 0, 9, 2342, 19200300, 100, 1, 25), attribute("Root", 2, 5, 4, 3),
		}})
		Expect(asked(directory, "/DC=com/DC=corp/CN=Root", "2025-01-01T00:00:00Z").Reason).To(Equal(rotation.ReasonConfigurable))
		Expect(asked(directory, "/CN=Root", "2025-01-01T00:00:00Z").Verdict).To(Equal(rotation.Go))

		umlaut := selfSigned(pkix.Name{Organization: []string{"Müller"}})
		for _, written := range []string{`/O=M\xC3\xBCller`, "/O=Müller"} {
			Expect(asked(umlaut, written, "2025-01-01T00:00:00Z").Reason).To(Equal(rotation.ReasonConfigurable), written)
		}

		unheard := selfSigned(pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{attribute("x", 1, 3, 6, 1, 4, 1, 99999, 1), attribute("Root", 2, 5, 4, 3)}})
		Expect(asked(unheard, "/organizationOfSomeKind=x/CN=Root", "2025-01-01T00:00:00Z").Reason).To(Equal(rotation.ReasonConfigurable), "any may be its own")
	})

	It("match the retiring CA as Ops Manager writes it in its own row", func() {
		unheard := selfSigned(pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: []int{1, 3, 6, 1, 4, 1, 99999, 1}, Value: "x"}}})
		ask := func(issuer string) rotation.Decision {
			supplied, row := leaf(".cf.tls", "2025-01-01T00:00:00Z"), leaf(".properties.root_ca."+guidA, "2024-01-01T00:00:00Z")
			supplied.Configurable, supplied.Issuer = true, issuer
			row.IsCA, row.Issuer = true, "/organizationOfSomeKind=x"
			st := ready(rotation.Delete)
			f := st.f.v0(supplied, row)
			for i := range f.e.CAs {
				f.e.CAs[i].CertPEM = unheard
			}
			return decide(rotation.Delete, st.from, f)
		}
		Expect(ask("/organizationOfSomeKind=x").Reason).To(Equal(rotation.ReasonConfigurable))
		Expect(ask("/CN=another").Verdict).To(Equal(rotation.Go))
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
