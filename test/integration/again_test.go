package integration_test

import (
	"context"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	. "github.com/onsi/gomega/gbytes"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// rotating is the task rotate with its default params, but for more.
func (p *pipeline) rotating(more ...string) program {
	GinkgoHelper()
	task := p.Supervising("rotate")
	task.Environ = append(append(task.Environ, "FROM=", "TO=ca", "AGAIN=false"), more...)
	return program{task}
}

// generated counts the CAs that were made.
func (p *pipeline) generated() int {
	return p.Ledger().Count(http.MethodPost, "/api/v0/certificate_authorities/generate")
}

// stoppedAtLast is a foundation whose rotation was ended in its last apply
// changes, which goes on by itself.
func stoppedAtLast(ctx context.Context, o sim.Options, stop func(*pipeline, *gexec.Session)) (p *pipeline, stuck string) {
	GinkgoHelper()
	p = newPipeline(o) //nolint:contextcheck // it is served until the spec ends, not its context
	stuck = p.fault(faults.Fault{Effect: faults.Stuck, Product: "cf", Skip: 2})
	session := p.rotating().start(ctx)
	Expect(p.WaitStruck(ctx, stuck, 1)).To(Succeed())
	stop(p, session)
	Expect(ended(ctx, session).code).NotTo(Equal(0))
	Expect(p.Dump().CAs).To(ConsistOf(HaveField("GUID", Not(Equal(p.first)))), "the former one was deleted")
	return p, stuck
}

var _ = Describe("A rotation that was interrupted in its last apply changes", func() {
	terminate := func(_ *pipeline, s *gexec.Session) { s.Terminate() }
	kill := func(p *pipeline, s *gexec.Session) {
		GinkgoHelper()
		s.Kill()
		p.killOm()
	}

	DescribeTable("and has ended by itself is not begun anew, unless that is asked for",
		func(ctx SpecContext, o sim.Options, stop func(*pipeline, *gexec.Session)) {
			p, stuck := stoppedAtLast(ctx, o, stop)
			Expect(p.Release(stuck)).To(Succeed())
			Expect(p.WaitIdle(ctx)).To(Succeed())
			active, before := p.active(), len(p.writes())
			for _, more := range []string{"DRY_RUN=true", "EXPIRES_WITHIN=5y", "ACCEPT="} {
				Expect(succeeded(ctx, p.rotating(more)).stderr).To(And(
					ContainSubstring("nothing to do: the active CA "+active+" was created less than a week ago"), ContainSubstring("an earlier rotation has ended"),
					ContainSubstring("to rotate all the same, say so (AGAIN)")), more)
			}
			Expect(p.writes()).To(HaveLen(before))
			Expect(p.generated()).To(Equal(1))
			succeeded(ctx, p.rotating("AGAIN=true"))
			Expect(p.generated()).To(Equal(2))
			Expect(p.active()).NotTo(Equal(active))
			Expect(p.Dump().Broken).To(BeEmpty())
		},
		Entry("by SIGTERM", sim.Options{}, terminate),
		Entry("by kill -9", sim.Options{}, kill),
		Entry("by kill -9, on 2.10", sim.Options{Version: "2.10.63-build.1260"}, kill),
	)

	DescribeTable("and still runs is waited for, and no second time applied",
		func(ctx SpecContext, stop func(*pipeline, *gexec.Session)) {
			p, stuck := stoppedAtLast(ctx, sim.Options{}, stop)
			session := p.rotating().start(ctx)
			Eventually(ctx, session.Err).WithTimeout(patience).Should(Say("waiting for it to end"))
			Expect(p.Release(stuck)).To(Succeed())
			o := ended(ctx, session)
			Expect(o.code).To(Equal(0), o.stderr)
			Expect(o.stderr).To(And(ContainSubstring("the rotation before this one has ended"), ContainSubstring("no new rotation was begun")))
			Expect(p.generated()).To(Equal(1))
			Expect(p.Dump().Installations).To(HaveLen(5))
		},
		Entry("by SIGTERM", terminate), Entry("by kill -9", kill),
	)

	It("is no hindrance when the CA is older than a week", func(ctx SpecContext) {
		p, stuck := stoppedAtLast(ctx, sim.Options{}, terminate)
		Expect(p.Release(stuck)).To(Succeed())
		Expect(p.WaitIdle(ctx)).To(Succeed())
		p.Advance(8 * 24 * time.Hour)
		succeeded(ctx, p.rotating())
		Expect(p.generated()).To(Equal(2))
	})
})

var _ = Describe("The record that apply-changes leaves beside the version", func() {
	It("proves service instances to a put where the log of the installation does not tell, and carries a whole rotation", func(ctx SpecContext) {
		p := newPipeline(sim.Options{Version: "2.10.63-build.1260", PlainLogs: true})
		p.byOm()
		first := p.active()
		p.reach(ctx, "generated")
		p.operate(sim.Action{Do: "apply", Wait: true})
		p.expectRefused(ctx, "verify", nil, "instances-unproven", ContainSubstring("its log has none of the lines"))
		p.apply(ctx)
		before := len(p.Dump().Installations)
		answer := p.put(ctx, "verify")
		Expect(answer.Version).To(HaveKeyWithValue("state", "trusted"))
		Expect(answer.Datum("notes")).To(ContainSubstring("proven by the record that our own apply changes left (applied.json)"))
		p.finish(ctx, first)
		Expect(p.Dump().Installations).To(HaveLen(before + 2))
		p.expectKept(first)
	})
})
