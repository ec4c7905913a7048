package text_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/test/load/run"
	"github.com/opsman-ca/opsman-ca/test/load/tally"
	"github.com/opsman-ca/opsman-ca/test/load/text"
)

func TestText(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Text")
}

// side ran so many processes in a second.
func side(name string, runs int) *tally.Side {
	s := &tally.Side{Name: name, Slices: []tally.Slice{{Runs: runs, Took: time.Second, CPU: time.Second, Simulator: 100 * time.Millisecond}}}
	for range runs {
		s.Add(process.Ended{Wall: 20 * time.Millisecond, Peak: 14 << 10}, "")
	}
	return s
}

// reached is a result that reaches every target, just so.
func reached() run.Result {
	return run.Result{
		Options: run.Options{Foundations: 1000, Workers: 4}, Started: 7 * time.Second,
		First: side("first check", 100), Check: side("check", 150), Om: side("om certificate-authorities", 75),
		Resident: []int64{200 << 10, 210 << 10, 220 << 10}, Own: 12 << 10,
	}
}

var _ = Describe("The targets", func() {
	DescribeTable("hold, but for", func(spoil func(*run.Result), missed ...string) {
		r := reached()
		spoil(&r)
		Expect(text.Missed(text.Targets(r))).To(Equal(append([]string(nil), missed...)))
	},
		Entry("none", func(*run.Result) {}),
		Entry("the rate", func(r *run.Result) { r.Check, r.Om = side("check", 149), side("om", 70) }, "checks a second: 149, expected ≥ 150"),
		Entry("the ratio", func(r *run.Result) { r.Om = side("om", 80) }, "to om, in the same run: 1.9, expected ≥ 2.0"),
		Entry("a wrong answer", func(r *run.Result) { r.Check.Fault("wrong") }, "wrong answers: 1 of 250, expected 0"),
		Entry("a wrong answer at first", func(r *run.Result) { r.First.Fault("wrong") }, "wrong answers: 1 of 250, expected 0"),
		Entry("memory that grows", func(r *run.Result) { r.Resident[2] = 230 << 10 }, "the simulator's memory, end to start: 1.15, expected ≤ 1.10"),
		Entry("an om that never ran", func(r *run.Result) { r.Om = &tally.Side{} }, "to om, in the same run: 0.0, expected ≥ 2.0"),
	)
})

var _ = Describe("The tables", func() {
	written := func(r run.Result) string {
		var b bytes.Buffer
		text.Tables(&b, r)
		return b.String()
	}

	It("have a row for each command and each target", func() {
		Expect(written(reached())).To(And(
			ContainSubstring("1000 foundations in one simulator, up in 7s; 4 workers"),
			ContainSubstring("| `check` | 150 | 150.0 | 20.0 ms | 20.0 ms | 20.0 ms | 6.7 ms | 0.7 ms | 14.0 MiB | 0 |\n"),
			ContainSubstring("| `om certificate-authorities` | 75 | 75.0 |"),
			ContainSubstring("simulator's RSS: 200.0 MiB at the start, 210.0 MiB in the middle, 220.0 MiB at the end"),
			ContainSubstring("| checks a second | ≥ 150 | 150 | yes |\n"),
		))
	})

	It("show what was wrong, and what does not hold", func() {
		r := reached()
		r.Om.Fault("om listed nothing")
		r.Check.Fault("check answered another version")
		Expect(written(r)).To(And(ContainSubstring("| **no** |"), ContainSubstring("wrong: check answered another version"), ContainSubstring("wrong: om listed nothing")))
	})

	It("say no peak below that of the load test itself", func() {
		r := reached()
		r.Own = 15 << 10
		Expect(written(r)).To(ContainSubstring("≤ 14.0 MiB"))
	})
})

var _ = Describe("The lines for benchstat", func() {
	It("are of Go's benchmark format", func() {
		var b bytes.Buffer
		text.Benchmark(&b, reached())
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		Expect(lines[:3]).To(ConsistOf(HavePrefix("goos: "), HavePrefix("goarch: "), HavePrefix("pkg: ")))
		Expect(lines[3:]).To(HaveEach(MatchRegexp(`^Benchmark\w+/command=\w+/foundations=1000/workers=4-\d+\t\d+(\t[0-9.]+ [\w/-]+)+$`)))
		Expect(lines[3]).To(ContainSubstring("command=check/foundations=1000/workers=4-"))
		Expect(lines[3]).To(ContainSubstring("\t150\t6666666 ns/op\t150.0 op/s\t6666666 cpu-ns/op\t666666 simulator-cpu-ns/op"))
		Expect(lines[3:]).To(HaveLen(2 + 2 + 3))
	})
})
