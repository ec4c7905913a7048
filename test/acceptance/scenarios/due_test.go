package scenarios_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("rotation of what is due", func() {
	It("begins by itself, once, and ends settled with no operator touching it", func() {
		f := foundation.New()
		before := f.CA()
		p := ci.SetPipeline("due-rotation", concourse.Opsman(f.Opsman()))
		p.Look("due") // not to wait an hour for the next, should the first check get lost
		p.Look("ca")

		p.Chain(line...)

		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
		p.Look("due")
		p.ExpectQuiet(once(line...))
		Expect(p.Versions("due")).To(HaveExactElements(HaveField("Fields", And(HaveKeyWithValue("due", before), HaveKeyWithValue("active", before)))))
		Expect(p.Build("generate", 1).Inputs()["due"]).To(HaveKeyWithValue("due", before))
	})

	It("does not begin while nothing is due, and does when time has come", func() {
		f := foundation.New(foundation.NotDue, func(o *sim.Options) { o.LeafValidity = 400 * 24 * time.Hour })
		before := f.CA()
		p := ci.SetPipeline("due-rotation", concourse.Opsman(f.Opsman()))

		p.Look("due")
		p.Look("ca")
		Expect(p.Versions("due")).To(BeEmpty())
		p.ExpectQuiet(map[string]int{})
		f.ExpectUntouched()

		f.Advance(250 * 24 * time.Hour)
		p.Look("due")
		p.Chain(line...)
		f.ExpectRotated(before)
		Expect(p.Versions("due")).To(HaveExactElements(HaveField("Fields", And(HaveKeyWithValue("active", before), HaveKeyWithValue("due", Not(Equal(before)))))))
		p.Look("due")
		p.ExpectQuiet(once(line...))
	})

	It("is refused with staged changes, and taken up where a person starts it again", func() {
		f := foundation.New()
		before := f.CA()
		operator(f, sim.Action{Do: "stage", Product: "p.mysql"})
		p := ci.SetPipeline("due-rotation", concourse.Opsman(f.Opsman()))
		p.Look("due")
		p.Look("ca")

		p.Build("generate", 1).Fails("pending-changes")
		p.Look("due")
		p.ExpectQuiet(map[string]int{"generate": 1})

		p.Run("prepare").Succeeds()
		p.Run("generate").Succeeds()
		for _, job := range line[1:] {
			p.Build(job, 1).Succeeds()
		}
		f.ExpectRotated(before)
	})
})
