package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// counted is the upgrade-all errand of MySQL, which says what it left out.
func counted(orphans, left int) evidence.Command {
	return evidence.Command{Deployment: mysql.GUID, Errand: upgradeAll, Finished: true, Counted: true, Orphans: orphans, Left: left}
}

// upgraded adds an installation whose log has these commands.
func (f foundation) upgraded(commands ...evidence.Command) foundation {
	i := installation(20, "2026-03-19T09:00:00Z")
	i.Log = evidence.Log{Asked: true, Commands: commands}
	return f.withErrands(mysql, evidence.Errand{Name: upgradeAll, PostDeploy: "true"}).then(i)
}

// logged gives an installation's log these commands.
func logged(i evidence.Installation, commands ...evidence.Command) evidence.Installation {
	i.Log = evidence.Log{Asked: true, Commands: commands}
	return i
}

var _ = Describe("what errands pass by, before a rotation", func() {
	const first, second, third = "2026-03-19T09:00:00Z", "2026-03-19T12:00:00Z", "2026-03-19T15:00:00Z"
	uncounted := counted(0, 0)
	uncounted.Counted = false
	endless := counted(0, 0)
	endless.Finished = false
	failed := counted(0, 0)
	failed.ExitStatus = 1
	of := func(guid string, c evidence.Command) evidence.Command { c.Deployment = guid; return c }
	lost := func(i evidence.Installation) evidence.Installation {
		i.Log = evidence.Log{Asked: true, Unknown: "it answers 404"}
		return i
	}

	DescribeTable("is told by the log of the errand's last run alone, and is unknown where it does not tell",
		func(f foundation, status rotation.Status, message string, next int) {
			x := found(f, rotation.Options{}, rotation.ReasonOrphans)
			Expect(x).To(HaveLen(1))
			Expect(x[0].Status).To(Equal(status), x[0].Message)
			Expect(x[0].Message).To(ContainSubstring(message))
			Expect(rotation.LogForOrphans(f.tells())).To(Equal(next))
			d := decide(rotation.Generate, settled(guidA), f)
			Expect(d.Verdict == rotation.Refuse).To(Equal(status == rotation.StatusRefuses), d.Message)
			if status == rotation.StatusUnknown {
				Expect(x[0].Next).To(says("bosh deployments", "delete-deployment", "bosh -d service-instance_GUID deploy m.yml"))
				Expect(d.Notes).To(ContainElement(x[0].Message), "generate says it as well")
			}
		},
		Entry("no tile has such an errand", before(), rotation.StatusPasses, "no tile has an errand", 0),
		Entry("none passed by", before().upgraded(counted(0, 0)), rotation.StatusPasses, "MySQL (installation 20)", 0),
		Entry("none, by an errand that failed", before().upgraded(failed), rotation.StatusPasses, "MySQL (installation 20)", 0),
		Entry("some, and none in the run behind", before().upgraded(counted(2, 0)).then(logged(installation(21, second), counted(0, 0))), rotation.StatusPasses, "MySQL (installation 21)", 0),
		Entry("none, and some in the run behind", before().upgraded(counted(0, 0)).then(logged(installation(21, second), counted(1, 0))), rotation.StatusRefuses, "of installation 21 says that it passed by 1", 0),
		Entry("some, and an apply changes behind that left the tile out", before().upgraded(counted(1, 0)).then(installation(21, second, ok(director), ok(tas))), rotation.StatusRefuses, "of installation 20 says", 0),
		Entry("some, and an apply changes behind without the errand", before().upgraded(counted(1, 0)).then(logged(installation(21, second), of(tas.GUID, counted(0, 0)))), rotation.StatusRefuses, "of installation 20 says", 0),
		Entry("those of another tile", before().upgraded(of(tas.GUID, counted(3, 0)), counted(0, 0)), rotation.StatusPasses, "MySQL (installation 20)", 0),
		Entry("some, and a run behind whose log is gone", before().upgraded(counted(1, 0)).then(lost(installation(21, second))), rotation.StatusUnknown, "MySQL: upgrade-all-service-instances of installation 21: it answers 404", 0),
		Entry("a log that was not read", before().upgraded(counted(1, 0)).then(installation(21, second)), rotation.StatusUnknown, "of installation 21: its log was not read", 21),
		Entry("logs that were not read, of which the newest is next", before().upgraded().then(installation(21, second)).then(installation(22, third)), rotation.StatusUnknown, "installation 22", 22),
		Entry("an older one where the newest has not the errand", before().upgraded().and(func(e *evidence.Evidence) { e.History.List[0].Log.Commands = nil }), rotation.StatusUnknown, "installation 4: its log was not read", 4),
		Entry("none that ran it", before().upgraded().and(func(e *evidence.Evidence) { e.History.List = e.History.List[:1] }), rotation.StatusUnknown, "did not run in an installation whose log was read", 0),
		Entry("a run that says nothing", before().upgraded(uncounted), rotation.StatusUnknown, "installation 20 does not say how many it passed by", 0),
		Entry("a run without an end", before().upgraded(endless), rotation.StatusUnknown, "installation 20 has no end in its log", 0),
		Entry("what was said before the end was cut off", before().upgraded(func() evidence.Command { c := counted(1, 0); c.Finished = false; return c }()), rotation.StatusRefuses, "passed by 1", 0),
		Entry("a running installation tells nothing yet", before().upgraded(counted(0, 0)).and(func(e *evidence.Evidence) {
			i := installation(21, first)
			i.Status = evidence.InstallationRunning
			e.History.List, e.NoneRunning = append([]evidence.Installation{i}, e.History.List...), true
		}), rotation.StatusPasses, "installation 20", 0),
	)

	It("does not accept for the rotation what is accepted for generate", func() {
		q := rotation.Options{Accept: []rotation.Reason{rotation.ReasonOrphans}}
		Expect(decide(rotation.Generate, settled(guidA), before().upgraded(counted(1, 0)), q).Verdict).To(Equal(rotation.Go))
		f := shows(active(guidA, madeA), inactive(guidB, madeB)).v0().upgraded(counted(1, 0))
		d := decide(rotation.Verify, generated(guidA, guidB, "19"), f, q)
		Expect(d.Reason).To(Equal(rotation.ReasonInstances), d.Message)
	})
})

var _ = Describe("leaf certificates of service instances, renewed without a rotation", func() {
	const recent, later, last = "2026-03-19T09:00:00Z", "2026-03-19T12:00:00Z", "2026-03-19T15:00:00Z"
	from := renewed(guidA, "19", recent)
	deployed := func(f foundation, installations ...evidence.Installation) foundation {
		f = f.withErrands(mysql, evidence.Errand{Name: upgradeAll, PostDeploy: "true"}).after(logged(installation(19, "2026-03-18T09:00:00Z"), counted(7, 0)))
		for _, i := range installations {
			f = f.then(i)
		}
		return f
	}
	v0 := func(installations ...evidence.Installation) foundation {
		return deployed(shows(active(guidA, madeA)).v0(owned(mysql, recent)), installations...)
	}
	asks := func(f foundation, from *rotation.Version) int {
		return rotation.LogForRenewal(rotation.Question{Phase: rotation.Verify, From: *from, Observed: f.observe(from), Evidence: f.tells(), Options: leavesAlone})
	}

	DescribeTable("are not called renewed where the errand says that it left some out",
		func(f foundation, from *rotation.Version, words string) {
			Expect(asks(f, from)).To(BeZero())
			d := decide(rotation.Verify, from, f, leavesAlone)
			Expect(d.Verdict).To(Equal(rotation.Refuse), d.Message)
			Expect(d.Reason).To(Equal(rotation.ReasonInstances))
			Expect(d.Message + "; " + d.Advice(nil)).To(says(words, "delete-deployment", `add "instances-unproven"`))
			d = decide(rotation.Verify, from, f, rotation.Options{LeafOnly: true, Accept: []rotation.Reason{rotation.ReasonInstances}})
			Expect(d.Verdict).To(Equal(rotation.Done), d.Message)
			Expect(d.Message).To(says("as accepted", words))
			Expect(d.Notes).To(ContainElement(says("accepted instances-unproven", words)))
		},
		Entry("as orphans", v0(logged(installation(20, later), counted(1, 0))), from, "MySQL: upgrade-all-service-instances of installation 20 says that it passed by 1"),
		Entry("as failed", v0(logged(installation(20, later), counted(0, 2))), from, "could not upgrade 2"),
		Entry("in its last run", v0(logged(installation(20, later), counted(0, 0)), logged(installation(21, last), counted(1, 0))), from, "of installation 21"),
		Entry("without a version of the regenerate", v0(logged(installation(20, later), counted(1, 0))), settled(guidA), "passed by 1"),
	)

	DescribeTable("rest on what the errands say, which the sentence tells",
		func(f foundation, words string, next int) {
			Expect(asks(f, from)).To(Equal(next))
			d := decide(rotation.Verify, from, f, leavesAlone)
			Expect(d.Verdict).To(Equal(rotation.Done), d.Message)
			Expect(d.Message).To(says(words))
		},
		Entry("none left out", v0(logged(installation(20, later), counted(0, 0))), "their logs say that they passed by none", 0),
		Entry("none in the run behind", v0(logged(installation(20, later), counted(3, 0)), logged(installation(21, last), counted(0, 0))), "passed by none", 0),
		Entry("a log that was not read", v0(installation(20, later)), "what they passed by is unknown: MySQL: upgrade-all-service-instances of installation 20: its log was not read", 20),
		Entry("certificates v1, which names what is late", deployed(shows(active(guidA, madeA)).v1(owned(mysql, recent)), installation(20, later)), "none that Ops Manager renews is older", 0),
	)

	It("ask for no log before every product was deployed, nor for another phase", func() {
		f := v0(installation(20, later, ok(director), ok(tas)))
		Expect(asks(f, from)).To(BeZero())
		f = v0(installation(20, later))
		for _, phase := range []rotation.Phase{rotation.Generate, rotation.Regenerate, rotation.Delete} {
			Expect(rotation.LogForRenewal(rotation.Question{Phase: phase, From: *from, Observed: f.observe(from), Evidence: f.tells(), Options: leavesAlone})).To(BeZero())
		}
		Expect(rotation.LogForRenewal(rotation.Question{Phase: rotation.Verify, From: *settled(guidA), Observed: f.observe(settled(guidA)), Evidence: f.tells()})).To(BeZero(), "verify of a rotation")
	})
})
