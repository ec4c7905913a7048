package troubleshooting_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

var _ = DescribeTable("an error leads to its entries",
	func(err error, codes ...troubleshooting.Code) {
		Expect(troubleshooting.Of(err)).To(Equal(codes))
		Expect(troubleshooting.Of(fmt.Errorf("while at it: %w", err))).To(Equal(codes))
		for _, code := range codes {
			Expect(troubleshooting.Codes()).To(ContainElement(code))
		}
	},
	Entry("a refused phase", &foundation.RefusedError{Decision: rotation.Decision{Reason: rotation.ReasonOldLeaves}}, troubleshooting.Code("old-leaves")),
	Entry("a refused apply changes", &apply.RefusedError{Reason: rotation.ReasonStrayLeaves}, troubleshooting.Code("stray-leaves")),
	Entry("a call without effect", &foundation.NoEffectError{}, troubleshooting.NoEffect),
	Entry("several safety violations, each once", &opsman.APIError{Violations: []opsman.Violation{{Code: opsman.CodeUnknown}, {Code: opsman.CodeOnlyTransitional}, {Code: opsman.CodeUnknown}}}, troubleshooting.Code("safety-unknown-violation"), troubleshooting.Code("safety-only-transitional-version")),
	Entry("another refusal of Ops Manager", &opsman.APIError{Status: 500}, troubleshooting.CallRefused),
	Entry("a call carried out in part", &opsman.FailedCertificatesError{}, troubleshooting.PartlyDone),
	Entry("a lost answer, whatever lost it", &opsman.OutcomeUnknownError{Cause: &opsman.UnavailableError{Cause: errors.New("EOF")}}, troubleshooting.AnswerLost),
	Entry("a call turned away", &opsman.NotPerformedError{Cause: opsman.ErrBadCredentials}, troubleshooting.TurnedAway),
	Entry("credentials", opsman.ErrBadCredentials, troubleshooting.BadCredentials),
	Entry("a lock", &opsman.LockedError{}, troubleshooting.Locked),
	Entry("a wrong passphrase", &opsman.WrongPassphraseError{}, troubleshooting.WrongPassphrase),
	Entry("no set-up", &opsman.NeverSetUpError{}, troubleshooting.NeverSetUp),
	Entry("no start", &opsman.NotStartedError{}, troubleshooting.NotStarted),
	Entry("a certificate, however long it was tried", &opsman.UnavailableError{Cause: &tls.CertificateVerificationError{Err: errors.New("x509")}}, troubleshooting.NotTrusted),
	Entry("an expired certificate", &opsman.HandshakeError{Problem: opsman.CertificateExpired}, troubleshooting.Expired),
	Entry("a certificate of another name", &opsman.HandshakeError{Problem: opsman.CertificateOfOther}, troubleshooting.OtherName),
	Entry("a certificate with a common name alone", &opsman.HandshakeError{Problem: opsman.CertificateUnnamed}, troubleshooting.NoNames),
	Entry("a port without TLS", &opsman.HandshakeError{Problem: opsman.NotTLS}, troubleshooting.NotTLS),
	Entry("a certificate of an unknown authority", &opsman.HandshakeError{Problem: opsman.CertificateUnknown}, troubleshooting.NotTrusted),
	Entry("a certificate for no web server", &opsman.HandshakeError{Problem: opsman.CertificateUnusable}, troubleshooting.NotTrusted),
	Entry("another server", &opsman.NotOpsManagerError{}, troubleshooting.NotOpsManager),
	Entry("a proxy that refuses", &opsman.UnavailableError{Cause: &opsman.ProxyRefusedError{}}, troubleshooting.ProxyRefused),
	Entry("no server there", &opsman.UnavailableError{Cause: errors.New("connection refused")}, troubleshooting.NotAvailable),
	Entry("a failed installation", &apply.FailedError{Status: "failed"}, troubleshooting.InstallationFailed),
	Entry("an incomplete installation", &apply.FailedError{Status: "succeeded"}, troubleshooting.InstallationIncomplete),
	Entry("a stuck installation", &apply.StuckError{}, troubleshooting.InstallationStuck),
	Entry("an om that started nothing", &apply.NotStartedError{}, troubleshooting.OmStartedNothing),
	Entry("an error that was given the way", troubleshooting.WithCodes(errors.New("it is unknown"), troubleshooting.OfReason(rotation.ReasonCertificatesUnknown)), troubleshooting.Code("certificates-unknown")),
	Entry("an interruption", &apply.InterruptedError{Cause: errors.New("signal")}, troubleshooting.Interrupted),
)

var _ = It("a refusal for want of a clock is quoted in the guide as it is written", func() {
	e := evidence.Evidence{
		CAs:      []evidence.CA{{GUID: "8a1f3c5e7b9d2f4a6c8e", Active: true, ExpiresOn: evidence.Stamp{Time: time.Date(2028, 11, 28, 8, 0, 0, 0, time.UTC)}}},
		Products: evidence.Products{Asked: true, List: []evidence.Product{{GUID: "p-bosh-1", Type: evidence.Director}}},
	}
	s := rotation.Observe(e, nil)
	d := rotation.Decide(rotation.Question{Phase: rotation.Generate, From: s.Version, Observed: s, Evidence: e})
	expectQuoted(troubleshooting.OfReason(rotation.ReasonClockUnknown), (&foundation.RefusedError{Phase: rotation.Generate, Decision: d}).Error())
})

var _ = Describe("bad input", func() {
	It("leads nowhere: its sentence says it all", func() {
		Expect(troubleshooting.Of(errors.New("source.target is missing"))).To(BeNil())
		Expect(troubleshooting.Links(nil)).To(BeEmpty())
	})

	It("is not what several entries are: each has a line", func() {
		Expect(troubleshooting.Links([]troubleshooting.Code{"a", "b"})).To(Equal("what to do: " + troubleshooting.Page + "#a\n            " + troubleshooting.Page + "#b"))
	})
})

var _ = Describe("the message of an apply changes, in the guide,", func() {
	DescribeTable("is the error's own", func(code troubleshooting.Code, err error) {
		expectQuoted(code, err.Error())
	},
		Entry(nil, troubleshooting.InstallationFailed, &apply.FailedError{ID: 4, Status: "failed", Products: []apply.Product{{Name: "TAS", Status: "failed"}, {Name: "MySQL", Status: "skipped"}}}),
		Entry(nil, troubleshooting.InstallationIncomplete, &apply.FailedError{ID: 7, Status: "succeeded", Products: []apply.Product{{Name: "MySQL", Status: apply.NotCovered}}}),
		Entry(nil, troubleshooting.InstallationStuck, &apply.StuckError{ID: 5, Why: "its log has not grown and no product has got on for 6h00m", Ignore: "--ignore-installation"}),
		Entry(nil, troubleshooting.OmStartedNothing, &apply.NotStartedError{Message: "installation failed to trigger: request failed: unexpected response from /api/v0/installations: HTTP 422 Unprocessable Entity: TAS is not configured Tip: x"}),
		Entry(nil, troubleshooting.Interrupted, &apply.InterruptedError{ID: 5, Ours: true}),
		Entry(nil, troubleshooting.WrongPassphrase, &opsman.WrongPassphraseError{Target: "https://opsman.example.com", Passphrase: "source.decryption_passphrase"}),
		Entry(nil, troubleshooting.NeverSetUp, &opsman.NeverSetUpError{Target: "https://opsman.example.com"}),
		Entry(nil, troubleshooting.NotStarted, &opsman.NotStartedError{Target: "https://opsman.example.com", For: 15 * time.Minute, Last: "its authentication system is starting", Limit: "source.unlock_timeout"}),
		Entry(nil, troubleshooting.TurnedAway, &opsman.NotPerformedError{Method: "POST", Path: "/api/v0/certificate_authorities/generate", Cause: errors.New("401")}),
	)
})
