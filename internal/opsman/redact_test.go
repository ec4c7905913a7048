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
