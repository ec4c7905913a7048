package opsman_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

const authorities = `{"certificate_authorities":[{"guid":"f7bc18f34f2a7a9403c3","issuer":"Pivotal","created_on":"2017-01-09","expires_on":"2021-01-09T22:47:53Z","active":true,"cert_pem":"PEM"}]}`

var _ = Describe("The token", func() {
	var s *server
	BeforeEach(func() {
		s = newServer()
		s.on("GET /api/v0/certificate_authorities", answer(200, authorities))
		s.on("POST /api/v0/certificate_authorities/active/regenerate", answer(200, `{}`))
	})

	It("is asked for by password, as the client opsman with an empty secret, as a JWT", func(ctx SpecContext) {
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		login := s.sent("POST /uaa/oauth/token")
		Expect(login).To(HaveLen(1))
		Expect(formOf(login[0])).To(Equal(url.Values{
			"grant_type": {"password"}, "client_id": {"opsman"}, "username": {"admin"}, "password": {password}, "token_format": {"jwt"},
		}))
		Expect(login[0].Header.Get("Authorization")).To(Equal("Basic " + base64.StdEncoding.EncodeToString([]byte("opsman:"))))
		Expect(login[0].Header.Get("Content-Type")).To(Equal("application/x-www-form-urlencoded"))
		Expect(login[0].Header.Get("User-Agent")).To(Equal("opsman-ca/test"))
		Expect(s.sent("GET /api/v0/certificate_authorities")[0].Header.Get("Authorization")).To(Equal("Bearer tok-1-abcdefgh"))
	})

	It("is asked for by client credentials, escaped and said to be so", func(ctx SpecContext) {
		cfg := s.config()
		cfg.Username, cfg.Password, cfg.ClientID, cfg.ClientSecret = "", "", "robot", clientSecret
		_, err := connect(cfg).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		login := s.sent("POST /uaa/oauth/token")[0]
		Expect(formOf(login)).To(Equal(url.Values{"grant_type": {"client_credentials"}, "token_format": {"jwt"}}))
		Expect(login.Header.Get("Authorization")).To(Equal("Basic " + base64.StdEncoding.EncodeToString([]byte("robot:"+url.QueryEscape(clientSecret)))))
		Expect(login.Header.Get("X-CF-ENCODED-CREDENTIALS")).To(Equal("true"))
	})

	It("is kept until shortly before it ends", func(ctx SpecContext) {
		client := connect(s.config())
		read := func() {
			GinkgoHelper()
			_, err := client.CertificateAuthorities(ctx)
			Expect(err).NotTo(HaveOccurred())
		}
		read()
		Expect(client.clock.sleep(ctx, 58*time.Minute)).To(Succeed())
		read()
		Expect(s.sent("POST /uaa/oauth/token")).To(HaveLen(1))
		Expect(client.clock.sleep(ctx, 90*time.Second)).To(Succeed())
		read()
		Expect(s.sent("POST /uaa/oauth/token")).To(HaveLen(2))
		Expect(client.Requests()).To(Equal(5))
	})

	It("is used at all when it lives only shortly", func(ctx SpecContext) {
		s.on("POST /uaa/oauth/token", answer(200, `{"access_token":"brief-token","expires_in":20}`))
		client := connect(s.config())
		for range 3 {
			_, err := client.CertificateAuthorities(ctx)
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(s.sent("POST /uaa/oauth/token")).To(HaveLen(1))
	})

	It("is renewed on a 401, and a GET is repeated once", func(ctx SpecContext) {
		s.on("GET /api/v0/certificate_authorities", answer(401, `{"errors":{"base":["expired"]}}`), answer(200, authorities))
		cas, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(cas).To(HaveLen(1))
		Expect(s.all()).To(Equal([]string{
			"POST /uaa/oauth/token", "GET /api/v0/certificate_authorities",
			"POST /uaa/oauth/token", "GET /api/v0/certificate_authorities",
		}))
		Expect(s.sent("GET /api/v0/certificate_authorities")[1].Header.Get("Authorization")).To(Equal("Bearer tok-2-abcdefgh"))
	})

	It("gives up when the renewed one is refused too", func(ctx SpecContext) {
		s.on("GET /api/v0/certificate_authorities", answer(401, `{"errors":{"base":["no scope"]}}`))
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).To(MatchError("Ops Manager refused GET /api/v0/certificate_authorities with 401 Unauthorized: no scope"))
		Expect(s.sent("GET /api/v0/certificate_authorities")).To(HaveLen(2))
	})

	It("is renewed after a 401 to a changing call, which is not repeated by itself", func(ctx SpecContext) {
		s.on("POST /api/v0/certificate_authorities/active/regenerate",
			answer(401, `{"errors":{"base":["expired"]}}`), answer(200, `{}`))
		client := connect(s.config())
		_, err := client.Regenerate(ctx)
		var turnedAway *opsman.NotPerformedError
		Expect(err).To(BeAssignableToTypeOf(turnedAway))
		Expect(err.Error()).To(And(ContainSubstring("not carried out"), ContainSubstring("read the state of Ops Manager again"), ContainSubstring("expired")))
		Expect(s.sent("POST /api/v0/certificate_authorities/active/regenerate")).To(HaveLen(1))

		_, err = client.Regenerate(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.sent("POST /uaa/oauth/token")).To(HaveLen(2))
	})

	DescribeTable("bad credentials are named and never tried again", func(ctx SpecContext, status int, body, wanted string) {
		s.on("POST /uaa/oauth/token", answer(status, body))
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(opsman.ErrBadCredentials))
		Expect(err.Error()).To(And(ContainSubstring(`username "admin"`), ContainSubstring(wanted), ContainSubstring(s.URL)))
		Expect(s.all()).To(Equal([]string{"POST /uaa/oauth/token"}))
		Expect(client.clock.slept()).To(BeEmpty())
	},
		Entry("401", 401, `{"error":"unauthorized","error_description":"Bad credentials"}`, "Bad credentials"),
		Entry("400 invalid_grant", 400, `{"error":"invalid_grant","error_description":"User is locked out"}`, "User is locked out"),
		Entry("401 without JSON", 401, `nope`, "nope"),
		Entry("401 with more than is read of a token", 401, strings.Repeat("nope ", 1<<18), "nope nope"),
		Entry("echoing the password", 401, `{"error":"unauthorized","error_description":"password was s3cret \"Pa\\ssw0rd\"&+%"}`, "password was [redacted]"),
	)

	It("names the client in bad client credentials", func(ctx SpecContext) {
		cfg := s.config()
		cfg.Username, cfg.Password, cfg.ClientID, cfg.ClientSecret = "", "", "robot", clientSecret
		s.on("POST /uaa/oauth/token", answer(401, `{"error":"invalid_client","error_description":"`+clientSecret+`"}`))
		_, err := connect(cfg).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(opsman.ErrBadCredentials))
		Expect(err.Error()).To(And(ContainSubstring(`client_id "robot"`), Not(ContainSubstring(clientSecret))))
	})

	DescribeTable("is tried again while UAA is not there", func(ctx SpecContext, failure http.HandlerFunc) {
		s.on("POST /uaa/oauth/token", times(2, failure, s.login)...)
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.sent("POST /uaa/oauth/token")).To(HaveLen(3))
		Expect(client.clock.slept()).To(Equal([]time.Duration{500 * time.Millisecond, time.Second}))
	},
		Entry("502", page(502)),
		Entry("503", answer(503, ``)),
		Entry("200 with HTML", page(200)),
		Entry("cut connection", http.HandlerFunc(hangUp)),
		Entry("cut answer", truncated(`{"access_token":`)),
	)

	It("reports an answer without a token", func(ctx SpecContext) {
		s.on("POST /uaa/oauth/token", answer(200, `{"token_type":"bearer"}`))
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("the answer to POST /uaa/oauth/token cannot be read")))
	})

	It("is not followed to another place", func(ctx SpecContext) {
		elsewhere := newServer()
		s.on("POST /uaa/oauth/token", redirect(elsewhere.URL+"/uaa/oauth/token"))
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).To(HaveOccurred())
		Expect(err.Error()).To(ContainSubstring(elsewhere.URL))
		Expect(elsewhere.all()).To(BeEmpty())
	})
})
