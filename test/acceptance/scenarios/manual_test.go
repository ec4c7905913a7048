package scenarios_test

import (
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("manual rotation", func() {
	It("goes from job to job by hand; a job that is started again is green and changes nothing", func() {
		f := brisk()
		before := f.CA()
		p := ci.SetPipeline("manual-rotation", concourse.Opsman(f.Opsman()))

		By("asking first whether a rotation may begin")
		Expect(concourse.OneLine(p.Run("preflight").Succeeds().Log())).To(ContainSubstring("a rotation may begin"))
		f.ExpectUntouched()

		By("a job whose turn is still to come waits for the one before it")
		early := start(p, line[1:]...)
		expectWaiting(early...)
		f.ExpectUntouched()
		for _, b := range early {
			b.Abort()
			b.Ends("aborted")
		}

		By("every job twice")
		for _, job := range line {
			first := p.Run(job).Succeeds()
			deeds := f.Deeds()
			if job == "regenerate" { // Ops Manager does not show that it was done, and twice does no harm
				deeds = append(deeds, job)
			}
			second := p.Run(job).Succeeds()
			Expect(f.Deeds()).To(Equal(deeds), "what was done once %s was started again", job)
			Expect(second.Outputs()).To(Equal(first.Outputs()), "what %s hands on", job)
		}

		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal([]string{"generate", "apply", "activate", "regenerate", "regenerate", "apply", "delete", "apply"}))
		Expect(p.States("ca")).To(Equal(states))
	})

	It("refuses every job out of order when `passed` is satisfied by the rotation before", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", concourse.Opsman(f.Opsman()))
		rotate(p)
		first, deeds := f.CA(), f.Deeds()

		By("settled; replace and delete are below")
		for _, b := range all(p, "trust", "activate", "regenerate") {
			expectRefusal(b, "finished-rotation")
		}
		p.Run("settle").Succeeds() // the last one, a second time
		Expect(f.Deeds()).To(Equal(deeds), "what was done after the rotation was over")

		By("the second rotation")
		for i, job := range line {
			p.Run(job).Succeeds()
			deeds = f.Deeds()
			for _, b := range all(p, line[min(i+2, len(line)):]...) {
				expectRefusal(b, "finished-rotation")
			}
			Expect(f.Deeds()).To(Equal(deeds), "what jobs out of order did after %s", job)
		}

		f.ExpectRotated(first)
		Expect(f.Deeds()).To(Equal(slices.Repeat(foundation.Rotation(), 2)))
	})

	It("refuses to prove the replacement of a rotation that is over, and changes nothing", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", concourse.Opsman(f.Opsman()))
		rotate(p)
		deeds := f.Deeds()

		b := p.Run("replace") // its version names the CA that is gone
		Expect(f.Deeds()).To(Equal(deeds), "what replace did after the rotation was over")
		expectRefusal(b, "finished-rotation")
		p.Run("generate").Succeeds() // nothing stands in the next one's way
	})

	It("refuses a delete of a rotation that is over", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", concourse.Opsman(f.Opsman()))
		rotate(p)
		deeds := f.Deeds()

		b := p.Run("delete")
		Expect(f.Deeds()).To(Equal(deeds), "what delete did after the rotation was over")
		expectRefusal(b, "finished-rotation")
		f.ExpectUnharmed()
		p.Run("generate").Succeeds() // nothing stands in the next one's way
	})
})

// rotate starts every job by hand.
func rotate(p *concourse.Pipeline) {
	GinkgoHelper()
	for _, job := range line {
		p.Run(job).Succeeds()
	}
}

// states are those of the versions that one rotation leaves in a fresh pipeline.
var states = []string{"settled", "generated", "trusted", "activated", "regenerated", "replaced", "retired", "settled"}

// start starts jobs by hand, all at once; those of a serial group run one after
// the other.
func start(p *concourse.Pipeline, jobs ...string) []concourse.Build {
	GinkgoHelper()
	var builds []concourse.Build
	for _, job := range jobs {
		builds = append(builds, p.Trigger(job))
	}
	return builds
}

// all starts jobs by hand, all at once, and waits for them: by job.
func all(p *concourse.Pipeline, jobs ...string) map[string]concourse.Build {
	GinkgoHelper()
	builds := map[string]concourse.Build{}
	for _, b := range start(p, jobs...) {
		b.Wait()
		builds[b.Job] = b
	}
	return builds
}

// expectWaiting fails when Concourse starts one of the builds.
func expectWaiting(builds ...concourse.Build) {
	GinkgoHelper()
	Consistently(func() []string {
		var statuses []string
		for _, b := range builds {
			statuses = append(statuses, b.Status())
		}
		return statuses
	}, 2*time.Second, 200*time.Millisecond).Should(HaveEach("pending"))
}

// expectRefusal fails unless the build failed by a refusal of that code. A get
// that Concourse does not answer from its cache refuses a version whose CA is gone
// before any step does.
func expectRefusal(b concourse.Build, code string) {
	GinkgoHelper()
	b.Ends("failed")
	said := ContainSubstring("refused (" + code + "): ")
	if code == "finished-rotation" || code == "candidate-gone" {
		said = Or(said, ContainSubstring("error: this version is of a finished rotation: its CA "))
	}
	Expect(concourse.OneLine(b.Log())).To(said, b.String())
}
