package integration_test

import (
	"context"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

const day = 24 * time.Hour

// expectRefused runs a put that has to be refused for the reason, in words, and
// without any change.
func (p *pipeline) expectRefused(ctx context.Context, phase string, more params, reason string, words ...types.GomegaMatcher) {
	GinkgoHelper()
	before := len(p.writes())
	o := p.out(phase, more).run(ctx)
	Expect(o.code).To(Equal(1), o.stdout)
	Expect(o.stdout).To(BeEmpty())
	Expect(o.stderr).To(And(append(words, ContainSubstring("error: "+phase+" refused ("+reason+"): "))...))
	Expect(p.writes()).To(HaveLen(before), "a refused phase sent a write")
}

// begun is a rotation that generate begins only where the code is accepted.
func (p *pipeline) begun(ctx context.Context, code string) {
	GinkgoHelper()
	p.look(ctx)
	p.expectRefused(ctx, "generate", nil, code)
	p.putWith(ctx, "generate", params{"accept": []string{code}})
	p.get(ctx)
}

// verdicts of every phase in every state; "" is the phase whose turn it is, "done"
// one that is done already.
var verdicts = map[string]map[string]string{
	"settled":     {"generate": "", "activate": "too-early", "regenerate": "too-early", "delete": "too-early", "verify": "done"},
	"generated":   {"generate": "done", "activate": "not-reached", "regenerate": "too-early", "delete": "too-early", "verify": "not-reached"},
	"trusted":     {"generate": "done", "activate": "", "regenerate": "too-early", "delete": "too-early", "verify": "done"},
	"activated":   {"generate": "done", "activate": "done", "regenerate": "", "delete": "too-early", "verify": "done"},
	"regenerated": {"generate": "done", "activate": "done", "regenerate": "done", "delete": "not-reached", "verify": "not-reached"},
	"replaced":    {"generate": "done", "activate": "done", "regenerate": "done", "delete": "", "verify": "done"},
	"retired":     {"generate": "not-reached", "activate": "done", "regenerate": "done", "delete": "done", "verify": "not-reached"},
}

var _ = Describe("A phase that is not to run", func() {
	DescribeTable("is refused in every state but its own", func(ctx SpecContext, o sim.Options) {
		p := newPipeline(o)
		for _, state := range order[:len(order)-1] {
			Expect(p.look(ctx)["state"]).To(Equal(state))
			for phase, verdict := range verdicts[state] {
				By(phase + " in " + state)
				switch verdict {
				case "":
				case "done":
					before := len(p.writes())
					Expect(p.put(ctx, phase).Datum("outcome")).To(HavePrefix("done: "))
					Expect(p.writes()).To(HaveLen(before))
				default:
					p.expectRefused(ctx, phase, nil, verdict)
				}
			}
			if concourse.Jobs[state].Apply {
				p.apply(ctx)
			}
			p.put(ctx, concourse.Jobs[state].Put)
		}
		p.expectKept(p.first)
	},
		Entry("3.1", sim.Options{}),
		Entry("2.10 with bare dates", sim.Options{Version: "2.10.63-build.1260", DateOnly: true}),
	)

	DescribeTable("waits for an installation that runs", func(ctx SpecContext, state string) {
		p := newPipeline(sim.Options{})
		p.reach(ctx, state)
		stuck := p.fault(faults.Fault{Effect: faults.Stuck, Product: "cf"})
		p.operate(sim.Action{Do: "apply"})
		p.expectRefused(ctx, concourse.Jobs[state].Put, nil, "installation-running", ContainSubstring("by operator"))
		Expect(p.Release(stuck)).To(Succeed())
		Expect(p.WaitIdle(ctx)).To(Succeed())
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	},
		Entry("before generate", "settled"), Entry("before activate", "trusted"), Entry("before delete", "replaced"),
	)

	DescribeTable("is refused after an installation that failed", func(ctx SpecContext, fault faults.Fault, blamed string) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		p.fault(fault)
		Expect(p.Operator(sim.Action{Do: "apply", Wait: true})).NotTo(Succeed())
		p.expectRefused(ctx, "generate", nil, "installation-failed", ContainSubstring(blamed+" failed in installation 3"))

		p.apply(ctx)
		p.put(ctx, "generate")
		p.look(ctx)
		fault.ID = "again"
		p.fault(fault)
		Expect(p.Operator(sim.Action{Do: "apply", Wait: true})).NotTo(Succeed())
		p.expectRefused(ctx, "verify", nil, "not-reached", ContainSubstring(blamed+" (failed in installation 5)"))
		p.expectRefused(ctx, "activate", nil, "not-reached", ContainSubstring(blamed))
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	},
		Entry("of a product", faults.Fault{Effect: faults.FailProduct, Product: "cf"}, "TAS"),
		Entry("of an errand", faults.Fault{Effect: faults.FailErrand, Product: "p.mysql", Errand: sim.UpgradeAllErrand}, "MySQL"),
	)

	It("is refused after an apply changes of some products only", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.reach(ctx, "generated")
		p.operate(sim.Action{Do: "apply", Products: []string{"cf"}, Wait: true})
		p.expectRefused(ctx, "verify", nil, "not-reached", ContainSubstring("reached 2 of 3 products"), ContainSubstring("MySQL (not deployed"))
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	})

	It("is refused while service instances were left out", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.reach(ctx, "generated")
		p.operate(
			sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand, On: false}, sim.Action{Do: "apply", Wait: true},
			sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand, On: true})
		p.expectRefused(ctx, "verify", nil, "outdated-deployments", ContainSubstring("service-instance_"))
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	})

	DescribeTable("is refused while changes are staged, and accepted when told so", func(ctx SpecContext, state string) {
		p := newPipeline(sim.Options{})
		p.reach(ctx, state)
		p.operate(sim.Action{Do: "stage", Product: "cf"})
		p.expectRefused(ctx, concourse.Jobs[state].Put, nil, "pending-changes", ContainSubstring("update of TAS"))
		a := p.putWith(ctx, concourse.Jobs[state].Put, params{"accept": []string{"pending-changes"}})
		Expect(a.Datum("notes")).To(ContainSubstring("accepted pending-changes"))
	},
		Entry("before generate", "settled"), Entry("before activate", "trusted"), Entry("before delete", "replaced"),
	)

	It("is refused beside three CAs, which check shows as blocked", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.operate(sim.Action{Do: "generate"}, sim.Action{Do: "generate"})
		Expect(p.look(ctx)).To(And(HaveKeyWithValue("state", "blocked"), HaveKeyWithValue("reason", "too-many-cas")))
		for phase := range verdicts["settled"] {
			p.expectRefused(ctx, phase, nil, "too-many-cas", ContainSubstring("3 certificate authorities"))
		}
	})

	It("is refused with an expired CA", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.reach(ctx, "trusted")
		p.Advance(61 * day)
		Expect(p.look(ctx)).To(And(HaveKeyWithValue("state", "blocked"), HaveKeyWithValue("reason", "expired-ca"), HaveKeyWithValue("was", "trusted")))
		p.expectRefused(ctx, "activate", nil, "expired-ca", ContainSubstring(p.first+" expired"), ContainSubstring("contact support"))
	})

	It("is refused after an upgrade of Ops Manager, until it is applied or accepted", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.reach(ctx, "trusted")
		p.operate(sim.Action{Do: "upgrade", Version: "3.1.3-build.9"})
		p.expectRefused(ctx, "activate", nil, "ops-manager-upgraded", ContainSubstring("3.1.3-build.9"), ContainSubstring("3.1.2-build.5"))
		p.apply(ctx)
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	})

	DescribeTable("is refused with configurable certificates of the retiring CA, until they are replaced", func(ctx SpecContext, o sim.Options) {
		o.ConfigurableLeaf = true
		p := newPipeline(o)
		if o.Version == "" {
			p.begun(ctx, "configurable-certificates-ahead")
		}
		p.reach(ctx, "replaced")
		p.expectRefused(ctx, "delete", nil, "configurable-certificates", ContainSubstring("networking_poe_ssl_certs"))
		p.operate(sim.Action{Do: "replace-configurable"})
		p.apply(ctx)
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	},
		Entry("by the list", sim.Options{}),
		Entry("by the issuer", sim.Options{Version: "2.10.63-build.1260"}),
		Entry("by the issuer of a company's own CA, whose subject no other program writes alike", sim.Options{Version: "2.10.63-build.1260", OwnRootCA: true}),
	)

	DescribeTable("is run with configurable certificates of the retiring CA when that is accepted", func(ctx SpecContext, o sim.Options) {
		o.ConfigurableLeaf = true
		p := newPipeline(o)
		if o.Version == "" {
			p.begun(ctx, "configurable-certificates-ahead")
		}
		p.reach(ctx, "replaced")
		p.expectRefused(ctx, "delete", nil, "configurable-certificates")
		a := p.putWith(ctx, "delete", params{"accept": []string{"configurable-certificates"}})
		Expect(a.Version["state"]).To(Equal("retired"))
		Expect(a.Datum("notes")).To(ContainSubstring("accepted configurable-certificates"))
	},
		Entry("3.1", sim.Options{}),
		Entry("2.10, where only the issuer tells", sim.Options{Version: "2.10.63-build.1260"}),
	)

	It("is refused when its candidate is gone", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.reach(ctx, "trusted")
		p.operate(sim.Action{Do: "delete"})
		p.expectRefused(ctx, "activate", nil, "candidate-gone", ContainSubstring(p.Version["candidate"]))
	})

	It("is refused for a version of a finished rotation", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.reach(ctx, "trusted")
		Expect(os.CopyFS(filepath.Join(p.Build, "old"), os.DirFS(p.ca()))).To(Succeed())
		p.finish(ctx, p.first)
		for phase := range verdicts["settled"] {
			p.expectRefused(ctx, phase, params{"from": "old"}, "finished-rotation")
		}
	})

	DescribeTable("is refused for a version of another foundation", func(ctx SpecContext, state, reason string) {
		other, p := newPipeline(sim.Options{}), newPipeline(sim.Options{})
		other.look(ctx)
		p.reach(ctx, state)
		Expect(os.CopyFS(filepath.Join(p.Build, "foreign"), os.DirFS(other.ca()))).To(Succeed())
		for phase := range verdicts[state] {
			p.expectRefused(ctx, phase, params{"from": "foreign"}, reason, ContainSubstring(other.first))
		}
	},
		// One CA that is not the version's may as well have replaced it long ago.
		Entry("beside one CA", "settled", "finished-rotation"),
		Entry("beside two", "trusted", "foreign-version"),
	)

	DescribeTable("is refused when Ops Manager does not tell what the retiring CA still signs, until that is accepted", func(ctx SpecContext, status int, body, evidence string) {
		p := newPipeline(sim.Options{})
		p.Source["retry_for"] = "300ms"
		p.reach(ctx, "replaced")
		p.fault(faults.Fault{
			Path: "/api/v1/deployed/certificates", Effect: faults.Answer, Status: status, Body: body, Times: faults.Forever,
		})
		p.expectRefused(ctx, "delete", nil, "certificates-unknown", ContainSubstring(evidence))
		p.putWith(ctx, "delete", params{"accept": []string{"certificates-unknown"}})
		p.ClearFaults()
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	},
		Entry("with an error", 500, `{"errors":["nested asn1 error"]}`, "500"),
		Entry("with rows that do not tell what is outdated", 200, `{"certificates":[{"name":"/cf/router","valid_until":"2099-01-01T00:00:00Z"}]}`, "none of its certificates tells outdated_deployments"),
	)
})
