package customca_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/customca"
	"github.com/opsman-ca/opsman-ca/internal/input"
)

// pair is a certificate and a key to judge.
type pair struct{ certificate, key string }

// changed is a good pair with another certificate.
func changed(change func(*x509.Certificate)) pair {
	t := template()
	change(t)
	return pair{signed(t, keys().rsa), pkcs1(keys().rsa)}
}

const (
	notCA        = "certificate is not a CA: expected the extension basicConstraints=critical,CA:TRUE"
	mayNotSign   = "certificate does not say that it may sign certificates: expected the extension keyUsage=keyCertSign,cRLSign"
	noIdentifier = "certificate has no subject key identifier: OpenSSL based clients cannot tell it from another CA of the same subject; make it with the extension subjectKeyIdentifier=hash"
	swapped      = "(are the two files swapped?)"
	notKeyPEM    = "private_key is not PEM: expected the root CA's RSA key in PEM (PKCS #1 or PKCS #8)"
	notCertPEM   = `certificate is not PEM: expected one block that begins with "-----BEGIN CERTIFICATE-----"`
	encrypted    = "private_key is encrypted: Ops Manager needs it in the clear, as openssl rsa -in key.pem -out clear.pem writes it"
	notRSAKey    = "private_key is not an RSA key: Ops Manager takes no other kind"
	unreadable   = "private_key cannot be read: expected an undamaged RSA key in PKCS #1 or PKCS #8"
)

var _ = Describe("Check", func() {
	DescribeTable("takes a root CA with its key",
		func(p func() pair) {
			given := p()
			ca, err := customca.Check([]byte(given.certificate), []byte(given.key))
			Expect(err).NotTo(HaveOccurred())
			// What is handed on is the block alone, as PEM is written.
			Expect(ca.CertificatePEM).To(Equal(signedBlock(given.certificate)))
			Expect(ca.PrivateKeyPEM).To(Equal(signedBlock(given.key)))
			Expect(ca.Certificate.Subject.CommonName).To(Equal("Root"))
			Expect(ca.Valid(now)).To(Succeed())
		},
		Entry("in PKCS #1", func() pair { return pair{signed(template(), keys().rsa), pkcs1(keys().rsa)} }),
		Entry("in PKCS #8", func() pair { return pair{signed(template(), keys().rsa), pkcs8(keys().rsa)} }),
		Entry("with what openssl x509 -text writes before it", func() pair {
			return pair{"Certificate:\n    Data:\n" + signed(template(), keys().rsa) + "\n", pkcs1(keys().rsa) + "\n"}
		}),
		Entry("with text behind it", func() pair {
			return pair{signed(template(), keys().rsa) + "\n# the root of Example\n", pkcs1(keys().rsa) + "# keep it safe\n"}
		}),
		Entry("with the line ends of Windows", func() pair {
			return pair{strings.ReplaceAll(signed(template(), keys().rsa), "\n", "\r\n"), strings.ReplaceAll(pkcs1(keys().rsa), "\n", "\r\n")}
		}),
		Entry("with carriage returns alone", func() pair {
			return pair{strings.ReplaceAll(signed(template(), keys().rsa), "\n", "\r"), strings.ReplaceAll(pkcs1(keys().rsa), "\n", "\r")}
		}),
	)

	DescribeTable("refuses what would fail later, and says why",
		func(p func() pair, wanted ...string) {
			given := p()
			ca, err := customca.Check([]byte(given.certificate), []byte(given.key))
			Expect(ca).To(BeZero())
			var lines []string
			for _, problem := range input.Problems(err) {
				lines = append(lines, problem.Error())
				Expect(problem).NotTo(MatchError(ContainSubstring("\n")))
			}
			Expect(lines).To(Equal(wanted))
			for line := range strings.Lines(given.key) {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "---") {
					Expect(err).NotTo(MatchError(ContainSubstring(line)))
				}
			}
		},
		Entry("an EC certificate with its key", func() pair { return pair{signed(template(), keys().ec), sec1(keys().ec)} }, notRSAKey),
		Entry("an EC certificate with its key in PKCS #8", func() pair { return pair{signed(template(), keys().ec), pkcs8(keys().ec)} }, notRSAKey),
		Entry("an EC key as openssl ecparam writes it", func() pair {
			return pair{signed(template(), keys().ec), block("EC PARAMETERS", []byte{6, 1, 0}) + sec1(keys().ec)}
		}, notRSAKey),
		Entry("an EC certificate with an RSA key", func() pair { return pair{signed(template(), keys().ec), pkcs1(keys().rsa)} },
			"certificate has an ECDSA key: expected RSA, Ops Manager takes no other kind"),
		Entry("an RSA key of 1024 bits", func() pair { return pair{signed(template(), keys().small), pkcs1(keys().small)} },
			"certificate has an RSA key of 1024 bits: expected 2048 or more"),
		Entry("a key of another CA", func() pair { return pair{signed(template(), keys().rsa), pkcs1(keys().other)} },
			"private_key does not belong to certificate: their public keys differ"),
		Entry("no CA", func() pair { return changed(func(t *x509.Certificate) { t.IsCA = false }) }, notCA),
		Entry("no basic constraints", func() pair {
			return changed(func(t *x509.Certificate) { t.IsCA, t.BasicConstraintsValid = false, false })
		}, notCA),
		Entry("no keyCertSign", func() pair {
			return changed(func(t *x509.Certificate) { t.KeyUsage = x509.KeyUsageDigitalSignature })
		}, mayNotSign),
		Entry("no key usage at all", func() pair { return changed(func(t *x509.Certificate) { t.KeyUsage = 0 }) }, mayNotSign),
		Entry("no subject key identifier", func() pair { return pair{withoutIdentifier(), pkcs1(keys().rsa)} }, noIdentifier),
		Entry("a weak signature", func() pair {
			return pair{weak, pkcs1(keys().rsa)}
		}, mayNotSign, "certificate is signed with MD5-RSA: expected SHA256-RSA or better, today's TLS libraries take no other",
			"private_key does not belong to certificate: their public keys differ"),
		Entry("an intermediate CA", func() pair {
			root, intermediate := template(), template()
			intermediate.Subject = pkix.Name{CommonName: "Intermediate"}
			return pair{issued(intermediate, root, keys().rsa, keys().other), pkcs1(keys().rsa)}
		}, "certificate is not self-signed (issuer CN=Root,O=Example): expected a root CA, not an intermediate one"),
		Entry("a leaf, everything at once", func() pair {
			leaf := &x509.Certificate{SerialNumber: template().SerialNumber, Subject: pkix.Name{CommonName: "leaf"}, NotBefore: now, NotAfter: now.AddDate(1, 0, 0)}
			root := template()
			root.SubjectKeyId = nil
			return pair{issued(leaf, root, keys().small, keys().other), pkcs1(keys().rsa)}
		}, "certificate has an RSA key of 1024 bits: expected 2048 or more", notCA, mayNotSign,
			"certificate is not self-signed (issuer CN=Root,O=Example): expected a root CA, not an intermediate one", noIdentifier,
			"private_key does not belong to certificate: their public keys differ"),
		Entry("swapped files", func() pair { return pair{pkcs1(keys().rsa), signed(template(), keys().rsa)} },
			"certificate holds a private key: expected the root CA's certificate "+swapped,
			"private_key holds a certificate: expected the root CA's RSA key "+swapped),
		Entry("a chain", func() pair {
			return pair{signed(template(), keys().rsa) + signed(template(), keys().other), pkcs1(keys().rsa)}
		}, "certificate holds more than one PEM block: expected the root CA alone, without a chain"),
		Entry("certificate and key in one file", func() pair {
			both := signed(template(), keys().rsa) + pkcs1(keys().rsa)
			return pair{both, both}
		}, "certificate holds more than one PEM block: expected the root CA alone, without a chain",
			"private_key holds a certificate: expected the root CA's RSA key "+swapped),
		Entry("two keys", func() pair {
			return pair{signed(template(), keys().rsa), pkcs1(keys().rsa) + pkcs1(keys().other)}
		}, "private_key holds more than one PEM block: expected the root CA's RSA key alone"),
		Entry("a key encrypted in PKCS #8", func() pair {
			return pair{signed(template(), keys().rsa), block("ENCRYPTED PRIVATE KEY", []byte("geheim"))}
		}, encrypted),
		Entry("a key encrypted as OpenSSL used to", func() pair {
			key := pem.EncodeToMemory(&pem.Block{
				Type: "RSA PRIVATE KEY", Bytes: []byte("geheim"),
				Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,0011"},
			})
			return pair{signed(template(), keys().rsa), string(key)}
		}, encrypted),
		Entry("a damaged key", func() pair {
			return pair{signed(template(), keys().rsa), block("RSA PRIVATE KEY", []byte("nonsense"))}
		}, unreadable),
		Entry("a damaged key in PKCS #8", func() pair {
			return pair{signed(template(), keys().rsa), block("PRIVATE KEY", []byte("nonsense"))}
		}, unreadable),
		Entry("a public key", func() pair {
			return pair{signed(template(), keys().rsa), block("PUBLIC KEY", []byte("nonsense"))}
		}, `private_key holds a PEM block of another type: expected an RSA key in PKCS #1 or PKCS #8`),
		Entry("a certificate request", func() pair {
			return pair{block("CERTIFICATE REQUEST", []byte("nonsense")), pkcs1(keys().rsa)}
		}, `certificate holds a PEM block of another type: expected the root CA's CERTIFICATE`),
		Entry("a damaged certificate", func() pair {
			return pair{block("CERTIFICATE", []byte("nonsense")), pkcs1(keys().rsa)}
		}, "certificate cannot be read: expected an undamaged X.509 certificate"),
		Entry("garbage", func() pair { return pair{"nonsense", "geheim"} }, notCertPEM, notKeyPEM),
		Entry("DER", func() pair { return pair{"\x30\x82\x01", "\x30\x82\x02"} }, notCertPEM, notKeyPEM),
		Entry("empty files", func() pair { return pair{" \n", ""} },
			"certificate is an empty file: expected the root CA in PEM", "private_key is an empty file: expected the root CA's RSA key in PEM"),
	)

	It("never shows its key", func() {
		ca, err := customca.Check([]byte(signed(template(), keys().rsa)), []byte(pkcs1(keys().rsa)))
		Expect(err).NotTo(HaveOccurred())
		Expect(ca.String()).To(Equal("custom CA CN=Root,O=Example"))
		shown := fmt.Sprintf("%v %+v %s %#v %v %q", ca, ca, ca, ca, &ca, ca)
		Expect(shown).NotTo(ContainSubstring("PRIVATE KEY"))
	})
})

// signedBlock is a text's one block with nothing around it.
func signedBlock(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = text[max(strings.Index(text, "-----BEGIN"), 0):]
	return text[:strings.LastIndex(text, "-----")] + "-----\n"
}

// withoutIdentifier is a root CA to which crypto/x509 gave no subject key
// identifier: it makes one for every CA, so this one becomes a CA by hand.
func withoutIdentifier() string {
	t := template()
	t.SubjectKeyId, t.BasicConstraintsValid, t.IsCA = nil, false, false
	t.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 3, 1, 1, 0xff}}}
	return signed(t, keys().rsa)
}

var _ = DescribeTable("Valid",
	func(from, until time.Time, wanted string) {
		p := changed(func(t *x509.Certificate) { t.NotBefore, t.NotAfter = from, until })
		ca, err := customca.Check([]byte(p.certificate), []byte(p.key))
		Expect(err).NotTo(HaveOccurred(), "whether it is valid now is not for Check to say")
		if wanted == "" {
			Expect(ca.Valid(now)).To(Succeed())
		} else {
			Expect(ca.Valid(now)).To(MatchError(wanted))
		}
	},
	Entry("long enough", now.AddDate(-1, 0, 0), now.AddDate(0, 0, 180), ""),
	Entry("from this very second on", now, now.AddDate(4, 0, 0), ""),
	Entry("not yet", now.Add(time.Second), now.AddDate(4, 0, 0), "certificate is not valid before 2026-05-04T10:00:01Z"),
	Entry("until this very second", now.AddDate(-1, 0, 0), now, "certificate expired on 2026-05-04T10:00:00Z"),
	Entry("no more", now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0), "certificate expired on 2025-05-04T10:00:00Z"),
	Entry("not for long", now.AddDate(-1, 0, 0), now.AddDate(0, 0, 180).Add(-time.Second),
		"certificate expires on 2026-10-31T09:59:59Z: expected at least 180 days of validity"),
)
