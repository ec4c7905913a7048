package sim_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("a rotation", func() {
	rotate := func(om *opsman) (oldCA, newCA string) {
		GinkgoHelper()
		oldCA = text(om.authorities()[0]["guid"])
		Expect(om.apply()).To(Succeed())
		newCA = om.generate()
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(newCA), map[string]any{})
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.apply()).To(Succeed())
		Expect(om.call(http.MethodDelete, cas+"/"+oldCA, nil).status).To(Equal(http.StatusOK))
		Expect(om.apply()).To(Succeed())
		return oldCA, newCA
	}

	DescribeTable("in the right order breaks no handshake and ends with one CA", func(o sim.Options) {
		om := loggedIn(o)
		oldCA, newCA := rotate(om)
		Expect(om.Broken()).To(BeEmpty())
		state := om.Dump()
		Expect(state.CAs).To(HaveLen(1))
		Expect(state.CAs[0].GUID).To(Equal(newCA))
		Expect(state.Active()).To(Equal(newCA))
		for guid, vms := range map[string]int{oldCA: 0, newCA: len(state.VMs)} {
			trusting, signed := state.Reach(guid)
			Expect([]int{trusting, signed}).To(HaveEach(vms), guid)
		}
		for _, vm := range state.VMs {
			Expect(vm.Trusts).To(Equal([]string{newCA}), vm.Name)
			Expect(vm.NATSTrusts).To(Equal([]string{newCA}), vm.Name)
			Expect(vm.LeafSigner).To(Equal(newCA), vm.Name)
		}
		Expect(om.Ledger().Good).To(BeNumerically(">", 4*len(state.VMs)))
		Expect(om.Ledger().Events).To(HaveLen(4))
		Expect(om.Ledger().Events).To(HaveEach(HaveField("Unready", BeEmpty())))
	},
		Entry("2.10", sim.Options{Version: "2.10.60-build.1"}),
		Entry("3.0", sim.Options{Version: "3.0.25-build.1261"}),
		Entry("3.1", sim.Options{Version: "3.1.2-build.5"}),
		Entry("3.3", sim.Options{Version: "3.3.0-build.10"}),
		Entry("with the default tiles", sim.Options{Tiles: sim.DefaultTiles()}),
		Entry("with keys of 2048 bits", sim.Options{KeyBits: 2048}),
	)

	It("without CredHub, on 2.8, needs its VMs recreated by every apply", func() {
		om := loggedIn(sim.Options{Version: "2.8.1-build.3"})
		Expect(om.Operator(sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.RecreateAllErrand, On: true})).To(Succeed())
		apply := sim.Action{Do: "apply", Recreate: true, Wait: true}
		oldCA, newCA := om.Dump().Active(), om.generate()
		Expect(om.Operator(apply)).To(Succeed())
		om.mustPost(activatePath(newCA), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.Operator(apply)).To(Succeed())
		Expect(om.call(http.MethodDelete, cas+"/"+oldCA, nil).status).To(Equal(http.StatusOK))
		Expect(om.Operator(apply)).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
	})

	It("can be done twice", func() {
		om := loggedIn(sim.Options{})
		rotate(om)
		rotate(om)
		Expect(om.Broken()).To(BeEmpty())
	})

	It("breaks the foundation when a CA is activated before VMs trust it", func() {
		om := loggedIn(sim.Options{SafetyChecks: off()})
		om.mustPost(activatePath(om.generate()), nil)
		id := om.startApply(map[string]any{"deploy_products": "all"})
		err := om.Wait(id)
		Expect(err).To(MatchError(And(ContainSubstring("router/0"), ContainSubstring("unknown authority"))))
		Expect(om.Broken()).NotTo(BeEmpty())
		broken := om.Broken()[0]
		Expect(broken.Client).To(ContainSubstring("/"))
		Expect(broken.Server).To(ContainSubstring("bosh/0"))
		Expect(om.Log(id)).To(ContainSubstring("Timed out sending 'get_state' to instance"))
		installation := om.Ledger().Installations[2]
		Expect(installation.Products[0].Status).To(Equal("failed"))
		Expect(installation.Products[1].Status).To(Equal("skipped"))

		By("being recovered the hard way")
		Expect(om.Operator(sim.Action{Do: "hard-rotation"})).To(Succeed())
		Expect(om.apply()).To(Succeed())
	})

	It("breaks peers when leaves change before the trust is everywhere", func() {
		om := loggedIn(sim.Options{SafetyChecks: off()})
		newCA := om.generate()
		Expect(om.Operator(sim.Action{Do: "apply", Products: []string{"cf"}, Wait: true})).To(Succeed())
		om.mustPost(activatePath(newCA), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.apply()).To(MatchError(ContainSubstring("unknown authority")))
		Expect(om.Broken()).NotTo(BeEmpty())
	})

	It("breaks service instances when the upgrade errand is off", func() {
		om := loggedIn(sim.Options{SafetyChecks: off()})
		Expect(om.Operator(sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand})).To(Succeed())
		newCA := om.generate()
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(newCA), nil)
		Expect(om.apply()).To(MatchError(ContainSubstring("service-instance_")))
	})

	It("breaks when the old CA goes before the leaves are replaced", func() {
		om := loggedIn(sim.Options{SafetyChecks: off()})
		oldCA := text(om.authorities()[0]["guid"])
		newCA := om.generate()
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(newCA), nil)
		Expect(om.call(http.MethodDelete, cas+"/"+oldCA, nil).status).To(Equal(http.StatusOK))
		Expect(om.apply()).NotTo(Succeed())
		Expect(om.Broken()).NotTo(BeEmpty())
	})

	It("breaks at a configurable certificate that the operator did not replace", func() {
		for _, replace := range []bool{false, true} {
			om := loggedIn(sim.Options{ConfigurableLeaf: true})
			oldCA := text(om.authorities()[0]["guid"])
			newCA := om.generate()
			Expect(om.apply()).To(Succeed())
			om.mustPost(activatePath(newCA), nil)
			if replace {
				Expect(om.Operator(sim.Action{Do: "replace-configurable"})).To(Succeed())
			}
			om.mustPost(cas+"/active/regenerate", nil)
			Expect(om.apply()).To(Succeed())
			Expect(om.call(http.MethodDelete, cas+"/"+oldCA, nil).status).To(Equal(http.StatusOK))
			Expect(om.apply() == nil).To(Equal(replace))
			Expect(len(om.Broken()) == 0).To(Equal(replace))
		}
	})

	DescribeTable("on old stemcells needs its VMs recreated", func(recreate bool) {
		om := loggedIn(sim.Options{OldStemcells: true, SafetyChecks: off()})
		newCA := om.generate()
		if recreate {
			Expect(om.Operator(sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.RecreateAllErrand, On: true})).To(Succeed())
			Expect(om.call(http.MethodPut, "/api/v0/staged/director/properties", map[string]any{"director_configuration": map[string]any{
				"bosh_recreate_on_next_deploy": true, "bosh_director_recreate_on_next_deploy": true,
			}}).status).To(Equal(http.StatusOK))
		}
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(newCA), nil)
		Expect(om.apply() == nil).To(Equal(recreate))
	}, Entry("done", true), Entry("left out", false))

	It("leaves an installation with the state of its beginning", func() {
		om := loggedIn(sim.Options{SafetyChecks: off()})
		stuck := fault(om, faults.Fault{Effect: faults.Stuck, Product: "p-bosh"})
		id := om.startApply(map[string]any{"deploy_products": "all"})
		Expect(om.WaitStruck(soon(), stuck, 1)).To(Succeed())
		newCA := om.generate()
		om.ClearFaults()
		Expect(om.Wait(id)).To(Succeed())
		for _, vm := range om.Dump().VMs {
			Expect(vm.Trusts).NotTo(ContainElement(newCA))
		}
	})
})
