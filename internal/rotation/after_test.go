package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = Describe("After", func() {
	turned := func(v *rotation.Version, turn string) *rotation.Version {
		again := *v
		again.Turn = turn
		return &again
	}
	// An installation that somebody started during the call proves nothing.
	meanwhile := installation(9, "2026-03-05T09:00:00Z")

	DescribeTable("is what the call left, anchored at the installations read after it",
		func(step rotation.Step, from *rotation.Version, before, after foundation, expected *rotation.Version) {
			s := before.observe(from)
			after = after.then(meanwhile)
			v := rotation.After(s, step, after.e)
			Expect(*v).To(Equal(*expected))
			Expect(after.observe(v).Version).To(Equal(*expected), "a look confirms it")
		},
		Entry("generate", rotation.Generate, ended(guidA, guidX, "2"), before(), candidate(), generated(guidA, guidB, "9")),
		Entry("activate", rotation.Activate, trusted(guidA, guidB, "6"), candidateApplied(), switchedTrusted(), activated(guidB, guidA, "9", "6")),
		Entry("regenerate", rotation.Regenerate, activated(guidB, guidA, "6", "6"), switchedTrusted(), switchedTrusted(), regenerated(guidB, guidA, "9", "6")),
		Entry("delete", rotation.Delete, replaced(guidB, guidA, "8", "6"), switchedReplaced(), alone(), retired(guidB, guidA, "9")),
		Entry("activate in a second turn", rotation.Activate, turned(trusted(guidA, guidB, "6"), "1"), candidateApplied(), switchedTrusted(), turned(activated(guidB, guidA, "9", "6"), "1")),
		Entry("delete in a second turn", rotation.Delete, turned(replaced(guidB, guidA, "8", "6"), "1"), switchedReplaced(), alone(), turned(retired(guidB, guidA, "9"), "1")),
		Entry("generate in a second turn: a new candidate is new enough", rotation.Generate, turned(settled(guidA), "1"), before(), candidate(), generated(guidA, guidB, "9")),
	)

	DescribeTable("is what was before where the CAs show no effect of the call",
		func(step rotation.Step, from *rotation.Version, before, after foundation) {
			Expect(*rotation.After(before.observe(from), step, after.then(meanwhile).e)).To(Equal(*from))
		},
		Entry("generate", rotation.Generate, settled(guidA), before(), before()),
		Entry("activate", rotation.Activate, trusted(guidA, guidB, "6"), candidateApplied(), candidateApplied()),
		Entry("regenerate, and the activation was undone meanwhile", rotation.Regenerate, activated(guidB, guidA, "6", "6"), switchedTrusted(), candidateApplied()),
		Entry("delete", rotation.Delete, replaced(guidB, guidA, "8", "6"), switchedReplaced(), switchedReplaced()),
		Entry("delete, and another CA is there", rotation.Delete, replaced(guidB, guidA, "8", "6"), switchedReplaced(), shows(active(guidB, madeB), inactive(guidC, madeC))),
		Entry("a third CA appeared", rotation.Activate, trusted(guidA, guidB, "6"), candidateApplied(), shows(inactive(guidA, madeA), active(guidB, madeB), inactive(guidC, madeC))),
		Entry("a step without a call", rotation.Verify, trusted(guidA, guidB, "6"), candidateApplied(), candidateApplied()),
	)
})

var _ = Describe("what has to be asked", func() {
	It("is proof wherever two CAs or an unfinished cursor leave a question", func() {
		Expect(rotation.NeedsProof(before().e, nil)).To(BeFalse())
		Expect(rotation.NeedsProof(before().e, ended(guidA, guidX, "2"))).To(BeFalse())
		Expect(rotation.NeedsProof(shows().e, trusted(guidA, guidB, "6"))).To(BeFalse())
		Expect(rotation.NeedsProof(candidate().e, nil)).To(BeTrue())
		Expect(rotation.NeedsProof(alone().e, retired(guidB, guidA, "8"))).To(BeTrue())
		Expect(rotation.NeedsProof(alone().e, settled(guidA))).To(BeTrue())
		Expect(rotation.NeedsProof(alone().e, stuck(rotation.ReasonNoCAs, "", nil))).To(BeFalse())
		Expect(rotation.NeedsProof(alone().e, stuck(rotation.ReasonNoCAs, "", replaced(guidB, guidA, "8", "6")))).To(BeTrue())
	})

	DescribeTable("is the excluded ones for a phase where that decides it", func(f foundation, cursor *rotation.Version, expected bool) {
		Expect(rotation.ExclusionsDecide(f.e, cursor)).To(Equal(expected))
	},
		Entry("new leaves everywhere", switchedReplaced(), replaced(guidB, guidA, "8", "6"), false),
		Entry("an old leaf after everything was deployed", switchedReplaced().v1(leaf("/cf/a", "2025-01-01T00:00:00Z")), replaced(guidB, guidA, "8", "6"), true),
		Entry("old leaves before any was regenerated", switched().v1(leaf("/cf/a", "2025-01-01T00:00:00Z")), activated(guidB, guidA, "6", "6"), false),
		Entry("an outdated leaf while trust is spread", candidateApplied().v1(outdatedLeaf()), nil, false),
		Entry("an outdated CA while trust is spread", candidateApplied().v1(outdatedCA()), nil, true),
		Entry("one that is excluded anyhow", switchedReplaced().v1(excludedLeaf()), replaced(guidB, guidA, "8", "6"), false),
		Entry("one CA", alone().v1(leaf("/cf/a", "2025-01-01T00:00:00Z")), settled(guidB), false),
	)

	It("is the excluded ones where a certificate stands in the way", func() {
		late := leaf("/cf/a", "2026-03-04T00:00:00Z")
		late.OutdatedDeployments = []string{"cf-1"}
		for _, f := range []foundation{switched().v1(late), switched().v1(leaf("/cf/a", "2025-01-01T00:00:00Z")), switched().v1(leaf("/cf/a", "2026-03-04T00:00:00Z", guidA)), alone().v1(leaf("/cf/a", "2025-01-01T00:00:00Z"))} {
			Expect(rotation.CertificatesHinder(f.e)).To(BeTrue())
		}
		for _, f := range []foundation{switched(), switched().v1(leaf("/cf/a", "2026-03-04T00:00:00Z", guidB)), alone().v1(leaf("/cf/a", "2026-03-04T00:00:00Z"))} {
			Expect(rotation.CertificatesHinder(f.e)).To(BeFalse())
		}
	})
})

var _ = Describe("NextStep", func() {
	It("is the changing step ahead in every phase but blocked", func() {
		for phase, expected := range map[rotation.Phase]rotation.Step{
			rotation.Settled: rotation.Generate, rotation.Generated: rotation.Activate, rotation.Trusted: rotation.Activate, rotation.Activated: rotation.Regenerate,
			rotation.Regenerated: rotation.Delete, rotation.Replaced: rotation.Delete, rotation.Retired: rotation.Generate,
		} {
			step, known := rotation.NextStep(rotation.State{Phase: phase})
			Expect(known).To(BeTrue())
			Expect(step).To(Equal(expected), string(phase))
		}
		_, known := rotation.NextStep(rotation.State{Phase: rotation.Blocked})
		Expect(known).To(BeFalse())
	})
})

func outdatedLeaf() evidence.Certificate {
	c := leaf("/cf/a", "2026-03-04T00:00:00Z")
	c.OutdatedDeployments = []string{"cf-1"}
	return c
}

func outdatedCA() evidence.Certificate {
	c := outdatedLeaf()
	c.IsCA = true
	return c
}

func excludedLeaf() evidence.Certificate {
	c := leaf("/cf/a", "2025-01-01T00:00:00Z")
	c.Excluded = true
	return c
}
