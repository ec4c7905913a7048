package integration_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("SIGTERM", func() {
	// limit is what a build that is aborted gives a process before SIGKILL comes,
	// and less.
	const limit = 2 * time.Second

	DescribeTable("while a request is under way ends the process in time, and it says how to go on",
		func(ctx SpecContext, name string, f faults.Fault, goOn string) {
			p := newPipeline(sim.Options{})
			p.look(ctx)
			run := map[string]func() program{
				"check": p.checking,
				"in":    func() program { return p.getting(p.Version, nil) },
				"out":   func() program { return p.out("generate", nil) },
			}[name]()
			session := p.heldAt(ctx, f, run)
			Expect(session).NotTo(BeNil(), "it ended before the request")
			session.Terminate()
			Eventually(session, limit).Should(gexec.Exit())
			o := ended(ctx, session)
			Expect(o.code).To(Equal(1))
			Expect(o.stdout).To(BeEmpty())
			Expect(o.stderr).To(ContainSubstring("interrupted: " + goOn))
			p.clearOfTheDead(ctx)
			p.finish(ctx, p.first)
			p.expectKept(p.first)
		},
		Entry("check, at the token", "check", faults.Fault{Path: "/uaa/oauth/token", Effect: faults.HoldBefore}, "nothing was changed; the next check starts anew"),
		Entry("check, at the CAs", "check", faults.Fault{Path: "/api/v0/certificate_authorities", Effect: faults.HoldAfter}, "nothing was changed"),
		Entry("in", "in", faults.Fault{Path: "/api/v0/certificate_authorities", Effect: faults.HoldBefore}, "nothing was changed in Ops Manager; rerun the step"),
		Entry("out, at a read", "out", faults.Fault{Path: "/api/v0/staged/pending_changes", Effect: faults.HoldBefore}, ""),
		Entry("out, at its call, which is lost", "out", faults.Fault{Method: "POST", Path: "/api/v0/certificate_authorities/generate", Effect: faults.HoldBefore}, "Ops Manager may or may not have carried out the call that was under way; rerun the same step"),
		Entry("out, at its call, which is carried out", "out", faults.Fault{Method: "POST", Path: "/api/v0/certificate_authorities/generate", Effect: faults.HoldBefore, Orphan: true}, "Ops Manager may or may not have carried out the call that was under way; rerun the same step"),
		Entry("out, after its call", "out", faults.Fault{Method: "POST", Path: "/api/v0/certificate_authorities/generate", Effect: faults.HoldAfter}, "Ops Manager may or may not have carried out the call that was under way; rerun the same step"),
	)

	It("while Ops Manager is away ends the process in time", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		away := p.fault(faults.Fault{Path: "/uaa/oauth/token", Effect: faults.Answer, Status: 502, Times: faults.Forever})
		session := p.checking().start(ctx)
		Expect(p.WaitStruck(ctx, away, 1)).To(Succeed())
		session.Terminate()
		Eventually(session, limit).Should(gexec.Exit(1))
		Expect(ended(ctx, session).stdout).To(BeEmpty())
	})

	It("leaves the installation of apply-changes alone and names it", func(ctx SpecContext) {
		p := atGenerated(ctx)
		stuck := p.fault(faults.Fault{Effect: faults.Stuck, Product: "cf"})
		session := p.applyChanges("--from", "ca").start(ctx)
		Expect(p.WaitStruck(ctx, stuck, 1)).To(Succeed())
		session.Terminate()
		Eventually(session, limit).Should(gexec.Exit(1))
		o := ended(ctx, session)
		Expect(o.stderr).To(ContainSubstring("interrupted: installation 3 goes on in Ops Manager, untouched"))
		Expect(p.Release(stuck)).To(Succeed())
		Expect(p.WaitIdle(ctx)).To(Succeed())
		Expect(p.put(ctx, "verify").Version["state"]).To(Equal("trusted"))
	})
})
