package sim_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("parallel deploys", func() {
	const version = "3.3.0-build.1"
	results := func(om *opsman) map[string]string {
		all := map[string]string{}
		installations := om.Dump().Installations
		for _, p := range installations[len(installations)-1].Products {
			all[p.Identifier] = p.Status
		}
		return all
	}
	// instancesRolled: the service instances have the leaves of a regenerate.
	instancesRolled := func(om *opsman) bool {
		for _, v := range om.Dump().VMs {
			if strings.Contains(v.Name, "/mysql/") && v.LeafVersion != 2 {
				return false
			}
		}
		return true
	}

	It("deploy everything, and rotate without a broken handshake", func() {
		om := loggedIn(sim.Options{Version: version, ParallelDeploys: true})
		guid := om.generate()
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(guid), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.apply()).To(Succeed())
		Expect(instancesRolled(om)).To(BeTrue())
		Expect(om.Broken()).To(BeEmpty())
		Expect(om.get("/api/v0/deployed/products").text).To(ContainSubstring(`"deploy_in_parallel":true`))
	})

	It("say successful of a tile whose errand has not run, when another one fails", func() {
		om := loggedIn(sim.Options{Version: version, ParallelDeploys: true})
		om.mustPost(cas+"/active/regenerate", nil)
		fault(om, faults.Fault{Effect: faults.FailProduct, Product: "cf"})
		Expect(om.apply()).NotTo(Succeed())
		Expect(results(om)).To(Equal(map[string]string{"p-bosh": "successful", "cf": "failed", "p.mysql": "successful"}))
		Expect(instancesRolled(om)).To(BeFalse())
		Expect(om.Log(3)).NotTo(ContainSubstring("run-errand"))
	})

	It("fail a tile by its errand, and say successful of those behind it", func() {
		om := loggedIn(sim.Options{Version: version, ParallelDeploys: true})
		fault(om, faults.Fault{Effect: faults.FailErrand, Product: "cf"})
		Expect(om.apply()).NotTo(Succeed())
		Expect(results(om)).To(Equal(map[string]string{"p-bosh": "successful", "cf": "failed", "p.mysql": "successful"}))
		Expect(om.Log(3)).NotTo(ContainSubstring("run-errand upgrade-all"))
	})

	It("skip the tiles when the director fails, and are not there before 3.3", func() {
		om := loggedIn(sim.Options{Version: version, ParallelDeploys: true})
		fault(om, faults.Fault{Effect: faults.FailProduct, Product: "p-bosh"})
		Expect(om.apply()).NotTo(Succeed())
		Expect(results(om)).To(Equal(map[string]string{"p-bosh": "failed", "cf": "skipped", "p.mysql": "skipped"}))

		om = loggedIn(sim.Options{ParallelDeploys: true})
		fault(om, faults.Fault{Effect: faults.FailProduct, Product: "cf"})
		Expect(om.apply()).NotTo(Succeed())
		Expect(results(om)).To(HaveKeyWithValue("p.mysql", "skipped"))
		Expect(om.get("/api/v0/deployed/products").text).NotTo(ContainSubstring("parallel"))
	})
})
