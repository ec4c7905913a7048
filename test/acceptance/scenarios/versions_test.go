package scenarios_test

import (
	"maps"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

var _ = Describe("a version that another image of the resource left", func() {
	It("with the former key for the state is read", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", from("versions.yml"), concourse.Opsman(f.Opsman()))
		p.Look("ca")
		state := newest(p)
		former := maps.Clone(state)
		delete(former, "state")
		former["phase"] = state["state"]
		p.Rewrite("ca", former)

		Expect(concourse.OneLine(p.Check("ca").Succeeds().Log())).NotTo(ContainSubstring("taken for no version"))
		Expect(newest(p)).To(Equal(state))

		By("got as an old version")
		p.Pin("ca", p.Versions("ca")[0])
		Expect(p.Run("read").Succeeds().Inputs()["ca"]).To(Equal(former))
		p.Unpin("ca")
		Expect(p.Run("read").Succeeds().Inputs()["ca"]).To(Equal(state))

		operator(f, sim.Action{Do: "generate"})
		p.Look("ca")
		Expect(p.States("ca")).To(Equal([]string{"", "settled", "generated"}))
		f.ExpectUntouched()
	})

	It("and that cannot be read holds up no check, and a get says which key it is", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", from("versions.yml"), concourse.Opsman(f.Opsman()))
		p.Look("ca")
		state := newest(p)
		later := maps.Clone(state)
		later["tomorrow"] = "yes"
		p.Rewrite("ca", later)

		Expect(concourse.OneLine(p.Check("ca").Succeeds().Log())).To(ContainSubstring(`taken for no version: version is not one of this resource: unknown key "tomorrow"`))
		Expect(newest(p)).To(Equal(state))
		Expect(concourse.OneLine(p.Check("ca").Succeeds().Log())).NotTo(ContainSubstring("taken for no version"))

		By("got as an old version")
		p.Pin("ca", p.Versions("ca")[0])
		p.Run("read").Fails(`version is not one of this resource: unknown key "tomorrow"`)
		p.Unpin("ca")
		Expect(p.Run("read").Succeeds().Inputs()["ca"]).To(Equal(state))

		By("left in the middle of a rotation")
		operator(f, sim.Action{Do: "generate"})
		p.Look("ca")
		generated := newest(p)
		p.Rewrite("ca", map[string]string{"ref": "61cbef"})
		p.Look("ca")
		Expect(newest(p)).To(Equal(generated))
		f.ExpectUntouched()
	})
})
