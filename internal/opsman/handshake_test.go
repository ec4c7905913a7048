package opsman_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// signer is a CA that signs web certificates.
type signer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

// issue makes a certificate by a template; without a parent it signs itself.
func issue(template *x509.Certificate, parent *signer) *signer {
	GinkgoHelper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	by, signing := template, key
	if parent != nil {
		by, signing = parent.cert, parent.key
	}
	template.SerialNumber = big.NewInt(7)
	if template.NotBefore.IsZero() {
		template.NotBefore = time.Now().Add(-time.Hour)
	}
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(time.Hour)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by, &key.PublicKey, signing)
	Expect(err).NotTo(HaveOccurred())
	cert, err := x509.ParseCertificate(der)
	Expect(err).NotTo(HaveOccurred())
	return &signer{cert: cert, key: key, pem: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
}

func authority(name string, change func(*x509.Certificate)) *signer {
	template := &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	if change != nil {
		change(template)
	}
	return issue(template, nil)
}

// web is a certificate for 127.0.0.1, as the test's servers have it.
func web(by *signer, change func(*x509.Certificate)) *signer {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "opsman.example.com"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(template)
	}
	return issue(template, by)
}

var _ = DescribeTable("A connection that fails says what is wrong with the certificate, and what to do about that,",
	func(ctx SpecContext, problem opsman.HandshakeProblem, certificates func() (served, given *signer), wanted ...string) {
		served, given := certificates()
		s := newServer()
		s.TLS.Certificates = []tls.Certificate{{Certificate: [][]byte{served.cert.Raw}, PrivateKey: served.key}}
		cfg := s.config()
		cfg.CACert = ""
		if given != nil {
			cfg.CACert = given.pem
		}
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(HaveOccurred())
		var failed *opsman.HandshakeError
		Expect(errors.As(err, &failed)).To(BeTrue(), "%v", err)
		Expect(failed.Problem).To(Equal(problem))
		Expect(err.Error()).To(HavePrefix("POST /uaa/oauth/token got no answer from Ops Manager at " + s.URL + ": "))
		for _, text := range wanted {
			text = strings.ReplaceAll(text, "FROM", served.cert.NotBefore.UTC().Format("2006-01-02 15:04 UTC"))
			Expect(err.Error()).To(ContainSubstring(strings.ReplaceAll(text, "UNTIL", served.cert.NotAfter.UTC().Format("2006-01-02 15:04 UTC"))))
		}
		Expect(strings.Count(err.Error(), "ca_cert") > 0).To(Equal(problem == opsman.CertificateUnknown || strings.Contains(err.Error(), "the CA that signed")))
		Expect(err.Error()).NotTo(ContainSubstring("skip_ssl_validation"))
		Expect(client.clock.slept()).To(BeEmpty())
		Expect(s.all()).To(BeEmpty())
	},
	Entry("which has expired, although its CA is given", opsman.CertificateExpired, func() (*signer, *signer) {
		ca := authority("Company Root", nil)
		return web(ca, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }), ca
	}, "its web certificate has expired (subject CN=opsman.example.com, valid until UNTIL): install a new one in Ops Manager"),
	Entry("which has expired and signed itself", opsman.CertificateExpired, func() (*signer, *signer) {
		return web(nil, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }), nil
	}, "has expired (subject CN=opsman.example.com, valid until UNTIL)"),
	Entry("which is not valid yet", opsman.CertificateExpired, func() (*signer, *signer) {
		ca := authority("Company Root", nil)
		return web(ca, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }), ca
	}, "is not valid yet (subject CN=opsman.example.com, valid from FROM; current time ", "correct the clock of this machine"),
	Entry("whose CA has expired", opsman.CertificateExpired, func() (*signer, *signer) {
		ca := authority("Company Root", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
		return web(ca, nil), ca
	}, "the CA that signed its web certificate is outside its time (subject CN=Company Root, valid from ", "give that CA as ca_cert"),
	Entry("which is for other names", opsman.CertificateOfOther, func() (*signer, *signer) {
		ca := authority("Company Root", nil)
		return web(ca, func(c *x509.Certificate) {
			c.IPAddresses, c.DNSNames = []net.IP{net.IPv4(10, 0, 0, 5)}, []string{"opsman.example.com", "pcf.example.com"}
		}), ca
	}, "is not for 127.0.0.1 (subject CN=opsman.example.com; its names: opsman.example.com, pcf.example.com, 10.0.0.5): use one of these names in target, or install a certificate for 127.0.0.1 in Ops Manager"),
	Entry("which is for very many other names", opsman.CertificateOfOther, func() (*signer, *signer) {
		ca := authority("Company Root", nil)
		return web(ca, func(c *x509.Certificate) {
			c.IPAddresses, c.DNSNames = nil, strings.Split(strings.Repeat("x.example.com ", 11)+"y.example.com", " ")
		}), ca
	}, "x.example.com, and 4 more): use one of these"),
	Entry("which has a common name alone", opsman.CertificateUnnamed, func() (*signer, *signer) {
		ca := authority("Company Root", nil)
		return web(ca, func(c *x509.Certificate) { c.Subject.CommonName, c.IPAddresses = "127.0.0.1", nil }), ca
	}, "has no subject alternative names (subject CN=127.0.0.1), and a common name alone is not accepted any more: install one in Ops Manager (Settings, SSL Certificate) that has 127.0.0.1 among its subject alternative names"),
	Entry("whose CA is not given", opsman.CertificateUnknown, func() (*signer, *signer) {
		return web(authority("Company Root", nil), nil), nil
	}, "certificate signed by unknown authority; subject CN=opsman.example.com, signed by CN=Company Root): give the certificate of CN=Company Root as ca_cert"),
	Entry("which signed itself", opsman.CertificateUnknown, func() (*signer, *signer) { return web(nil, nil), nil },
		"signed by CN=opsman.example.com): it signed itself, so give this very certificate as ca_cert"),
	Entry("whose CA is not the one that is given", opsman.CertificateUnknown, func() (*signer, *signer) {
		return web(authority("Company Root", nil), nil), authority("Other Root", nil)
	}, "signed by CN=Company Root; given is CN=Other Root, which did not sign it): give the certificate of CN=Company Root as well, as ca_cert"),
	Entry("whose CA was made anew under its name", opsman.CertificateUnknown, func() (*signer, *signer) {
		return web(authority("Company Root", nil), nil), authority("Company Root", nil)
	}, "the given CA has that name and another key, so Ops Manager's certificate or its CA was made anew: give the present one as ca_cert"),
	Entry("which is for no web server", opsman.CertificateUnusable, func() (*signer, *signer) {
		ca := authority("Company Root", nil)
		return web(ca, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), ca
	}, "its web certificate cannot be used (subject CN=opsman.example.com, valid until UNTIL): ", "incompatible key usage"),
)

var _ = Describe("A port without TLS", func() {
	It("is told apart from a certificate, at once", func(ctx SpecContext) {
		plain := httptest.NewServer(http.NotFoundHandler())
		DeferCleanup(plain.Close)
		cfg := newServer().config()
		cfg.Target = strings.Replace(plain.URL, "http:", "https:", 1)
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		var failed *opsman.HandshakeError
		Expect(errors.As(err, &failed)).To(BeTrue(), "%v", err)
		Expect(failed.Problem).To(Equal(opsman.NotTLS))
		Expect(err).To(MatchError(And(
			ContainSubstring("an HTTP server without TLS answers there (http: server gave HTTP response to HTTPS client)"),
			HaveSuffix("give the port on which Ops Manager speaks https, 443 unless it was changed, in target"))))
		Expect(client.clock.slept()).To(BeEmpty())
	})

	It("may be of another protocol", func(ctx SpecContext) {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(listener.Close)
		go func() {
			defer GinkgoRecover()
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Write([]byte("SSH-2.0-OpenSSH_9.6\r\n"))
				_ = conn.Close()
			}
		}()
		cfg := newServer().config()
		cfg.Target = "https://" + listener.Addr().String()
		client := connect(cfg)
		_, err = client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("what answers there does not speak TLS")))
		Expect(client.clock.slept()).To(BeEmpty())
	})
})
