package integration_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// Every command of om that a rotation knows, unmodified, against the simulator:
// what it exits with, and what it did.
var _ = Describe("The real om", func() {
	const cas = "/api/v0/certificate_authorities"
	for _, o := range []sim.Options{{Version: "2.10.63-build.1260"}, {Version: "3.0.25-build.1261"}, {Version: "3.1.2-build.5"}, {Version: "3.3.0-build.41"}} {
		Context("with Ops Manager "+o.Version, func() {
			var p *pipeline
			BeforeEach(func() { p = newPipeline(o) })

			events := func() []string {
				var kinds []string
				for _, e := range p.Ledger().Events {
					kinds = append(kinds, e.Kind)
				}
				return kinds
			}
			last := func() sim.InstallationState {
				installations := p.Dump().Installations
				return installations[len(installations)-1]
			}

			It("lists: certificate-authorities", func(ctx SpecContext) {
				p.operate(sim.Action{Do: "generate"})
				out := p.mustOm(ctx, "certificate-authorities", "--format", "json")
				for _, ca := range p.Dump().CAs {
					Expect(out).To(ContainSubstring(ca.GUID))
				}
				Expect(p.writes()).To(BeEmpty())
			})

			It("makes a CA: generate-certificate-authority", func(ctx SpecContext) {
				p.mustOm(ctx, "generate-certificate-authority")
				Expect(events()).To(Equal([]string{"generate"}))
				Expect(p.Dump().CAs).To(HaveLen(2))
				Expect(p.Dump().CAs[1].Active).To(BeFalse())
			})

			It("activates the newest: activate-certificate-authority", func(ctx SpecContext) {
				p.operate(sim.Action{Do: "generate"}, sim.Action{Do: "apply", Wait: true})
				p.mustOm(ctx, "activate-certificate-authority")
				Expect(p.active()).To(Equal(p.Dump().CAs[1].GUID))
			})

			It("makes new leaves: regenerate-certificates", func(ctx SpecContext) {
				p.mustOm(ctx, "regenerate-certificates")
				Expect(p.writes()).To(HaveLen(1))
				Expect(p.writes()[0].Path).To(Equal(cas + "/active/regenerate"))
				Expect(events()).To(Equal([]string{"regenerate"}))
			})

			It("deletes the old one: delete-certificate-authority --all-inactive", func(ctx SpecContext) {
				p.operate(sim.Action{Do: "generate"}, sim.Action{Do: "apply", Wait: true}, sim.Action{Do: "activate"},
					sim.Action{Do: "regenerate"}, sim.Action{Do: "apply", Wait: true})
				p.mustOm(ctx, "delete-certificate-authority", "--all-inactive")
				Expect(p.Dump().CAs).To(HaveLen(1))
				Expect(p.first).NotTo(Equal(p.Dump().CAs[0].GUID))
				again := p.om("delete-certificate-authority", "--all-inactive").run(ctx)
				Expect(again.code).To(Equal(1))
				Expect(again.stdout + again.stderr).To(ContainSubstring("no inactive CAs found"))
			})

			It("deletes one by its GUID: delete-certificate-authority --id", func(ctx SpecContext) {
				refused := p.om("delete-certificate-authority", "--id", p.first).run(ctx)
				Expect(refused.code).To(Equal(1))
				Expect(refused.stdout + refused.stderr).To(ContainSubstring("Active certificates cannot be deleted"))
				Expect(events()).To(BeEmpty())
			})

			It("applies: apply-changes", func(ctx SpecContext) {
				p.mustOm(ctx, "apply-changes")
				Expect(last()).To(And(HaveField("ID", 3), HaveField("Status", "succeeded"), HaveField("User", "admin"), HaveField("Recreate", false)))
			})

			It("fails with its installation: apply-changes", func(ctx SpecContext) {
				p.fault(faults.Fault{Effect: faults.FailProduct, Product: "cf"})
				Expect(p.om("apply-changes").run(ctx).code).To(Equal(1))
				Expect(last().Status).To(Equal("failed"))
			})

			It("recreates: apply-changes --recreate-vms", func(ctx SpecContext) {
				recreations := func() int {
					sum := 0
					for _, vm := range p.Dump().VMs {
						sum += vm.Recreations
					}
					return sum
				}
				before := recreations()
				p.mustOm(ctx, "apply-changes", "--recreate-vms")
				Expect(last()).To(And(HaveField("Status", "succeeded"), HaveField("Recreate", true)))
				Expect(recreations()).To(BeNumerically(">", before))
				Expect(p.Ledger().Count("PUT", "/api/v0/staged/director/properties")).To(Equal(1))
				p.mustOm(ctx, "apply-changes")
				Expect(last().Recreate).To(BeFalse(), "the flag is for one installation")
			})

			It("follows the one that runs: apply-changes --reattach", func(ctx SpecContext) {
				stuck := p.fault(faults.Fault{Effect: faults.Stuck, Product: "cf"})
				p.operate(sim.Action{Do: "apply"})
				Expect(p.WaitStruck(ctx, stuck, 1)).To(Succeed())
				session := p.om("apply-changes", "--reattach").start(ctx)
				Eventually(ctx, func() int { return p.Ledger().Count("GET", "/api/v0/installations/3/logs") }).Should(BeNumerically(">", 0))
				Expect(p.Release(stuck)).To(Succeed())
				Expect(ended(ctx, session).code).To(Equal(0))
				Expect(p.writes()).To(BeEmpty(), "it started one of its own")
			})

			It("starts one when none runs: apply-changes --reattach", func(ctx SpecContext) {
				p.mustOm(ctx, "apply-changes", "--reattach")
				Expect(last()).To(And(HaveField("ID", 3), HaveField("User", "admin")))
			})

			It("shows what is staged: pending-changes", func(ctx SpecContext) {
				p.mustOm(ctx, "pending-changes", "--check")
				p.operate(sim.Action{Do: "stage", Product: "cf"})
				o := p.om("pending-changes", "--check").run(ctx)
				Expect(o.code).To(Equal(1))
				Expect(o.stdout + o.stderr).To(ContainSubstring("update"))
			})

			It("shows what expires: expiring-certificates", func(ctx SpecContext) {
				p.mustOm(ctx, "expiring-certificates", "--expires-within", "1m")
				o := p.om("expiring-certificates", "--expires-within", "3m").run(ctx)
				Expect(o.code).To(Equal(1), "something expires")
				Expect(o.stdout + o.stderr).To(And(ContainSubstring("will expire"), ContainSubstring(p.first)))
			})

			It("lists: deployed-products", func(ctx SpecContext) {
				Expect(p.mustOm(ctx, "deployed-products", "--format", "json")).To(And(ContainSubstring("cf"), ContainSubstring("p.mysql"), ContainSubstring("p-bosh")))
			})

			It("lists: installations", func(ctx SpecContext) {
				p.operate(sim.Action{Do: "apply", Wait: true})
				Expect(p.mustOm(ctx, "installations", "--format", "json")).To(And(ContainSubstring(`"operator"`), ContainSubstring(`"succeeded"`)))
			})
		})
	}

	// What om does not survive, and opsman-ca therefore has to.
	It("takes an empty GUID for the newest CA where dates are bare", func(ctx SpecContext) {
		p := newPipeline(sim.Options{DateOnly: true})
		p.operate(sim.Action{Do: "generate"}, sim.Action{Do: "apply", Wait: true})
		Expect(p.om("activate-certificate-authority").run(ctx).code).To(Equal(1))
		Expect(p.active()).To(Equal(p.first))
	})

	It("deletes the candidate when it is not activated yet, which the resource heals", func(ctx SpecContext) {
		p := newPipeline(sim.Options{Version: "2.10.63-build.1260", SafetyChecks: new(bool)})
		p.reach(ctx, "generated")
		p.mustOm(ctx, "delete-certificate-authority", "--all-inactive")
		Expect(p.look(ctx)["state"]).To(Equal("retired"))
		p.rotate(ctx, p.first, func(ctx context.Context, phase string) { GinkgoHelper(); p.put(ctx, phase) })
		Expect(p.Dump().Broken).To(BeEmpty())
		Expect(p.Dump().CAs).To(HaveLen(1))
	})
})
