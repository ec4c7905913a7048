package opsman_test

import (
	"errors"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("A server that is no Ops Manager", func() {
	const (
		token        = "POST /uaa/oauth/token"
		list         = "GET /api/v0/certificate_authorities"
		info         = "GET /api/v0/info"
		availability = "GET /login/ensure_availability"
	)
	var s *server
	BeforeEach(func() { s = newServer() })
	answering := func(failure http.HandlerFunc) {
		for _, path := range []string{token, list, info, availability} {
			s.on(path, failure)
		}
	}

	DescribeTable("is suspected at once", func(ctx SpecContext, failure http.HandlerFunc, seen string) {
		answering(failure)
		for what, ask := range map[string]func(*opsman.Client) error{
			token: func(c *opsman.Client) error { _, err := c.CertificateAuthorities(ctx); return err },
			info:  func(c *opsman.Client) error { _, err := c.Info(ctx); return err },
		} {
			client := connect(s.config())
			err := ask(client.Client)
			var stranger *opsman.NotOpsManagerError
			Expect(errors.As(err, &stranger)).To(BeTrue(), "%v", err)
			Expect(err.Error()).To(HavePrefix("what answers at " + s.URL + " is not Ops Manager (" + what + ": " + seen))
			Expect(err.Error()).To(HaveSuffix("): check that target is the address of Ops Manager itself, and that no proxy on the way answers in its place"))
			Expect(client.clock.slept()).To(BeEmpty())
		}
	},
		Entry("200 with HTML", page(200), "200 OK with a page of HTML; "),
		Entry("404 on every path", answer(404, `{"error":"not found"}`), "404 Not Found; GET /api/v0/info: 404 Not Found; GET /login/ensure_availability answers 404 Not Found"),
		Entry("404 with HTML", page(404), "404 Not Found; "),
		Entry("403 of a gateway", page(403), "403 Forbidden; "),
		Entry("another program's JSON", answer(200, `{"hello":"world"}`), "an answer that is not of Ops Manager's API; GET /api/v0/info: 200 OK without a version; "),
	)

	DescribeTable("is not what an Ops Manager in trouble is taken for: it is waited for", func(ctx SpecContext, login, told, looked http.HandlerFunc) {
		s.on(list, answer(200, authorities))
		s.on(token, times(2, login, s.login)...)
		s.on(info, told)
		s.on(availability, looked)
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.clock.slept()).To(Equal([]time.Duration{500 * time.Millisecond, time.Second}))
	},
		Entry("502 of its web server on every path", page(502), page(502), page(502)),
		Entry("503 of its web server on every path", page(503), page(503), page(503)),
		Entry("a page, and 502 behind it", page(200), page(502), page(502)),
		Entry("a page, while its info is there", page(200), answer(200, `{"info":{"version":"3.0.25-build.1261"}}`), page(404)),
		Entry("a page, while its login is there", page(200), page(404), redirect("/auth/cloudfoundry")),
		Entry("a page, and a request for patience", page(200), answer(429, ``), page(200)),
	)

	It("is not what an Ops Manager is taken for that has answered before", func(ctx SpecContext) {
		before, behind := answer(200, authorities), answer(200, authorities)
		s.on(list, before, page(200), behind)
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		s.on(info, page(200))
		s.on(availability, page(200))
		_, err = client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.clock.slept()).To(Equal([]time.Duration{500 * time.Millisecond}))
	})

	It("may sit between us and single paths of Ops Manager", func(ctx SpecContext) {
		s.on(list, page(403))
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(HaveSuffix("403 Forbidden: it answered with a page of HTML, which a proxy or gateway on the way does and Ops Manager's API does not")))
	})
})

var _ = Describe("A proxy that refuses", func() {
	DescribeTable("is not asked again", func(ctx SpecContext, status int, remedy string) {
		proxy.lead("", status)
		cfg := newServer().config()
		cfg.Target = "https://example.com"
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(And(ContainSubstring("answered %d to CONNECT example.com:443: ", status), ContainSubstring(remedy))))
		Expect(proxy.hosts()).To(HaveLen(1))
		Expect(client.clock.slept()).To(BeEmpty())
	},
		Entry("403", 403, "have the proxy let it through"),
		Entry("405", 405, "name the host in no_proxy"),
		Entry("407", 407, "give them in https_proxy"),
	)

	It("is asked again where it cannot reach Ops Manager", func(ctx SpecContext) {
		proxy.lead("", 502)
		cfg := newServer().config()
		cfg.Target = "https://example.com"
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("is not available")))
		Expect(client.clock.total()).To(BeNumerically(">", time.Minute))
	})
})
