package integration_test

import (
	"context"
	"os"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// atGenerated is a foundation that waits for its first apply changes.
func atGenerated(ctx context.Context) *pipeline {
	GinkgoHelper()
	p := newPipeline(sim.Options{VMDelay: 5 * time.Millisecond})
	p.operate(sim.Action{Do: "generate"})
	Expect(p.look(ctx)["phase"]).To(Equal("generated"))
	return p
}

// applyAgain runs apply-changes once more, after which the proof is there.
func (p *pipeline) applyAgain(ctx context.Context) {
	GinkgoHelper()
	o := p.applyChanges("--from", "ca").run(ctx)
	Expect(o.code).To(Equal(0), o.stderr)
	Expect(p.put(ctx, "verify").Version["phase"]).To(Equal("trusted"))
	Expect(p.Dump().Broken).To(BeEmpty())
	for _, i := range p.Dump().Installations {
		Expect(i.Status).To(Equal("succeeded"))
	}
}

// requestOfInstallation is how many requests apply-changes and its om send until
// om asks for the installation, that one included.
func requestOfInstallation(ctx context.Context) int {
	GinkgoHelper()
	p := atGenerated(ctx)
	before := p.requests()
	p.applyAgain(ctx)
	return 1 + slices.IndexFunc(p.Ledger().Requests[before:], func(r sim.Request) bool {
		return r.Method == "POST" && r.Path == "/api/v0/installations"
	})
}

var _ = Describe("Kill -9 of apply-changes", func() {
	It("together with its om, at each request of both, is healed by running it again", func(ctx SpecContext) {
		post := requestOfInstallation(ctx)
		killed := map[string]int{}
		// A few polls after the installation was asked for stand for all of them.
		for n := 1; n <= post+3; n++ {
			effects := []sim.Effect{sim.HoldBefore}
			if n == post {
				effects = []sim.Effect{sim.HoldBefore, sim.HoldAfter}
			}
			for _, effect := range effects {
				p := atGenerated(ctx)
				session := p.applyHeldAt(ctx, n, effect)
				session.Kill()
				p.killOm()
				Expect(ended(ctx, session).code).NotTo(Equal(0))
				p.clearOfTheDead(ctx)
				killed[string(effect)]++
				p.applyAgain(ctx)
			}
		}
		report("kill points of apply-changes with om", killed)
	})

	DescribeTable("alone, while its om asks for the installation, is healed by running it again",
		func(ctx SpecContext, effect sim.Effect) {
			post := requestOfInstallation(ctx)
			p := atGenerated(ctx)
			session := p.applyHeldAt(ctx, post, effect)
			session.Kill()
			ended(ctx, session)
			p.ClearFaults()
			p.applyAgain(ctx)
			report("kill points of apply-changes alone", map[string]int{string(effect): 1})
		},
		Entry("before Ops Manager starts it", sim.HoldBefore),
		Entry("after Ops Manager has started it", sim.HoldAfter),
	)

	DescribeTable("not of itself but of om is survived, if the installation runs: it stays with it",
		func(ctx SpecContext, polls int) {
			post := requestOfInstallation(ctx)
			p := atGenerated(ctx)
			session := p.applyHeldAt(ctx, post+polls, sim.HoldAfter)
			p.killOm()
			p.clearOfTheDead(ctx)
			o := ended(ctx, session)
			Expect(o.code).To(Equal(0), o.stderr)
			Expect(p.Dump().Installations).To(HaveLen(3), "a second installation was started")
			Expect(p.put(ctx, "verify").Version["phase"]).To(Equal("trusted"))
			report("kill points of om", map[int]int{polls: 1})
		},
		Entry("when it was just started", 0), Entry("at the first poll", 1), Entry("at the second poll", 2),
	)
})

// applyHeldAt starts apply-changes and lets it run to the n-th request of itself
// and its om.
func (p *pipeline) applyHeldAt(ctx context.Context, n int, effect sim.Effect) *gexec.Session {
	GinkgoHelper()
	session := p.heldAt(ctx, sim.Fault{Effect: effect, Skip: n - 1}, p.applyChanges("--from", "ca"))
	Expect(session).NotTo(BeNil(), "apply-changes ended before request %d", n)
	return session
}

// killOm kills the om that apply-changes started, if it has.
func (p *pipeline) killOm() {
	GinkgoHelper()
	if _, err := os.Stat(p.pidFile()); err == nil {
		// It may have ended by itself.
		_ = p.omProcess().Kill()
	}
}
