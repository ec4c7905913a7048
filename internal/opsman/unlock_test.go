package opsman_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("An Ops Manager that was rebooted", func() {
	const (
		list         = "GET /api/v0/certificate_authorities"
		token        = "POST /uaa/oauth/token"
		info         = "GET /api/v0/info"
		availability = "GET /login/ensure_availability"
		unlock       = "PUT /api/v0/unlock"
	)
	lockedInfo := answer(200, `{"info":{"version":"3.3.1","locked":true,"setup_complete":true}}`)
	openInfo := answer(200, `{"info":{"version":"3.3.1","locked":false,"setup_complete":true}}`)
	starting := answer(200, `<html>Waiting for authentication system to start...</html>`, "Content-Type", "text/html")

	var s *server
	BeforeEach(func() {
		s = newServer()
		s.on(list, answer(200, authorities))
		s.on(token, page(502), s.login)
	})

	DescribeTable("is named as locked when there is no passphrase", func(ctx SpecContext, login, told, looked http.HandlerFunc, evidence string) {
		s.on(token, login)
		s.on(info, told)
		s.on(availability, looked)
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		var locked *opsman.LockedError
		Expect(errors.As(err, &locked)).To(BeTrue(), "%v", err)
		Expect(err.Error()).To(And(ContainSubstring("is locked since its last reboot"), ContainSubstring("set decryption_passphrase"), ContainSubstring(evidence)))
		Expect(s.sent(unlock)).To(BeEmpty())
		Expect(client.clock.slept()).To(BeEmpty())
	},
		Entry("by info", page(502), lockedInfo, redirect("/auth/cloudfoundry"), "locked: true"),
		Entry("by its login page", page(502), answer(200, `{"info":{"version":"2.10.4-build.1"}}`), redirect("/unlock"), "redirects to /unlock"),
		Entry("when info is gone too", page(502), page(502), redirect("/unlock"), "redirects to /unlock"),
		Entry("when the login redirects", redirect("/unlock"), page(502), redirect("/unlock"), "redirects to /unlock"),
		Entry("when the login is not found", answer(404, `{}`), lockedInfo, redirect("/unlock"), "locked: true"),
	)

	DescribeTable("is unlocked, waited for and asked again", func(ctx SpecContext, told, looked http.HandlerFunc) {
		s.on(info, told)
		looks := []http.HandlerFunc{starting, page(502), starting, redirect("/auth/cloudfoundry")}
		if looked != nil {
			looks = append([]http.HandlerFunc{looked}, looks...)
		}
		s.on(availability, looks...)
		s.on(unlock, answer(200, ``))
		cfg := s.config()
		cfg.DecryptionPassphrase = passphrase
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())

		sent := s.sent(unlock)
		Expect(sent).To(HaveLen(1))
		var body map[string]string
		Expect(json.Unmarshal([]byte(sent[0].Body), &body)).To(Succeed())
		Expect(body).To(Equal(map[string]string{"passphrase": passphrase}))
		Expect(sent[0].Header).NotTo(HaveKey("Authorization"))
		Expect(client.clock.slept()).To(Equal([]time.Duration{5 * time.Second, 5 * time.Second, 5 * time.Second}))
		Expect(string(client.log.Contents())).NotTo(ContainSubstring("sesame"))
	},
		Entry("seen by info", lockedInfo, nil),
		Entry("seen by its login page", page(502), redirect("/login/unlock")),
	)

	It("is not unlocked when it is merely slow", func(ctx SpecContext) {
		cfg := s.config()
		cfg.DecryptionPassphrase = passphrase
		_, err := connect(cfg).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.sent(unlock)).To(BeEmpty())
	})

	It("is not looked at when all is well", func(ctx SpecContext) {
		s.on(token, s.login)
		cfg := s.config()
		cfg.DecryptionPassphrase = passphrase
		_, err := connect(cfg).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.all()).To(Equal([]string{token, list}))
	})

	It("does not get the passphrase when info denies the lock", func(ctx SpecContext) {
		s.on(info, openInfo)
		s.on(availability, redirect("/somewhere"))
		cfg := s.config()
		cfg.DecryptionPassphrase = passphrase
		_, err := connect(cfg).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.sent(unlock)).To(BeEmpty())
	})

	It("does not get the passphrase when a login page elsewhere takes the call", func(ctx SpecContext) {
		s.on(token, redirect("https://portal.example.com/login"))
		s.on(availability, redirect("https://portal.example.com/login"))
		cfg := s.config()
		cfg.DecryptionPassphrase = passphrase
		_, err := connect(cfg).CertificateAuthorities(ctx)
		Expect(err).To(MatchError(ContainSubstring("https://portal.example.com/login")))
		Expect(s.sent(unlock)).To(BeEmpty())
	})

	It("says that the passphrase is wrong", func(ctx SpecContext) {
		s.on(info, lockedInfo)
		s.on(unlock, answer(403, `{"errors":["`+`open \"sesame\" \\ please`+`"]}`))
		cfg := s.config()
		cfg.DecryptionPassphrase = passphrase
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		var wrong *opsman.WrongPassphraseError
		Expect(errors.As(err, &wrong)).To(BeTrue())
		Expect(err.Error()).To(And(ContainSubstring("check decryption_passphrase"), Not(ContainSubstring("sesame"))))
		Expect(string(client.log.Contents())).NotTo(ContainSubstring("sesame"))
		Expect(s.sent(unlock)).To(HaveLen(1))
	})

	It("is given up when it does not start in time", func(ctx SpecContext) {
		s.on(info, lockedInfo)
		s.on(unlock, answer(200, ``))
		s.on(availability, starting)
		cfg := s.config()
		cfg.DecryptionPassphrase, cfg.UnlockTimeout = passphrase, time.Minute
		client := connect(cfg)
		_, err := client.CertificateAuthorities(ctx)
		var late *opsman.NotStartedError
		Expect(errors.As(err, &late)).To(BeTrue(), "%v", err)
		Expect(err.Error()).To(And(ContainSubstring("did not start within 1m0s"), ContainSubstring("authentication system is starting"), ContainSubstring("unlock_timeout")))
		Expect(client.clock.total()).To(Equal(time.Minute))
	})

	It("is waited for when another operator has unlocked it", func(ctx SpecContext) {
		s.on(availability, times(2, starting, redirect("/auth/cloudfoundry"))...)
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.clock.total()).To(Equal(5 * time.Second))
	})

	It("is unlocked in mid-run, when the API redirects to its lock", func(ctx SpecContext) {
		s.on(token, s.login)
		well := answer(200, authorities)
		s.on(list, append(times(1, well, redirect("/unlock")), well)...)
		s.on(availability, redirect("/unlock"), redirect("/auth/cloudfoundry"))
		s.on(unlock, answer(200, ``))
		cfg := s.config()
		cfg.DecryptionPassphrase = passphrase
		client := connect(cfg)
		for range 2 {
			_, err := client.CertificateAuthorities(ctx)
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(s.sent(unlock)).To(HaveLen(1))
		Expect(s.sent(list)).To(HaveLen(3))
	})

	DescribeTable("was never set up", func(ctx SpecContext, told, looked http.HandlerFunc) {
		s.on(info, told)
		s.on(availability, looked)
		_, err := connect(s.config()).CertificateAuthorities(ctx)
		var never *opsman.NeverSetUpError
		Expect(errors.As(err, &never)).To(BeTrue(), "%v", err)
		Expect(err.Error()).To(ContainSubstring("was never set up"))
	},
		Entry("by its login page", page(502), redirect("/setup")),
		Entry("by info", answer(200, `{"info":{"version":"3.3","locked":false,"setup_complete":false}}`), page(502)),
	)

	Describe("asked for info", func() {
		It("says that it is locked", func(ctx SpecContext) {
			s.on(info, lockedInfo)
			told, err := connect(s.config()).Info(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(told.Locked).To(HaveValue(BeTrue()))
		})

		It("is unlocked first when there is a passphrase", func(ctx SpecContext) {
			s.on(info, lockedInfo, openInfo)
			s.on(unlock, answer(200, ``))
			cfg := s.config()
			cfg.DecryptionPassphrase = passphrase
			told, err := connect(cfg).Info(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(told.Locked).To(HaveValue(BeFalse()))
			Expect(s.all()).To(Equal([]string{info, unlock, availability, info}))
		})
	})
})
