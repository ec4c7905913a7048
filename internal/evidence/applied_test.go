package evidence_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

var _ = Describe("the record of an apply changes", func() {
	began := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	applied := evidence.Applied{Installation: 7, StartedAt: began, Errands: map[string][]string{"mysql-1": {"upgrade-all-service-instances", "smoke-tests"}}}

	DescribeTable("is of one installation", func(record evidence.Applied, i evidence.Installation, of bool) {
		Expect(record.Of(i)).To(Equal(of))
	},
		Entry("that succeeded", applied, evidence.Installation{ID: 7, Status: evidence.InstallationSucceeded, StartedAt: began}, true),
		Entry("whose time is not told", applied, evidence.Installation{ID: 7, Status: evidence.InstallationSucceeded}, true),
		Entry("not of one of the same id that began at another time", applied, evidence.Installation{ID: 7, Status: evidence.InstallationSucceeded, StartedAt: began.Add(time.Second)}, false),
		Entry("not of another", applied, evidence.Installation{ID: 8, Status: evidence.InstallationSucceeded, StartedAt: began}, false),
		Entry("not of one that failed after all", applied, evidence.Installation{ID: 7, Status: evidence.InstallationFailed, StartedAt: began}, false),
		Entry("of none where there is no record", evidence.Applied{}, evidence.Installation{Status: evidence.InstallationSucceeded}, false),
	)

	It("tells which errands ran", func() {
		Expect(applied.Ran("mysql-1", "upgrade-all-service-instances")).To(BeTrue())
		Expect(applied.Ran("mysql-1", "smoke-tests", "upgrade-all-service-instances")).To(BeTrue())
		Expect(applied.Ran("mysql-1", "upgrade-all-service-instances", "recreate-all-service-instances")).To(BeFalse())
		Expect(applied.Ran("rabbit-1", "upgrade-all-service-instances")).To(BeFalse())
	})
})
