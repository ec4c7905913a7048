package integration_test

import (
	"context"
	"maps"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// place is where out runs: a phase, in a state.
type place struct{ phase, state string }

// places are all of them in a rotation.
func places() []place {
	var all []place
	for _, state := range order[:len(order)-1] {
		all = append(all, place{concourse.Jobs[state].Put, state})
	}
	return all
}

// requestsOfOut counts, place by place, the requests that out sends in a
// rotation that nothing disturbs.
func requestsOfOut(ctx context.Context, o sim.Options) map[place]int {
	GinkgoHelper()
	p := newPipeline(o) //nolint:contextcheck // it is served until the spec ends, not its context
	counts := map[place]int{}
	p.rotate(ctx, p.first, func(ctx context.Context, phase string) {
		GinkgoHelper()
		at, before := place{phase, p.Version["state"]}, p.Requests()
		p.put(ctx, phase)
		counts[at] = p.Requests() - before
	})
	p.expectKept(p.first)
	Expect(slices.Collect(maps.Keys(counts))).To(ConsistOf(places()))
	return counts
}

var _ = Describe("Kill -9 of out", func() {
	// In the n-th rotation every phase is killed at its n-th request, and then run
	// again from the same ca/.
	DescribeTable("at each request that it sends is healed by running the step again",
		func(ctx SpecContext, o sim.Options, effect faults.Effect) {
			counts := requestsOfOut(ctx, o)
			var killed kills[place]
			sideBySide(foundations(slices.Max(slices.Collect(maps.Values(counts))), o), 2, func(f numbered) {
				p, n := f.pipeline, f.n
				p.rotate(ctx, p.first, func(ctx context.Context, phase string) {
					GinkgoHelper()
					at := place{phase, p.Version["state"]}
					if n <= counts[at] {
						Expect(p.killedAt(ctx, n, effect, p.out(phase, nil))).To(BeTrue(), "%v ended before request %d", at, n)
						killed.add(at)
					}
					p.put(ctx, phase)
				})
				p.expectKept(p.first)
			})
			Expect(killed.counts).To(Equal(counts), "not every request was a kill point")
			killed.report("kill points of out")
		},
		Entry("before Ops Manager handles it", sim.Options{}, faults.HoldBefore),
		Entry("after Ops Manager has handled it", sim.Options{}, faults.HoldAfter),
		Entry("after Ops Manager 2.10 has handled it", sim.Options{Version: "2.10.63-build.1260", DateOnly: true}, faults.HoldAfter),
	)
})

// numbered is the foundation for the n-th kill points.
type numbered struct {
	*pipeline
	n int
}

// foundations are n of them, numbered from 1.
func foundations(n int, o sim.Options) []numbered {
	GinkgoHelper()
	var all []numbered
	for i := range n {
		all = append(all, numbered{newPipeline(o), i + 1})
	}
	return all
}
