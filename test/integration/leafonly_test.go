package integration_test

import (
	"context"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

const regeneratePath = "/api/v0/certificate_authorities/active/regenerate"

// leafTask is a task of pipelines/leaf-certificates.yml, with its params.
func (p *pipeline) leafTask(command string, more ...string) program {
	GinkgoHelper()
	return p.fromCA(command, append([]string{"LEAF_ONLY=true"}, more...)...)
}

// applyLeaves is its task apply-changes.
func (p *pipeline) applyLeaves() program {
	GinkgoHelper()
	return p.applyChanges("--from", "ca")
}

// leafJob is the whole job, behind a get of its own as a build's.
func (p *pipeline) leafJob(ctx context.Context, more ...string) {
	GinkgoHelper()
	p.look(ctx)
	succeeded(ctx, p.leafTask("regenerate", more...))
	succeeded(ctx, p.applyLeaves())
	succeeded(ctx, p.leafTask("verify"))
}

// leafRefused runs a task that has to be refused, without any change.
func (p *pipeline) leafRefused(ctx context.Context, command, reason string, words ...types.GomegaMatcher) {
	GinkgoHelper()
	before := len(p.writes())
	o := p.leafTask(command).run(ctx)
	Expect(o.code).To(Equal(1), o.stderr)
	Expect(o.stderr).To(And(append(words, ContainSubstring("error: "+command+" refused ("+reason+"): "))...))
	Expect(p.writes()).To(HaveLen(before))
}

// leaves are the versions of the leaf certificates that the VMs have.
func (p *pipeline) leaves() map[string]int {
	versions := map[string]int{}
	for _, vm := range p.Dump().VMs {
		versions[vm.Name] = vm.LeafVersion
	}
	return versions
}

// expectNewLeaves holds a foundation against what the job promises: the same CA,
// new leaves on every VM, and no broken handshake.
func (p *pipeline) expectNewLeaves(than map[string]int) {
	GinkgoHelper()
	state := p.Dump()
	Expect(state.CAs).To(ConsistOf(And(HaveField("GUID", p.first), HaveField("Active", true))))
	Expect(state.Broken).To(BeEmpty(), "handshakes broke")
	Expect(state.Good).To(BeNumerically(">", 0), "nothing shook hands")
	for _, vm := range state.VMs {
		Expect(vm.Trusts).To(Equal([]string{p.first}), vm.Name)
		Expect(vm.LeafSigner).To(BeElementOf(p.first, ""), vm.Name)
		Expect(vm.LeafVersion).To(BeNumerically(">", than[vm.Name]), vm.Name)
	}
	for _, e := range p.Ledger().Events {
		Expect(e.Kind).To(Equal("regenerate"))
	}
}

var _ = Describe("Leaf certificates alone", func() {
	DescribeTable("are renewed under the CA that stays", func(ctx SpecContext, o sim.Options) {
		p := newPipeline(o)
		began := p.leaves()
		version := p.look(ctx)
		p.leafJob(ctx)
		p.expectNewLeaves(began)
		Expect(p.look(ctx)).To(Equal(version), "no version comes of it")
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	},
		Entry("2.10", sim.Options{Version: "2.10.63-build.1260"}),
		Entry("2.10, bare dates", sim.Options{Version: "2.10.40-build.420", DateOnly: true}),
		Entry("3.1", sim.Options{}),
		Entry("3.3", sim.Options{Version: "3.3.0-build.41"}),
		Entry("where CA calls make products look changed", sim.Options{CAChangesPending: true}),
	)

	It("are renewed right behind a rotation, with its version and without", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.finish(ctx, p.first)
		for _, from := range []string{"FROM=ca", "FROM="} {
			p.get(ctx)
			succeeded(ctx, p.leafTask("regenerate", from))
			succeeded(ctx, p.applyLeaves())
			succeeded(ctx, p.leafTask("verify"))
			p.expectKept(p.first)
		}
	})

	DescribeTable("are renewed by running the job again after an installation that failed",
		func(ctx SpecContext, o sim.Options, fault faults.Fault, verified string) {
			p := newPipeline(o)
			began := p.leaves()
			p.look(ctx)
			succeeded(ctx, p.leafTask("regenerate"))
			p.fault(fault)
			Expect(p.applyLeaves().run(ctx).code).To(Equal(1))
			p.leafRefused(ctx, "verify", "installation-failed", ContainSubstring(verified))
			p.leafJob(ctx)
			p.expectNewLeaves(began)
		},
		Entry("at a product", sim.Options{}, faults.Fault{Effect: faults.FailProduct, Product: "cf"}, "TAS failed in installation 3"),
		Entry("at the last product", sim.Options{}, faults.Fault{Effect: faults.FailProduct, Product: "p.mysql"}, "MySQL failed in installation 3"),
		Entry("at the director", sim.Options{}, faults.Fault{Effect: faults.FailProduct, Product: "p-bosh"}, "failed in installation 3"),
		Entry("at an errand", sim.Options{}, faults.Fault{Effect: faults.FailErrand, Product: "p.mysql", Errand: sim.UpgradeAllErrand}, "failed in installation 3"),
		Entry("at a product on 2.10", sim.Options{Version: "2.10.63-build.1260"}, faults.Fault{Effect: faults.FailProduct, Product: "cf"}, "TAS failed in installation 3"),
		Entry("at a product, where CA calls make products look changed", sim.Options{CAChangesPending: true}, faults.Fault{Effect: faults.FailProduct, Product: "cf"}, "TAS failed"),
	)

	It("are not verified before they reached every product and service instance", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		succeeded(ctx, p.leafTask("regenerate"))
		p.leafRefused(ctx, "verify", "not-reached", ContainSubstring("0 of 3 products"))
		p.operate(sim.Action{Do: "apply", Products: []string{"cf"}, Wait: true})
		p.leafRefused(ctx, "verify", "not-reached", ContainSubstring("2 of 3 products"), ContainSubstring("MySQL (not deployed since installation 2)"))
		p.operate(
			sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand, On: false}, sim.Action{Do: "apply", Wait: true},
			sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand, On: true})
		p.leafRefused(ctx, "verify", "outdated-deployments", ContainSubstring("service-instance_"))
		succeeded(ctx, p.applyLeaves())
		Expect(succeeded(ctx, p.leafTask("verify")).stderr).To(ContainSubstring("every product was deployed since the leaf certificates were regenerated (after installation 2)"))
	})

	It("are not verified from another folder than regenerate's, where Ops Manager shows that they wait", func(ctx SpecContext) {
		p := newPipeline(sim.Options{Version: "2.10.63-build.1260"})
		p.look(ctx)
		succeeded(ctx, p.leafTask("regenerate"))
		p.get(ctx)
		p.leafRefused(ctx, "verify", "not-reached", ContainSubstring("younger than the last deployment of their product"))
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(ContainSubstring("waits for no apply changes"))
		succeeded(ctx, p.applyChanges("--from", "ca", "--force"))
		Expect(succeeded(ctx, p.leafTask("verify")).stderr).To(And(ContainSubstring("their age was not judged"), ContainSubstring("of service instances, the errands are all that tells")))
	})

	It("are not renewed in the middle of a rotation, which goes on", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		for _, state := range order[1 : len(order)-1] {
			p.reach(ctx, state)
			p.leafRefused(ctx, "regenerate", "rotation-under-way", ContainSubstring("this one is at state "+state), ContainSubstring("finish the rotation"))
			p.leafRefused(ctx, "verify", "rotation-under-way", ContainSubstring("state "+state))
		}
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	})

	It("are not renewed together with another operator's changes, unless that is accepted", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		began := p.leaves()
		p.look(ctx)
		p.operate(sim.Action{Do: "stage", Product: "cf"})
		p.leafRefused(ctx, "regenerate", "pending-changes", ContainSubstring("update of TAS"), ContainSubstring(`add "pending-changes" to --accept`))
		p.leafJob(ctx, "ACCEPT=pending-changes")
		p.expectNewLeaves(began)
	})

	It("of an attempt that did not get through hide no changes of another operator", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		succeeded(ctx, p.leafTask("regenerate"))
		p.operate(sim.Action{Do: "stage", Product: "cf"})
		p.leafRefused(ctx, "regenerate", "pending-changes", ContainSubstring("update of TAS"))
	})

	It("are not renewed while an installation runs", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		stuck := p.fault(faults.Fault{Effect: faults.Stuck, Product: "cf"})
		p.operate(sim.Action{Do: "apply"})
		p.leafRefused(ctx, "regenerate", "installation-running", ContainSubstring("by operator"))
		p.leafRefused(ctx, "verify", "installation-running")
		Expect(p.Release(stuck)).To(Succeed())
		Expect(p.WaitIdle(ctx)).To(Succeed())
		p.leafJob(ctx)
	})

	It("are not renewed under a CA that not every product was given, because the other was deleted too early", func(ctx SpecContext) {
		p := newPipeline(sim.Options{SafetyChecks: new(bool)})
		p.operate(sim.Action{Do: "generate"}, sim.Action{Do: "activate"}, sim.Action{Do: "delete"})
		Expect(p.look(ctx)["state"]).To(Equal("settled"))
		p.leafRefused(ctx, "regenerate", "activated-untrusted", ContainSubstring(p.Version["active"]))
	})

	It("are not renewed under an expired CA", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.Advance(61 * day)
		p.look(ctx)
		p.leafRefused(ctx, "regenerate", "expired-ca")
	})

	It("fail the task when one of them failed", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		began := p.leaves()
		p.look(ctx)
		name := ""
		for _, vm := range p.Dump().VMs {
			if strings.HasPrefix(vm.Product, "cf-") {
				name = "/p-bosh/" + vm.Product + "/dns_api_client_tls"
			}
		}
		p.fault(faults.Fault{Method: "POST", Path: regeneratePath, Effect: faults.FailEntries, Names: []string{name}})
		o := p.leafTask("regenerate").run(ctx)
		Expect(o.code).To(Equal(1), o.stderr)
		Expect(o.stderr).To(ContainSubstring(name))
		Expect(p.known()).To(Equal("settled"))
		p.leafJob(ctx)
		p.expectNewLeaves(began)
	})

	It("are not verified when Ops Manager dropped the call, and the old ones were deployed again", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		began := p.leaves()
		p.look(ctx)
		p.fault(faults.Fault{Method: "POST", Path: regeneratePath, Effect: faults.Drop})
		succeeded(ctx, p.leafTask("regenerate"))
		succeeded(ctx, p.applyLeaves())
		p.leafRefused(ctx, "verify", "old-leaves", ContainSubstring("are older than the regenerate of"), ContainSubstring("regenerate them again"))
		p.leafJob(ctx)
		p.expectNewLeaves(began)
	})

	It("leave a dry run without a trace", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		Expect(succeeded(ctx, p.leafTask("regenerate", "DRY_RUN=true")).stderr).To(ContainSubstring("dry run: nothing was changed"))
		Expect(p.writes()).To(BeEmpty())
		Expect(p.known()).To(Equal("settled"))
	})

	It("are counted, and those left out are named", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		Expect(succeeded(ctx, p.leafTask("regenerate")).stderr).To(And(MatchRegexp(`certificates regenerated: \d+\n`), MatchRegexp(`certificates excluded from rotation: /\S+`)))
	})

	It("are renewed again when the task was killed at any request, or its answer was lost", func(ctx SpecContext) {
		probe := newPipeline(sim.Options{})
		probe.look(ctx)
		before := probe.Requests()
		succeeded(ctx, probe.leafTask("regenerate"))
		n := probe.Requests() - before
		Expect(n).To(BeNumerically(">", 5))
		type point struct {
			*pipeline
			n      int
			effect faults.Effect
		}
		var points []point
		for i := range n {
			points = append(points, point{newPipeline(sim.Options{}), i + 1, faults.HoldBefore}, point{newPipeline(sim.Options{}), i + 1, faults.HoldAfter})
		}
		var killed kills[faults.Effect]
		sideBySide(points, 4, func(at point) {
			began := at.leaves()
			at.look(ctx)
			Expect(at.killedAt(ctx, at.n, at.effect, at.leafTask("regenerate"))).To(BeTrue())
			killed.add(at.effect)
			at.leafJob(ctx)
			at.expectNewLeaves(began)
		})
		killed.report("kill points of regenerate --leaf-only")
	})

	It("are renewed again when apply changes was killed in its course", func(ctx SpecContext) {
		p := newPipeline(slowly)
		began := p.leaves()
		p.look(ctx)
		succeeded(ctx, p.leafTask("regenerate"))
		session := p.applyLeaves().start(ctx)
		Eventually(ctx, func() bool {
			return slices.ContainsFunc(p.Dump().Installations, func(i sim.InstallationState) bool { return i.ID == 3 })
		}).Should(BeTrue())
		session.Kill()
		ended(ctx, session)
		p.killOm()
		Expect(p.WaitIdle(ctx)).To(Succeed())
		p.leafJob(ctx)
		p.expectNewLeaves(began)
	})

	It("are renewed by puts as by tasks", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		began := p.leaves()
		p.look(ctx)
		Expect(p.putWith(ctx, "regenerate", params{"leaf_only": true}).Version).To(HaveKeyWithValue("state", "renewed"))
		p.get(ctx)
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(ContainSubstring("wait for an apply changes"))
		Expect(p.check(ctx)).To(HaveKeyWithValue("state", "renewed"))
		Expect(p.put(ctx, "verify").Version).To(HaveKeyWithValue("state", "settled"))
		p.expectNewLeaves(began)
		p.look(ctx)
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	})

	It("are deployed by a rotation that begins behind them", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		succeeded(ctx, p.leafTask("regenerate"))
		Expect(succeeded(ctx, p.rotating("FROM=ca", "AGAIN=true")).stderr).To(And(ContainSubstring("▼ apply changes before the rotation"), ContainSubstring("settled: the rotation is complete")))
		Expect(p.known()).To(Equal("settled"))
		Expect(p.Dump().Broken).To(BeEmpty())
	})

	It("are refused together with a rotation's own switch", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		o := p.leafTask("verify", "IF_ROTATING=true").run(ctx)
		Expect(o.code).To(Equal(1))
		Expect(o.stderr).To(ContainSubstring("is for a foundation without a rotation"))
	})
})
