package scenarios_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("an outage of Concourse in the middle of an apply changes", Serial, func() {
	It("takes nothing from the rotation when the job is started again", func() {
		f := brisk()
		before, deployed := f.CA(), len(f.Dump().Installations)
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()))
		// middle is an installation that goes on, but not to its end.
		middle := func(fault faults.Fault) arranged { fault.Effect = faults.Stuck; return arrange(f, fault) }

		By("the machine of the worker dies in trust, and another one takes its place")
		installation := middle(faults.Fault{Product: "cf"})
		p.Fire()
		trust := p.Build("trust", 1)
		installation.arrives()
		ci.LoseWorker()
		ci.NewWorker()
		trust.Ends("errored")
		f.ExpectInstallations("running")
		installation.end()
		Expect(f.WaitIdle(soon())).To(Succeed())
		installation = middle(faults.Fault{Product: "p.mysql"})
		p.Run("trust").Succeeds()

		By("the worker's process dies in replace, and starts again")
		replace := p.Build("replace", 1)
		installation.arrives()
		ci.KillWorker()
		ci.StartWorker()
		installation.end()
		Expect(f.WaitIdle(soon())).To(Succeed())
		installation = middle(faults.Fault{Product: "p.rabbitmq"})
		finish(p, replace)

		By("the web node dies in settle, and starts again")
		settle := p.Build("settle", 1)
		installation.arrives()
		ci.KillWeb()
		installation.end()
		ci.StartWeb()
		finish(p, settle)

		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
		Expect(f.Dump().Installations).To(HaveLen(deployed + 3))
	})
})

// finish waits for the build, and starts its job again unless Concourse has taken the
// build up again itself.
func finish(p *concourse.Pipeline, b concourse.Build) {
	GinkgoHelper()
	status := b.Wait()
	GinkgoWriter.Println(b, status)
	if status != "succeeded" {
		p.Run(b.Job).Succeeds()
	}
}
