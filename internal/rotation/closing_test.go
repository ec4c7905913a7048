package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

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
			message, outstanding := rotation.ClosingApply(f.e)
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
		Entry("with three, and a failed one behind them, as when somebody else's was one of the three", byRotation(before(), since(5), since(6), since(7),
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
		_, outstanding := rotation.ClosingApply(shows(active(guidB, madeB), inactive(guidA, madeA)).after(before()).e)
		Expect(outstanding).To(BeFalse())
	})

	It("has the history read as far as the first installation before the CA", func() {
		enough := rotation.SinceActive([]evidence.CA{active(guidB, madeB)})
		Expect(enough(since(5))).To(BeFalse())
		Expect(enough(installation(6, ""))).To(BeFalse())
		Expect(enough(before())).To(BeTrue())
	})
})
