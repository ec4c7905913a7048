package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

var _ = Describe("a call that failed for some certificates", func() {
	// Each row is the phase, what it reaches, and the foundation with other CAs than
	// those.
	type row struct {
		phase   rotation.Phase
		reason  rotation.Reason
		reached stage
		others  foundation
		next    rotation.Phase
	}
	rows := func() []row {
		return []row{
			{rotation.Generate, rotation.ReasonPartialGeneration, stage{candidate(), generated(guidA, guidB, "4")}, before(), rotation.Activate},
			{rotation.Activate, rotation.ReasonPartialActivation, stage{switchedTrusted(), activated(guidB, guidA, "6", "6")}, candidateApplied(), rotation.Regenerate},
			{rotation.Delete, rotation.ReasonPartialDeletion, stage{alone(), retired(guidB, guidA, "8")}, shows(active(guidB, madeB), inactive(guidC, madeC)), rotation.Verify},
		}
	}
	left := func(r row) rotation.Observation {
		GinkgoHelper()
		s, known := rotation.Partly(r.phase, r.reached.f.observe(r.reached.from), r.reached.f.e, []string{"/x (no answer)"})
		Expect(known).To(BeTrue())
		return s
	}

	It("leaves a blocked version that keeps the state reached, and names what failed", func() {
		for _, r := range rows() {
			s := left(r)
			Expect(s.State).To(Equal(rotation.Blocked))
			Expect(s.Message).To(says(string(r.phase)+" was carried out only in part", "/x (no answer)"))
			Expect(s.Version).To(And(HaveField("Reason", r.reason), HaveField("Was", r.reached.from.State), HaveField("Installation", r.reached.from.Installation)))
			Expect(rotation.ParseVersion(s.Version.Map())).To(Equal(s.Version))
		}
		for _, phase := range []rotation.Phase{rotation.Regenerate, rotation.Verify} {
			_, known := rotation.Partly(phase, switchedTrusted().observe(nil), switchedTrusted().e, []string{"/x"})
			Expect(known).To(BeFalse(), "is run again")
		}
	})

	It("stays so while the CAs are those, whatever is deployed or cannot be told in the meantime", func() {
		for _, r := range rows() {
			v := left(r).Version
			deployed := r.reached.f.then(installation(20, "2026-03-19T09:00:00Z"))
			for _, f := range []foundation{r.reached.f, deployed, shows(), shows(active(guidA, madeA), active(guidB, madeB), inactive(guidC, madeC))} {
				s := f.observe(&v)
				Expect(s.Version).To(Equal(v))
				Expect(s.Reason).To(Equal(r.reason))
				Expect(rotation.NeedsProof(f.e, &v)).To(BeFalse())
			}
			Expect(shows().observe(&v).Message).To(says("own output names", "no certificate authority at all"))
			Expect(r.others.observe(&v).State).NotTo(Equal(rotation.Blocked), "another operator has changed the CAs since")
		}
	})

	It("is what every phase, an apply changes and a whole rotation refuse with until it is accepted by its code", func() {
		for _, r := range rows() {
			v := left(r).Version
			for _, phase := range rotation.Phases() {
				d := decide(phase, &v, r.reached.f)
				Expect(d.Verdict).To(Equal(rotation.Refuse))
				Expect(d.Reason).To(Equal(r.reason))
				Expect(d.Advice(nil)).To(ContainSubstring("add %q to accept", string(r.reason)))
			}
			d, refused := rotation.ApplyRefusal(r.reached.f.observe(&v))
			Expect(refused).To(BeTrue())
			Expect(d.Reason).To(Equal(r.reason))
			Expect(d.Setting).To(Equal(setting.Accept))
			_, may := rotation.Resume(r.reached.f.observe(&v), v)
			Expect(may).To(BeFalse())

			same, note := rotation.Accepting(&v, []rotation.Reason{rotation.ReasonPendingChanges})
			Expect(*same).To(Equal(v))
			Expect(note).To(BeEmpty())
			on, note := rotation.Accepting(&v, rotation.Acceptable())
			Expect(note).To(HavePrefix("accepted " + string(r.reason) + ": "))
			Expect(r.reached.f.observe(on).State).To(Equal(r.reached.from.State))
			Expect(decide(r.next, on, r.reached.f)).To(Equal(decide(r.next, r.reached.from, r.reached.f)))
			Expect(on.Map()).NotTo(Equal(r.reached.from.Map()), "a check may have seen that one before")
		}
	})

	It("is nothing that another version accepts", func() {
		for _, v := range []*rotation.Version{nil, settled(guidA), stuck(rotation.ReasonTooManyCAs, guidA, settled(guidA))} {
			on, note := rotation.Accepting(v, rotation.Acceptable())
			Expect(on).To(Equal(v))
			Expect(note).To(BeEmpty())
		}
	})
})
