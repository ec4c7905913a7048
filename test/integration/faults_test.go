package integration_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

// mutation is the one call of a phase, as a fault finds it.
type mutation struct{ phase, state, method, path string }

var mutations = []mutation{
	{"generate", "settled", "POST", "/api/v0/certificate_authorities/generate"},
	{"activate", "trusted", "POST", "/api/v0/certificate_authorities/*/activate"},
	{"regenerate", "activated", "POST", "/api/v0/certificate_authorities/active/regenerate"},
	{"delete", "replaced", "DELETE", "/api/v0/certificate_authorities/*"},
}

// on is the fault, on the phase's call.
func (m mutation) on(f faults.Fault) faults.Fault {
	f.Method, f.Path = m.method, m.path
	return f
}

// everyMutation goes through a rotation and lets the fault strike the one call of
// each phase; then takes it from there. In the end the promises are kept.
func everyMutation(ctx context.Context, f faults.Fault, then func(p *pipeline, m mutation, o ending)) {
	GinkgoHelper()
	p := newPipeline(sim.Options{}) //nolint:contextcheck // it is served until the spec ends, not its context
	for _, m := range mutations {
		By(m.phase)
		p.reach(ctx, m.state)
		id := p.fault(m.on(f))
		o := p.out(m.phase, nil).run(ctx)
		Expect(p.Struck(id)).To(Equal(1))
		p.ClearFaults()
		then(p, m, o)
	}
	p.finish(ctx, p.first)
	p.expectKept(p.first)
}

var _ = Describe("Ops Manager", func() {
	It("that loses its answer after the work is asked what it did", func(ctx SpecContext) {
		everyMutation(ctx, faults.Fault{Effect: faults.CloseAfter}, func(p *pipeline, m mutation, o ending) {
			if m.phase == "regenerate" {
				Expect(o.code).To(Equal(1))
				Expect(o.stdout).To(BeEmpty())
				Expect(o.stderr).To(ContainSubstring("rerun this step, regenerating twice does no harm"))
				p.put(ctx, m.phase)
				return
			}
			Expect(o.answer().Datum("notes")).To(ContainSubstring("the answer to the call was lost; Ops Manager shows that it was carried out"))
			p.learn(o.answer().Version)
		})
	})

	It("that loses a call before the work is watched for a while, and the phase can be interrupted and run again", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		for _, m := range mutations {
			By(m.phase)
			p.reach(ctx, m.state)
			p.fault(m.on(faults.Fault{Effect: faults.CloseBefore}))
			// The first look behind the lost call.
			before := p.Requests()
			session := p.startPut(ctx, m.phase)
			if m.phase != "regenerate" {
				Eventually(session.Err).Should(gbytes.Say("the answer was lost"))
				session.Terminate()
			}
			o := ended(ctx, session)
			Expect(o.code).To(Equal(1))
			Expect(o.stdout).To(BeEmpty())
			Expect(o.stderr).To(MatchRegexp("rerun (the same|this) step"))
			Expect(p.Requests()).To(BeNumerically(">", before))
			p.ClearFaults()
			p.put(ctx, m.phase)
		}
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	})

	DescribeTable("that turns a call away is asked again after another look, once",
		func(ctx SpecContext, f faults.Fault) {
			everyMutation(ctx, f, func(p *pipeline, _ mutation, o ending) {
				p.learn(o.answer().Version)
				Expect(o.stderr).To(ContainSubstring("turned away"))
			})
		},
		Entry("with 401", faults.Fault{Effect: faults.Answer, Status: 401}),
		Entry("with 429", faults.Fault{Effect: faults.Answer, Status: 429}),
	)

	DescribeTable("that is not itself for a moment is waited for by check and out",
		func(ctx SpecContext, f faults.Fault) {
			p := newPipeline(sim.Options{})
			f.Path = "/uaa/oauth/token"
			login := p.fault(f)
			p.look(ctx)
			f.Path = "/api/v0/staged/pending_changes"
			read := p.fault(f)
			p.put(ctx, "generate")
			Expect(p.Struck(login)).To(Equal(1))
			Expect(p.Struck(read)).To(Equal(1))
			p.expectProper()
		},
		Entry("502 with a page of HTML", faults.Fault{Effect: faults.Answer, Status: 502}),
		Entry("429", faults.Fault{Effect: faults.Answer, Status: 429}),
		Entry("503 with Retry-After", faults.Fault{Effect: faults.Answer, Status: 503, Headers: map[string]string{"Retry-After": "0"}}),
		Entry("a connection cut before the answer", faults.Fault{Effect: faults.CloseBefore}),
		Entry("a connection cut in the answer", faults.Fault{Effect: faults.Truncate}),
	)

	It("that revokes the token in mid-run is logged in to again", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.rotate(ctx, p.first, func(ctx context.Context, phase string) {
			GinkgoHelper()
			p.fault(faults.Fault{Method: "GET", Path: "/api/v0/installations", Effect: faults.Answer, Status: 401})
			before := p.Ledger().Count("POST", "/uaa/oauth/token")
			p.put(ctx, phase)
			Expect(p.Ledger().Count("POST", "/uaa/oauth/token")).To(Equal(before + 2))
		})
		p.expectKept(p.first)
	})

	It("whose tokens last a second is logged in to again", func(ctx SpecContext) {
		p := newPipeline(sim.Options{TokenTTL: time.Second})
		p.look(ctx)
		p.fault(faults.Fault{Method: "GET", Path: "/api/v0/installations", Effect: faults.DelayAfter, Delay: faults.Duration(1100 * time.Millisecond)})
		p.put(ctx, "generate")
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	})

	It("that warns is heard, in the log and in the metadata", func(ctx SpecContext) {
		everyMutation(ctx, faults.Fault{Effect: faults.Warn, Warnings: []string{"2 certificates could not be verified"}}, func(p *pipeline, _ mutation, o ending) {
			p.learn(o.answer().Version)
			Expect(o.stderr).To(ContainSubstring("Ops Manager warns: 2 certificates could not be verified"))
			Expect(o.answer().Datum("warnings")).To(Equal("2 certificates could not be verified"))
		})
	})

	DescribeTable("that refuses a call says why, and we what to do",
		func(ctx SpecContext, effect faults.Effect) {
			f := faults.Fault{Effect: effect, Violations: []outcome.Violation{{Violation: outcome.ChildNotLatest, CertificateNames: []string{"/opsmgr/bosh_dns/tls_ca"}}}}
			everyMutation(ctx, f, func(p *pipeline, m mutation, o ending) {
				Expect(o.code).To(Equal(1))
				Expect(o.stdout).To(BeEmpty())
				Expect(o.stderr).To(And(
					ContainSubstring(m.phase+" failed: Ops Manager refused"), ContainSubstring("422"),
					ContainSubstring(outcome.ChildNotLatest), ContainSubstring("/opsmgr/bosh_dns/tls_ca"),
					ContainSubstring("apply changes to every product")))
				p.put(ctx, m.phase)
			})
		},
		Entry("in the shape observed", faults.Violate),
		Entry("in the shape documented", faults.ViolateDocumented),
	)

	It("that drops a write without a word is not believed", func(ctx SpecContext) {
		everyMutation(ctx, faults.Fault{Effect: faults.Drop}, func(p *pipeline, m mutation, o ending) {
			if m.phase == "regenerate" {
				// It leaves no trace in Ops Manager: the proof behind the next apply
				// changes finds it out.
				p.learn(o.answer().Version)
				p.apply(ctx)
				p.get(ctx)
				p.expectRefused(ctx, "verify", nil, "old-leaves")
				Expect(p.look(ctx)["state"]).To(Equal("activated"))
				p.put(ctx, m.phase)
				return
			}
			Expect(o.code).To(Equal(1))
			Expect(o.stdout).To(BeEmpty())
			Expect(o.stderr).To(And(ContainSubstring("accepted"), ContainSubstring("rerun this step")))
			p.put(ctx, m.phase)
		})
	})

	DescribeTable("that carries out a call in part blocks what is behind it, and names what failed",
		func(ctx SpecContext, m mutation, names []string) {
			p := newPipeline(sim.Options{})
			p.reach(ctx, m.state)
			p.fault(m.on(faults.Fault{Effect: faults.FailEntries, Names: names}))
			o := p.out(m.phase, nil).run(ctx)
			Expect(o.code).To(Equal(0), o.stderr)
			Expect(o.stdout).To(And(ContainSubstring(`"state":"blocked"`), ContainSubstring(`"reason":"partial-`), ContainSubstring(names[0])))
			Expect(o.stderr).To(And(ContainSubstring("carried out only in part"), ContainSubstring(names[0]), ContainSubstring("mend them")))
		},
		Entry("generate", mutations[0], []string{"/opsmgr/bosh_dns/tls_ca"}),
		Entry("activate", mutations[1], []string{"/opsmgr/bosh_dns/tls_ca"}),
		Entry("delete", mutations[3], []string{"/opsmgr/bosh_dns/tls_ca"}),
	)

	It("that is locked is named so, by check, in and out", func(ctx SpecContext) {
		for _, version := range []string{"2.10.63-build.1260", "3.1.2-build.5", "3.3.0-build.41"} {
			p := newPipeline(sim.Options{Version: version})
			p.Source["retry_for"] = "1s"
			p.look(ctx)
			p.operate(sim.Action{Do: "lock"})
			for name, o := range map[string]ending{
				"check": p.tryCheck(ctx), "out": p.out("generate", nil).run(ctx), "in": p.tryGet(ctx, p.Version),
			} {
				Expect(o.code).To(Equal(1), name)
				Expect(o.stdout).To(BeEmpty())
				Expect(o.stderr).To(And(ContainSubstring("is locked since its last reboot"), ContainSubstring("decryption_passphrase")), name)
			}
			Expect(p.writes()).To(BeEmpty())
		}
	})

	// The pause between two looks at UAA is long: both wait at the same time.
	It("that is unlocked with the passphrase, and one whose UAA restarts, are waited for", func(ctx SpecContext) {
		starting := sim.Options{UAADowntime: 300 * time.Millisecond}
		locked, restarting := newPipeline(starting), newPipeline(starting)
		locked.Source["decryption_passphrase"] = passphrase
		locked.look(ctx)
		restarting.look(ctx)
		locked.operate(sim.Action{Do: "lock"})
		restarting.operate(sim.Action{Do: "restart-uaa"})
		unlocking, waiting := locked.startPut(ctx, "generate"), restarting.startPut(ctx, "generate")
		for p, session := range map[*pipeline]*gexec.Session{locked: unlocking, restarting: waiting} {
			p.learn(ended(ctx, session).answer().Version)
			p.finish(ctx, p.first)
			p.expectKept(p.first)
		}
		Expect(locked.Ledger().Count("PUT", "/api/v0/unlock")).To(Equal(1))
		Expect(restarting.Ledger().Count("PUT", "/api/v0/unlock")).To(BeZero())
	})

	It("that is locked and given a wrong passphrase says so", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.Source["decryption_passphrase"] = "planted-wrong-one"
		p.operate(sim.Action{Do: "lock"})
		o := p.tryCheck(ctx)
		Expect(o.code).To(Equal(1))
		Expect(o.stderr).To(And(ContainSubstring("refused the passphrase"), Not(ContainSubstring("planted-wrong-one"))))
	})
})
