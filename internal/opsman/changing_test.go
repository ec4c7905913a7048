package opsman_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("A changing call", func() {
	const generate = "POST /api/v0/certificate_authorities/generate"
	var s *server
	BeforeEach(func() { s = newServer() })

	DescribeTable("whose answer is lost is never sent again and says so", func(ctx SpecContext, failure http.HandlerFunc, cause string) {
		s.on(generate, failure)
		client := connect(s.config())
		_, err := client.Generate(ctx, nil)
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeTrue(), "%v", err)
		Expect(unknown.Method + " " + unknown.Path).To(Equal(generate))
		Expect(err.Error()).To(And(
			ContainSubstring("may have been carried out"),
			ContainSubstring("read the state of Ops Manager again"),
			ContainSubstring(cause)))
		Expect(s.sent(generate)).To(HaveLen(1))
		Expect(client.clock.slept()).To(BeEmpty())
	},
		Entry("reset", http.HandlerFunc(hangUp), "EOF"),
		Entry("502", page(502), "502"),
		Entry("503", answer(503, ``), "503"),
		Entry("504", page(504), "504"),
		Entry("500", answer(500, `{"errors":["half way"]}`), "half way"),
		Entry("408", answer(408, ``), "408"),
		Entry("cut answer", truncated(`{"guid":"abc"`), "unexpected EOF"),
		Entry("HTML", page(200), "HTML"),
		Entry("nonsense", answer(200, `ok`), "invalid character"),
		Entry("empty", answer(200, ``), "cannot be read"),
		Entry("no GUID", answer(200, `{}`), "names no new certificate authority"),
		Entry("redirect", redirect("/login"), "/login"),
	)

	It("times out with its outcome unknown", func(ctx SpecContext) {
		s.on(generate, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		cfg := s.config()
		cfg.RequestTimeout = 150 * time.Millisecond
		_, err := connect(cfg).Generate(ctx, nil)
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeTrue(), "%v", err)
		var timeout net.Error
		Expect(errors.As(err, &timeout) && timeout.Timeout()).To(BeTrue())
	})

	It("that is cancelled has an unknown outcome and still is its context's error", func() {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		s.on(generate, func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		})
		_, err := connect(s.config()).Generate(ctx, nil)
		Expect(err).To(MatchError(context.Canceled))
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeTrue())
	})

	It("that was refused has a known outcome", func(ctx SpecContext) {
		s.on(generate, answer(422, `{"errors":["no"]}`))
		_, err := connect(s.config()).Generate(ctx, nil)
		var api *opsman.APIError
		Expect(errors.As(err, &api)).To(BeTrue())
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeFalse())
	})

	It("that was asked to wait was not performed", func(ctx SpecContext) {
		s.on(generate, answer(429, ``, "Retry-After", "1"))
		_, err := connect(s.config()).Generate(ctx, nil)
		var turnedAway *opsman.NotPerformedError
		Expect(errors.As(err, &turnedAway)).To(BeTrue(), "%v", err)
		Expect(s.sent(generate)).To(HaveLen(1))
	})

	It("that could not log in was not sent at all", func(ctx SpecContext) {
		s.on("POST /uaa/oauth/token", answer(401, `{"error":"unauthorized"}`))
		_, err := connect(s.config()).Generate(ctx, nil)
		Expect(err).To(MatchError(opsman.ErrBadCredentials))
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeFalse())
		Expect(s.sent(generate)).To(BeEmpty())
	})

	Describe("while connections are refused", func() {
		// The login is done and its connection gone.
		loggedIn := func(ctx context.Context, opts ...opsman.Option) *opsman.Client {
			GinkgoHelper()
			s.on("GET /api/v0/certificate_authorities", answer(200, authorities, "Connection", "close"))
			client, err := opsman.New(s.config(), opts...)
			Expect(err).NotTo(HaveOccurred())
			_, err = client.CertificateAuthorities(ctx)
			Expect(err).NotTo(HaveOccurred())
			return client
		}

		It("is tried for its whole budget, and was not sent", func(ctx SpecContext) {
			clock := newClock()
			client := loggedIn(ctx, opsman.WithSleep(clock.sleep), opsman.WithClock(clock.now))
			s.Close()
			_, err := client.Generate(ctx, nil)
			var unavailable *opsman.UnavailableError
			Expect(errors.As(err, &unavailable)).To(BeTrue(), "%v", err)
			Expect(unavailable.Tries).To(BeNumerically(">", 3))
			Expect(unavailable.Method).To(Equal("POST"))
			var unknown *opsman.OutcomeUnknownError
			Expect(errors.As(err, &unknown)).To(BeFalse())
		})

		It("goes through once they are accepted again", func(ctx SpecContext) {
			s.on(generate, answer(200, `{"guid":"a8ee01e33e3e3e3303e3"}`))
			address, tries := s.Listener.Addr().String(), 0
			client := loggedIn(ctx, opsman.WithSleep(func(ctx context.Context, _ time.Duration) error {
				if tries++; tries == 2 {
					s.reopen(ctx, address)
				}
				return nil
			}))
			Expect(s.Listener.Close()).To(Succeed())
			created, err := client.Generate(ctx, nil)
			Expect(err).NotTo(HaveOccurred())
			Expect(created.CA.GUID).To(Equal("a8ee01e33e3e3e3303e3"))
			Expect(tries).To(Equal(2))
			Expect(s.sent(generate)).To(HaveLen(1))
		})
	})
})
