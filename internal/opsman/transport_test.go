package opsman_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("The connection", func() {
	const list = "GET /api/v0/certificate_authorities"
	var s *server
	BeforeEach(func() {
		s = newServer()
		s.on(list, answer(200, authorities))
	})

	It("is one for the token and everything else", func(ctx SpecContext) {
		s.on("GET /api/v0/deployed/products", answer(200, `[]`+strings.Repeat(" ", 100_000)))
		s.on("POST /api/v0/certificate_authorities/active/regenerate", answer(422, `{"errors":["no"]}`))
		s.on("GET /api/v0/staged/pending_changes", page(502), answer(200, `{"product_changes":[]}`))
		s.on("DELETE /api/v0/certificate_authorities/abc", answer(200, `{}`))
		client := connect(s.config())
		_, err := client.Info(ctx)
		Expect(err).NotTo(HaveOccurred())
		for range 5 {
			_, err = client.CertificateAuthorities(ctx)
			Expect(err).NotTo(HaveOccurred())
		}
		_, err = client.DeployedProducts(ctx)
		Expect(err).NotTo(HaveOccurred())
		_, err = client.Regenerate(ctx)
		Expect(err).To(HaveOccurred())
		_, err = client.PendingChanges(ctx)
		Expect(err).NotTo(HaveOccurred())
		_, err = client.Delete(ctx, "abc")
		Expect(err).NotTo(HaveOccurred())
		Expect(client.Requests()).To(Equal(len(s.all())))
		Expect(client.Requests()).To(Equal(14)) // 10 calls, a token, one more try with two looks before it
		Expect(s.connected()).To(Equal(1))
	})

	It("carries one request at a time", func(ctx SpecContext) {
		var now, most atomic.Int32
		s.on(list, func(w http.ResponseWriter, r *http.Request) {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			answer(200, authorities)(w, r)
		})
		client := connect(s.config())
		var all sync.WaitGroup
		var failures atomic.Int32
		for range 8 {
			all.Go(func() {
				if _, err := client.CertificateAuthorities(ctx); err != nil {
					failures.Add(1)
				}
			})
		}
		all.Wait()
		Expect(failures.Load()).To(BeZero())
		Expect(most.Load()).To(Equal(int32(1)))
		Expect(s.sent("POST /uaa/oauth/token")).To(HaveLen(1))
		Expect(s.connected()).To(Equal(1))
	})

	It("lets a cancelled call stop waiting for its turn", func(ctx SpecContext) {
		release, arrived := make(chan struct{}), make(chan struct{})
		s.on(list, func(w http.ResponseWriter, r *http.Request) {
			close(arrived)
			<-release
			answer(200, authorities)(w, r)
		})
		client := connect(s.config())
		first := make(chan error, 1)
		go func() {
			_, err := client.CertificateAuthorities(ctx)
			first <- err
		}()
		Eventually(arrived).Should(BeClosed())
		impatient, cancel := context.WithCancel(ctx)
		cancel()
		_, err := client.CertificateAuthorities(impatient)
		Expect(err).To(MatchError(context.Canceled))
		close(release)
		Eventually(first).Should(Receive(BeNil()))
	})

	It("is refused to a certificate of an unknown authority, at once and with the key to set", func(ctx SpecContext) {
		cfg := s.config()
		cfg.CACert = newCertificate()
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(And(ContainSubstring("ca_cert"), ContainSubstring("certificate signed by unknown authority"))))
		Expect(client.clock.slept()).To(BeEmpty())
	})

	It("trusts one of several certificates in ca_cert", func(ctx SpecContext) {
		cfg := s.config()
		cfg.CACert = newCertificate() + "\n" + s.caCert()
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.ReadSystemCertificates()).To(BeFalse(), "that takes longer than the rest of a check")
	})

	DescribeTable("trusts what the system trusts", func(ctx SpecContext, caCert func() string) {
		s.TLS.Certificates = []tls.Certificate{company.tls}
		cfg := s.config()
		cfg.CACert = caCert()
		client := connect(cfg)
		for range 2 {
			_, err := client.CertificateAuthorities(ctx)
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(s.all()).To(Equal([]string{"POST /uaa/oauth/token", list, list}))
		Expect(formOf(s.sent("POST /uaa/oauth/token")[0])).To(HaveKeyWithValue("username", []string{"admin"}))
	},
		Entry("without ca_cert", func() string { return "" }),
		Entry("with a ca_cert that is another's", newCertificate),
	)

	It("is closed with the client, and made again for the next call", func(ctx SpecContext) {
		for _, caCert := range []string{s.caCert(), newCertificate()} {
			s = newServer()
			s.on(list, answer(200, authorities))
			if caCert != s.caCert() {
				s.TLS.Certificates = []tls.Certificate{company.tls}
			}
			cfg := s.config()
			cfg.CACert = caCert
			client := connect(cfg)
			_, err := client.CertificateAuthorities(ctx)
			Expect(err).NotTo(HaveOccurred())
			before := s.connected()
			client.Close()
			_, err = client.CertificateAuthorities(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(s.connected()).To(Equal(before + 1))
		}
	})

	It("skips validation only when told", func(ctx SpecContext) {
		cfg := s.config()
		cfg.CACert, cfg.SkipSSLValidation = "", true
		_, err := connect(cfg).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
	})

	It("is at least TLS 1.2", func(ctx SpecContext) {
		old := newServer()
		// Go's own server would not take part either unless told to.
		old.TLS.MinVersion, old.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		client := connect(old.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("protocol version")))
		Expect(client.clock.slept()).To(BeEmpty())
	})

	It("says so when it is not TLS at all", func(ctx SpecContext) {
		cfg := s.config()
		cfg.Target = "https://" + proxy.address()
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("HTTP response to HTTPS client")))
		Expect(client.clock.slept()).To(BeEmpty())
	})

	It("does not wait for a host that does not exist", func(ctx SpecContext) {
		proxy.lead("", 0)
		cfg := s.config()
		cfg.Target = "https://localhost.invalid"
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(HaveOccurred())
	})

	DescribeTable("never follows a redirect", func(ctx SpecContext, status int) {
		elsewhere := newServer()
		s.on(list, answer(status, ``, "Location", elsewhere.URL+"/api/v0/certificate_authorities"))
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		var redirected *opsman.RedirectError
		Expect(errors.As(err, &redirected)).To(BeTrue())
		Expect(err.Error()).To(And(ContainSubstring("not followed"), ContainSubstring(elsewhere.URL), ContainSubstring("check that target")))
		Expect(elsewhere.all()).To(BeEmpty())
	}, Entry("301", 301), Entry("302", 302), Entry("303", 303), Entry("307", 307), Entry("308", 308))

	It("ends a request that takes too long", func(ctx SpecContext) {
		s.on(list, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		cfg := s.config()
		cfg.RequestTimeout, cfg.RetryFor = 100*time.Millisecond, time.Millisecond
		_, err := connect(cfg).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("did not answer within the request timeout of 100ms")))
	})

	It("tells Ops Manager's clock", func(ctx SpecContext) {
		at := time.Date(2026, 8, 1, 10, 20, 30, 0, time.UTC)
		s.on(list, answer(200, authorities, "Date", at.Format(http.TimeFormat)))
		client := connect(s.config())
		Expect(client.ServerTime()).To(BeZero())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.ServerTime()).To(Equal(at))
	})

	It("refuses a GUID that would change the path", func(ctx SpecContext) {
		client := connect(s.config())
		for _, guid := range []string{"", "../x", "a/b", "a?b", "a%2fb", "a b", "a#b"} {
			_, err := client.Delete(ctx, guid)
			Expect(err).To(MatchError(ContainSubstring("is not the GUID")))
			_, err = client.Activate(ctx, guid)
			Expect(err).To(MatchError(ContainSubstring("is not the GUID")))
		}
		Expect(s.all()).To(BeEmpty())
	})
})

var _ = Describe("A proxy in the environment", func() {
	var s *server
	BeforeEach(func() {
		s = newServer()
		s.on("GET /api/v0/certificate_authorities", answer(200, authorities))
		s.on("POST /api/v0/certificate_authorities/generate", answer(200, `{"guid":"abc"}`))
	})
	config := func() opsman.Config {
		cfg := s.config()
		cfg.Target = "https://example.com" // a name in the test server's certificate
		return cfg
	}

	It("is used", func(ctx SpecContext) {
		proxy.lead(s.Listener.Addr().String(), 0)
		_, err := connect(config()).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(proxy.hosts()).To(Equal([]string{"CONNECT example.com:443"}))
		Expect(s.sent("POST /uaa/oauth/token")).To(HaveLen(1))
	})

	It("that refuses is named, and nothing was sent", func(ctx SpecContext) {
		proxy.lead("", http.StatusForbidden)
		client := connect(config())
		_, err := client.Generate(ctx, nil)
		Expect(err).To(MatchError(ContainSubstring("the proxy " + proxy.address() + " answered 403 to CONNECT")))
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeFalse())
		Expect(s.all()).To(BeEmpty())
	})
})
