package scenarios_test

import (
	"fmt"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("a pipeline after its first rotation", func() {
	It("rotates again: no version comes twice, and every job runs by itself", func() {
		f := brisk()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), everDue)

		for n := 1; n <= 2; n++ {
			before := f.CA()
			p.Fire()
			for _, job := range line {
				p.Build(job, n).Succeeds()
			}
			f.ExpectRotated(before)
		}

		Expect(f.Deeds()).To(Equal(slices.Repeat(foundation.Rotation(), 2)))
		Expect(p.States("ca")).To(Equal(append(slices.Clone(states), states[1:]...)))
		expectDistinct(p.Versions("ca"))
		twice := once(line...)
		for job := range twice {
			twice[job] = 2
		}
		p.ExpectQuiet(twice)
	})

	It("refuses the steps of a rotation that another operator cancelled, and begins a new one", func() {
		f := brisk(unchecked)
		before := f.CA()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), concourse.Person("activate"))
		p.Fire()
		p.Chain("generate", "trust")
		cancelled := p.Versions("ca")[2].Fields["candidate"]

		By("the candidate is deleted")
		operator(f, sim.Action{Do: "delete", GUID: cancelled})
		expectRefusal(open(p, "activate"), "candidate-gone")
		p.Look("ca")
		Expect(p.States("ca")).To(Equal([]string{"settled", "generated", "trusted", "retired"}))
		p.Run("generate").Fails("generate refused (not-reached)")
		By("and its trust is removed")
		operator(f, sim.Action{Do: "apply", Wait: true})
		p.Look("ca")
		Expect(p.States("ca")).To(HaveExactElements("settled", "generated", "trusted", "retired", "settled"))
		Expect(f.CA()).To(Equal(before))

		By("a new rotation, for which the cancelled one's versions are refused")
		p.Fire()
		p.Build("generate", 3).Succeeds()
		p.Build("trust", 2).Succeeds()
		Expect(f.Dump().CAs).To(HaveLen(2))
		for _, b := range []concourse.Build{p.Builds("trust")[0], p.Builds("activate")[0]} {
			expectRefusal(b.Rerun(), "finished-rotation")
		}

		open(p, "activate").Succeeds()
		p.Chain("regenerate", "replace", "delete", "settle")
		f.ExpectRotated(before)
		Expect(f.CA()).NotTo(Equal(cancelled))
		Expect(f.Deeds()).To(Equal(append([]string{"generate", "apply"}, foundation.Rotation()...)))
		expectDistinct(p.Versions("ca"))
	})

	It("refuses builds of a rotation that is over when they run again", func() {
		f := brisk()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()))
		p.Fire()
		p.Chain(line...)
		deeds, versions := f.Deeds(), fieldsOf(p)

		for _, job := range []string{"generate", "trust", "activate", "regenerate"} {
			expectRefusal(p.Builds(job)[0].Rerun(), "finished-rotation")
		}
		p.Builds("settle")[0].Rerun().Succeeds() // of the end of a rotation there is nothing to refuse
		builds := once(line...)
		for _, job := range []string{"generate", "trust", "activate", "regenerate", "settle"} {
			builds[job]++
		}
		p.ExpectQuiet(builds)
		Expect(f.Deeds()).To(Equal(deeds))
		Expect(fieldsOf(p)).To(Equal(versions))
	})

	It("refuses a pinned version of a rotation that is over, and goes on when it is unpinned", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", concourse.Opsman(f.Opsman()))
		rotate(p)
		first, deeds, versions := f.CA(), f.Deeds(), p.Versions("ca")

		By("pinned to what was before the rotation")
		p.Pin("ca", versions[0])
		p.LookFrom("ca", versions[0])
		expectRefusal(p.Run("generate"), "finished-rotation")
		By("pinned to the middle of it")
		p.Pin("ca", versions[2])
		p.LookFrom("ca", versions[2])
		expectRefusal(p.Run("generate"), "finished-rotation")
		expectRefusal(p.Run("activate"), "finished-rotation")
		Expect(f.Deeds()).To(Equal(deeds))

		By("unpinned: the check from the middle could not tell when the CA went, so an apply changes has to end it")
		p.Unpin("ca")
		p.Look("ca")
		expectRefusal(p.Run("generate"), "not-reached")
		p.Run("prepare").Succeeds()
		p.Look("ca")
		rotate(p)
		f.ExpectRotated(first)
		Expect(f.Deeds()).To(Equal(slices.Concat(foundation.Rotation(), []string{"apply"}, foundation.Rotation())))
	})
})

// expectDistinct fails when a version is there twice: Concourse would not trigger
// anything by it.
func expectDistinct(versions []concourse.Version) {
	GinkgoHelper()
	seen := map[string]bool{}
	for _, v := range versions {
		key := fmt.Sprint(v.Fields)
		Expect(seen).NotTo(HaveKey(key))
		seen[key] = true
	}
}

// fieldsOf are the fields of the state's versions. Their metadata is of the last get,
// and watch gets each, some time.
func fieldsOf(p *concourse.Pipeline) []map[string]string {
	GinkgoHelper()
	var all []map[string]string
	for _, v := range p.Versions("ca") {
		all = append(all, v.Fields)
	}
	return all
}
