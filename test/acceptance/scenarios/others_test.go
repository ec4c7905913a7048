package scenarios_test

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("another operator on the foundation", func() {
	It("who does the line's steps himself: it takes them up", func() {
		f := brisk()
		before := f.CA()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), gated)

		operator(f, sim.Action{Do: "generate"})
		p.Fire()
		p.Build("generate", 1).Succeeds()
		p.Build("trust", 1).Succeeds()
		operator(f, sim.Action{Do: "activate", Checks: true})
		open(p, "activate").Succeeds()
		p.Build("replace", 1).Succeeds()
		operator(f, sim.Action{Do: "delete", Checks: true})
		open(p, "delete").Succeeds()
		p.Build("settle", 1).Succeeds()

		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal([]string{"apply", "regenerate", "apply", "apply"}))
		Expect(carriedOut(f)).To(Equal([]string{"generate", "activate", "regenerate", "delete"}))
		Expect(p.States("ca")).To(Equal(states[1:])) // Concourse did not look before he began
		p.ExpectQuiet(once(line...))
	})

	It("who applies changes: the line waits or refuses, and what he began too early proves nothing", func() {
		f := brisk()
		before := f.CA()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), concourse.Person("activate"))

		By("while the candidate is made")
		call := arrange(f, faults.Fault{Effect: faults.HoldAfter, Method: "POST", Path: authorities + "/generate"})
		p.Fire()
		call.arrives()
		applying := arrange(f, faults.Fault{Effect: faults.Stuck, Product: "cf"})
		operator(f, sim.Action{Do: "apply"})
		call.end()
		p.Build("generate", 1).Succeeds()
		p.Build("trust", 1).Says("runs already: waiting for it to end, then applying ours")
		applying.end()
		p.Build("trust", 1).Succeeds()
		f.ExpectInstallations("succeeded", "succeeded", "succeeded", "succeeded")
		Expect(f.Deeds()).To(Equal([]string{"generate", "apply"}))

		By("when it is to be activated")
		applying = arrange(f, faults.Fault{Effect: faults.Stuck, Product: "cf"})
		operator(f, sim.Action{Do: "apply"})
		expectRefusal(open(p, "activate"), "installation-running")
		applying.end()
		Expect(f.WaitIdle(soon())).To(Succeed())
		p.Run("activate").Succeeds()
		p.Chain("regenerate", "replace", "delete", "settle")

		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
	})

	It("who generates one more: everything is refused until it is gone", func() {
		f := brisk()
		before := f.CA()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), concourse.Person("activate"))
		p.Fire()
		p.Chain("generate", "trust")

		operator(f, sim.Action{Do: "generate"})
		deeds, extra := f.Deeds(), f.Dump().CAs[2].GUID
		for _, b := range all(p, "generate", "trust") {
			expectRefusal(b, "too-many-cas")
		}
		expectRefusal(open(p, "activate"), "too-many-cas")
		p.Look("ca")
		Expect(p.Versions("ca")).To(ContainElement(HaveField("Fields", And(HaveKeyWithValue("state", "blocked"), HaveKeyWithValue("was", "trusted")))))
		Expect(f.Deeds()).To(Equal(deeds))

		By("and goes on when he has cleaned up")
		operator(f, sim.Action{Do: "delete", GUID: extra})
		operator(f, sim.Action{Do: "apply", Wait: true})
		p.Look("ca")
		p.Run("activate").Succeeds()
		p.Chain("regenerate", "replace", "delete", "settle")
		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
		expectDistinct(p.Versions("ca"))
	})

	It("who activates what no product trusts: nothing is deployed until he has gone back", func() {
		f := brisk(unchecked)
		before := f.CA()
		p := setBack(f)

		By("the next schedule takes the rotation up again")
		p.Look("ca")
		p.Fire()
		p.Build("generate", 3).Succeeds()
		p.Build("trust", 2).Succeeds()
		open(p, "activate").Succeeds()
		p.Chain("regenerate", "replace", "delete", "settle")
		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
		expectDistinct(p.Versions("ca"))
	})

	It("who activated what no product trusts and went back: the job that failed does not apply changes in vain", func() {
		f := brisk(unchecked)
		p := setBack(f)
		deeds := f.Deeds()
		if b := p.Run("trust"); b.Status() != "succeeded" {
			Expect(f.Deeds()).To(Equal(deeds), b.Log())
		}
	})
})

var _ = Describe("two pipelines on one foundation", func() {
	It("see the same versions, and end one rotation together", func() {
		f := brisk()
		before := f.CA()
		scheduled := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), gated)
		manual := ci.SetPipeline("manual-rotation", concourse.Opsman(f.Opsman()))
		manual.Look("ca")

		By("the manual one, in between")
		scheduled.Fire()
		scheduled.Build("generate", 1).Succeeds()
		scheduled.Build("trust", 1).Succeeds()
		manual.Look("ca")
		Expect(newest(manual)).To(Equal(newest(scheduled)))
		for _, job := range line[:3] {
			manual.Run(job).Succeeds()
		}
		Expect(f.Deeds()).To(Equal([]string{"generate", "apply", "activate"}))

		By("the scheduled one goes on")
		open(scheduled, "activate").Succeeds()
		scheduled.Build("replace", 1).Succeeds()
		Expect(f.Deeds()).To(Equal(foundation.Rotation()[:5]))

		By("the manual one, to the end")
		for _, job := range line[3:6] {
			manual.Run(job).Succeeds()
		}
		expectRefusal(open(scheduled, "delete"), "finished-rotation")
		manual.Run("settle").Succeeds()
		scheduled.Look("ca")

		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal([]string{"generate", "apply", "activate", "regenerate", "apply", "regenerate", "apply", "delete", "apply"}))
		Expect(newest(manual)).To(Equal(newest(scheduled)))
	})

	It("which are due at the same moment make one new CA, and both are ready for the next rotation", func() {
		f := brisk()
		before := f.CA()
		one := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()))
		two := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()))

		one.Fire()
		two.Fire()
		Eventually(func() bool {
			return ended(one) && ended(two)
		}, 2*concourse.Patience, "200ms").Should(BeTrue())

		f.ExpectRotated(before)
		Expect(slices.DeleteFunc(carriedOut(f), func(kind string) bool { return kind == "regenerate" })).To(Equal([]string{"generate", "activate", "delete"}))
		By("what the slower one cannot know, prepare and a check settle")
		for _, p := range []*concourse.Pipeline{one, two} {
			p.Look("ca")
			p.Run("prepare").Succeeds()
			p.Look("ca")
			Expect(newest(p)).To(HaveKeyWithValue("state", "settled"))
			p.Run("generate").Succeeds()
		}
		f.ExpectRotated(before)
	})
})

// setBack is a pipeline whose candidate another operator activated before anything was
// deployed, and who has made the former CA the active one again since.
func setBack(f *foundation.Foundation) *concourse.Pipeline {
	GinkgoHelper()
	before := f.CA()
	p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), concourse.Person("activate"))
	call := arrange(f, faults.Fault{Effect: faults.HoldAfter, Method: "POST", Path: authorities + "/generate"})
	p.Fire()
	call.arrives()
	operator(f, sim.Action{Do: "activate"})
	call.end()
	p.Build("generate", 1).Fails("generate was accepted by Ops Manager, which shows state activated all the same")
	p.Run("generate").Succeeds()
	expectRefusal(p.Build("trust", 1), "activated-untrusted")
	Expect(f.Deeds()).To(Equal([]string{"generate"}))

	// Back, as the refusal says.
	operator(f, sim.Action{Do: "activate", GUID: before})
	operator(f, sim.Action{Do: "regenerate"})
	operator(f, sim.Action{Do: "apply", Wait: true})
	return p
}

// gated closes both gates.
func gated(s *concourse.Setting) {
	concourse.Person("activate")(s)
	concourse.Person("delete")(s)
}

// open starts the gate before a job, as a person does, and is the build of the job that
// starts behind it.
func open(p *concourse.Pipeline, job string) concourse.Build {
	GinkgoHelper()
	n := len(p.Builds(job))
	p.Run("gate-" + job).Succeeds()
	b := p.Build(job, n+1)
	b.Wait()
	return b
}

// newest are the fields of the latest version.
func newest(p *concourse.Pipeline) map[string]string {
	GinkgoHelper()
	versions := p.Versions("ca")
	return versions[len(versions)-1].Fields
}

// ended tells whether the pipeline has come to the end of the line, or to a job
// that failed twice: the other one was faster. A job that failed once is started
// again.
func ended(p *concourse.Pipeline) bool {
	GinkgoHelper()
	for _, job := range line {
		builds := p.Builds(job)
		if len(builds) == 0 {
			return false
		}
		switch builds[len(builds)-1].Status() {
		case "succeeded":
		case "failed":
			if len(builds) > 1 {
				return true
			}
			p.Trigger(job)
			return false
		default:
			return false
		}
	}
	return true
}
