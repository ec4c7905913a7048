package scenarios_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

// docs/upgrade.md: Concourse keeps the history of a resource by the image of its type as well.
var _ = Describe("another image of the resource in the middle of a rotation", func() {
	// regenerated is a line that waits before its second apply changes.
	regenerated := func(f *foundation.Foundation) *concourse.Pipeline {
		GinkgoHelper()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), concourse.Person("replace"))
		p.Fire()
		p.Chain("generate", "trust", "activate", "regenerate")
		return p
	}

	It("begins the history anew; the line goes on from the version that Concourse is given back", func() {
		f := brisk()
		before := f.CA()
		p := regenerated(f)
		last := newest(p)
		Expect(last).To(HaveKeyWithValue("state", "regenerated"))

		By("bumped")
		p.Set(concourse.ResourceImage(ci.AnotherBuild(ci.ResourceImage)))
		p.Look("ca")
		Expect(p.States("ca")).To(Equal([]string{"activated"}))
		p.LookFrom("ca", concourse.Version{Fields: last})
		Expect(p.States("ca")).To(Equal([]string{"activated", "regenerated"}))
		Expect(newest(p)).To(Equal(last))

		open(p, "replace").Succeeds()
		p.Chain("delete", "settle")
		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
		p.ExpectQuiet(once(line...))
	})

	It("without that version is taken up by generate, and one phase is done once more", func() {
		f := brisk()
		before := f.CA()
		p := regenerated(f)

		By("rolled back")
		p.Set(concourse.ResourceImage(ci.AnotherBuild(ci.ResourceImage)))
		p.Look("ca")
		p.Run("generate").Succeeds()
		for _, job := range []string{"trust", "activate"} {
			p.Build(job, 2).Succeeds()
		}
		Expect(p.States("ca")).To(Equal([]string{"activated"}))

		By("a job that has met the version before is not triggered by it")
		p.ExpectQuiet(map[string]int{"generate": 2, "trust": 2, "activate": 2, "regenerate": 1})
		p.Run("regenerate").Succeeds()
		open(p, "replace").Succeeds()
		p.Chain("delete", "settle")
		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal([]string{"generate", "apply", "activate", "regenerate", "regenerate", "apply", "delete", "apply"}))
	})
})
