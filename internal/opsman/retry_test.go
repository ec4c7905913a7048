package opsman_test

import (
	"context"
	"errors"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("Repeating a reading call", func() {
	const list = "GET /api/v0/certificate_authorities"
	var s *server
	BeforeEach(func() { s = newServer() })

	DescribeTable("what passes is tried again", func(ctx SpecContext, failure http.HandlerFunc) {
		s.on(list, times(3, failure, answer(200, authorities))...)
		client := connect(s.config())
		cas, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(cas).To(HaveLen(1))
		Expect(s.sent(list)).To(HaveLen(4))
		Expect(client.clock.slept()).To(Equal([]time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}))
	},
		Entry("429", answer(429, `{}`)),
		Entry("502 with HTML", page(502)),
		Entry("503", answer(503, `{"errors":["busy"]}`)),
		Entry("504", answer(504, ``)),
		Entry("200 with HTML", page(200)),
		Entry("HTML that calls itself JSON", answer(200, " \n<!DOCTYPE html><html>")),
		Entry("cut answer", truncated(authorities[:60])),
		Entry("cut error answer", truncatedError()),
		Entry("empty answer", answer(200, "")),
	)

	It("tries again after a reset", func(ctx SpecContext) {
		// net/http repeats the first one itself, on another connection.
		s.on(list, times(3, hangUp, answer(200, authorities))...)
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.sent(list)).To(HaveLen(4))
	})

	DescribeTable("what does not pass is not", func(ctx SpecContext, failure http.HandlerFunc, wanted string) {
		s.on(list, failure)
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring(wanted)))
		Expect(s.sent(list)).To(HaveLen(1))
		Expect(client.clock.slept()).To(BeEmpty())
	},
		Entry("403", answer(403, `{"errors":{"base":["no"]}}`), "403 Forbidden: no"),
		Entry("404 with HTML", page(404), "404 Not Found: it answered with a page of HTML"),
		Entry("422", answer(422, `{"errors":["no"]}`), "422 Unprocessable Entity: no"),
		Entry("500", answer(500, `{"error":"boom"}`), "500 Internal Server Error: boom"),
		Entry("500 with HTML, as Ops Manager's own", page(500), "500 Internal Server Error: it answered with a page of HTML"),
		Entry("nonsense", answer(200, `nonsense`), "cannot be read: invalid character"),
		Entry("another shape", answer(200, `{"errands":[]}`), `it holds no list "certificate_authorities"`),
		Entry("a list of another kind", answer(200, `{"certificate_authorities":[3]}`), "cannot unmarshal"),
		Entry("a CA without a GUID", answer(200, `{"certificate_authorities":[{"active":true}]}`), "it names no GUID"),
		Entry("no date", answer(200, `{"certificate_authorities":[{"guid":"a","created_on":"soon"}]}`), `"soon" is not a date`),
	)

	It("waits as long as Retry-After says", func(ctx SpecContext) {
		s.on(list, answer(429, ``, "Retry-After", "37"), answer(503, ``, "Retry-After", "21"), answer(200, authorities))
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.clock.slept()).To(Equal([]time.Duration{37 * time.Second, 21 * time.Second}))
	})

	It("does not wait beyond its budget, whatever Retry-After says", func(ctx SpecContext) {
		s.on(list, answer(429, ``, "Retry-After", "3600"))
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("was tried once in 0s, at last: it answered 429 Too Many Requests")))
		Expect(client.clock.slept()).To(BeEmpty())
	})

	It("ends within its budget and says how long it tried", func(ctx SpecContext) {
		s.on(list, page(502))
		cfg := s.config()
		cfg.RetryFor = time.Minute
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		var unavailable *opsman.UnavailableError
		Expect(errors.As(err, &unavailable)).To(BeTrue())
		Expect(unavailable.Tries).To(Equal(len(s.sent(list))))
		Expect(err.Error()).To(And(
			ContainSubstring("Ops Manager at "+s.URL+" is not available"),
			ContainSubstring("502 Bad Gateway"), ContainSubstring("times in")))
		Expect(client.clock.total()).To(And(BeNumerically("<=", time.Minute), BeNumerically(">", 30*time.Second)))
		for _, pause := range client.clock.slept() {
			Expect(pause).To(BeNumerically("<=", 15*time.Second))
		}
	})

	It("is bounded even where the clock stands still", func(ctx SpecContext) {
		s.on(list, page(502))
		still := func(context.Context, time.Duration) error { return nil }
		client, err := opsman.New(s.config(), opsman.WithSleep(still))
		Expect(err).NotTo(HaveOccurred())
		_, err = client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("is not available")))
	})

	It("tries an Ops Manager that refuses connections for its whole budget", func(ctx SpecContext) {
		s.Close()
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(And(ContainSubstring("is not available"), HaveSuffix("connection refused; check target, the firewall and proxy on the way, and whether Ops Manager is up"))))
		Expect(client.clock.total()).To(BeNumerically(">", time.Minute))
	})

	It("ends at once when its context does", func() {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		arrived := make(chan struct{})
		s.on(list, func(_ http.ResponseWriter, r *http.Request) {
			close(arrived)
			<-r.Context().Done()
		})
		client := connect(s.config())
		done := make(chan error, 1)
		go func() {
			_, err := client.CertificateAuthorities(ctx)
			done <- err
		}()
		Eventually(arrived).Should(BeClosed())
		cancel()
		var err error
		Eventually(done).Should(Receive(&err))
		Expect(err).To(MatchError(context.Canceled))
	})

	It("ends at once when its context does between two tries", func() {
		ctx, cancel := context.WithCancel(context.Background())
		s.on(list, page(502))
		client, err := opsman.New(s.config(), opsman.WithSleep(func(ctx context.Context, _ time.Duration) error {
			cancel()
			return ctx.Err()
		}))
		Expect(err).NotTo(HaveOccurred())
		_, err = client.CertificateAuthorities(ctx)
		Expect(err).To(MatchError(context.Canceled))
		Expect(s.sent(list)).To(HaveLen(1))
	})

	It("sends nothing when its context is over already", func() {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(errors.New("SIGTERM"))
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(context.Canceled))
		Expect(err).To(MatchError(ContainSubstring("SIGTERM")))
		Expect(s.all()).To(BeEmpty())
	})
})

func truncatedError() http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "500")
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = w.Write([]byte(`{"errors":["no`))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}
