package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// The installations of the story: 4 before B was made, 6 after it, 8 after the
// leaves were regenerated, 10 after A was deleted.
func before() foundation {
	return shows(active(guidA, madeA)).after(installation(4, "2026-03-01T09:00:00Z"))
}

func candidate() foundation {
	return shows(active(guidA, madeA), inactive(guidB, madeB)).after(installation(4, "2026-03-01T09:00:00Z"))
}

func candidateApplied() foundation {
	return candidate().after(installation(4, "2026-03-01T09:00:00Z"), installation(6, "2026-03-03T09:00:00Z"))
}

func switched() foundation {
	return shows(inactive(guidA, madeA), active(guidB, madeB)).after(installation(4, "2026-03-01T09:00:00Z"))
}

func switchedTrusted() foundation {
	return switched().after(installation(4, "2026-03-01T09:00:00Z"), installation(6, "2026-03-03T09:00:00Z"))
}

func switchedReplaced() foundation {
	return switched().after(installation(4, "2026-03-01T09:00:00Z"), installation(6, "2026-03-03T09:00:00Z"), installation(8, "2026-03-04T09:00:00Z"))
}

func alone() foundation {
	return shows(active(guidB, madeB)).after(installation(4, "2026-03-01T09:00:00Z"), installation(6, "2026-03-03T09:00:00Z"), installation(8, "2026-03-04T09:00:00Z"))
}

func aloneApplied() foundation {
	f := alone()
	return f.after(installation(8, "2026-03-04T09:00:00Z"), installation(10, "2026-03-05T09:00:00Z"))
}

var _ = Describe("Observe", func() {
	DescribeTable("names the state from evidence and cursor",
		func(f foundation, cursor, expected *rotation.Version) {
			s := f.observe(cursor)
			Expect(s.Version).To(Equal(*expected))
			Expect(s.State).To(Equal(expected.State))
			Expect(f.observe(&s.Version).Version).To(Equal(s.Version), "a second look changes nothing")
			Expect(f.observe(cursor)).To(Equal(s), "the same input gives the same answer")
		},
		Entry("one CA, no cursor", before(), nil, settled(guidA)),
		Entry("one CA, settled", before(), ended(guidA, guidX, "2"), ended(guidA, guidX, "2")),
		Entry("one CA, the candidate of generated was deleted", before(), generated(guidA, guidB, "4"), retired(guidA, guidB, "4")),
		Entry("one CA, the candidate of trusted was deleted", before(), trusted(guidA, guidB, "4"), retired(guidA, guidB, "4")),
		Entry("one CA, activated and the retiring deleted by another operator", alone(), activated(guidB, guidA, "6", "6"), retired(guidB, guidA, "8")),
		Entry("one CA, the activated one was rolled back and deleted", before(), activated(guidB, guidA, "4", ""), retired(guidA, guidB, "4")),
		Entry("one CA, regenerated and the retiring deleted too soon", alone(), regenerated(guidB, guidA, "6", "6"), retired(guidB, guidA, "8")),
		Entry("one CA, replaced and then the retiring deleted", alone(), replaced(guidB, guidA, "8", "6"), retired(guidB, guidA, "8")),
		Entry("one CA, retired and not applied", alone(), retired(guidB, guidA, "8"), retired(guidB, guidA, "8")),
		Entry("one CA, retired and applied", aloneApplied(), retired(guidB, guidA, "8"), ended(guidB, guidA, "10")),
		Entry("one CA, of generated both are gone", shows(active(guidC, madeC)).after(installation(9, "2026-03-09T11:00:00Z")), generated(guidA, guidB, "4"), retired(guidC, guidA, "9")),
		Entry("one CA, a whole rotation that no check saw", alone(), settled(guidA), retired(guidB, guidA, "8")),
		Entry("one CA, a whole rotation since retired", shows(active(guidC, madeC)).after(installation(12, "2026-03-09T11:00:00Z")), retired(guidB, guidA, "8"), retired(guidC, guidB, "12")),
		Entry("one CA, and the blockage is gone", before(), stuck(rotation.ReasonNoCAs, "", ended(guidA, guidX, "2")), &rotation.Version{State: rotation.Settled, Active: guidA, Removed: guidX, Installation: "2", Turn: "1"}),
		Entry("one CA, and an obstacle at generated is gone with the candidate", before(), stuck(rotation.ReasonTooManyCAs, guidA+","+guidB+","+guidC, generated(guidA, guidB, "4")), &rotation.Version{State: rotation.Retired, Active: guidA, Removed: guidB, Installation: "4", Turn: "1"}),
		Entry("one CA, blocked without a past", before(), stuck(rotation.ReasonNoCAs, "", nil), &rotation.Version{State: rotation.Settled, Active: guidA, Turn: "1"}),
		Entry("one CA, pruned history: the ids seem to fall", shows(active(guidB, madeB)), replaced(guidB, guidA, "8", "6"), &rotation.Version{State: rotation.Retired, Active: guidB, Removed: guidA, Installation: "0", Turn: "1"}),

		Entry("a candidate, no cursor", candidate(), nil, generated(guidA, guidB, "4")),
		Entry("a candidate of another operator, settled", candidate(), ended(guidA, guidX, "2"), generated(guidA, guidB, "4")),
		Entry("a candidate, generated", candidate(), generated(guidA, guidB, "4"), generated(guidA, guidB, "4")),
		Entry("a candidate applied, no cursor", candidateApplied(), nil, trusted(guidA, guidB, "6")),
		Entry("a candidate applied, settled", candidateApplied(), settled(guidA), trusted(guidA, guidB, "6")),
		Entry("a candidate applied, generated", candidateApplied(), generated(guidA, guidB, "4"), trusted(guidA, guidB, "6")),
		Entry("a candidate applied, but before the anchor", candidateApplied(), generated(guidA, guidB, "6"), generated(guidA, guidB, "6")),
		Entry("a candidate applied, trusted", candidateApplied(), trusted(guidA, guidB, "6"), trusted(guidA, guidB, "6")),
		Entry("trusted keeps the installation that proved it", candidateApplied().after(installation(6, "2026-03-03T09:00:00Z"), installation(7, "2026-03-03T19:00:00Z")), trusted(guidA, guidB, "6"), trusted(guidA, guidB, "6")),
		Entry("an aborted rotation, then another candidate", shows(active(guidA, madeA), inactive(guidC, madeC)).after(installation(6, "2026-03-03T09:00:00Z")), generated(guidA, guidB, "4"), generated(guidA, guidC, "6")),
		Entry("an aborted rotation after trusted, then another candidate", shows(active(guidA, madeA), inactive(guidC, madeC)).after(installation(6, "2026-03-03T09:00:00Z")), trusted(guidA, guidB, "6"), generated(guidA, guidC, "6")),
		Entry("the next rotation, of retired", shows(active(guidB, madeB), inactive(guidC, madeC)).after(installation(10, "2026-03-05T09:00:00Z")), retired(guidB, guidA, "8"), generated(guidB, guidC, "10")),
		Entry("the next rotation, of replaced", shows(active(guidB, madeB), inactive(guidC, madeC)).after(installation(10, "2026-03-05T09:00:00Z")), replaced(guidB, guidA, "8", "6"), generated(guidB, guidC, "10")),
		Entry("a foreign cursor", candidate(), generated(guidX, guidC, "77"), generated(guidA, guidB, "4")),
		Entry("activation rolled back: nothing deployed so far counts", candidateApplied(), activated(guidB, guidA, "6", "6"), &rotation.Version{State: rotation.Generated, Active: guidA, Candidate: guidB, Installation: "6", Turn: "1"}),
		Entry("replaced rolled back", candidateApplied(), replaced(guidB, guidA, "6", "5"), &rotation.Version{State: rotation.Generated, Active: guidA, Candidate: guidB, Installation: "6", Turn: "1"}),
		Entry("generated, and the blockage is gone", candidate(), stuck(rotation.ReasonTooManyCAs, guidA+","+guidB+","+guidC, generated(guidA, guidB, "4")), &rotation.Version{State: rotation.Generated, Active: guidA, Candidate: guidB, Installation: "4", Turn: "1"}),

		Entry("switched, no cursor, trust unproven", switched(), nil, activated(guidB, guidA, "4", "")),
		Entry("switched, no cursor, trust proven", switchedTrusted(), nil, activated(guidB, guidA, "6", "6")),
		Entry("switched by another operator without the apply", switched(), generated(guidA, guidB, "4"),
			&rotation.Version{State: rotation.Activated, Active: guidB, Retiring: guidA, Installation: "4", Since: "4"}),
		Entry("switched without the apply, then applied", switchedTrusted(), activated(guidB, guidA, "4", ""), activated(guidB, guidA, "4", "6")),
		Entry("switched after trusted", switchedTrusted(), trusted(guidA, guidB, "6"), activated(guidB, guidA, "6", "6")),
		Entry("switched, settled", switchedTrusted(), settled(guidA), activated(guidB, guidA, "6", "6")),
		Entry("activated stays", switchedTrusted(), activated(guidB, guidA, "5", "6"), activated(guidB, guidA, "5", "6")),
		Entry("regenerated and not applied", switchedTrusted(), regenerated(guidB, guidA, "6", "6"), regenerated(guidB, guidA, "6", "6")),
		Entry("regenerated and applied", switchedReplaced(), regenerated(guidB, guidA, "6", "6"), replaced(guidB, guidA, "8", "6")),
		Entry("replaced stays", switchedReplaced(), replaced(guidB, guidA, "8", "6"), replaced(guidB, guidA, "8", "6")),
		Entry("everything done by others, no cursor: the earlier state", switchedReplaced(), nil, activated(guidB, guidA, "8", "6")),
		Entry("everything done by others, generated", switchedReplaced(), generated(guidA, guidB, "4"), activated(guidB, guidA, "8", "6")),
		Entry("a foreign regenerated", switchedReplaced(), regenerated(guidX, guidC, "6", "6"), activated(guidB, guidA, "8", "6")),
		Entry("retired of the rotation before", switchedTrusted(), retired(guidA, guidX, "3"), activated(guidB, guidA, "6", "6")),
		Entry("regenerated, and the blockage is gone", switchedReplaced(), stuck(rotation.ReasonTooManyCAs, guidA+","+guidB+","+guidC, regenerated(guidB, guidA, "6", "6")),
			&rotation.Version{State: rotation.Replaced, Active: guidB, Retiring: guidA, Installation: "8", Trusted: "6", Turn: "1"}),
	)

	DescribeTable("blocks, says why, and keeps what it knew",
		func(f foundation, cursor, expected *rotation.Version, words ...string) {
			s := f.observe(cursor)
			Expect(s.Version).To(Equal(*expected))
			Expect(s.State).To(Equal(rotation.Blocked))
			Expect(s.Reason).To(Equal(expected.Reason))
			for _, word := range words {
				Expect(s.Message).To(ContainSubstring(word))
			}
			Expect(f.observe(&s.Version).Version).To(Equal(s.Version))
			parsed, err := rotation.ParseVersion(s.Version.Map())
			Expect(err).NotTo(HaveOccurred())
			Expect(parsed).To(Equal(s.Version))
		},
		Entry("no CA", shows(), nil, stuck(rotation.ReasonNoCAs, "", nil), "contact support"),
		Entry("no CA, after trusted", shows(), trusted(guidA, guidB, "6"), stuck(rotation.ReasonNoCAs, "", trusted(guidA, guidB, "6"))),
		Entry("three CAs", shows(active(guidA, madeA), inactive(guidB, madeB), inactive(guidC, madeC)), regenerated(guidB, guidA, "6", "6"),
			stuck(rotation.ReasonTooManyCAs, guidA+","+guidB+","+guidC, regenerated(guidB, guidA, "6", "6")), "3 certificate authorities", guidA, guidB, guidC, "delete the inactive"),
		Entry("three CAs, no cursor", shows(inactive(guidC, madeC), inactive(guidB, madeB), active(guidA, madeA)), nil,
			stuck(rotation.ReasonTooManyCAs, guidA+","+guidB+","+guidC, nil)),
		Entry("none active", shows(inactive(guidA, madeA), inactive(guidB, madeB)), nil, stuck(rotation.ReasonNoneActive, guidA+","+guidB, nil), guidA, guidB),
		Entry("the only one not active", shows(inactive(guidA, madeA)), nil, stuck(rotation.ReasonNoneActive, guidA, nil), guidA),
		Entry("two active", shows(active(guidA, madeA), active(guidB, madeB)), settled(guidA), stuck(rotation.ReasonSeveralActive, guidA+","+guidB, settled(guidA)), guidA, guidB),
		Entry("equal dates, no cursor", shows(active(guidA, "2026-03-02"), inactive(guidB, "2026-03-02")), nil,
			stuck(rotation.ReasonEqualCreation, guidA+","+guidB, nil), guidA, guidB, "2026-03-02", "hand over a version"),
		Entry("equal seconds, a foreign cursor", shows(active(guidA, madeB), inactive(guidB, madeB)), settled(guidX),
			stuck(rotation.ReasonEqualCreation, guidA+","+guidB, settled(guidX)), guidA, guidB),
		Entry("an expired active CA", shows(expires(active(guidA, madeA), "2026-03-19T00:00:00Z")), settled(guidA),
			stuck(rotation.ReasonExpiredCA, guidA, settled(guidA)), guidA, "2026-03-19", "contact support"),
		Entry("an expired candidate", shows(active(guidA, madeA), expires(inactive(guidB, madeB), "2026-03-19")), generated(guidA, guidB, "4"),
			stuck(rotation.ReasonExpiredCA, guidA+","+guidB, generated(guidA, guidB, "4")), guidB),
		Entry("another obstacle than before", shows(active(guidA, madeA), active(guidB, madeB)), stuck(rotation.ReasonNoCAs, "", settled(guidA)),
			func() *rotation.Version {
				v := stuck(rotation.ReasonSeveralActive, guidA+","+guidB, settled(guidA))
				v.Turn = "1"
				return v
			}()),
	)

	It("does not block on an expired retiring CA, nor on one that expires today", func() {
		f := shows(expires(inactive(guidA, madeA), "2026-03-19"), active(guidB, madeB)).after(installation(6, "2026-03-03T09:00:00Z"), installation(8, "2026-03-04T09:00:00Z"))
		Expect(f.observe(regenerated(guidB, guidA, "6", "6")).State).To(Equal(rotation.Replaced))
		Expect(shows(expires(active(guidA, madeA), "2026-03-20")).observe(nil).State).To(Equal(rotation.Settled))
	})

	It("tells by the version that an expired CA is the retiring one, where both are of one bare date", func() {
		f := shows(expires(inactive(guidA, "2026-03-02"), "2026-03-19"), active(guidB, "2026-03-02")).after(installation(6, "2026-03-03T09:00:00Z"))
		Expect(f.observe(activated(guidB, guidA, "6", "6")).State).To(Equal(rotation.Activated))
		Expect(f.observe(generated(guidB, guidA, "6")).Reason).To(Equal(rotation.ReasonExpiredCA))
	})

	DescribeTable("tells by the cursor which CA is new when the dates do not",
		func(cursor *rotation.Version, a, other string, state rotation.State) {
			f := shows(active(a, "2026-03-02"), inactive(other, "2026-03-02"))
			s := f.observe(cursor)
			Expect(s.State).To(Equal(state))
			Expect(f.observe(&s.Version).Version).To(Equal(s.Version))
		},
		Entry("settled, and one appeared", settled(guidA), guidA, guidB, rotation.Generated),
		Entry("settled, and another is active", settled(guidA), guidB, guidA, rotation.Activated),
		Entry("generated", generated(guidA, guidB, "4"), guidA, guidB, rotation.Generated),
		Entry("generated, and switched", generated(guidA, guidB, "4"), guidB, guidA, rotation.Activated),
		Entry("activated", activated(guidB, guidA, "4", ""), guidB, guidA, rotation.Activated),
		Entry("activated, and rolled back", activated(guidB, guidA, "4", ""), guidA, guidB, rotation.Generated),
		Entry("generated, aborted, and another appeared", generated(guidA, guidB, "4"), guidA, guidC, rotation.Generated),
		Entry("replaced, ended, and another appeared", replaced(guidB, guidA, "8", "6"), guidB, guidC, rotation.Generated),
		Entry("replaced, ended, and another was activated", replaced(guidB, guidA, "8", "6"), guidC, guidB, rotation.Activated),
		Entry("blocked on top of settled", stuck(rotation.ReasonNoCAs, "", settled(guidA)), guidA, guidB, rotation.Generated),
	)
})
