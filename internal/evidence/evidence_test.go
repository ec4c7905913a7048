package evidence_test

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

func stamp(s string) evidence.Stamp {
	if s == "" {
		return evidence.Stamp{}
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return evidence.Stamp{Time: t, DateOnly: true}
	}
	t, err := time.Parse(time.RFC3339, s)
	Expect(err).NotTo(HaveOccurred())
	return evidence.Stamp{Time: t}
}

var _ = Describe("Stamp", func() {
	DescribeTable("orders only what can be told apart",
		func(one, other string, order int) {
			Expect(stamp(one).Order(stamp(other))).To(Equal(order))
			Expect(stamp(other).Order(stamp(one))).To(Equal(-order))
		},
		Entry("moments", "2026-03-02T10:00:00Z", "2026-03-02T10:00:01Z", -1),
		Entry("the same moment", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z", 0),
		Entry("the same moment in two zones", "2026-03-02T10:00:00Z", "2026-03-02T11:00:00+01:00", 0),
		Entry("days", "2026-03-02", "2026-03-03", -1),
		Entry("the same day", "2026-03-02", "2026-03-02", 0),
		Entry("a moment of the day", "2026-03-02", "2026-03-02T23:59:59Z", 0),
		Entry("midnight after the day", "2026-03-02", "2026-03-03T00:00:00Z", -1),
		Entry("the second before the day", "2026-03-01T23:59:59Z", "2026-03-02", -1),
		Entry("no date", "", "2026-03-02", 0),
		Entry("no dates", "", "", 0),
	)

	DescribeTable("is surely before a moment only when no reading of it is later",
		func(s string, before bool) {
			Expect(stamp(s).SurelyBefore(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))).To(Equal(before))
		},
		Entry("earlier", "2026-03-02T11:59:59Z", true), Entry("then", "2026-03-02T12:00:00Z", false),
		Entry("that day", "2026-03-02", false), Entry("the day before", "2026-03-01", true), Entry("none", "", false))

	It("is written as Ops Manager wrote it", func() {
		for _, s := range []string{"", "2026-03-02", "2026-03-02T10:00:00Z"} {
			Expect(stamp(s).String()).To(Equal(s))
		}
		Expect(stamp("2026-03-02T11:00:00+01:00").String()).To(Equal("2026-03-02T10:00:00Z"))
	})
})

var _ = Describe("History", func() {
	history := evidence.History{List: []evidence.Installation{
		{ID: 7, Status: evidence.InstallationSucceeded}, {ID: 12, Status: evidence.InstallationRunning}, {ID: 9, Status: evidence.InstallationFailed},
	}}

	It("knows the highest id in any order, the running ones, and each by its id", func() {
		Expect(history.Highest()).To(Equal(12))
		Expect(evidence.History{}.Highest()).To(BeZero())
		Expect(history.Running()).To(HaveExactElements(HaveField("ID", 12)))
		found, ok := history.Find(9)
		Expect(ok).To(BeTrue())
		Expect(found.Status).To(Equal(evidence.InstallationFailed))
		_, ok = history.Find(8)
		Expect(ok).To(BeFalse())
	})

	It("takes newer records in the place of what it knew, and stays as it was itself", func() {
		merged := history.With([]evidence.Installation{{ID: 13, Status: evidence.InstallationRunning}, {ID: 12, Status: evidence.InstallationSucceeded}})
		Expect(merged.Asked).To(BeTrue())
		Expect(merged.Highest()).To(Equal(13))
		Expect(merged.List).To(HaveLen(4))
		Expect(merged.Running()).To(HaveExactElements(HaveField("ID", 13)))
		Expect(history.List).To(HaveLen(3))
		Expect(history.Running()).To(HaveExactElements(HaveField("ID", 12)))
	})
})

var _ = Describe("Product and PendingChange", func() {
	It("are called by the best name there is", func() {
		Expect(evidence.Product{GUID: "cf-1", Type: "cf", Label: "TAS"}.Name()).To(Equal("TAS"))
		Expect(evidence.Product{GUID: "cf-1", Type: "cf"}.Name()).To(Equal("cf"))
		Expect(evidence.Product{GUID: "cf-1"}.Name()).To(Equal("cf-1"))
	})

	It("are clean only when unchanged", func() {
		Expect(evidence.PendingChange{Action: "unchanged"}.Unchanged()).To(BeTrue())
		for _, action := range []string{"install", "update", "delete", ""} {
			Expect(evidence.PendingChange{Action: action}.Unchanged()).To(BeFalse())
		}
	})
})

var _ = Describe("a GUID", func() {
	DescribeTable("is", func(text string) { Expect(evidence.GUID.Matches(text)).To(BeTrue()) },
		Entry("hexadecimal digits", "f7bc18f34f2a7a9403c3"),
		Entry("a name and such digits", "p-bosh-6b2ab0cd7a1f5d4f3c8e"),
		Entry("as long as it may be", strings.Repeat("a", 128)),
	)
	DescribeTable("is not", func(text string) { Expect(evidence.GUID.Matches(text)).To(BeFalse()) },
		Entry("nothing", ""),
		Entry("longer", strings.Repeat("a", 129)),
		Entry("a path", "a/b"), Entry("an escape", "a%2fb"), Entry("more than one line", "a\n"), Entry("dots", ".."),
	)
})

var _ = Describe("the length of a form", func() {
	It("is counted in characters", func() {
		three := evidence.NewForm(3, `^\p{L}+$`)
		Expect(three.Matches("äöü")).To(BeTrue())
		Expect(three.Matches("äöüß")).To(BeFalse())
	})
})
