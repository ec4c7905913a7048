package scenarios_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("leaf certificates", func() {
	const pipeline, regenerate, deploy = "leaf-certificates", "regenerate", "deploy"

	It("are renewed under the CA that there is, also when the apply changes has to be made twice", func() {
		f := brisk(foundation.NotDue)
		ca, before := f.CA(), leaves(f)
		p := ci.SetPipeline(pipeline, concourse.Opsman(f.Opsman()))

		arrange(f, faults.Fault{Effect: faults.FailProduct, Product: "p.rabbitmq"})
		p.Run(regenerate).Succeeds()
		p.Build(deploy, 1).Fails("VMware Tanzu RabbitMQ", "mend the cause that its log shows, then apply changes again")
		Expect(f.Deeds()).To(Equal([]string{"regenerate", "apply"}))
		p.ExpectQuiet(once(regenerate, deploy))

		b := p.Run(deploy).Succeeds()
		Expect(concourse.OneLine(b.Log())).To(ContainSubstring("proven: every product was deployed since the leaf certificates were regenerated"))
		Expect(f.Deeds()).To(Equal([]string{"regenerate", "apply", "apply"}))
		Expect(f.CA()).To(Equal(ca))
		f.ExpectUnharmed()
		after := leaves(f)
		Expect(before).NotTo(BeEmpty())
		for name, from := range before {
			Expect(after[name]).To(BeTemporally(">", from), "the certificate of %s", name)
		}
		Expect(p.States("ca")).To(Equal([]string{"settled", "renewed", "settled"}))
	})

	It("are not renewed alone in the middle of a rotation, nor with what another operator has staged", func() {
		f := brisk()
		p := ci.SetPipeline(pipeline, concourse.Opsman(f.Opsman()))

		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		p.Run(regenerate).Fails("regenerate refused (pending-changes): ", "Small Footprint VMware Tanzu Application Service")
		Expect(f.Operator(sim.Action{Do: "revert"})).To(Succeed())

		Expect(f.Operator(sim.Action{Do: "generate"})).To(Succeed())
		p.Run(regenerate).Fails("regenerate refused (rotation-under-way): ", "finish the rotation, which renews them as well")
		f.ExpectUntouched()
		Expect(carriedOut(f)).To(Equal([]string{"generate"}))
	})
})

// leaves tell since when the certificates of the foundation's VMs are valid.
func leaves(f *foundation.Foundation) map[string]time.Time {
	from := map[string]time.Time{}
	for _, vm := range f.Dump().VMs {
		if vm.LeafSigner != "" {
			from[vm.Name] = vm.LeafFrom
		}
	}
	return from
}
