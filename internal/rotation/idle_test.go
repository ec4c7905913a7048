package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var onlyRotating = rotation.Options{IfRotating: true}

var _ = Describe("a phase that is wanted only in a rotation", func() {
	phases := []rotation.Phase{rotation.Activate, rotation.Regenerate, rotation.Delete, rotation.Verify}

	It("is done when none is under way", func() {
		for _, phase := range phases {
			for _, state := range []rotation.State{rotation.Settled, rotation.Renewed} {
				st := stages[state]()
				d := decide(phase, st.from, st.f, onlyRotating)
				Expect(d.Verdict).To(Equal(rotation.Done), string(phase))
				Expect(d.Reason).To(Equal(rotation.ReasonNoRotation))
				Expect(d.Message).To(says("no rotation is under way", guidA, string(phase)))
			}
		}
	})

	It("is judged as ever in every other state", func() {
		for state, stage := range stages {
			for _, phase := range append(phases, rotation.Generate) {
				if (state == rotation.Settled || state == rotation.Renewed) && phase != rotation.Generate {
					continue
				}
				st := stage()
				Expect(decide(phase, st.from, st.f, onlyRotating)).To(Equal(decide(phase, st.from, st.f)), "%s in %s", phase, state)
			}
		}
	})

	It("is refused as ever when the version handed over is of a rotation, or of another foundation", func() {
		st := stages[rotation.Settled]()
		for _, from := range []*rotation.Version{generated(guidA, guidB, "4"), settled(guidC)} {
			Expect(decide(rotation.Activate, from, st.f, onlyRotating)).To(Equal(decide(rotation.Activate, from, st.f)))
			Expect(decide(rotation.Activate, from, st.f, onlyRotating).Verdict).To(Equal(rotation.Refuse))
		}
	})
})

var _ = Describe("Resume", func() {
	It("goes on from every state but blocked", func() {
		for state, stage := range stages {
			st := stage()
			d, may := rotation.Resume(st.f.observe(st.from), *st.from)
			Expect(may).To(Equal(state != rotation.Blocked), string(state))
			Expect(d.Verdict == rotation.Refuse).To(Equal(!may), string(state))
		}
	})

	It("does not go on from another rotation's version, or with a CA that is not trusted", func() {
		st := stages[rotation.Trusted]()
		d, may := rotation.Resume(st.f.observe(nil), *settled(guidC))
		Expect(may).To(BeFalse())
		Expect(d.Reason).To(Equal(rotation.ReasonForeignVersion))

		f := shows(active(guidB, madeB), inactive(guidA, madeA)).after(installation(4, "2026-03-01T10:00:00Z"))
		d, may = rotation.Resume(f.observe(nil), f.observe(nil).Version)
		Expect(may).To(BeFalse())
		Expect(d.Reason).To(Equal(rotation.ReasonUntrusted))
	})
})
