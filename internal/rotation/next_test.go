package rotation_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = DescribeTable("what another operator staged is told from what CA calls may have left",
	func(state rotation.State, disturb func(foundation) foundation, theirs ...string) {
		st := stages[state]()
		f := disturb(st.f)
		s := f.observe(st.from)
		Expect(s.State).To(Equal(state))
		if len(theirs) == 0 {
			Expect(rotation.Staged(f.tells(), s)).To(BeEmpty())
		} else {
			Expect(rotation.Staged(f.tells(), s)).To(Equal(theirs))
		}
		d, refused := rotation.Interferes(rotation.Question{Observed: s, Evidence: f.tells()})
		Expect(refused).To(Equal(len(theirs) > 0))
		if refused {
			Expect(d.Reason).To(Equal(rotation.ReasonPendingChanges))
			Expect(d.Advice(nil)).To(says("revert them", `add "pending-changes" to accept`))
		}
		_, refused = rotation.Interferes(rotation.Question{Observed: s, Evidence: f.tells(), Options: rotation.Options{Accept: []rotation.Reason{rotation.ReasonPendingChanges}}})
		Expect(refused).To(BeFalse())
	},
	Entry("nothing", rotation.Generated, stage0(pending(tas, "unchanged"), pending(mysql, "unchanged"))),
	Entry("the director", rotation.Generated, stage0(pending(director, "update"))),
	Entry("everything, behind a call", rotation.Generated, stage0(pending(tas, "update"), pending(mysql, "update"))),
	Entry("everything, behind a regenerate", rotation.Regenerated, stage0(pending(tas, "update"), pending(mysql, "update"))),
	Entry("everything, behind a delete", rotation.Retired, stage0(pending(tas, "update"), pending(mysql, "update"))),
	Entry("everything, behind an activation", rotation.Activated, stage0(pending(tas, "update"), pending(mysql, "update"))),
	Entry("everything, where no call came before", rotation.Settled, stage0(pending(tas, "update"), pending(mysql, "update")), "update of Tanzu Application Service", "update of MySQL"),
	Entry("one of two", rotation.Generated, stage0(pending(tas, "update"), pending(mysql, "unchanged")), "update of Tanzu Application Service"),
	Entry("one of two that Ops Manager lists", rotation.Generated, stage0(pending(tas, "update")), "update of Tanzu Application Service"),
	Entry("everything, and one on its way out", rotation.Generated, stage0(pending(tas, "update"), pending(mysql, "delete")), "update of Tanzu Application Service", "delete of MySQL"),
	Entry("a product that was reached since", rotation.Generated, func(f foundation) foundation {
		return stage0(pending(tas, "update"), pending(mysql, "update"))(f.then(installation(20, "2026-03-19T09:00:00Z", ok(director), ok(tas))))
	}, "update of Tanzu Application Service", "update of MySQL"),
	Entry("a new tile, behind an activation", rotation.Activated, stage0(pending(tas, "install")), "install of Tanzu Application Service"),
)

// stage0 stages changes.
func stage0(list ...evidence.PendingChange) func(foundation) foundation {
	return func(f foundation) foundation { return f.staged(list...) }
}

var _ = Describe("EndedLately", func() {
	made := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	const week = 7 * 24 * time.Hour
	asked := func(age time.Duration, dateOnly bool, o rotation.Options) (string, bool) {
		created := evidence.Stamp{Time: made}
		if dateOnly {
			created = evidence.Stamp{Time: made.Truncate(24 * time.Hour), DateOnly: true}
		}
		e := evidence.Evidence{At: made.Add(age), CAs: []evidence.CA{{GUID: guidA, Active: true, CreatedOn: created, ExpiresOn: evidence.Stamp{Time: made.AddDate(4, 0, 0)}}}}
		return rotation.EndedLately(rotation.Question{Phase: rotation.Generate, Observed: rotation.Observe(e, nil), Evidence: e, Options: o})
	}

	DescribeTable("tells a CA of a rotation of this week",
		func(age time.Duration, dateOnly bool, words string) {
			message, young := asked(age, dateOnly, rotation.Options{})
			Expect(young).To(Equal(words != ""))
			if young {
				Expect(message).To(says(guidA, "less than a week ago (2026-03-02", words+"): an earlier rotation has ended"))
			}
		},
		Entry("of a moment ago", 10*time.Second, false, "0 minutes ago"),
		Entry("of a clock that was set back", -time.Hour, false, "0 minutes ago"),
		Entry("of an hour and a half ago", 90*time.Minute, false, "90 minutes ago"),
		Entry("of yesterday", 30*time.Hour, false, "30 hours ago"),
		Entry("of last week", week-time.Second, false, "6 days ago"),
		Entry("of a week ago", week, false, ""),
		Entry("of today, with a bare date", time.Hour, true, "today"),
		Entry("of a week ago, with a bare date that may be younger", week, true, "7 days ago"),
		Entry("of more than a week ago, whatever moment of the day it was", week+14*time.Hour, true, ""),
	)

	It("counts what is due for nothing, and says so", func() {
		within, err := rotation.ParseWithin("5y")
		Expect(err).NotTo(HaveOccurred())
		message, young := asked(time.Hour, false, rotation.Options{Within: &within})
		Expect(young).To(BeTrue())
		Expect(message).To(ContainSubstring("something that a rotation replaces expires within 5y all the same"))
	})

	It("tells nothing without a date, or in the middle of a rotation", func() {
		_, young := rotation.EndedLately(rotation.Question{Observed: rotation.Observation{State: rotation.Settled, Active: &evidence.CA{GUID: guidA}}, Evidence: evidence.Evidence{At: made}})
		Expect(young).To(BeFalse())
		active := evidence.CA{GUID: guidA, CreatedOn: evidence.Stamp{Time: made}}
		for state, want := range map[rotation.State]bool{rotation.Settled: true, rotation.Generated: false, rotation.Retired: false} {
			_, young = rotation.EndedLately(rotation.Question{Observed: rotation.Observation{State: state, Active: &active}, Evidence: evidence.Evidence{At: made}})
			Expect(young).To(Equal(want), string(state))
			_, young = rotation.EndedLately(rotation.Question{Observed: rotation.Observation{State: state, Active: &active}})
			Expect(young).To(BeFalse())
		}
	})
})

var _ = Describe("After", func() {
	turned := func(v *rotation.Version, turn string) *rotation.Version {
		again := *v
		again.Turn = turn
		return &again
	}
	// An installation that another operator started during the call proves nothing.
	meanwhile := installation(9, "2026-03-05T09:00:00Z")

	DescribeTable("is what the call left, anchored at the installations read after it",
		func(phase rotation.Phase, from *rotation.Version, before, after foundation, expected *rotation.Version) {
			s := before.observe(from)
			after = after.then(meanwhile)
			v := rotation.After(s, phase, after.tells())
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
		func(phase rotation.Phase, from *rotation.Version, before, after foundation) {
			Expect(*rotation.After(before.observe(from), phase, after.then(meanwhile).tells())).To(Equal(*from))
		},
		Entry("generate", rotation.Generate, settled(guidA), before(), before()),
		Entry("activate", rotation.Activate, trusted(guidA, guidB, "6"), candidateApplied(), candidateApplied()),
		Entry("regenerate, and the activation was undone meanwhile", rotation.Regenerate, activated(guidB, guidA, "6", "6"), switchedTrusted(), candidateApplied()),
		Entry("delete", rotation.Delete, replaced(guidB, guidA, "8", "6"), switchedReplaced(), switchedReplaced()),
		Entry("delete, and another CA is there", rotation.Delete, replaced(guidB, guidA, "8", "6"), switchedReplaced(), shows(active(guidB, madeB), inactive(guidC, madeC))),
		Entry("a third CA appeared", rotation.Activate, trusted(guidA, guidB, "6"), candidateApplied(), shows(inactive(guidA, madeA), active(guidB, madeB), inactive(guidC, madeC))),
		Entry("a phase without a call", rotation.Verify, trusted(guidA, guidB, "6"), candidateApplied(), candidateApplied()),
	)
})

var _ = Describe("what has to be asked", func() {
	It("is proof wherever two CAs or an unfinished cursor leave a question", func() {
		Expect(rotation.NeedsProof(before().tells(), nil)).To(BeFalse())
		Expect(rotation.NeedsProof(before().tells(), ended(guidA, guidX, "2"))).To(BeFalse())
		Expect(rotation.NeedsProof(shows().tells(), trusted(guidA, guidB, "6"))).To(BeFalse())
		Expect(rotation.NeedsProof(candidate().tells(), nil)).To(BeTrue())
		Expect(rotation.NeedsProof(alone().tells(), retired(guidB, guidA, "8"))).To(BeTrue())
		Expect(rotation.NeedsProof(alone().tells(), settled(guidA))).To(BeTrue())
		Expect(rotation.NeedsProof(alone().tells(), stuck(rotation.ReasonNoCAs, "", nil))).To(BeFalse())
		Expect(rotation.NeedsProof(alone().tells(), stuck(rotation.ReasonNoCAs, "", replaced(guidB, guidA, "8", "6")))).To(BeTrue())
	})

	DescribeTable("is the excluded ones for a state where that decides it", func(f foundation, cursor *rotation.Version, expected bool) {
		Expect(rotation.ExclusionsDecide(f.tells(), cursor)).To(Equal(expected))
	},
		Entry("new leaves everywhere", switchedReplaced(), replaced(guidB, guidA, "8", "6"), false),
		Entry("an old leaf after everything was deployed", switchedReplaced().v1(leaf("/cf/a", "2025-01-01T00:00:00Z")), replaced(guidB, guidA, "8", "6"), true),
		Entry("an old leaf that shows that the former CA is trusted", switched().v0(leaf("/cf/a", "2025-01-01T00:00:00Z")), activated(guidB, guidA, "4", ""), true),
		Entry("old leaves before any was regenerated", switchedTrusted().v1(leaf("/cf/a", "2025-01-01T00:00:00Z")), activated(guidB, guidA, "6", "6"), false),
		Entry("an outdated leaf while trust is spread", candidateApplied().v1(outdatedLeaf()), nil, false),
		Entry("an outdated CA while trust is spread", candidateApplied().v1(outdatedCA()), nil, true),
		Entry("one that is excluded anyhow", switchedReplaced().v1(excludedLeaf()), replaced(guidB, guidA, "8", "6"), false),
		Entry("one CA", alone().v1(leaf("/cf/a", "2025-01-01T00:00:00Z")), settled(guidB), false),
	)

	It("is the excluded ones where a leaf looks left behind by a regenerate of leaves alone", func() {
		renewed := rotation.Version{State: rotation.Renewed, Active: guidB, Installation: "8", Renewed: "2026-03-10T10:00:00Z"}
		Expect(rotation.RenewedHinder(alone().v0(leaf("/telemetry-ca-cert_leaf", "2026-03-04T00:00:00Z")).tells(), &renewed)).To(BeTrue())
		Expect(rotation.RenewedHinder(alone().v0(leaf("/cf/a", "2026-03-10T10:00:01Z")).tells(), &renewed)).To(BeFalse())
		Expect(rotation.RenewedHinder(alone().v0(leaf("/cf/a", "2026-03-04T00:00:00Z")).tells(), settled(guidB))).To(BeFalse())
		Expect(rotation.RenewedHinder(alone().v0(leaf("/cf/a", "2026-03-04T00:00:00Z")).tells(), nil)).To(BeFalse())
	})

	It("leaves CredHub's certificates out beside TKGI, and beside a TAS that Maestro does not support", func() {
		of := func(version string) evidence.Evidence {
			old := tas
			old.Version = version
			c := leaf("/cf/a", "2025-01-01T00:00:00Z")
			c.Location = rotation.CredHub
			return alone().v0(c).products(director, old).tells()
		}
		for _, version := range []string{"2.7.20", "2.8.1"} {
			Expect(rotation.LeavesCredHub(of(version).Products)).To(BeTrue(), version)
			Expect(rotation.CertificatesHinder(of(version))).To(BeFalse(), version)
		}
		for _, version := range []string{"2.7.21", "2.8.2", "4.0.20"} {
			Expect(rotation.LeavesCredHub(of(version).Products)).To(BeFalse(), version)
			Expect(rotation.CertificatesHinder(of(version))).To(BeTrue(), version)
		}
	})

	It("is the excluded ones where a certificate stands in the way", func() {
		late := leaf("/cf/a", "2026-03-04T00:00:00Z")
		late.OutdatedDeployments = []string{"cf-1"}
		for _, f := range []foundation{switched().v1(late), switched().v1(leaf("/cf/a", "2025-01-01T00:00:00Z")), switched().v1(leaf("/cf/a", "2026-03-04T00:00:00Z", guidA)), alone().v1(leaf("/cf/a", "2025-01-01T00:00:00Z"))} {
			Expect(rotation.CertificatesHinder(f.tells())).To(BeTrue())
		}
		for _, f := range []foundation{switched(), switched().v1(leaf("/cf/a", "2026-03-04T00:00:00Z", guidB)), alone().v1(leaf("/cf/a", "2026-03-04T00:00:00Z", guidB))} {
			Expect(rotation.CertificatesHinder(f.tells())).To(BeFalse())
		}
	})
})

var _ = Describe("NextPhase", func() {
	It("is the changing phase ahead in every state but blocked", func() {
		for state, expected := range map[rotation.State]rotation.Phase{
			rotation.Settled: rotation.Generate, rotation.Generated: rotation.Activate, rotation.Trusted: rotation.Activate, rotation.Activated: rotation.Regenerate,
			rotation.Regenerated: rotation.Delete, rotation.Replaced: rotation.Delete, rotation.Retired: rotation.Generate,
		} {
			phase, known := rotation.NextPhase(rotation.Observation{State: state})
			Expect(known).To(BeTrue())
			Expect(phase).To(Equal(expected), string(state))
		}
		_, known := rotation.NextPhase(rotation.Observation{State: rotation.Blocked})
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

var _ = Describe("ClosingApply", func() {
	before := func() evidence.Installation { return installation(4, "2026-03-01T10:00:00Z") }
	since := func(id int, parts ...evidence.Change) evidence.Installation {
		return installation(id, "2026-03-03T10:00:00Z", parts...)
	}
	byRotation := func(installations ...evidence.Installation) foundation {
		return shows(active(guidB, madeB)).after(installations...)
	}

	DescribeTable("with one CA",
		func(f foundation, known string) {
			message, outstanding := rotation.ClosingApply(f.tells())
			Expect(outstanding).To(Equal(known != ""))
			if outstanding {
				Expect(message).To(says("the last apply changes of its rotation may be outstanding", known))
			} else {
				Expect(message).To(BeEmpty())
			}
		},
		Entry("that came by a rotation, nothing deployed since", byRotation(before()), "0 complete deployments"),
		Entry("with two deployments since: trust and leaves", byRotation(before(), since(5), since(6)), "2 complete deployments"),
		Entry("with three", byRotation(before(), since(5), since(6), since(7)), ""),
		Entry("with three, and a failed one behind them, as when another operator's was one of the three", byRotation(before(), since(5), since(6), since(7),
			since(8, ok(director), failed(tas), skipped(mysql))), "failed in installation 8"),
		Entry("with more than three, and a failed one behind them: that is the foundation's daily life", byRotation(before(), since(5), since(6), since(7), since(8),
			since(9, ok(director), failed(tas), skipped(mysql))), ""),
		Entry("with more than three", byRotation(before(), since(5), since(6), since(7), since(8)), ""),
		Entry("a failed one is no complete deployment", byRotation(before(), since(5), since(6), since(7, ok(director), failed(tas), skipped(mysql))), "2 complete deployments"),
		Entry("several together are one", byRotation(before(), since(5), since(6), since(7, ok(director), failed(tas), skipped(mysql)), since(8, ok(director), ok(tas), ok(mysql))), ""),
		Entry("parts of one do not count twice", byRotation(before(), since(5, ok(director), ok(tas)), since(6, ok(director), ok(mysql)), since(7)), "2 complete deployments"),
		Entry("one that still runs does not count", byRotation(before(), since(5), since(6), withStatus(since(7), evidence.InstallationRunning)), "2 complete deployments"),
		Entry("that is older than every installation: the first CA", shows(active(guidB, madeB)).after(since(5)), ""),
		Entry("without any history", shows(active(guidB, madeB)), ""),
		Entry("of a bare date, with deployments of the same day", shows(active(guidB, "2026-03-02")).after(before(),
			installation(5, "2026-03-02T11:00:00Z"), installation(6, "2026-03-02T15:00:00Z"), installation(7, "2026-03-02T19:00:00Z")), "0 complete deployments"),
	)

	It("says nothing while there are two CAs", func() {
		_, outstanding := rotation.ClosingApply(shows(active(guidB, madeB), inactive(guidA, madeA)).after(before()).tells())
		Expect(outstanding).To(BeFalse())
	})

	It("has the history read as far as the first installation before the CA", func() {
		enough := rotation.EnoughForAll([]evidence.CA{active(guidB, madeB)}, nil, nil)
		Expect(enough(since(5))).To(BeFalse())
		Expect(enough(installation(6, ""))).To(BeFalse())
		Expect(enough(before())).To(BeTrue())
	})
})
