package rotation_test

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// asks is a question of a run that was handed the version, nil for none.
func asks(f foundation, from *rotation.Version, change ...func(*rotation.Way)) rotation.NextMove {
	w := rotation.Way{Observed: f.observe(from), Evidence: f.tells(), From: from}
	for _, c := range change {
		c(&w)
	}
	return rotation.Next(w)
}

func accepting(r ...rotation.Reason) func(*rotation.Way) {
	return func(w *rotation.Way) { w.Options.Accept = r }
}

func having(tried ...rotation.Reason) func(*rotation.Way) {
	return func(w *rotation.Way) { w.Tried = tried }
}

func applyOnly(w *rotation.Way) { w.ApplyOnly = true }
func within(span string) func(*rotation.Way) {
	return func(w *rotation.Way) {
		s, err := rotation.ParseWithin(span)
		Expect(err).NotTo(HaveOccurred())
		w.Options.Within = &s
	}
}

// is what a move is, in a few words.
func is(m rotation.NextMove) string {
	words := []string{string(m.Kind), string(m.Phase)}
	if m.For != "" {
		words = append(words, "for", string(m.For))
	}
	if len(m.Others) > 0 {
		words = append(words, "with "+strings.Join(m.Others, ", "))
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

var _ = Describe("Next", func() {
	It("leads from one settled state to the next", func() {
		w := newWorld(rules{v1: true})
		var from *rotation.Version
		var course rotation.Course
		var way []string
		for range 20 {
			e := w.evidence(plainly)
			s := rotation.Observe(e, from)
			m := rotation.Next(rotation.Way{Observed: s, Evidence: e, From: from, Again: true, Course: course})
			way = append(way, fmt.Sprintf("%s: %s", s.State, is(m)))
			version := s.Version
			switch m.Kind {
			case rotation.MovePhase:
				version = w.act(m.Phase, s)
			case rotation.MoveApply:
				w.apply(everything)
				version = rotation.Observe(w.evidence(plainly), &version).Version
			}
			from, course = &version, course.After(m)
			if m.Kind == rotation.MoveDone {
				break
			}
		}
		Expect(way).To(HaveExactElements(
			"settled: phase generate",
			"generated: apply verify for not-reached",
			"trusted: phase activate",
			"activated: phase regenerate",
			"regenerated: apply verify for not-reached",
			"replaced: phase delete",
			"retired: apply verify for not-reached",
			"settled: done",
		))
		Expect(w.safe()).To(BeTrue())
	})

	failedIn := func(f foundation) foundation {
		return f.then(installation(20, "2026-03-19T09:00:00Z", ok(director), failed(tas)))
	}
	running := func(f foundation) foundation {
		return f.then(withStatus(installation(20, "2026-03-19T09:00:00Z", ok(director), rolling(tas), waiting(mysql)), evidence.InstallationRunning))
	}
	with := func(do ...func(foundation) foundation) func(foundation) foundation {
		return func(f foundation) foundation {
			for _, d := range do {
				f = d(f)
			}
			return f
		}
	}
	upd := stage0(pending(mysql, "update"))

	DescribeTable("before a rotation",
		func(disturb func(foundation) foundation, expected string, change ...func(*rotation.Way)) {
			st := stages[rotation.Settled]()
			m := asks(disturb(st.f), st.from, change...)
			Expect(is(m)).To(Equal(expected), m.Why)
			Expect(m.Why).NotTo(BeEmpty())
		},
		Entry("nothing is in the way", stage0(), "phase generate"),
		Entry("nothing is due", stage0(), "done", within("1d")),
		Entry("something is", stage0(), "phase generate", within("9y")),
		Entry("an installation runs", running, "wait for installation-running"),
		Entry("another one runs behind it", running, "refuse generate for installation-running", having(rotation.ReasonInstallationRunning)),
		Entry("a product failed", failedIn, "apply for installation-failed"),
		Entry("it failed again", failedIn, "refuse generate for installation-failed", having(rotation.ReasonInstallationFailed)),
		Entry("another operator has staged something", upd, "refuse for pending-changes"),
		Entry("and that is accepted: it comes first", upd, "apply for pending-changes with update of MySQL", accepting(rotation.ReasonPendingChanges)),
		Entry("and it is there all the same", upd, "phase generate", accepting(rotation.ReasonPendingChanges), having(rotation.ReasonPendingChanges)),
		Entry("a product failed, and something is staged", with(failedIn, upd), "refuse for pending-changes"),
		Entry("and that is accepted", with(failedIn, upd), "apply for installation-failed with update of MySQL", accepting(rotation.ReasonPendingChanges)),
		Entry("Ops Manager was upgraded", func(f foundation) foundation { return f.opsManager("3.0.26-build.1300") }, "apply for ops-manager-upgraded"),
		Entry("no product is listed", func(f foundation) foundation { return f.products() }, "refuse generate for no-products"),
		Entry("a CA has expired", func(foundation) foundation { return shows(expires(active(guidA, madeA), "2026-03-01")) }, "refuse for expired-ca"),
	)

	DescribeTable("in a rotation",
		func(state rotation.State, disturb func(foundation) foundation, expected string, change ...func(*rotation.Way)) {
			st := stages[state]()
			m := asks(disturb(st.f), st.from, change...)
			Expect(is(m)).To(Equal(expected), m.Why)
		},
		Entry("a proof is missing", rotation.Generated, stage0(), "apply verify for not-reached"),
		Entry("it would deploy what another operator has staged", rotation.Generated, upd, "refuse for pending-changes"),
		Entry("which is accepted", rotation.Generated, upd, "apply verify for not-reached with update of MySQL", accepting(rotation.ReasonPendingChanges)),
		Entry("what is due does not count any more", rotation.Trusted, stage0(), "phase activate", within("1d")),
		Entry("a product failed since", rotation.Trusted, failedIn, "apply for installation-failed"),
		Entry("and again", rotation.Trusted, failedIn, "refuse activate for installation-failed", having(rotation.ReasonInstallationFailed)),
		Entry("a product failed since, and something is staged", rotation.Replaced, with(failedIn, upd), "refuse for pending-changes"),
		Entry("something is staged", rotation.Trusted, upd, "refuse activate for pending-changes"),
		Entry("which is accepted, and goes with the next apply changes", rotation.Trusted, upd, "phase activate", accepting(rotation.ReasonPendingChanges)),
		Entry("an installation runs", rotation.Replaced, running, "wait for installation-running"),
		Entry("blocked", rotation.Blocked, stage0(), "refuse for several-active"),
	)

	It("refuses an activation without trust, a version of others, and a candidate that is gone", func() {
		Expect(is(asks(switched(), activated(guidB, guidA, "4", "")))).To(Equal("refuse for activated-untrusted"))
		Expect(is(asks(before(), settled(guidX)))).To(Equal("refuse for finished-rotation"))
		Expect(is(asks(before(), trusted(guidA, guidB, "6")))).To(Equal("refuse for candidate-gone"))
	})

	It("begins no second rotation behind the one that was asked for", func() {
		begun := func(w *rotation.Way) { w.Begun = true }
		m := asks(aloneApplied(), ended(guidB, guidA, "9"), begun)
		Expect(is(m)).To(Equal("done"))
		Expect(m.Why).To(Equal("the rotation is complete, active CA " + guidB))
		m = asks(aloneApplied(), retired(guidB, guidA, "8"))
		Expect(is(m)).To(Equal("done"))
		Expect(m.Why).To(ContainSubstring("version handed over is finished"))
	})

	It("says that none was begun where the CA that went was left behind by a rotation of long ago", func() {
		f := shows(active(guidB, "2025-11-01T10:00:00Z")).after(installation(9, "2026-03-19T10:00:00Z"))
		m := asks(f, ended(guidB, guidA, "9"), func(w *rotation.Way) { w.Begun = true })
		Expect(is(m)).To(Equal("done"))
		Expect(m.Why).To(ContainSubstring("created on 2025-11-01T10:00:00Z: what has ended is an earlier rotation, and no new rotation was begun"))
		Expect(m.Again).To(BeTrue())
	})

	It("ends the rotation before this one first, and then none begins unasked", func() {
		f := shows(active(guidB, madeB)).after(installation(4, "2026-03-01T10:00:00Z"), installation(5, "2026-03-03T10:00:00Z"))
		m := asks(f, nil)
		Expect(is(m)).To(Equal("apply for not-reached"))
		Expect(m.Again).To(BeTrue())
		course := rotation.Course{}.After(m)
		from := f.observe(nil).Version
		m = asks(f, &from, func(w *rotation.Way) { w.Course = course })
		Expect(is(m)).To(Equal("done"))
		Expect(m.Again).To(BeTrue())
		Expect(is(asks(upd(f), nil))).To(Equal("refuse for pending-changes"))
	})

	It("begins none within a week, unless asked for again", func() {
		f := shows(active(guidB, "2026-03-19T10:00:00Z"))
		m := asks(f, f.settledVersion())
		Expect(is(m)).To(Equal("done"))
		Expect(m.Again).To(BeTrue())
		Expect(is(asks(f, f.settledVersion(), func(w *rotation.Way) { w.Again = true }))).To(Equal("phase generate"))
	})

	DescribeTable("for apply-changes alone",
		func(state rotation.State, known bool, disturb func(foundation) foundation, expected string) {
			st := stages[state]()
			if !known {
				st.from = nil
			}
			Expect(is(asks(disturb(st.f), st.from, applyOnly))).To(Equal(expected))
		},
		Entry("a proof is missing", rotation.Regenerated, true, stage0(), "apply verify for not-reached"),
		Entry("what is staged goes with it", rotation.Regenerated, true, upd, "apply verify for not-reached with update of MySQL"),
		Entry("nothing waits", rotation.Replaced, true, upd, "done"),
		Entry("nothing waits, at rest", rotation.Settled, true, stage0(), "done"),
		Entry("it is unknown whether something waits", rotation.Settled, false, stage0(), "apply"),
		Entry("blocked", rotation.Blocked, true, stage0(), "refuse for several-active"),
	)

	It("refuses apply-changes for a version that is over or was set back, as stale", func() {
		for _, m := range []rotation.NextMove{
			asks(aloneApplied(), trusted(guidA, guidB, "6"), applyOnly), asks(candidateApplied(), activated(guidB, guidA, "6", "6"), applyOnly),
		} {
			Expect(m.Kind).To(Equal(rotation.MoveRefuse))
			Expect(m.Stale).To(BeTrue())
		}
	})
})

func (f foundation) settledVersion() *rotation.Version {
	v := f.observe(nil).Version
	return &v
}

var _ = Describe("Plan", func() {
	plan := func(f foundation, from *rotation.Version, change ...func(*rotation.Way)) []string {
		w := rotation.Way{Observed: f.observe(from), Evidence: f.e, From: from, Again: true}
		for _, c := range change {
			c(&w)
		}
		var all []string
		for _, leg := range rotation.Plan(w, rotation.Next(w)) {
			all = append(all, leg.Name+" "+leg.Status)
		}
		return all
	}

	It("has the apply changes that comes before a phase", func() {
		st := stages[rotation.Settled]()
		f := st.f.staged(pending(mysql, "update"))
		for _, accept := range [][]rotation.Reason{nil, {rotation.ReasonPendingChanges}} {
			Expect(plan(f, st.from, accepting(accept...))).To(HaveExactElements("apply next", "generate later", "apply later", "activate later", "regenerate later", "apply later", "delete later", "apply later"))
		}
		st = stages[rotation.Trusted]()
		f = st.f.then(installation(20, "2026-03-19T09:00:00Z", ok(director), failed(tas)))
		Expect(plan(f, st.from)).To(HaveExactElements("generate done", "apply done", "apply next", "activate later", "regenerate later", "apply later", "delete later", "apply later"))
	})

	It("has the apply changes that regenerated leaf certificates wait for", func() {
		st := stages[rotation.Renewed]()
		rotating := []string{"generate later", "apply later", "activate later", "regenerate later", "apply later", "delete later", "apply later"}
		Expect(plan(st.f, st.from)).To(Equal(append([]string{"apply next"}, rotating...)))
		rotating[0] = "generate next"
		Expect(plan(st.f.then(installation(20, "2026-03-19T09:00:00Z")), st.from)).To(Equal(rotating))
	})

	It("is the way alone where nothing has to come before", func() {
		for state, stage := range stages {
			st := stage()
			if state != rotation.Blocked && state != rotation.Renewed {
				Expect(plan(st.f, st.from)).To(HaveLen(7), string(state))
			}
		}
	})
})
