package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = DescribeTable("what somebody staged is told from what CA calls may have left",
	func(phase rotation.Phase, disturb func(foundation) foundation, somebodys ...string) {
		st := stages[phase]()
		f := disturb(st.f)
		s := f.observe(st.from)
		Expect(s.Phase).To(Equal(phase))
		if len(somebodys) == 0 {
			Expect(rotation.Staged(f.e, s)).To(BeEmpty())
		} else {
			Expect(rotation.Staged(f.e, s)).To(Equal(somebodys))
		}
		d, refused := rotation.Interferes(rotation.Question{State: s, Evidence: f.e})
		Expect(refused).To(Equal(len(somebodys) > 0))
		if refused {
			Expect(d.Reason).To(Equal(rotation.ReasonPendingChanges))
			Expect(d.Next).To(says("revert them", `add "pending-changes" to accept`))
		}
		_, refused = rotation.Interferes(rotation.Question{State: s, Evidence: f.e, Options: rotation.Options{Accept: []rotation.Reason{rotation.ReasonPendingChanges}}})
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

var _ = Describe("the apply changes before a rotation", func() {
	open := func(disturb func(foundation) foundation, accept ...rotation.Reason) (rotation.Decision, *rotation.Opening) {
		st := stages[rotation.Settled]()
		f := disturb(st.f)
		return rotation.Open(rotation.Question{
			Step: rotation.Generate, From: *st.from, State: f.observe(st.from), Evidence: f.e, Options: rotation.Options{Accept: accept},
		})
	}
	failedAnd := func(list ...evidence.PendingChange) func(foundation) foundation {
		return func(f foundation) foundation {
			return f.then(installation(20, "2026-03-19T09:00:00Z", ok(director), failed(tas))).staged(list...)
		}
	}

	It("is none where generate may run", func() {
		d, opening := open(stage0())
		Expect(d.Verdict).To(Equal(rotation.Go))
		Expect(opening).To(BeNil())
	})

	It("comes behind an installation that failed, and deploys nothing of others", func() {
		d, opening := open(failedAnd())
		Expect(d.Verdict).To(Equal(rotation.Go))
		Expect(opening.Staged).To(BeEmpty())
		Expect(opening.Does()).To(ContainSubstring("Tanzu Application Service failed in installation 20"))
	})

	It("is refused when it would deploy somebody's changes, whatever it is for, until they are accepted", func() {
		for _, disturb := range []func(foundation) foundation{stage0(pending(mysql, "update")), failedAnd(pending(mysql, "update"))} {
			d, opening := open(disturb)
			Expect(d.Verdict).To(Equal(rotation.Refuse))
			Expect(d.Reason).To(Equal(rotation.ReasonPendingChanges))
			Expect(d.Message).To(ContainSubstring("update of MySQL"))
			Expect(opening.Does()).To(ContainSubstring("deploys what is staged: update of MySQL"))
			d, opening = open(disturb, rotation.ReasonPendingChanges)
			Expect(d.Verdict).To(Equal(rotation.Go))
			Expect(opening.Staged).To(Equal([]string{"update of MySQL"}))
		}
	})

	It("is no answer to anything else", func() {
		d, opening := open(func(f foundation) foundation { return f.products() })
		Expect(d.Reason).To(Equal(rotation.ReasonNoProducts))
		Expect(opening).To(BeNil())
	})
})
