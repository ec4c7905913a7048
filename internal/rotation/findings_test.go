package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// What the walk has found, a spec each.
var _ = Describe("what the walk has found", func() {
	It("a proof made while certificates could not be listed does not activate, nor stay proven when they can", func() {
		p := begin(rules{v1: true})
		p.step(rotation.Generate)
		p.apply(errandLeft)
		e := p.evidence(deaf)
		state := rotation.Observe(e, &p.version)
		Expect(state.State).To(Equal(rotation.Generated), "what is unknown is not proven")
		ask := func(phase rotation.Phase, accept ...rotation.Reason) rotation.Decision {
			return rotation.Decide(rotation.Question{Phase: phase, From: p.version, Observed: state, Evidence: e, Options: rotation.Options{Accept: accept}})
		}
		Expect(ask(rotation.Verify, rotation.ReasonInstances, rotation.ReasonCertificatesUnknown).Reason).To(Equal(rotation.ReasonNotReached), "the errand is off, as its log shows")

		p.mute = true
		e = p.evidence(deaf)
		state = rotation.Observe(e, &p.version)
		Expect(ask(rotation.Verify).Reason).To(Equal(rotation.ReasonInstances))
		Expect(ask(rotation.Verify, rotation.ReasonInstances).Reason).To(Equal(rotation.ReasonCertificatesUnknown))
		taken := ask(rotation.Verify, rotation.ReasonInstances, rotation.ReasonCertificatesUnknown)
		Expect(taken.Version.State).To(Equal(rotation.Trusted))
		Expect(taken.Notes).To(ConsistOf(ContainSubstring("accepted instances-unproven"), ContainSubstring("accepted certificates-unknown")))

		state = rotation.Observe(e, taken.Version)
		Expect(ask(rotation.Activate).Reason).To(Equal(rotation.ReasonCertificatesUnknown), "accepted once is not accepted for ever")
		Expect(ask(rotation.Activate).Message).To(ContainSubstring("what does not trust CA " + guidB))

		p.version = state.Version
		Expect(p.ask(rotation.Verify).Reason).To(Equal(rotation.ReasonOutdated))
		Expect(p.ask(rotation.Activate).Reason).To(Equal(rotation.ReasonOutdated))
		p.apply(everything)
		Expect(p.ask(rotation.Verify).Verdict).To(Equal(rotation.Done))
		p.step(rotation.Activate)
	})

	It("with certificates v0, a configurable leaf made while the candidate waited for its trust may be the retiring CA's", func() {
		p := begin(rules{})
		p.step(rotation.Generate)
		p.configure()
		p.deployAll(rotation.Trusted)
		p.step(rotation.Activate)
		p.step(rotation.Regenerate)
		p.deployAll(rotation.Replaced)
		Expect(p.ask(rotation.Delete).Reason).To(Equal(rotation.ReasonConfigurable))
		p.configure() // replaced, by the active CA
		p.apply(everything)
		Expect(p.ask(rotation.Delete).Verdict).To(Equal(rotation.Go))
	})

	It("leaves of the candidate that are deployed already do not forbid apply changes for ever", func() {
		p := begin(rules{v1: true, lazy: true})
		p.step(rotation.Generate)
		p.deployAll(rotation.Trusted)
		p.step(rotation.Activate)
		p.step(rotation.Regenerate)
		p.deployAll(rotation.Replaced)
		p.activate(0)
		Expect(p.check()).To(Equal(rotation.Generated))
		_, refused := rotation.ApplyRefusal(rotation.Observe(p.evidence(plainly), &p.version))
		Expect(refused).To(BeFalse())
		p.deployAll(rotation.Trusted)
	})

	It("another operator's update staged behind the activation is not deployed by an apply changes that mends something", func() {
		p := begin(rules{})
		p.step(rotation.Generate)
		p.deployAll(rotation.Trusted)
		p.step(rotation.Activate)
		p.staged = anUpdate
		e := p.evidence(plainly)
		d, refused := rotation.Interferes(rotation.Question{Observed: rotation.Observe(e, &p.version), Evidence: e})
		Expect(refused).To(BeTrue())
		Expect(d.Reason).To(Equal(rotation.ReasonPendingChanges))
	})

	It("leaves alone are not renewed while certificates cannot be listed", func() {
		st := stages[rotation.Settled]()
		d := decide(rotation.Regenerate, st.from, st.f.certificatesUnknown("500 nested asn"), leavesAlone)
		Expect(d.Reason).To(Equal(rotation.ReasonCertificatesUnknown))
		Expect(d.Message).To(ContainSubstring("what does not trust the active CA"))
	})

	It("an errand that failed is not forgotten over a later installation of something else", func() {
		p := begin(rules{})
		p.apply(errandFails)
		p.apply(directorOnly)
		d := p.ask(rotation.Generate)
		Expect(d.Reason).To(Equal(rotation.ReasonInstallationFailed))
		Expect(d.Message).To(ContainSubstring("installation 2 failed without naming a product"))
		p.apply(everything)
		p.step(rotation.Generate)
	})

	It("a set-back state says what set it back", func() {
		f := switched().after(installation(4, "2026-03-01T09:00:00Z"), installation(6, "2026-03-03T09:00:00Z"))
		f.e.CAs[0].Active, f.e.CAs[1].Active = f.e.CAs[1].Active, f.e.CAs[0].Active
		s := f.observe(replaced(guidB, guidA, "6", "5"))
		Expect(s.SetBack).To(Equal("set back from replaced: the activation was undone"))
		d := rotation.Decide(rotation.Question{Phase: rotation.Delete, From: s.Version, Observed: s, Evidence: f.tells()})
		Expect(d.Message).To(ContainSubstring("set back from replaced"))
	})
})
