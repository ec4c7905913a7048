package sim_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("the ledger", func() {
	It("names the VMs for which a phase came too early", func() {
		om := start(sim.Options{})
		all := HaveLen(len(om.Dump().VMs))
		for _, s := range []struct {
			do      []sim.Action
			unready OmegaMatcher
		}{
			{[]sim.Action{{Do: "generate"}}, BeEmpty()},
			{[]sim.Action{{Do: "activate"}}, all},
			{[]sim.Action{{Do: "regenerate"}}, all},
			{[]sim.Action{{Do: "activate"}, {Do: "regenerate"}}, BeEmpty()},
			{[]sim.Action{{Do: "apply", Products: []string{"cf"}, Wait: true}, {Do: "activate"}}, HaveLen(3)},
			{[]sim.Action{{Do: "delete"}}, all},
		} {
			for _, a := range s.do {
				Expect(om.Operator(a)).To(Succeed())
			}
			events := om.Ledger().Events
			Expect(events[len(events)-1].Unready).To(s.unready, "%v", s.do)
		}
	})
})
