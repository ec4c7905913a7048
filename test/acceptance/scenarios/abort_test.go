package scenarios_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

var _ = Describe("aborting builds", func() {
	const (
		goesOn    = "goes on in Ops Manager, untouched"
		looksOnce = "it looks first, and does nothing twice"
	)

	It("takes nothing from a scheduled rotation, in whichever job, when the job is started again", func() {
		f := brisk()
		before, deployed := f.CA(), len(f.Dump().Installations)
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()))

		By("generate, when the CA is made and the put has not heard of it")
		call := arrange(f, faults.Fault{Effect: faults.HoldAfter, Method: "POST", Path: authorities + "/generate"})
		p.Fire()
		abort(p.Build("generate", 1), call, looksOnce)
		installation := arrange(f, faults.Fault{Effect: faults.Stuck, Product: "cf"})
		p.Run("generate").Succeeds()

		By("trust, in the middle of its apply changes")
		abort(p.Build("trust", 1), installation, goesOn)
		f.ExpectInstallations("running")
		installation.end()
		Expect(f.WaitIdle(soon())).To(Succeed())
		By("trust, in the middle of its put: the apply changes before it is not made again")
		task := arrange(f, faults.Fault{Effect: faults.HoldBefore, Method: "GET", Path: authorities})
		again := p.Builds("trust")[0].Rerun()
		task.arrives()
		put := arrange(f, faults.Fault{Effect: faults.HoldBefore, Method: "GET", Path: authorities})
		task.end()
		abort(again, put, "nothing to do:", "nothing was changed in Ops Manager")
		call = arrange(f, faults.Fault{Effect: faults.HoldAfter, Method: "POST", Path: authorities + "/*/activate"})
		p.Run("trust").Succeeds()

		By("activate, when the candidate is active and the put has not heard of it")
		abort(p.Build("activate", 1), call, looksOnce)
		call = arrange(f, faults.Fault{Effect: faults.HoldBefore, Method: "POST", Path: authorities + "/active/regenerate"})
		p.Run("activate").Succeeds()

		By("regenerate, before Ops Manager has begun")
		abort(p.Build("regenerate", 1), call, looksOnce)
		installation = arrange(f, faults.Fault{Effect: faults.Stuck, Product: "p.mysql"})
		p.Builds("regenerate")[0].Rerun().Succeeds()

		By("replace, whose installation still runs when the job is started again")
		abort(p.Build("replace", 1), installation, goesOn)
		call = arrange(f, faults.Fault{Effect: faults.HoldAfter, Method: "DELETE", Path: authorities + "/*"})
		again = p.Trigger("replace").Says("runs already: waiting for it to end")
		f.ExpectInstallations("running")
		installation.end()
		again.Succeeds()

		By("delete, when the former CA is gone and the put has not heard of it")
		abort(p.Build("delete", 1), call, looksOnce)
		installation = arrange(f, faults.Fault{Effect: faults.Stuck})
		p.Run("delete").Succeeds()

		By("settle, in the middle of its apply changes")
		abort(p.Build("settle", 1), installation, goesOn)
		installation.end()
		Expect(f.WaitIdle(soon())).To(Succeed())
		p.Builds("settle")[0].Rerun().Succeeds()

		f.ExpectRotated(before)
		Expect(carriedOut(f)).To(Equal([]string{"generate", "activate", "regenerate", "delete"}))
		f.ExpectInstallations("succeeded", "succeeded", "succeeded")
		Expect(f.Dump().Installations).To(HaveLen(deployed + 3))
		Expect(p.States("ca")).To(HaveExactElements("settled", "generated", "trusted", "activated", "regenerated", "replaced", "retired", "settled"))
	})

	It("takes nothing from the task rotate: the next build goes on from where Ops Manager is", func() {
		f := brisk()
		before, deployed := f.CA(), len(f.Dump().Installations)
		_, options := fleetOf(f)
		p := ci.SetPipeline("fleet", options...)

		installation := arrange(f, faults.Fault{Effect: faults.Stuck, Product: "p.rabbitmq"})
		p.Fire()
		abort(p.Build("canary", 1), installation, goesOn)
		installation.end()
		Expect(f.WaitIdle(soon())).To(Succeed())

		call := arrange(f, faults.Fault{Effect: faults.HoldAfter, Method: "POST", Path: authorities + "/active/regenerate"})
		abort(p.Trigger("canary"), call, looksOnce)

		p.Run("canary").Succeeds()
		f.ExpectRotated(before)
		Expect(carriedOut(f)).To(Equal([]string{"generate", "activate", "regenerate", "regenerate", "delete"}))
		Expect(f.Dump().Installations).To(HaveLen(deployed + 3))
	})
})

// abort aborts the build in the middle of something, and expects it to say how to
// go on.
func abort(b concourse.Build, middle arranged, says ...string) {
	GinkgoHelper()
	middle.arrives()
	b.Abort()
	b.Ends("aborted")
	for _, text := range says {
		Expect(concourse.OneLine(b.Log())).To(ContainSubstring(text), b.String())
	}
}
