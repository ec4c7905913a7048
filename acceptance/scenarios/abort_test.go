package scenarios_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/acceptance/foundation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("aborting builds", func() {
	const (
		goesOn    = "goes on in Ops Manager, untouched"
		looksOnce = "it looks first, and does nothing twice"
	)

	It("takes nothing from a scheduled rotation, in whichever job, when the job is started again", func() {
		f := swift()
		before, deployed := f.CA(), len(f.Dump().Installations)
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()))

		By("generate, when the CA is made and nobody was told")
		call := arrange(f, sim.Fault{Effect: sim.HoldAfter, Method: "POST", Path: authorities + "/generate"})
		p.Fire()
		abort(p.Build("generate", 1), call, looksOnce)
		installation := arrange(f, sim.Fault{Effect: sim.Stuck, Product: "cf"})
		p.Run("generate").Succeeds()

		By("trust, in the middle of its apply changes")
		abort(p.Build("trust", 1), installation, goesOn)
		f.ExpectInstallations("running")
		installation.end()
		Expect(f.WaitIdle(soon())).To(Succeed())
		By("trust, in the middle of its put: the apply changes before it is not made again")
		task := arrange(f, sim.Fault{Effect: sim.HoldBefore, Method: "GET", Path: authorities})
		again := p.Builds("trust")[0].Rerun()
		task.arrives()
		put := arrange(f, sim.Fault{Effect: sim.HoldBefore, Method: "GET", Path: authorities})
		task.end()
		abort(again, put, "nothing to do:", "nothing was changed in Ops Manager")
		call = arrange(f, sim.Fault{Effect: sim.HoldAfter, Method: "POST", Path: authorities + "/*/activate"})
		p.Run("trust").Succeeds()

		By("activate, when the candidate is active and nobody was told")
		abort(p.Build("activate", 1), call, looksOnce)
		call = arrange(f, sim.Fault{Effect: sim.HoldBefore, Method: "POST", Path: authorities + "/active/regenerate"})
		p.Run("activate").Succeeds()

		By("regenerate, before Ops Manager has begun")
		abort(p.Build("regenerate", 1), call, looksOnce)
		installation = arrange(f, sim.Fault{Effect: sim.Stuck, Product: "p.mysql"})
		p.Builds("regenerate")[0].Rerun().Succeeds()

		By("replace, whose installation still runs when the job is started again")
		abort(p.Build("replace", 1), installation, goesOn)
		call = arrange(f, sim.Fault{Effect: sim.HoldAfter, Method: "DELETE", Path: authorities + "/*"})
		again = p.Trigger("replace").Says("runs already: waiting for it to end")
		f.ExpectInstallations("running")
		installation.end()
		again.Succeeds()

		By("delete, when the former CA is gone and nobody was told")
		abort(p.Build("delete", 1), call, looksOnce)
		installation = arrange(f, sim.Fault{Effect: sim.Stuck})
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
		Expect(p.Phases("ca")).To(HaveExactElements("settled", "generated", "trusted", "activated", "regenerated", "replaced", "retired", "settled"))
	})

	It("takes nothing from the task rotate: the next build goes on from where Ops Manager is", func() {
		f := swift()
		before, deployed := f.CA(), len(f.Dump().Installations)
		_, options := fleetOf(f)
		p := ci.SetPipeline("fleet", options...)

		installation := arrange(f, sim.Fault{Effect: sim.Stuck, Product: "p.rabbitmq"})
		p.Fire()
		abort(p.Build("canary", 1), installation, goesOn)
		installation.end()
		Expect(f.WaitIdle(soon())).To(Succeed())

		call := arrange(f, sim.Fault{Effect: sim.HoldAfter, Method: "POST", Path: authorities + "/active/regenerate"})
		abort(p.Trigger("canary"), call, looksOnce)

		p.Run("canary").Succeeds()
		f.ExpectRotated(before)
		Expect(carriedOut(f)).To(Equal([]string{"generate", "activate", "regenerate", "regenerate", "delete"}))
		Expect(f.Dump().Installations).To(HaveLen(deployed + 3))
	})
})

// Paths of the API.
const (
	authorities   = "/api/v0/certificate_authorities"
	installations = "/api/v0/installations"
)

// swift is a foundation for scenarios in which nothing has to happen in the middle
// of an apply: it is over when om looks for the first time, for om looks again ten
// seconds later only.
func swift(shape ...func(*sim.Options)) *foundation.Foundation {
	GinkgoHelper()
	f := foundation.New(append(shape, func(o *sim.Options) { o.VMDelay = -1 })...)
	arrange(f, sim.Fault{Effect: sim.DelayAfter, Method: "POST", Path: installations, Delay: sim.Duration(time.Second), Times: sim.Forever})
	return f
}

// soon ends a wait that goes wrong.
func soon() context.Context {
	GinkgoHelper()
	ctx, cancel := context.WithTimeout(context.Background(), concourse.Patience)
	DeferCleanup(cancel)
	return ctx
}

// arranged is something that will happen to a foundation.
type arranged struct {
	f  *foundation.Foundation
	id string
}

// arrange makes it happen when its turn comes, once unless the fault says otherwise.
func arrange(f *foundation.Foundation, fault sim.Fault) arranged {
	GinkgoHelper()
	id, err := f.AddFault(fault)
	Expect(err).NotTo(HaveOccurred())
	return arranged{f, id}
}

// arrives waits until it happens.
func (a arranged) arrives() {
	GinkgoHelper()
	Expect(a.f.WaitStruck(soon(), a.id, 1)).To(Succeed())
}

// end lets go on what it held.
func (a arranged) end() {
	GinkgoHelper()
	Expect(a.f.Release(a.id)).To(Succeed())
}

// abort aborts the build in the middle of something, and expects it to say how to
// go on.
func abort(b concourse.Build, middle arranged, says ...string) {
	GinkgoHelper()
	middle.arrives()
	b.Abort()
	b.Ends("aborted")
	for _, text := range says {
		Expect(flat(b.Log())).To(ContainSubstring(text), b.String())
	}
}

// carriedOut is what was done to the root CAs, whether or not anybody got to know.
func carriedOut(f *foundation.Foundation) []string {
	var kinds []string
	for _, event := range f.Ledger().Events {
		kinds = append(kinds, event.Kind)
	}
	return kinds
}
