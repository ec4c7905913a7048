package rotation_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = Describe("EndedLately", func() {
	made := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	const week = 7 * 24 * time.Hour
	asked := func(age time.Duration, dateOnly bool, o rotation.Options) (string, bool) {
		created := evidence.Stamp{Time: made}
		if dateOnly {
			created = evidence.Stamp{Time: made.Truncate(24 * time.Hour), DateOnly: true}
		}
		e := evidence.Evidence{At: made.Add(age), CAs: []evidence.CA{{GUID: guidA, Active: true, CreatedOn: created, ExpiresOn: evidence.Stamp{Time: made.AddDate(4, 0, 0)}}}}
		return rotation.EndedLately(rotation.Question{Step: rotation.Generate, State: rotation.Observe(e, nil), Evidence: e, Options: o})
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
		_, young := rotation.EndedLately(rotation.Question{State: rotation.State{Phase: rotation.Settled, Active: &evidence.CA{GUID: guidA}}, Evidence: evidence.Evidence{At: made}})
		Expect(young).To(BeFalse())
		active := evidence.CA{GUID: guidA, CreatedOn: evidence.Stamp{Time: made}}
		for phase, want := range map[rotation.Phase]bool{rotation.Settled: true, rotation.Generated: false, rotation.Retired: false} {
			_, young = rotation.EndedLately(rotation.Question{State: rotation.State{Phase: phase, Active: &active}, Evidence: evidence.Evidence{At: made}})
			Expect(young).To(Equal(want), string(phase))
			_, young = rotation.EndedLately(rotation.Question{State: rotation.State{Phase: phase, Active: &active}})
			Expect(young).To(BeFalse())
		}
	})
})
