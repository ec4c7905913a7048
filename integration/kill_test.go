package integration_test

import (
	"context"
	"fmt"
	"maps"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// place is where out runs: a step, in a phase.
type place struct{ step, phase string }

// places are all of them in a rotation.
func places() []place {
	var all []place
	for _, phase := range order[:len(order)-1] {
		all = append(all, place{jobs[phase].put, phase})
	}
	return all
}

// requestsOfOut counts, place by place, the requests that out sends in a
// rotation that nothing disturbs.
func requestsOfOut(ctx context.Context, o sim.Options) map[place]int {
	GinkgoHelper()
	p := newPipeline(o)
	counts := map[place]int{}
	p.rotate(ctx, p.first, func(ctx context.Context, step string) {
		GinkgoHelper()
		at, before := place{step, p.version["phase"]}, p.requests()
		p.put(ctx, step)
		counts[at] = p.requests() - before
	})
	p.expectKept(p.first)
	Expect(slices.Collect(maps.Keys(counts))).To(ConsistOf(places()))
	return counts
}

var _ = Describe("Kill -9 of out", func() {
	// In the n-th rotation every step is killed at its n-th request, and then run
	// again from the same ca/.
	DescribeTable("at each request that it sends is healed by running the step again",
		func(ctx SpecContext, o sim.Options, effect sim.Effect) {
			counts := requestsOfOut(ctx, o)
			killed := map[place]int{}
			for n := range slices.Max(slices.Collect(maps.Values(counts))) {
				p := newPipeline(o)
				p.rotate(ctx, p.first, func(ctx context.Context, step string) {
					GinkgoHelper()
					at := place{step, p.version["phase"]}
					if n < counts[at] {
						Expect(p.killedAt(ctx, n+1, effect, p.out(step, nil))).To(BeTrue(), "%v ended before request %d", at, n+1)
						killed[at]++
					}
					p.put(ctx, step)
				})
				p.expectKept(p.first)
			}
			Expect(killed).To(Equal(counts), "not every request was a kill point")
			report("kill points of out", killed)
		},
		Entry("before Ops Manager handles it", sim.Options{}, sim.HoldBefore),
		Entry("after Ops Manager has handled it", sim.Options{}, sim.HoldAfter),
		Entry("after Ops Manager 2.10 has handled it", sim.Options{Version: "2.10.63-build.1260", DateOnly: true}, sim.HoldAfter),
	)
})

// report puts the number of kill points into the suite's report.
func report[K comparable](name string, killed map[K]int) {
	total, lines := 0, []string{}
	for where, n := range killed {
		total += n
		lines = append(lines, fmt.Sprintf("%v: %d", where, n))
	}
	slices.Sort(lines)
	AddReportEntry(name, fmt.Sprintf("%d %v", total, lines), ReportEntryVisibilityAlways)
}
