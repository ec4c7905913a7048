package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// decide asks as the resource does: the version handed over is the cursor.
func decide(phase rotation.Phase, from *rotation.Version, f foundation, options ...rotation.Options) rotation.Decision {
	q := rotation.Question{Phase: phase, From: *from, Observed: f.observe(from), Evidence: f.tells()}
	if len(options) > 0 {
		q.Options = options[0]
	}
	return rotation.Decide(q)
}

func says(words ...string) types.GomegaMatcher {
	var all []types.GomegaMatcher
	for _, w := range words {
		all = append(all, ContainSubstring(w))
	}
	return And(all...)
}

// stage is a foundation in each state, with the version of it.
type stage struct {
	f    foundation
	from *rotation.Version
}

var stages = map[rotation.State]func() stage{
	rotation.Settled:     func() stage { return stage{before(), ended(guidA, guidX, "2")} },
	rotation.Generated:   func() stage { return stage{candidate(), generated(guidA, guidB, "4")} },
	rotation.Trusted:     func() stage { return stage{candidateApplied(), trusted(guidA, guidB, "6")} },
	rotation.Activated:   func() stage { return stage{switchedTrusted(), activated(guidB, guidA, "6", "6")} },
	rotation.Regenerated: func() stage { return stage{switchedTrusted(), regenerated(guidB, guidA, "6", "6")} },
	rotation.Replaced:    func() stage { return stage{switchedReplaced(), replaced(guidB, guidA, "8", "6")} },
	rotation.Retired:     func() stage { return stage{alone(), retired(guidB, guidA, "8")} },
	rotation.Renewed:     func() stage { return stage{before(), renewed(guidA, "4", "2026-03-02T10:00:00Z")} },
	rotation.Blocked: func() stage {
		return stage{shows(active(guidA, madeA), active(guidB, madeB)), stuck(rotation.ReasonSeveralActive, guidA+","+guidB, settled(guidA))}
	},
}

var _ = Describe("Decide", func() {
	const everyone = "BOSH Director (not deployed since installation 4), Tanzu Application Service (not deployed since installation 4), MySQL (not deployed since installation 4)"
	const since6 = "since installation 6 it has reached 0 of 3 products; missing: BOSH Director (not deployed since installation 6)"
	const since8 = "since installation 8 it has reached 0 of 3 products"

	DescribeTable("phase × state",
		func(phase rotation.Phase, state rotation.State, verdict rotation.Verdict, reason rotation.Reason, message, next types.GomegaMatcher) {
			st := stages[state]()
			Expect(st.f.observe(st.from).State).To(Equal(state))
			d := decide(phase, st.from, st.f)
			Expect(d.Verdict).To(Equal(verdict), d.Message)
			Expect(d.Reason).To(Equal(reason))
			Expect(d.Message).To(message)
			Expect(d.Next).To(next)
		},
		Entry(nil, rotation.Generate, rotation.Settled, rotation.Go, rotation.ReasonReady, says("generate may run", "state settled", guidA), BeEmpty()),
		Entry(nil, rotation.Generate, rotation.Generated, rotation.Done, rotation.ReasonAlreadyDone, says("generate is done already", guidA, guidB), says("apply changes", "verify")),
		Entry(nil, rotation.Generate, rotation.Trusted, rotation.Done, rotation.ReasonAlreadyDone, says(guidA, guidB), says("activate the candidate")),
		Entry(nil, rotation.Generate, rotation.Activated, rotation.Done, rotation.ReasonAlreadyDone, says("active "+guidB, "retiring "+guidA), says("regenerate")),
		Entry(nil, rotation.Generate, rotation.Regenerated, rotation.Done, rotation.ReasonAlreadyDone, says(guidA, guidB), says("apply changes")),
		Entry(nil, rotation.Generate, rotation.Replaced, rotation.Done, rotation.ReasonAlreadyDone, says(guidA, guidB), says("delete the retiring CA")),
		Entry(nil, rotation.Generate, rotation.Retired, rotation.Refuse, rotation.ReasonNotReached, says("generate is for state settled", "state retired", guidB, since8), says("apply changes", "verify")),
		Entry(nil, rotation.Generate, rotation.Renewed, rotation.Refuse, rotation.ReasonNotReached, says("regenerated on 2026-03-02T10:00:00Z wait for an apply changes", "0 of 3 products"), says("apply changes", "then verify")),
		Entry(nil, rotation.Activate, rotation.Renewed, rotation.Refuse, rotation.ReasonTooEarly, says("activate is for state trusted", "state renewed"), says("apply changes", "then verify")),
		Entry(nil, rotation.Regenerate, rotation.Renewed, rotation.Refuse, rotation.ReasonTooEarly, says("regenerate is for state activated", "state renewed"), says("apply changes", "then verify")),
		Entry(nil, rotation.Delete, rotation.Renewed, rotation.Refuse, rotation.ReasonTooEarly, says("delete is for state replaced", "state renewed"), says("apply changes", "then verify")),
		Entry(nil, rotation.Verify, rotation.Renewed, rotation.Refuse, rotation.ReasonNotReached, says("not deployed everywhere", "0 of 3 products"), says("apply changes")),
		Entry(nil, rotation.Generate, rotation.Blocked, rotation.Refuse, rotation.ReasonSeveralActive, says(guidA, guidB), says("cleared up")),

		Entry(nil, rotation.Activate, rotation.Settled, rotation.Refuse, rotation.ReasonTooEarly, says("activate is for state trusted", "state settled", guidA), says("generate begins")),
		Entry(nil, rotation.Activate, rotation.Generated, rotation.Refuse, rotation.ReasonNotReached, says("state generated", guidA, guidB, "since installation 4 it has reached 0 of 3", everyone), says("apply changes")),
		Entry(nil, rotation.Activate, rotation.Trusted, rotation.Go, rotation.ReasonReady, says("activate may run", "candidate "+guidB), BeEmpty()),
		Entry(nil, rotation.Activate, rotation.Activated, rotation.Done, rotation.ReasonAlreadyDone, says("active "+guidB), says("regenerate")),
		Entry(nil, rotation.Activate, rotation.Regenerated, rotation.Done, rotation.ReasonAlreadyDone, says("active "+guidB), says("apply changes")),
		Entry(nil, rotation.Activate, rotation.Replaced, rotation.Done, rotation.ReasonAlreadyDone, says("active "+guidB), says("delete")),
		Entry(nil, rotation.Activate, rotation.Retired, rotation.Done, rotation.ReasonAlreadyDone, says("state retired, active "+guidB), says("apply changes")),
		Entry(nil, rotation.Activate, rotation.Blocked, rotation.Refuse, rotation.ReasonSeveralActive, says(guidA, guidB), says("cleared up")),

		Entry(nil, rotation.Regenerate, rotation.Settled, rotation.Refuse, rotation.ReasonTooEarly, says("regenerate is for state activated", guidA), says("generate begins")),
		Entry(nil, rotation.Regenerate, rotation.Generated, rotation.Refuse, rotation.ReasonTooEarly, says("state generated", guidB, everyone), says("apply changes")),
		Entry(nil, rotation.Regenerate, rotation.Trusted, rotation.Refuse, rotation.ReasonTooEarly, says("state trusted", guidB), says("activate the candidate")),
		Entry(nil, rotation.Regenerate, rotation.Activated, rotation.Go, rotation.ReasonReady, says("regenerate may run", "active "+guidB, "retiring "+guidA), BeEmpty()),
		Entry(nil, rotation.Regenerate, rotation.Regenerated, rotation.Done, rotation.ReasonAlreadyDone, says("regenerate is done"), says("apply changes")),
		Entry(nil, rotation.Regenerate, rotation.Replaced, rotation.Done, rotation.ReasonAlreadyDone, says("regenerate is done"), says("delete")),
		Entry(nil, rotation.Regenerate, rotation.Retired, rotation.Done, rotation.ReasonAlreadyDone, says("state retired"), says("apply changes")),
		Entry(nil, rotation.Regenerate, rotation.Blocked, rotation.Refuse, rotation.ReasonSeveralActive, says(guidA, guidB), says("cleared up")),

		Entry(nil, rotation.Delete, rotation.Settled, rotation.Refuse, rotation.ReasonTooEarly, says("delete is for state replaced", guidA), says("generate begins")),
		Entry(nil, rotation.Delete, rotation.Generated, rotation.Refuse, rotation.ReasonTooEarly, says("deleting the inactive CA "+guidB+" now would delete the new one"), says("apply changes")),
		Entry(nil, rotation.Delete, rotation.Trusted, rotation.Refuse, rotation.ReasonTooEarly, says("deleting the inactive CA "+guidB+" now would delete the new one"), says("activate")),
		Entry(nil, rotation.Delete, rotation.Activated, rotation.Refuse, rotation.ReasonTooEarly, says("state activated", guidA, guidB), says("regenerate")),
		Entry(nil, rotation.Delete, rotation.Regenerated, rotation.Refuse, rotation.ReasonNotReached, says("state regenerated", since6), says("apply changes")),
		Entry(nil, rotation.Delete, rotation.Replaced, rotation.Go, rotation.ReasonReady, says("delete may run", "retiring "+guidA), BeEmpty()),
		Entry(nil, rotation.Delete, rotation.Retired, rotation.Done, rotation.ReasonAlreadyDone, says("delete is done", guidB), says("apply changes")),
		Entry(nil, rotation.Delete, rotation.Blocked, rotation.Refuse, rotation.ReasonSeveralActive, says(guidA, guidB), says("cleared up")),

		Entry(nil, rotation.Verify, rotation.Settled, rotation.Done, rotation.ReasonProven, says("nothing waits for a proof", "state settled", guidA), says("generate begins")),
		Entry(nil, rotation.Verify, rotation.Generated, rotation.Refuse, rotation.ReasonNotReached, says("not proven yet", guidB, everyone), says("apply changes")),
		Entry(nil, rotation.Verify, rotation.Trusted, rotation.Done, rotation.ReasonProven, says("state trusted", guidB), says("activate")),
		Entry(nil, rotation.Verify, rotation.Activated, rotation.Done, rotation.ReasonProven, says("state activated", guidB), says("regenerate")),
		Entry(nil, rotation.Verify, rotation.Regenerated, rotation.Refuse, rotation.ReasonNotReached, says("not proven yet", since6), says("apply changes")),
		Entry(nil, rotation.Verify, rotation.Replaced, rotation.Done, rotation.ReasonProven, says("state replaced", guidA), says("delete")),
		Entry(nil, rotation.Verify, rotation.Retired, rotation.Refuse, rotation.ReasonNotReached, says("not proven yet", since8), says("apply changes")),
		Entry(nil, rotation.Verify, rotation.Blocked, rotation.Refuse, rotation.ReasonSeveralActive, says(guidA, guidB), says("cleared up")),
	)

	It("knows no other phase", func() {
		d := decide("destroy", settled(guidA), before())
		Expect(d.Verdict).To(Equal(rotation.Refuse))
		Expect(d.Message).To(ContainSubstring(`"destroy" is not a phase`))
		Expect(d.Next).To(Equal("use one of generate, activate, regenerate, delete, verify"))
	})

	DescribeTable("compares the version handed over with what Ops Manager shows",
		func(phase rotation.Phase, from *rotation.Version, f foundation, verdict rotation.Verdict, reason rotation.Reason, words ...string) {
			d := decide(phase, from, f)
			Expect(d.Verdict).To(Equal(verdict), d.Message)
			Expect(d.Reason).To(Equal(reason), d.Message)
			Expect(d.Message).To(says(words...))
		},
		Entry("behind: settled, the candidate is there", rotation.Generate, settled(guidA), candidate(), rotation.Done, rotation.ReasonAlreadyDone, guidB),
		Entry("behind: settled, the rotation is at activated", rotation.Generate, settled(guidA), switchedTrusted(), rotation.Done, rotation.ReasonAlreadyDone, guidA, guidB),
		Entry("behind: generated, and it was activated", rotation.Activate, generated(guidA, guidB, "4"), switchedTrusted(), rotation.Done, rotation.ReasonAlreadyDone, guidB),
		Entry("behind: generated, applied since", rotation.Activate, generated(guidA, guidB, "4"), candidateApplied(), rotation.Go, rotation.ReasonReady, guidB),
		Entry("behind: replaced, the delete's answer was lost", rotation.Delete, replaced(guidB, guidA, "8", "6"), alone(), rotation.Done, rotation.ReasonAlreadyDone, "state retired", guidB),
		Entry("at the end: delete again, of retired, and it is settled since", rotation.Delete, retired(guidB, guidA, "8"), aloneApplied(), rotation.Done, rotation.ReasonAlreadyDone, "state settled", guidB),
		Entry("at the end: verify of retired", rotation.Verify, retired(guidB, guidA, "8"), aloneApplied(), rotation.Done, rotation.ReasonProven, "settled"),
		Entry("ahead: replaced, and the activation was undone", rotation.Delete, replaced(guidB, guidA, "8", "6"), candidateApplied(), rotation.Refuse, rotation.ReasonTooEarly, "would delete the new one", guidB),
		Entry("ahead: activated, and it was undone: no apply changes for that version proves anything", rotation.Verify, activated(guidB, guidA, "6", "6"), candidateApplied(), rotation.Refuse, rotation.ReasonSetBack, "activation of "+guidB, "state generated"),
		Entry("ahead: activated, and it was undone", rotation.Regenerate, activated(guidB, guidA, "6", "6"), candidateApplied(), rotation.Refuse, rotation.ReasonTooEarly, "state generated"),
		Entry("finished: settled of before a whole rotation", rotation.Generate, settled(guidA), aloneApplied(), rotation.Refuse, rotation.ReasonFinishedRotation, guidA, guidB),
		Entry("finished: trusted of before", rotation.Activate, trusted(guidA, guidB, "6"), aloneApplied(), rotation.Refuse, rotation.ReasonFinishedRotation, guidA, guidB),
		Entry("finished: activated of before", rotation.Regenerate, activated(guidB, guidA, "6", "6"), aloneApplied(), rotation.Refuse, rotation.ReasonFinishedRotation, guidA, guidB),
		Entry("finished: replaced, and the next one began", rotation.Delete, replaced(guidB, guidA, "8", "6"), shows(active(guidB, madeB), inactive(guidC, madeC)), rotation.Refuse, rotation.ReasonFinishedRotation, guidA, guidB, guidC),
		Entry("finished: replaced, deleted, and everything was deployed since, before or after", rotation.Delete, replaced(guidB, guidA, "8", "6"), aloneApplied(), rotation.Refuse, rotation.ReasonFinishedRotation, guidA, "state replaced", "deployed since installation 8"),
		Entry("finished: regenerated, deleted, and everything was deployed since", rotation.Delete, regenerated(guidB, guidA, "6", "6"), alone(), rotation.Refuse, rotation.ReasonFinishedRotation, guidA),
		Entry("finished: blocked behind replaced, deleted, and everything was deployed since", rotation.Delete, stuck(rotation.ReasonTooManyCAs, guidA+","+guidB, replaced(guidB, guidA, "8", "6")), aloneApplied(), rotation.Refuse, rotation.ReasonFinishedRotation, guidA),
		Entry("finished: replaced, deleted, and the records since are pruned", rotation.Delete, replaced(guidB, guidA, "8", "6"), shows(active(guidB, madeB)).after(installation(30, "2026-03-10T09:00:00Z", ok(director))), rotation.Refuse, rotation.ReasonFinishedRotation, guidA),
		Entry("behind: replaced, deleted, and not everything was deployed since", rotation.Delete, replaced(guidB, guidA, "8", "6"), alone().then(installation(9, "2026-03-05T09:00:00Z", ok(director), skipped(tas))), rotation.Done, rotation.ReasonAlreadyDone, "state retired", guidB),
		Entry("finished: retired, and the next one began", rotation.Verify, retired(guidB, guidA, "8"), shows(active(guidB, madeB), inactive(guidC, madeC)), rotation.Refuse, rotation.ReasonFinishedRotation, guidA, guidC),
		Entry("finished: regenerated, and the retiring CA is gone", rotation.Verify, regenerated(guidB, guidA, "6", "6"), alone(), rotation.Refuse, rotation.ReasonFinishedRotation, guidA, guidB),
		Entry("finished: replaced, and the retiring CA is gone", rotation.Verify, replaced(guidB, guidA, "8", "6"), aloneApplied(), rotation.Refuse, rotation.ReasonFinishedRotation, guidA, guidB),
		Entry("finished: generated, aborted, and another candidate", rotation.Activate, generated(guidA, guidB, "4"), shows(active(guidA, madeA), inactive(guidC, madeC)), rotation.Refuse, rotation.ReasonFinishedRotation, guidA, guidB, guidC),
		Entry("candidate gone: generated", rotation.Activate, generated(guidA, guidB, "4"), before(), rotation.Refuse, rotation.ReasonCandidateGone, guidB),
		Entry("candidate gone: trusted", rotation.Activate, trusted(guidA, guidB, "6"), before(), rotation.Refuse, rotation.ReasonCandidateGone, guidB),
		Entry("candidate gone: verify", rotation.Verify, trusted(guidA, guidB, "6"), before(), rotation.Refuse, rotation.ReasonCandidateGone, guidB),
		Entry("foreign: a pair", rotation.Activate, trusted(guidX, guidC, "6"), candidateApplied(), rotation.Refuse, rotation.ReasonFinishedRotation, guidX, guidC, guidA, guidB),
		Entry("foreign: half of the pair", rotation.Activate, trusted(guidX, guidB, "6"), candidateApplied(), rotation.Refuse, rotation.ReasonFinishedRotation, guidX, guidA, guidB),
		Entry("foreign: settled", rotation.Generate, settled(guidX), candidate(), rotation.Refuse, rotation.ReasonForeignVersion, guidX, guidA, guidB),
		Entry("foreign: retired", rotation.Verify, retired(guidX, guidC, "8"), candidate(), rotation.Refuse, rotation.ReasonForeignVersion, guidX, guidA),
		Entry("blocked before: compared by what it was", rotation.Activate, stuck(rotation.ReasonTooManyCAs, guidA+","+guidB+","+guidC, trusted(guidA, guidB, "6")), candidateApplied(), rotation.Go, rotation.ReasonReady, guidB),
		Entry("blocked before: of another rotation", rotation.Activate, stuck(rotation.ReasonTooManyCAs, guidX, trusted(guidX, guidC, "6")), candidateApplied(), rotation.Refuse, rotation.ReasonFinishedRotation, guidX, guidA),
	)

	It("says by itself what comes next in every state", func() {
		for state, make := range stages {
			st := make()
			Expect(st.f.observe(st.from).Next()).NotTo(BeEmpty(), string(state))
		}
		Expect(switched().observe(nil).Next()).To(ContainSubstring("do not apply changes now"))
	})

	It("shows the way ahead", func() {
		status := func(st stage) []string {
			var all []string
			for _, leg := range rotation.Ahead(st.f.observe(st.from)) {
				all = append(all, leg.Name+" "+leg.Status)
			}
			return all
		}
		Expect(status(stages[rotation.Settled]())).To(HaveExactElements("generate next", "apply later", "activate later", "regenerate later", "apply later", "delete later", "apply later"))
		Expect(status(stages[rotation.Regenerated]())).To(HaveExactElements("generate done", "apply done", "activate done", "regenerate done", "apply next", "delete later", "apply later"))
		Expect(status(stages[rotation.Retired]())).To(HaveExactElements("generate done", "apply done", "activate done", "regenerate done", "apply done", "delete done", "apply next"))
		Expect(status(stages[rotation.Blocked]())).To(HaveEach(HaveSuffix("later")))
		Expect(status(stage{switched(), activated(guidB, guidA, "4", "")})).To(HaveExactElements("generate done", "apply later", "activate later", "regenerate later", "apply later", "delete later", "apply later"))
	})

	It("refuses on no evidence at all", func() {
		var e evidence.Evidence
		d := rotation.Decide(rotation.Question{Phase: rotation.Generate, Observed: rotation.Observe(e, nil), Evidence: e})
		Expect(d.Verdict).To(Equal(rotation.Refuse))
		Expect(d.Reason).To(Equal(rotation.ReasonNoCAs))
	})
})
