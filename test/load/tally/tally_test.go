package tally_test

import (
	"fmt"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/test/load/tally"
)

func TestTally(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Tally")
}

var _ = Describe("A side", func() {
	DescribeTable("has percentiles by the nearest rank", func(runs, p, expected int) {
		var s tally.Side
		for i := range runs { // the slowest first
			s.Add(process.Ended{Wall: time.Duration(runs-i) * time.Millisecond}, "")
		}
		Expect(s.Percentile(p).Milliseconds()).To(BeEquivalentTo(expected))
	},
		Entry("of none", 0, 50, 0), Entry("of one", 1, 99, 1),
		Entry("the median of ten", 10, 50, 5), Entry("the median of eleven", 11, 50, 6),
		Entry("of a hundred", 100, 95, 95), Entry("of a hundred, all", 100, 100, 100),
		Entry("of two hundred", 200, 99, 198),
	)

	It("adds its slices up", func() {
		s := tally.Side{Name: "check", Slices: []tally.Slice{
			{Runs: 100, Took: time.Second, CPU: time.Second, Simulator: 200 * time.Millisecond},
			{Runs: 50, Took: time.Second, CPU: 500 * time.Millisecond, Simulator: 100 * time.Millisecond},
		}}
		t := s.Total()
		Expect(t).To(Equal(tally.Slice{Runs: 150, Took: 2 * time.Second, CPU: 1500 * time.Millisecond, Simulator: 300 * time.Millisecond}))
		Expect(t.Rate()).To(BeNumerically("~", 75))
		Expect(t.Each(t.CPU)).To(Equal(10 * time.Millisecond))
		Expect(s.Says()).To(Equal("check: 150 in 2s, 75 a second, 0 wrong"))
		Expect(tally.Slice{}.Rate()).To(BeZero())
		Expect(tally.Slice{}.Each(time.Second)).To(BeZero())
	})

	It("counts every wrong answer, shows the first ones, and keeps the largest peak", func() {
		var s tally.Side
		for i := range 9 {
			s.Add(process.Ended{Peak: int64(100 - i)}, fmt.Sprintf("wrong %d", i))
		}
		s.Add(process.Ended{Peak: 1}, "")
		Expect(s.Wrong).To(Equal(9))
		Expect(s.Examples).To(Equal([]string{"wrong 0", "wrong 1", "wrong 2", "wrong 3", "wrong 4"}))
		Expect(s.Peak).To(Equal(int64(100)))
	})
})
