package opsman_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// painted would clear a terminal, begin a line of its own, and turn the direction
// of writing.
const painted = "TAS\u001b[2J\r\nerror: forged\u0007\u009b31m\u202e"

// inJSONText is painted within JSON.
const inJSONText = `TAS\u001b[2J\r\nerror: forged\u0007\u009b31m\u202e`

func expectVisible(text string) {
	GinkgoHelper()
	Expect(strings.IndexFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028'
	})).To(Equal(-1), "%q", text)
}

var _ = Describe("A hostile server", func() {
	const list = "GET /api/v0/certificate_authorities"
	var s *server
	BeforeEach(func() { s = newServer() })

	It("cannot paint with names", func(ctx SpecContext) {
		s.on(list, answer(200, `{"certificate_authorities":[{"guid":"a","issuer":"`+inJSONText+`"}]}`))
		s.on("GET /api/v0/deployed/products", answer(200, `[{"guid":"cf-1`+inJSONText+`","type":"`+inJSONText+`","label":"`+inJSONText+`","product_version":"`+inJSONText+`","stale":{"parent_products_deployed_more_recently":["`+inJSONText+`"]}}]`))
		s.on("GET /api/v0/staged/pending_changes", answer(200, `{"product_changes":[{"guid":"`+inJSONText+`","action":"`+inJSONText+`","staged":{"identifier":"`+inJSONText+`","label":"`+inJSONText+`"},"deployed":{"stemcells":[{"os":"`+inJSONText+`","version":"`+inJSONText+`"},{"name":"`+inJSONText+`"}]},"errands":[{"name":"`+inJSONText+`","label":"`+inJSONText+`","post_deploy":"`+inJSONText+"\u202e"+`"}]}]}`))
		s.on("GET /api/v0/installations", answer(200, `{"installations":[{"id":1,"user_name":"`+inJSONText+`","status":"`+inJSONText+`","updates":[{"guid":"`+inJSONText+`","identifier":"`+inJSONText+`","label":"`+inJSONText+`","product_version":"`+inJSONText+`","change_type":"`+inJSONText+`","deployment_status":"`+inJSONText+`"}]}]}`))
		s.on("GET /api/v1/deployed/certificates", answer(200, `{"certificates":[{"name":"`+inJSONText+`","location":"`+inJSONText+`","issuer":"`+inJSONText+`","deployments":["`+inJSONText+`"],"outdated_deployments":{"`+inJSONText+`":"`+inJSONText+`"},"rotation_status":"`+inJSONText+`","product_guid":"`+inJSONText+`","property_type":"`+inJSONText+`","rotation_procedure_name":"`+inJSONText+`","rotation_procedure_url":"`+inJSONText+`"}]}`))
		s.on("GET /api/v0/info", answer(200, `{"info":{"version":"`+inJSONText+`"}}`))
		s.on("GET /api/v0/diagnostic_report", answer(200, `{"added_products":{"deployed":[{"name":"`+inJSONText+`","guid":"`+inJSONText+`","stemcell":"`+inJSONText+`"}]}}`))
		s.on("GET /api/v0/staged/director/properties", answer(404, `{"errors":["`+inJSONText+`"]}`))
		s.on("GET /api/v0/staged/director/pre_deploy_check", answer(200, `{"pre_deploy_check":{"complete":false,"stemcells":[{"assigned":false,"required_stemcell_os":"`+inJSONText+`"}],"properties":[{"name":"`+inJSONText+`","errors":["`+inJSONText+`"]}],"resources":{"jobs":[{"identifier":"`+inJSONText+`","error":"`+inJSONText+`"}]},"verifiers":[{"type":"`+inJSONText+`","ignorable":true,"errors":["`+inJSONText+`"]}]}}`))
		client := connect(s.config())
		cas, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		products, err := client.DeployedProducts(ctx)
		Expect(err).NotTo(HaveOccurred())
		pending, err := client.PendingChanges(ctx)
		Expect(err).NotTo(HaveOccurred())
		history, err := client.Installations(ctx, nil)
		Expect(err).NotTo(HaveOccurred())
		certificates, err := client.Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		info, err := client.Info(ctx)
		Expect(err).NotTo(HaveOccurred())
		report, err := client.DiagnosticReport(ctx)
		Expect(err).NotTo(HaveOccurred())
		director, err := client.DirectorProperties(ctx)
		Expect(err).NotTo(HaveOccurred())
		check, err := client.PreDeployCheck(ctx, "p-bosh-1", evidence.Director)
		Expect(err).NotTo(HaveOccurred())
		shown := fmt.Sprint(cas, products, pending, history, certificates, info.Version, report, director, check)
		Expect(strings.Count(shown, "forged")).To(BeNumerically(">", 38), shown)
		expectVisible(shown)
	})

	DescribeTable("cannot paint or forge lines with a refusal", func(ctx SpecContext, body string) {
		s.on("POST /api/v0/certificate_authorities/generate", answer(422, body))
		_, err := connect(s.config()).Generate(ctx, nil)
		Expect(err).To(MatchError(ContainSubstring("error: forged")))
		expectVisible(err.Error())
	},
		Entry("of messages", `{"errors":["`+inJSONText+`"]}`),
		Entry("of fields", `{"errors":{"`+inJSONText+`":["no"]}}`),
		Entry("of violations", `{"safety_violations":[{"violation":"`+inJSONText+`","certificate_names":["`+inJSONText+`"]}]}`),
		Entry("of verifiers", `{"deployment_errors":{"products":[{"identifier":"`+inJSONText+`","verifiers":[{"type":"`+inJSONText+`","errors":["`+inJSONText+`"]}],"properties":[{"name":"`+inJSONText+`","errors":["no"]}]}]}}`),
		Entry("of failed certificates", `{"certificates":{"regenerate_failed":[{"location":"`+inJSONText+`","variable_path":"`+inJSONText+`","reason":"`+inJSONText+`","product_guid":"`+inJSONText+`"}]}}`),
		Entry("of plain text", painted),
	)

	DescribeTable("cannot put anything but a GUID into paths and versions", func(ctx SpecContext, guid string) {
		s.on(list, answer(200, `{"certificate_authorities":[{"guid":"`+guid+`","active":true}]}`))
		s.on("POST /api/v0/certificate_authorities/generate", answer(200, `{"guid":"`+guid+`"}`))
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("is not the GUID of a certificate authority")))
		expectVisible(err.Error())
		_, err = client.Generate(ctx, nil)
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeTrue(), "%v", err)
	},
		Entry("that climbs", `../x`), Entry("with a line feed", `a\nb`), Entry("with a query", `a?b`), Entry("with a fragment", `a#b`),
		Entry("with a space", `a b`), Entry("with a slash", `a/b`), Entry("escaped", `a%2fb`), Entry("of dots", `..`),
		Entry("that is too long", strings.Repeat("a", 129)), Entry("with a colour", `a\u001b[31m`),
	)

	DescribeTable("gets no request to a path that leads elsewhere", func(ctx SpecContext, path string) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
		Expect(err).NotTo(HaveOccurred())
		_, err = connect(s.config()).Do(req)
		Expect(err).To(MatchError(ContainSubstring("its path leads elsewhere")))
		Expect(s.all()).To(BeEmpty())
	},
		Entry(nil, "/api/v0/staged/products/../../x/errands"), Entry(nil, "/api/v0/staged/products/%2e%2e/errands"),
		Entry(nil, "/api/v0/staged/products//errands"), Entry(nil, "/api/v0/staged/products/a%2fb/errands"),
	)

	DescribeTable("is not followed with a token", func(ctx SpecContext, location string) {
		s.on(list, answer(307, ``, "Location", strings.ReplaceAll(location, "HOST", strings.TrimPrefix(s.URL, "https://"))))
		s.on("GET /elsewhere", answer(200, authorities))
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("is not followed")))
		expectVisible(err.Error())
		Expect(len(err.Error())).To(BeNumerically("<", 2000))
		Expect(s.all()).NotTo(ContainElement(ContainSubstring("elsewhere")))
	},
		Entry("to the same host", "/elsewhere"), Entry("to the same host by its name", "https://HOST/elsewhere"),
		Entry("to http", "http://HOST/elsewhere"), Entry("to a painted place", "https://HOST/elsewhere/\u009b2J"),
		Entry("to a place of many bytes", "https://HOST/elsewhere/"+strings.Repeat("x", 100_000)),
	)

	It("cannot paint with the place that it redirects to when it is locked", func(ctx SpecContext) {
		s.on(list, page(502))
		s.on("GET /login/ensure_availability", redirect("/unlock/%1b%5b2J%0aerror:%20forged"))
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("redirects to /unlock/[2J error: forged")))
		expectVisible(err.Error())
	})

	Describe("that breaks our own secret up", func() {
		const broken = "geheim\u200b7f3a"
		connectWith := func() rig {
			cfg := s.config()
			cfg.Password = "geheim7f3a"
			return connect(cfg)
		}

		It("does not make it whole again in a redirect", func(ctx SpecContext) {
			s.on(list, answer(307, ``, "Location", "https://elsewhere.example.com/"+broken))
			_, err := connectWith().CertificateAuthorities(ctx)
			Expect(err).To(MatchError(And(ContainSubstring("https://elsewhere.example.com/[redacted]"), Not(ContainSubstring("geheim7f3a")))))
		})

		It("does not make it whole again in the place that a locked one redirects to", func(ctx SpecContext) {
			s.on(list, page(502))
			s.on("GET /login/ensure_availability", redirect("/unlock/geheim%077f3a"))
			_, err := connectWith().CertificateAuthorities(ctx)
			Expect(err).To(MatchError(And(ContainSubstring("redirects to /unlock/[redacted]"), Not(ContainSubstring("geheim7f3a")))))
		})

		It("does not make it whole again in a log", func(ctx SpecContext) {
			s.on("POST /api/v0/certificate_authorities/generate", answer(422, `{"errors":["`+broken+`"]}`))
			client := connectWith()
			_, err := client.Generate(ctx, nil)
			var api *opsman.APIError
			Expect(errors.As(err, &api)).To(BeTrue(), "%v", err)
			Expect(api.Excerpt).To(Equal(`{"errors":["[redacted]"]}`))
			Expect(api.Messages).To(Equal([]string{"[redacted]"}))
		})
	})

	It("cannot make us hold more than a limit of a report", func(ctx SpecContext) {
		s.on("POST /api/v0/certificate_authorities/active/regenerate", answer(200, `{"certificates":{"updated":[`+many(100_001, func(int) string { return "{}" })+`]}}`))
		_, err := connect(s.config()).Regenerate(ctx)
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeTrue(), "%v", err)
		Expect(err).To(MatchError(ContainSubstring("more than the limit of 100000 objects")))
	})

	DescribeTable("cannot make a refusal long", func(ctx SpecContext, body string, what string) {
		s.on("POST /api/v0/certificate_authorities/active/regenerate", answer(422, body))
		began := time.Now()
		_, err := connect(s.config()).Regenerate(ctx)
		var api *opsman.APIError
		Expect(errors.As(err, &api)).To(BeTrue(), "%.200v", err)
		Expect(api.Status).To(Equal(422))
		Expect(err.Error()).To(ContainSubstring(what))
		Expect(len(err.Error())).To(BeNumerically("<", 200_000))
		Expect(time.Since(began)).To(BeNumerically("<", time.Minute), "a hundred times of what it takes")
	},
		Entry("with one message", `{"errors":["`+strings.Repeat("x", 3<<20)+`"]}`, "xxx…"),
		Entry("with many messages", `{"errors":[`+many(300_000, func(i int) string { return fmt.Sprintf("%q", fmt.Sprint(i)) })+`]}`, "and 299900 more"),
		Entry("with many names", `{"safety_violations":[{"violation":"no","certificate_names":[`+many(100_000, func(int) string { return `"/a"` })+`]}]}`, "and 99900 more"),
		Entry("with many failures", `{"certificates":{"regenerate_failed":[`+many(50_000, func(int) string { return `{"location":"a"}` })+`]}}`, "and 49900 more"),
		Entry("with depth", strings.Repeat(`{"errors":`, 9000)+`"no"`+strings.Repeat(`}`, 9000), "it gave no reason"),
		Entry("with more than is read", `{"errors":["no"],"x":"`+strings.Repeat("x", 5<<20)+`"}`, "422"),
	)

	DescribeTable("cannot make us hold more than a limit", func(ctx SpecContext, body, limit string) {
		s.on(list, answer(200, body))
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring(limit)))
	},
		Entry("of bytes", `{"certificate_authorities":[],"x":"`+strings.Repeat("x", 33<<20)+`"}`, "larger than the limit of 32 MiB"),
		Entry("of objects", `{"certificate_authorities":[`+many(100_001, func(int) string { return "{}" })+`]}`, "more than the limit of 100000 objects"),
		Entry("of values", `{"certificate_authorities":[],"x":[`+many(2_000_002, func(int) string { return "0" })+`]}`, "more than the limit of 2000000 values"),
		Entry("of a name", `{"certificate_authorities":[{"guid":"a","issuer":"`+strings.Repeat("x", 20_000)+`"}]}`, "it holds a name of 20000 bytes"),
	)

	It("cannot blow up a small answer", func(ctx SpecContext) {
		var small bytes.Buffer
		compressor := gzip.NewWriter(&small)
		_, err := io.CopyN(compressor, spaces{}, 40<<20)
		Expect(err).NotTo(HaveOccurred())
		Expect(compressor.Close()).To(Succeed())
		Expect(small.Len()).To(BeNumerically("<", 1<<20))
		s.on(list, answer(200, small.String(), "Content-Encoding", "gzip"))
		_, err = connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("larger than the limit of 32 MiB")))
	})

	It("cannot send headers without end", func(ctx SpecContext) {
		s.on(list, answer(200, authorities, "X-Large", strings.Repeat("x", 2<<20)))
		cfg := s.config()
		cfg.RetryFor = time.Millisecond
		_, err := connect(cfg).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("server response headers exceeded")))
	})

	Describe("cannot tell a history without end", func() {
		const path = "GET /api/v0/installations"
		DescribeTable("in one answer", func(ctx SpecContext, row func(int) string, rows int, limit string) {
			s.on(path, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"installations":[`)
				for i := range rows {
					_, _ = io.WriteString(w, row(i)+",")
				}
				_, _ = io.WriteString(w, `{"id":1}]}`)
			})
			_, err := connect(s.config()).Installations(ctx, nil)
			Expect(err).To(MatchError(ContainSubstring(limit)))
		},
			Entry("of rows", func(i int) string { return fmt.Sprintf(`{"id":%d}`, 1_000_000-i) }, 100_001, "more than the limit of 100000 installations"),
			Entry("of one row", func(int) string { return `{"id":9,"user_name":"` + strings.Repeat("x", 3<<20) + `"}` }, 1, "larger than the limit of 2 MiB"),
			Entry("of products", func(i int) string {
				return fmt.Sprintf(`{"id":%d,"updates":[%s]}`, 1_000_000-i, manyEmpty)
			}, 6, "more than the limit of 1000000 products in installations"),
			Entry("of names", func(i int) string {
				return fmt.Sprintf(`{"id":%d,"updates":[%s]}`, 1_000_000-i, many(400, func(j int) string { return fmt.Sprintf(`{"label":"%d-%d-%s"}`, i, j, strings.Repeat("x", 4000)) }))
			}, 25, "bytes of names"),
		)

		It("in pages", func(ctx SpecContext) {
			next := 10_000_000
			s.on(path, func(w http.ResponseWriter, r *http.Request) {
				rows := many(20, func(i int) string { return fmt.Sprintf(`{"id":%d}`, next-i) })
				next -= 20
				answer(200, `{"installations":[`+rows+`]}`)(w, r)
			})
			client := connect(s.config())
			_, err := client.Installations(ctx, func(evidence.Installation) bool { return false })
			Expect(err).To(MatchError(ContainSubstring("more than the limit of 100000 installations")))
			Expect(client.Requests()).To(BeNumerically("<", 5100))
		})

		It("beside the list", func(ctx SpecContext) {
			s.on(path, answer(200, `{"x":"`+strings.Repeat("x", 3<<20)+`","installations":[]}`))
			_, err := connect(s.config()).Installations(ctx, nil)
			Expect(err).To(MatchError(ContainSubstring("larger than the limit of 2 MiB")))
		})
	})

	DescribeTable("cannot make a header of its token", func(ctx SpecContext, token string) {
		s.on("POST /uaa/oauth/token", answer(200, `{"access_token":"`+token+`","token_type":"bearer"}`))
		s.on(list, answer(200, authorities))
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("its access token is none")))
		Expect(client.clock.slept()).To(BeEmpty())
		Expect(s.sent(list)).To(BeEmpty())
	},
		Entry("with a line feed", `abc\r\nX-Forged: yes`), Entry("with a space", `abc def`), Entry("of 100 kB", strings.Repeat("x", 100_000)),
	)

	DescribeTable("cannot make us hurry", func(ctx SpecContext, after string) {
		s.on(list, times(2, answer(503, `{}`, "Retry-After", after), answer(200, authorities))...)
		client := connect(s.config())
		_, _ = client.CertificateAuthorities(ctx)
		for _, pause := range client.clock.slept() {
			Expect(pause).To(BeNumerically(">=", 500*time.Millisecond))
		}
		Expect(len(s.sent(list))).To(BeNumerically("<=", 3))
	}, Entry("with no pause", "0"), Entry("with a pause that overflows", "9223372036854775807"), Entry("with another", "18446744074"))

	It("is left when the caller does not wait for it any more", func() {
		s.on(list, func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
			}
		})
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(context.DeadlineExceeded))
	})
})

// spaces are what JSON takes any number of.
type spaces struct{}

// Read never ends.
func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

var manyEmpty = many(200_000, func(int) string { return "{}" })

// many are that many values with commas between them.
func many(count int, value func(int) string) string {
	var b strings.Builder
	for i := range count {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(value(i))
	}
	return b.String()
}
