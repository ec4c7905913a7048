package opsman_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("Redact", func() {
	const secret = `geheim7f3a"p'\%41&<w>` + "\n" + `rest9c2e+/=` + "\n"
	inJSON := func(text string) string {
		encoded, err := json.Marshal(text)
		Expect(err).NotTo(HaveOccurred())
		return string(encoded)
	}
	client := func() *opsman.Client {
		c, err := opsman.New(opsman.Config{Target: "opsman.example.com", Username: "admin", Password: secret})
		Expect(err).NotTo(HaveOccurred())
		return c
	}

	DescribeTable("takes a secret out in every form",
		func(form func() string) {
			Expect(client().Redact("before " + form() + " after")).To(And(
				HavePrefix("before "), HaveSuffix(" after"), ContainSubstring("[redacted]"), Not(ContainSubstring("geheim7f3a")), Not(ContainSubstring("rest9c2e"))))
		},
		Entry("as it is", func() string { return secret }),
		Entry("without its line feed", func() string { return strings.TrimSpace(secret) }),
		Entry("line by line", func() string { return strings.ReplaceAll(secret, "\n", "\n2026-05-04 ") }),
		Entry("in JSON", func() string { return inJSON(secret) }),
		Entry("in JSON within JSON", func() string { return inJSON(inJSON(secret)) }),
		Entry("in a query", func() string { return url.QueryEscape(secret) }),
		Entry("in a path", func() string { return url.PathEscape(secret) }),
	)

	DescribeTable("takes a secret out of a line that something invisible breaks up",
		func(invisible string) {
			const whole = "geheim7f3a"
			c, err := opsman.New(opsman.Config{Target: "opsman.example.com", Username: "admin", Password: whole})
			Expect(err).NotTo(HaveOccurred())
			Expect(opsman.Line(c, "before\tgeheim"+invisible+"7f3a\r\n after"+invisible)).To(Equal("before [redacted] after"))
		},
		Entry("nothing", ""), Entry("a bell", "\a"), Entry("a null", "\x00"), Entry("an escape", "\x1b"), Entry("a backspace", "\b"),
		Entry("an escape of one letter", "\u009b"), Entry("a space without width", "\u200b"), Entry("a mark of direction", "\u202e"), Entry("a soft hyphen", "\u00ad"),
	)

	DescribeTable("knows a secret that is cleaned with the text around it",
		func(form func(string) string) {
			const odd = " q1  q2\a\nq3\t\tq4 "
			c, err := opsman.New(opsman.Config{Target: "opsman.example.com", Username: "admin", Password: odd})
			Expect(err).NotTo(HaveOccurred())
			line := opsman.Line(c, "before "+form(odd)+" after")
			Expect(line).To(And(HavePrefix("before "), HaveSuffix(" after"), ContainSubstring("[redacted]")))
			for _, part := range []string{"q1", "q2", "q3", "q4"} {
				Expect(line).NotTo(ContainSubstring(part))
			}
		},
		Entry("as it is", func(s string) string { return s }),
		Entry("in JSON", inJSON),
		Entry("in JSON within JSON", func(s string) string { return inJSON(inJSON(s)) }),
		Entry("in a query", url.QueryEscape),
	)

	It("knows a secret of several lines in a name, which has one", func(ctx SpecContext) {
		server := newServer()
		cfg := server.config()
		cfg.Password = "q1  \"q2\"\nq3"
		server.on("GET /api/v0/certificate_authorities", answer(200, `{"certificate_authorities":[{"guid":"a","issuer":`+inJSON("the "+cfg.Password)+`}]}`))
		client := connect(cfg)
		cas, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.Redact(cas[0].Issuer)).To(Equal("the [redacted]"))
		Expect(client.Redact(inJSON(cas[0].Issuer))).To(Equal(`"the [redacted]"`))
	})

	It("takes nothing out for a secret that cannot be seen", func() {
		c, err := opsman.New(opsman.Config{Target: "opsman.example.com", Username: "admin", Password: "\u200b \u200b"})
		Expect(err).NotTo(HaveOccurred())
		Expect(opsman.Line(c, "a line, with marks")).To(Equal("a line, with marks"))
	})

	It("takes base64 out, with or without padding and line feed", func() {
		for _, s := range []string{secret, strings.TrimSpace(secret)} {
			for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
				encoded := encoding.EncodeToString([]byte(s))
				Expect(client().Redact(encoded)).NotTo(ContainSubstring(encoded[:20]))
			}
		}
	})

	It("takes out what was concealed later", func() {
		c := client()
		Expect(c.Redact("a later one")).To(Equal("a later one"))
		c.Conceal("later")
		Expect(c.Redact("a later one")).To(Equal("a [redacted] one"))
	})

	It("takes out private keys and web tokens, whosever they are", func() {
		Expect(client().Redact("x -----BEGIN EC " + "PRIVATE KEY-----\nAAAA\n-----END EC " + "PRIVATE KEY----- y")).To(Equal("x [redacted] y"))
		Expect(client().Redact("Bearer eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoiYWRtaW4ifQ.c2lnbmF0dXJl, and more")).To(Equal("Bearer [redacted], and more"))
		Expect(client().Redact("eyJ is no token")).To(Equal("eyJ is no token"))
	})
})
