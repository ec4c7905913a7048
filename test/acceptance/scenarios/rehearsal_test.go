package scenarios_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

var _ = Describe("the rehearsal", func() {
	It("rotates a foundation like the real one, which it only looks at", func() {
		f := brisk()
		p := ci.SetPipeline("rehearsal", concourse.Opsman(f.Opsman()),
			concourse.Value("rehearsal", map[string]any{"vms": "cf=6", "vm_delay": "10ms"}))
		log := concourse.OneLine(p.Run("rehearse").Succeeds().Log())
		Expect(log).To(And(
			ContainSubstring("root CA "+f.CA()), ContainSubstring("6 VMs, as told"), ContainSubstring("nothing real is touched"),
			ContainSubstring("plan from state settled"), ContainSubstring("settled: the rotation is complete"), ContainSubstring("none broken"),
		))
		f.ExpectUntouched()
		Expect(carriedOut(f)).To(BeEmpty())
	})
})
