package opsman_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("At the edges", func() {
	const (
		list       = "GET /api/v0/certificate_authorities"
		regenerate = "POST /api/v0/certificate_authorities/active/regenerate"
	)
	var s *server
	BeforeEach(func() { s = newServer() })

	It("a pause ends when its context does", func() {
		ctx, cancel := context.WithCancel(context.Background())
		s.on(list, func(w http.ResponseWriter, r *http.Request) {
			answer(429, ``, "Retry-After", "60")(w, r)
			defer cancel()
		})
		client, err := opsman.New(s.config())
		Expect(err).NotTo(HaveOccurred())
		_, err = client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(context.Canceled))
		Expect(s.sent(list)).To(HaveLen(1))
	})

	It("the pause is real without another", func(ctx SpecContext) {
		s.on(list, answer(429, ``, "Retry-After", "0"), answer(200, authorities))
		client, err := opsman.New(s.config())
		Expect(err).NotTo(HaveOccurred())
		_, err = client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
	})

	It("an answer that is no HTTP does not repeat the token", func(ctx SpecContext) {
		s.on(regenerate, func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 "+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")+"\r\n\r\n")
			_ = conn.Close()
		})
		client := connect(s.config())
		_, err := client.Regenerate(ctx)
		Expect(err).To(MatchError(And(ContainSubstring("malformed HTTP"), ContainSubstring("[redacted]"), Not(ContainSubstring("tok-1")))))
		Expect(string(client.log.Contents())).NotTo(ContainSubstring("tok-1"))
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			Expect(cause.Error()).NotTo(ContainSubstring("tok-1"))
		}
	})

	It("an endless answer is not taken in", func(ctx SpecContext) {
		s.on(list, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"certificate_authorities":[`)
			blank := strings.Repeat(" ", 1<<20)
			for {
				if _, err := io.WriteString(w, blank); err != nil {
					return
				}
			}
		})
		client := connect(s.config())
		opsman.LimitAnswers(client.Client, 3<<20)
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("larger than the limit of 3 MiB")))
		Expect(client.clock.slept()).To(BeEmpty())
	})

	It("a very short secret is hidden as a word and leaves words alone", func(ctx SpecContext) {
		s.on(regenerate, answer(422, `{"errors":["password pw is bad, pwd too: pw"]}`))
		cfg := s.config()
		cfg.Password = "pw"
		_, err := connect(cfg).Regenerate(ctx)
		Expect(err).To(MatchError(ContainSubstring("password [redacted] is bad, pwd too: [redacted]")))
	})

	It("a secret with line breaks is hidden when they are taken out", func(ctx SpecContext) {
		s.on("POST /uaa/oauth/token", answer(401, `{"error":"unauthorized","error_description":"no: first  word\nsecond word"}`))
		cfg := s.config()
		cfg.Password = "first  word\nsecond word"
		_, err := connect(cfg).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("no: [redacted]")))
	})

	It("excluded certificates are listed with their product", func(ctx SpecContext) {
		s.on("GET /api/v0/deployed/certificates", answer(200, `{"certificates":[{"variable_path":"/services/tls_ca"},{"property_reference":".x","product_guid":"cf-1"}]}`))
		rows, err := connect(s.config()).ExcludedCertificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(rows).To(Equal(evidence.Certificates{Source: evidence.SourceV0, List: []evidence.Certificate{{Name: "/services/tls_ca"}, {ProductGUID: "cf-1", Name: ".x"}}}))
		Expect(s.sent("GET /api/v0/deployed/certificates")[0].Query).To(Equal("show_excluded_from_rotation_only=true"))
	})

	It("none is taken for excluded where Ops Manager cannot tell", func(ctx SpecContext) {
		s.on("GET /api/v0/deployed/certificates", answer(500, `{}`))
		rows, err := connect(s.config()).ExcludedCertificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(rows.List).To(BeEmpty())
		Expect(rows.Source).To(Equal(evidence.SourceUnknown))
		Expect(rows.Unknown).To(ContainSubstring("500"))
	})

	It("that none is excluded is known, not unknown", func(ctx SpecContext) {
		s.on("GET /api/v0/deployed/certificates", answer(200, `{"certificates":[]}`))
		rows, err := connect(s.config()).ExcludedCertificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(rows).To(Equal(evidence.Certificates{Source: evidence.SourceV0}))
	})
})
