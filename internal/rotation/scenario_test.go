package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// play is a world with a resource that follows it.
type play struct {
	world
	version rotation.Version
}

func begin(r rules) *play {
	p := &play{world: newWorld(r)}
	p.version = rotation.Observe(p.evidence(plainly), nil).Version
	return p
}

func (p *play) check() rotation.State {
	p.version = rotation.Observe(p.evidence(plainly), &p.version).Version
	return p.version.State
}

func (p *play) ask(phase rotation.Phase) rotation.Decision {
	e := p.evidence(plainly)
	return rotation.Decide(rotation.Question{Phase: phase, From: p.version, Observed: rotation.Observe(e, &p.version), Evidence: e})
}

func (p *play) step(phase rotation.Phase) {
	GinkgoHelper()
	d := p.ask(phase)
	Expect(d.Verdict).To(Equal(rotation.Go), d.Message)
	p.version = p.act(phase, rotation.Observe(p.evidence(plainly), &p.version))
	Expect(p.safe()).To(BeTrue(), "%s broke a handshake", phase)
}

func (p *play) deployAll(expected rotation.State) {
	GinkgoHelper()
	p.apply(everything)
	Expect(p.ask(rotation.Verify).Verdict).To(Equal(rotation.Done))
	Expect(p.check()).To(Equal(expected))
}

func (p *play) finishRotation() {
	GinkgoHelper()
	p.step(rotation.Regenerate)
	p.deployAll(rotation.Replaced)
	p.step(rotation.Delete)
	p.deployAll(rotation.Settled)
	Expect(p.deployments[0].trust).To(Equal(p.listed()), "nothing trusts the former CA any more")
}

var each = []rules{{}, {v1: true}, {dateOnly: true}, {dateOnly: true, v1: true}, {lazy: true}, {lazy: true, v1: true}}

var _ = Describe("another operator", func() {
	everywhere := func(tell func(*play)) func() {
		return func() {
			for _, r := range each {
				By(r.String())
				tell(begin(r))
			}
		}
	}

	It("activates without the apply: nothing is regenerated before it", everywhere(func(p *play) {
		p.step(rotation.Generate)
		p.activate(1)
		Expect(p.check()).To(Equal(rotation.Activated))
		refused := p.ask(rotation.Regenerate)
		Expect(refused.Reason).To(Equal(rotation.ReasonUntrusted))
		Expect(refused.Next).To(ContainSubstring("do not apply changes now; make CA " + guidA + " the active one again"))
		Expect(p.ask(rotation.Verify).Reason).To(Equal(rotation.ReasonUntrusted))
		p.activate(0)
		Expect(p.check()).To(Equal(rotation.Generated))
		p.deployAll(rotation.Trusted)
		p.step(rotation.Activate)
		p.finishRotation()
	}))

	It("activates and regenerates without the apply: going back includes regenerating under the former CA", everywhere(func(p *play) {
		p.step(rotation.Generate)
		p.activate(1)
		p.regenerate()
		Expect(p.check()).To(Equal(rotation.Activated))
		Expect(p.ask(rotation.Regenerate).Next).To(ContainSubstring("regenerate the leaves under it"))
		p.activate(0)
		Expect(p.check()).To(Equal(rotation.Generated))
		d, refused := rotation.ApplyRefusal(rotation.Observe(p.evidence(plainly), &p.version))
		if p.v1 && !p.lazy {
			Expect(refused).To(BeTrue(), "certificates v1 shows leaves that would break what gets them")
			Expect(d.Message).To(ContainSubstring("signed by candidate " + guidB))
			Expect(d.Next).To(ContainSubstring("om regenerate-certificates"))
		}
		p.regenerate()
		_, refused = rotation.ApplyRefusal(rotation.Observe(p.evidence(plainly), &p.version))
		Expect(refused).To(BeFalse())
		Expect(p.safe()).To(BeTrue())
		p.deployAll(rotation.Trusted)
		if p.v1 {
			Expect(p.ask(rotation.Activate).Verdict).To(Equal(rotation.Go))
		}
		p.step(rotation.Activate)
		p.finishRotation()
	}))

	It("regenerates between generate and activate: the leaves are regenerated once more", everywhere(func(p *play) {
		p.step(rotation.Generate)
		p.regenerate()
		p.deployAll(rotation.Trusted)
		p.regenerate()
		Expect(p.check()).To(Equal(rotation.Trusted))
		if p.v1 && !p.lazy {
			Expect(p.ask(rotation.Activate).Reason).To(Equal(rotation.ReasonOutdated))
			p.apply(everything)
		}
		p.step(rotation.Activate)
		Expect(p.ask(rotation.Delete).Reason).To(Equal(rotation.ReasonTooEarly))
		p.finishRotation()
	}))

	// undo is what breaks a foundation: leaves of the old CA after the new one's.
	undo := func(p *play, seen bool) {
		p.step(rotation.Generate)
		p.deployAll(rotation.Trusted)
		p.step(rotation.Activate)
		p.step(rotation.Regenerate)
		p.deployAll(rotation.Replaced)
		p.activate(0)
		p.regenerate()
		p.apply(everything)
		if seen {
			Expect(p.check()).To(Equal(rotation.Generated))
			Expect(p.ask(rotation.Delete).Message).To(ContainSubstring("would delete the new one"))
		}
		p.activate(1)
	}

	It("undoes the activation and repeats it, and a check sees it: the leaves are regenerated again", everywhere(func(p *play) {
		undo(p, true)
		Expect(p.check()).To(Equal(rotation.Activated))
		Expect(p.ask(rotation.Delete).Reason).To(Equal(rotation.ReasonTooEarly))
		if p.dateOnly {
			// Its trust was proven by a version that the undoing made void.
			Expect(p.ask(rotation.Regenerate).Reason).To(Equal(rotation.ReasonUntrusted))
			p.activate(0)
			Expect(p.check()).To(Equal(rotation.Generated))
			p.deployAll(rotation.Trusted)
			p.step(rotation.Activate)
		}
		p.finishRotation()
	}))

	It("undoes the activation and repeats it unseen: certificates v1 shows whose the leaves are", everywhere(func(p *play) {
		undo(p, false)
		if p.v1 {
			Expect(p.ask(rotation.Delete).Verdict).To(Equal(rotation.Refuse))
			Expect(p.check()).To(Equal(rotation.Activated))
			p.finishRotation()
			return
		}
		// The limit: certificates v0 shows neither signers nor what was active
		// when. Should this ever be refused, the documentation is to be changed.
		Expect(p.safe()).To(BeTrue())
		Expect(p.ask(rotation.Delete).Verdict).To(Equal(rotation.Go))
		p.remove(0)
		Expect(p.safe()).To(BeFalse())
	}))

	It("aborts by deleting the candidate: settled after an apply, and the next rotation is a new one", everywhere(func(p *play) {
		p.step(rotation.Generate)
		p.remove(1)
		Expect(p.ask(rotation.Activate).Reason).To(Equal(rotation.ReasonCandidateGone))
		Expect(p.check()).To(Equal(rotation.Retired))
		p.deployAll(rotation.Settled)
		p.step(rotation.Generate)
		p.deployAll(rotation.Trusted)
		p.step(rotation.Activate)
		p.finishRotation()
	}))

	It("applies at the moment of a phase: what started before it proves nothing", everywhere(func(p *play) {
		p.start()
		Expect(p.ask(rotation.Generate).Reason).To(Equal(rotation.ReasonInstallationRunning))
		p.generate()
		Expect(p.check()).To(Equal(rotation.Generated))
		p.finish(everything)
		Expect(p.check()).To(Equal(rotation.Generated))
		Expect(p.ask(rotation.Activate).Reason).To(Equal(rotation.ReasonNotReached))
		p.deployAll(rotation.Trusted)
	}))
})
