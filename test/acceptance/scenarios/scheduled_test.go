package scenarios_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

// line are the jobs of a rotation in their order.
var line = []string{"generate", "trust", "activate", "regenerate", "replace", "delete", "settle"}

var _ = Describe("scheduled rotation", func() {
	It("goes from the schedule to settled with no operator touching it", func() {
		f := foundation.New()
		before := f.CA()
		chat := ci.Chat(f.CA())
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), chat.Notify())

		timeline := p.Record()
		p.Fire()
		p.Chain(line...)
		timeline.Report(f.Applies())

		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
		p.ExpectQuiet(once(line...))
		Expect(p.States("ca")).To(HaveExactElements("settled", "generated", "trusted", "activated", "regenerated", "replaced", "retired", "settled"))

		By("with the images that this run is about")
		Expect(p.Builds("settle")[0].Inputs()["task-image"]).To(HaveKeyWithValue("digest", ci.Digest(ci.TaskImage)))
		Expect(concourse.OneLine(p.Builds("settle")[0].Log())).To(ContainSubstring("opsman-ca out " + ci.Version(ci.ResourceImage) + " ("))
		AddReportEntry("images", ReportEntryVisibilityAlways, ci.ResourceImage+"@"+ci.Digest(ci.ResourceImage)+"\n"+ci.TaskImage+"@"+ci.Digest(ci.TaskImage))

		By("telling each state once, and nothing else")
		Eventually(chat.Texts, concourse.Patience, "200ms").Should(ContainElement(ContainSubstring("retired")))
		for _, text := range chat.Texts() {
			Expect(text).To(ContainSubstring("state"))
		}
	})

	It("succeeds and changes nothing when no rotation is due", func() {
		f := foundation.New(foundation.NotDue)
		before := f.CA()
		chat := ci.Chat(f.CA())
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), chat.Notify())

		p.Fire()
		p.Chain(line...)

		Expect(f.CA()).To(Equal(before))
		f.ExpectUntouched()
		p.ExpectQuiet(once(line...))

		p.Fire()
		p.Build("generate", 2).Succeeds()
		f.ExpectUntouched()
		again := once(line...)
		again["generate"] = 2
		p.ExpectQuiet(again)
		Expect(chat.Texts()).To(HaveExactElements(ContainSubstring("settled")), "the state when the pipeline was set")
	})
})

// once is one build of every job.
func once(jobs ...string) map[string]int {
	counts := map[string]int{}
	for _, job := range jobs {
		counts[job] = 1
	}
	return counts
}
