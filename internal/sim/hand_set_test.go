package sim_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("a certificate that was set by hand in CredHub", func() {
	It("stands at the top of v1 and counts as generated, fails to be regenerated, and is left alone once it was set again", func() {
		om := loggedIn(sim.Options{HandSet: true})
		row := func() map[string]any {
			GinkgoHelper()
			list, _ := om.get("/api/v1/deployed/certificates?no_cache=true").body["certificates"].([]any)
			for _, one := range list {
				if r, _ := one.(map[string]any); r["name"] == sim.HandSetPath {
					return r
				}
			}
			return nil
		}
		failed := func() any {
			GinkgoHelper()
			certificates, _ := om.mustPost(cas+"/active/regenerate", nil).body["certificates"].(map[string]any)
			return certificates["regenerate_failed"]
		}
		Expect(row()).To(And(HaveKeyWithValue("is_ca", false), HaveKeyWithValue("configurable", false)))
		Expect(failed()).To(ConsistOf(HaveKeyWithValue("variable_path", sim.HandSetPath)))
		Expect(om.Operator(sim.Action{Do: "credhub-set", Path: "/other"})).NotTo(Succeed())
		Expect(om.Operator(sim.Action{Do: "credhub-set", Path: sim.HandSetPath})).To(Succeed())
		Expect(row()).To(HaveKeyWithValue("configurable", true))
		Expect(failed()).To(BeEmpty())
	})
})
