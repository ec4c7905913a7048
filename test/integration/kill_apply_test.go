package integration_test

import (
	"context"
	"net/http"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// slowly lets an installation run for a moment.
var slowly = sim.Options{VMDelay: 5 * time.Millisecond}

// atGenerated is a foundation that waits for its first apply changes.
func atGenerated(ctx context.Context) *pipeline {
	GinkgoHelper()
	p := newPipeline(slowly) //nolint:contextcheck // it is served until the spec ends, not its context
	p.waitForApply(ctx)
	return p
}

func (p *pipeline) waitForApply(ctx context.Context) {
	GinkgoHelper()
	p.operate(sim.Action{Do: "generate"}) //nolint:contextcheck // it does not wait
	Expect(p.look(ctx)["state"]).To(Equal("generated"))
}

// applyAgain runs apply-changes once more, after which the proof is there.
func (p *pipeline) applyAgain(ctx context.Context) {
	GinkgoHelper()
	succeeded(ctx, p.applyChanges("--from", "ca"))
	Expect(p.put(ctx, "verify").Version["state"]).To(Equal("trusted"))
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
	before := p.Requests()
	p.applyAgain(ctx)
	return 1 + slices.IndexFunc(p.Ledger().Requests[before:], func(r sim.Request) bool {
		return r.Method == http.MethodPost && r.Path == "/api/v0/installations"
	})
}

var _ = Describe("Kill -9 of apply-changes", func() {
	It("together with its om, at each request of both, is healed by running it again", func(ctx SpecContext) {
		post := requestOfInstallation(ctx)
		type point struct {
			*pipeline
			n      int
			effect faults.Effect
		}
		var points []point
		// A few polls after the installation was asked for stand for all of them.
		for n := range post + 3 {
			points = append(points, point{newPipeline(slowly), n + 1, faults.HoldBefore})
		}
		points = append(points, point{newPipeline(slowly), post, faults.HoldAfter})
		var killed kills[faults.Effect]
		sideBySide(points, 4, func(at point) {
			at.waitForApply(ctx)
			session := at.applyHeldAt(ctx, at.n, at.effect)
			session.Kill()
			at.killOm()
			Expect(ended(ctx, session).code).NotTo(Equal(0))
			at.clearOfTheDead(ctx)
			killed.add(at.effect)
			at.applyAgain(ctx)
		})
		Expect(killed.counts).To(Equal(map[faults.Effect]int{faults.HoldBefore: post + 3, faults.HoldAfter: 1}))
		killed.report("kill points of apply-changes with om")
	})

	DescribeTable("alone, while its om asks for the installation, is healed by running it again",
		func(ctx SpecContext, effect faults.Effect) {
			post := requestOfInstallation(ctx)
			p := atGenerated(ctx)
			session := p.applyHeldAt(ctx, post, effect)
			session.Kill()
			ended(ctx, session)
			p.ClearFaults()
			p.applyAgain(ctx)
			killed := kills[faults.Effect]{counts: map[faults.Effect]int{effect: 1}}
			killed.report("kill points of apply-changes alone")
		},
		Entry("before Ops Manager starts it", faults.HoldBefore),
		Entry("after Ops Manager has started it", faults.HoldAfter),
	)

	DescribeTable("not of itself but of om is survived, if the installation runs: it stays with it",
		func(ctx SpecContext, polls int) {
			post := requestOfInstallation(ctx)
			p := atGenerated(ctx)
			session := p.applyHeldAt(ctx, post+polls, faults.HoldAfter)
			p.killOm()
			p.clearOfTheDead(ctx)
			o := ended(ctx, session)
			Expect(o.code).To(Equal(0), o.stderr)
			Expect(p.Dump().Installations).To(HaveLen(3), "a second installation was started")
			Expect(p.put(ctx, "verify").Version["state"]).To(Equal("trusted"))
			killed := kills[string]{counts: map[string]int{"after the installation was asked for": 1}}
			killed.report("kill points of om")
		},
		Entry("when it was just started", 0), Entry("at the first poll", 1), Entry("at the second poll", 2),
	)
})

// applyHeldAt starts apply-changes and lets it run to the n-th request of itself
// and its om.
func (p *pipeline) applyHeldAt(ctx context.Context, n int, effect faults.Effect) *gexec.Session {
	GinkgoHelper()
	session := p.heldAt(ctx, faults.Fault{Effect: effect, Skip: n - 1}, p.applyChanges("--from", "ca"))
	Expect(session).NotTo(BeNil(), "apply-changes ended before request %d", n)
	return session
}
