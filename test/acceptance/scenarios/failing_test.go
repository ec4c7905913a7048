package scenarios_test

import (
	"maps"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

var _ = Describe("an apply changes that fails", func() {
	const mend = "mend the cause that its log shows, then apply changes again"

	It("stops the line with the product's name, and the same job, started again, takes it up", func() {
		f := brisk()
		before := f.CA()
		chat := ci.Chat(f.CA())
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), chat.Notify())
		builds := once("generate", "trust")

		By("at the third product")
		arrange(f, faults.Fault{Effect: faults.FailProduct, Product: "p.mysql"})
		p.Fire()
		p.Build("trust", 1).Fails("MySQL for VMware Tanzu", "ended as failed", mend)
		f.ExpectInstallations("failed")
		p.ExpectQuiet(builds)
		Expect(chat.Texts()).To(ContainElement(And(ContainSubstring("west"), ContainSubstring("generated"), ContainSubstring("not-reached"),
			ContainSubstring("MySQL for VMware Tanzu"), ContainSubstring("What to do"))))

		By("at an errand, in the second apply changes")
		arrange(f, faults.Fault{Effect: faults.FailErrand, Product: "cf", Errand: "smoke_tests", Skip: 1})
		p.Run("trust").Succeeds()
		p.Build("replace", 1).Fails("errand 'smoke_tests'", "Small Footprint VMware Tanzu Application Service", mend)
		f.ExpectInstallations("failed", "succeeded", "failed")
		maps.Copy(builds, map[string]int{"trust": 2, "activate": 1, "regenerate": 1, "replace": 1})
		p.ExpectQuiet(builds)

		By("at the director, in the last one")
		arrange(f, faults.Fault{Effect: faults.FailProduct, Product: "p-bosh", Skip: 1})
		p.Run("replace").Succeeds()
		p.Build("settle", 1).Fails("BOSH Director", mend)
		maps.Copy(builds, map[string]int{"replace": 2, "delete": 1, "settle": 1})
		p.ExpectQuiet(builds)

		p.Run("settle").Succeeds()
		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal([]string{"generate", "apply", "apply", "activate", "regenerate", "apply", "apply", "delete", "apply", "apply"}))
		Expect(p.States("ca")).To(HaveExactElements("settled", "generated", "trusted", "activated", "regenerated", "replaced", "retired", "settled"))
	})
})
