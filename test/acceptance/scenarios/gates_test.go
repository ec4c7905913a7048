package scenarios_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("gates of a scheduled rotation", func() {
	It("stop the line until a person starts the job", func() {
		f := brisk()
		before := f.CA()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()),
			concourse.Person("activate"), concourse.Person("delete"))

		p.Fire()
		p.Chain("generate", "trust")
		builds := once("generate", "trust")
		p.ExpectQuiet(builds)
		Expect(f.Deeds()).To(Equal([]string{"generate", "apply"}))

		By("delete, too early, waits for its turn, and can be taken back")
		early := p.Trigger("delete")
		expectWaiting(early)
		early.Abort()
		early.Ends("aborted")

		open(p, "activate").Succeeds()
		p.Chain("regenerate", "replace")
		p.ExpectQuiet(map[string]int{"generate": 1, "trust": 1, "activate": 1, "regenerate": 1, "replace": 1, "delete": 1})
		Expect(f.Deeds()).To(Equal(foundation.Rotation()[:5]))

		open(p, "delete").Succeeds()
		p.Chain("settle")
		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
	})

	It("open when the pipeline is set again, and close for the next rotation, whose gates the former one does not open", func() {
		f := brisk()
		before := f.CA()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), everDue,
			concourse.Person("activate"), concourse.Person("delete"))

		p.Fire()
		p.Chain("generate", "trust")
		p.ExpectQuiet(once("generate", "trust"))
		p.Set(concourse.AtOnce("activate"))
		p.Chain("activate", "regenerate", "replace")
		p.ExpectQuiet(once("generate", "trust", "activate", "regenerate", "replace"))
		p.Set(concourse.AtOnce("delete"))
		p.Chain("delete", "settle")
		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))

		By("both gates, started before the next rotation begins")
		p.Set(concourse.Person("activate"), concourse.Person("delete"))
		first, builds := f.CA(), once(line...)
		p.ExpectQuiet(builds)
		expectRefusal(p.Run("activate"), "finished-rotation")
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))

		By("the second gate, started at the first")
		p.Fire()
		p.Build("generate", 2).Succeeds()
		p.Build("trust", 2).Succeeds()
		expectRefusal(p.Run("delete"), "finished-rotation")
		builds["generate"], builds["trust"], builds["activate"], builds["delete"] = 2, 2, 2, 2
		p.ExpectQuiet(builds)
		Expect(f.Deeds()).To(Equal(append(foundation.Rotation(), "generate", "apply")))

		By("the first gate, when its turn has come")
		open(p, "activate").Succeeds()
		p.Build("replace", 2).Succeeds()
		builds["activate"], builds["regenerate"], builds["replace"] = 3, 2, 2
		p.ExpectQuiet(builds)
		open(p, "delete").Succeeds()
		p.Build("settle", 2).Succeeds()
		f.ExpectRotated(first)
		Expect(f.Deeds()).To(Equal(append(foundation.Rotation(), foundation.Rotation()...)))
	})
})

// everDue makes a rotation due at once after the one before: a CA lasts four years.
var everDue = concourse.Value("expires_within", "5y")
